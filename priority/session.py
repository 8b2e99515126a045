"""An engine that learns as it is told: attempts come in, open leads are scored as of a moment."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from priority.chances import Floats, Ints
from priority.cooling import refitted
from priority.evidence import Attempts, from_attempts
from priority.rates import Rates, fit_rates
from priority.score import Leads, Scores, score_leads
from priority.settings import EngineSettings

Row = Mapping[str, Any]
SECONDS_PER_DAY = 86400.0


class Categories:
    """Numbers for the values of one column, in the order they were met."""

    def __init__(self) -> None:
        self._number: dict[object, int] = {}

    def numbers(self, values: Sequence[object]) -> Ints:
        number = self._number
        return np.array([number.setdefault(value, len(number)) for value in values], np.int64)


class Session:
    """What was told since the last reset. Every attempt is kept, so any moment may be asked for, in any order."""

    def __init__(self, settings: EngineSettings, extra_fields: Sequence[str] = ()) -> None:
        self.settings = settings
        self.names = ("segment", "utp", *extra_fields)
        self._categories = {name: Categories() for name in self.names}
        self._attempts = self._columns([])
        self._learnt: tuple[float, Rates, Floats] | None = None

    def scores(self, rows: Sequence[Row], resolved: Sequence[Row], asof_days: float) -> Scores:
        """Learn resolved attempts, then score open leads in the order of their rows.

        Raises KeyError, TypeError or ValueError for a row that is not one; then nothing was learnt.
        """
        leads = self._leads(rows)
        if resolved:
            self._attempts = joined(self._attempts, self._columns(resolved))
            self._learnt = None
        rates, half_lives = self.rates(asof_days)
        return score_leads(leads, rates, self.settings, half_lives)

    def rates(self, asof_days: float) -> tuple[Rates, Floats]:
        """The rates and the half-lives [stage] as known at a moment."""
        if self._learnt is None or self._learnt[0] != asof_days:
            known, settings = self._attempts.until(asof_days), self.settings
            half_lives = refitted(known, asof_days, settings)
            rates = fit_rates(from_attempts(known, asof_days, settings, half_lives), settings)
            self._learnt = asof_days, rates, half_lives
        return self._learnt[1:]

    def _leads(self, rows: Sequence[Row]) -> Leads:
        segment, utp, *extras = self._coded(rows)
        stage = np.array([int(row["stage"]) for row in rows], np.int64)
        margin = np.array([float(row["margin"]) for row in rows])
        idle = np.array([float(row["idle_hours"]) for row in rows])
        hours = np.tile(np.array(self.settings.stage_hours), (len(rows), 1))
        for place, row in enumerate(rows):
            own = row["hours"]
            hours[place, stage[place] : stage[place] + len(own)] = own
        names = np.array([str(row["id"]) for row in rows])
        if not (
            np.isfinite(margin).all() and np.isfinite(idle).all() and (hours > 0).all() and np.isfinite(hours).all()
        ):
            raise ValueError("margins and idle hours must be numbers, hours of work more than 0")
        return Leads(names, np.zeros(len(rows), np.int64), segment, utp, stage, margin, hours, idle, tuple(extras))

    def _columns(self, rows: Sequence[Row]) -> Attempts:
        segment, utp, *extras = self._coded(rows)
        stage = np.array([int(row["stage"]) for row in rows], np.int64)
        if len(stage):
            self.settings.demand_stages(int(stage.min()), int(stage.max()))
        at = np.array([days(row["attempted_at"]) for row in rows])
        idle = np.array([float(row["idle_hours"]) for row in rows])
        passed = np.array([bool(row["passed"]) for row in rows], np.bool_)
        return Attempts(stage, segment, utp, at, idle, passed, tuple(extras))

    def _coded(self, rows: Sequence[Row]) -> list[Ints]:
        return [self._categories[name].numbers([row.get(name) for row in rows]) for name in self.names]


def joined(before: Attempts, after: Attempts) -> Attempts:
    """Attempts of both."""
    return Attempts(
        np.concatenate((before.stage, after.stage)),
        np.concatenate((before.segment, after.segment)),
        np.concatenate((before.utp, after.utp)),
        np.concatenate((before.at_days, after.at_days)),
        np.concatenate((before.idle_hours, after.idle_hours)),
        np.concatenate((before.passed, after.passed)),
        tuple(np.concatenate(pair) for pair in zip(before.extras, after.extras, strict=True)),
    )


def days(text: str) -> float:
    """Days since 1970 of a UTC moment written ``2026-01-05T09:00:00Z``; a bare date is its midnight."""
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.timestamp() / SECONDS_PER_DAY
