"""How often a secret may be guessed: passwords, codes, recovery codes, links of a reset, the sign-in service's answers.

A place is taken before the guess is looked at, by one statement of its own, so that guesses sent at once are counted
like those sent one after another. The counts are rows: they hold when Redis is away, whatever process asks.

Who comes from a device on which he signed in before is counted by that device, so nobody can lock him out by guessing
elsewhere. All others share few places: five by person and address, ten by person from everywhere, and a hundred an
address whoever it names (docs/adr/0032). A quarter of an hour after the last counted guess the places are free again.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from math import ceil
from typing import ClassVar

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from common.errors import Refused

SPAN = timedelta(minutes=15)
HERE, EVERYWHERE, ADDRESS = 5, 10, 100
_TAKE = """
INSERT INTO accounts_guess AS kept (bucket, count, ends_at) VALUES (%(bucket)s, 1, %(ends)s)
ON CONFLICT (bucket) DO UPDATE SET
    count = CASE WHEN kept.ends_at <= %(at)s THEN 1 ELSE kept.count + 1 END, ends_at = %(ends)s
WHERE kept.ends_at <= %(at)s OR kept.count < %(limit)s
RETURNING count
"""
_GIVE_BACK = "UPDATE accounts_guess SET count = greatest(count - 1, 0) WHERE bucket = ANY(%s)"


class TooManyGuesses(Refused):
    """``retry_after`` is in seconds, ``until`` the moment at which the next guess is looked at."""

    code: ClassVar[str] = "too_many_guesses"
    status: ClassVar[int] = 429

    def __init__(self, until: datetime, at: datetime) -> None:
        super().__init__(_("Слишком много попыток. Подождите и повторите."))
        self.until = until
        self.retry_after = max(1, ceil((until - at).total_seconds()))


@dataclass(frozen=True, slots=True)
class Taken:
    """The places of one guess: ``own`` of this person here, ``shared`` those that others fill as well."""

    own: str
    shared: tuple[str, ...]

    def was_right(self) -> None:
        """The person's own count begins anew; of the shared ones only this guess is taken back, so that whoever guesses
        at the same time wins nothing by it."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM accounts_guess WHERE bucket = %s", [self.own])
            if self.shared:
                cursor.execute(_GIVE_BACK, [list(self.shared)])


def take(kind: str, who: str, *, address: str, device: str = "", at: datetime) -> Taken:
    """A place for one guess of ``kind`` («password», «code», …) at ``who``'s secret.

    ``device`` is the name of a device that ``who`` signed in on before. Raises TooManyGuesses.
    """
    if device:
        own = _bucket(kind, who, "device", device)
        _all_or_none([(own, HERE)], at)
        return Taken(own, ())
    net = network_of(address)
    own, person, everybody = _bucket(kind, who, net), _bucket(kind, who), _bucket(kind, "anybody", net)
    _all_or_none([(own, HERE), (person, EVERYWHERE), (everybody, ADDRESS)], at)
    return Taken(own, (person, everybody))


def take_of_one(kind: str, who: str, *, limit: int = HERE, at: datetime) -> Taken:
    """A place where only the person himself can guess: he is signed in, or holds a link that was sent to him."""
    own = _bucket(kind, who, "one")
    _all_or_none([(own, limit)], at)
    return Taken(own, ())


def failed(kind: str, *, address: str, limit: int, at: datetime) -> None:
    """Count what did not pass and cannot be guessed (a token, a signed answer). Raises TooManyGuesses past the limit.

    Counted afterwards and by address alone: what is right always passes, however many went wrong beside it.
    """
    _all_or_none([(_bucket(kind, "failed", network_of(address)), limit)], at)


def sweep(*, at: datetime) -> int:
    """Counts that are over. Safe to repeat."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_guess WHERE ends_at <= %s", [at])
        gone: int = cursor.rowcount
    return gone


def network_of(address: str) -> str:
    """An IPv6 line has a whole /64 to call from: it is counted as one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network(f"{found}/64", strict=False)) if found.version == 6 and not found.ipv4_mapped else str(found)


def _all_or_none(wanted: Sequence[tuple[str, int]], at: datetime) -> None:
    got: list[str] = []
    with connection.cursor() as cursor:
        for bucket, limit in wanted:
            cursor.execute(_TAKE, {"bucket": bucket, "limit": limit, "at": at, "ends": at + SPAN})
            if cursor.fetchone() is None:
                if got:
                    cursor.execute(_GIVE_BACK, [got])
                cursor.execute("SELECT ends_at FROM accounts_guess WHERE bucket = %s", [bucket])
                row = cursor.fetchone()
                raise TooManyGuesses(row[0] if row else at + SPAN, at)
            got.append(bucket)


def _bucket(*parts: str) -> str:
    text = "\0".join(parts)
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(errors="replace"), hashlib.sha256).hexdigest()
