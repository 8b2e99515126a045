"""What is drawn: ids that sort by time, moments within working hours, weighted choices; the same for a seed."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.utils import timezone

from demo.scale.columns import EPOCH, Array, moment

SECOND = 1_000_000
HOUR, DAY = 3600 * SECOND, 24 * 3600 * SECOND
WEEK = 7 * DAY
_HOURS, _FIRST_HOUR, _DAYS = 9, 9, 6  # from Monday to Saturday, nine to six
_UNIX_MS = int(EPOCH.timestamp()) * 1000


class Draws:
    """Random draws of one step, and the clock: ``now`` is today's midnight, so that a day's runs are all alike."""

    def __init__(self, seed: int, step: str, at: datetime) -> None:
        self.random = np.random.default_rng([seed, *step.encode()])
        midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = moment(midnight)
        self.today = midnight.date()
        self.monday = self.now - midnight.weekday() * DAY

    def ids(self, times: Array) -> Array:
        """UUIDs of version 7 for rows born at these moments, as rows of 16 bytes."""
        found = self.random.integers(0, 256, (len(times), 16), np.uint8)
        found[:, :6] = (times // 1000 + _UNIX_MS).astype(">i8").view(np.uint8).reshape(-1, 8)[:, 2:]
        found[:, 6] = found[:, 6] & 0x0F | 0x70
        found[:, 8] = found[:, 8] & 0x3F | 0x80
        return found

    def born(self, count: int, at: int | None = None) -> Array:
        """Ids of rows that were all made at one moment, in the order of the rows."""
        return self.ids(np.full(count, self.now if at is None else at) + np.arange(count) * 1000)

    def choice(self, count: int, weights: Sequence[float]) -> Array:
        """Indexes by weight."""
        share = np.cumsum(np.array(weights, float))
        return np.searchsorted(share / share[-1], self.random.random(count), side="right").astype(np.int16)

    def below(self, count: int, limit: int) -> Array:
        """Numbers from 0 to below the limit; -1 for all where there is nothing to choose from."""
        return self.random.integers(0, limit, count, np.int32) if limit else np.full(count, -1, np.int32)

    def working(self, times: Array) -> Array:
        """The same moments squeezed into working hours; order is kept, and nothing of the past gets past today."""
        weeks, rest = np.divmod(times - self.monday, WEEK)
        days, rest = np.divmod(rest * _DAYS // 7, DAY)
        hours = _FIRST_HOUR * HOUR + rest * _HOURS // 24
        return self.monday + weeks * WEEK + days * DAY + hours // SECOND * SECOND


def phones(places: Array, codes: Sequence[str]) -> Array:
    """Uzbek mobile numbers in E.164, another one for every place below 80 million: rows of 13 letters."""
    spread = (places.astype(np.int64) * 48_271_007 + 17) % (len(codes) * 8_000_000)
    code, number = np.divmod(spread, 8_000_000)
    whole = np.array([int(code) for code in codes])[code] * 10_000_000 + number + 2_000_000
    digits = whole[:, None] // 10 ** np.arange(8, -1, -1) % 10 + ord("0")
    prefix = np.broadcast_to(np.frombuffer(b"+998", np.uint8), (len(places), 4))
    return np.hstack([prefix, digits.astype(np.uint8)])
