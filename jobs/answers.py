"""A request that is sent again gets the answer of the first: kept in the transaction of the work, found by digest."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection
from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from common.errors import Refused
from jobs.models import KeptAnswer

KEPT_FOR = timedelta(days=7)
FORGOTTEN = 410
"""The status of an answer whose words are gone: its work is not done again, and nobody reads it any more."""
_BATCH = 2000
_LEAST_WORD = 4
"""Characters. What is shorter would empty answers that speak of somebody else."""


class InFlight(Refused):
    """The first request with this key is still at work; its lock goes with its transaction or its connection."""

    code: ClassVar[str] = "idempotency_in_flight"
    status: ClassVar[int] = 409
    retry_after: ClassVar[int] = 1


class OtherBody(Refused):
    """The key was used for another request."""

    code: ClassVar[str] = "idempotency_mismatch"


def place_of(*parts: str) -> str:
    """One name for caller, address and key together."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def claim(*, place: str, asked: str) -> KeptAnswer | None:
    """Claim a place for this transaction. The answer that is kept there, or None where the work is to be done.

    The lock is the transaction's: PostgreSQL lets go of it when the work ends, fails, or its process dies. Raises
    InFlight where another transaction holds it, OtherBody where the answer kept is that to another request.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_number(place)])
        if not cursor.fetchone()[0]:
            raise InFlight(_("Запрос с этим Idempotency-Key ещё выполняется. Повторите через секунду."))
    # A new statement sees what was committed before the lock was given.
    kept = KeptAnswer.objects.filter(pk=place).first()
    if kept is not None and kept.asked != asked:
        raise OtherBody(_("Этот Idempotency-Key уже использован для другого запроса. Возьмите новый ключ."))
    return kept


def keep(
    *, place: str, asked: str, status: int, headers: dict[str, str], content: str, rights: list[str], at: datetime
) -> None:
    kept: dict[str, Any] = {"asked": asked, "status": status, "headers": headers, "content": content}
    KeptAnswer.objects.create(place=place, rights=rights, created_at=at, **kept)


def sweep(*, before: datetime) -> int:
    """Forget the answers kept before a moment, in batches. Returns how many."""
    total = 0
    while places := list(KeptAnswer.objects.filter(created_at__lt=before).values_list("pk", flat=True)[:_BATCH]):
        total += KeptAnswer.objects.filter(pk__in=places).delete()[0]
    return total


def forget_about(*, ids: Iterable[object], words: Iterable[str] = ()) -> int:
    """Empty the answers that tell of somebody: by the ids of his records, and by words of his own (a phone, an e-mail)
    that a refusal may repeat. Returns how many. The place stays taken, so that a repetition does not do the work anew.

    Reads every kept answer once: seconds for a week of a busy bank, which an erasure can bear and each write need not.
    """
    places = [kept.pk for kept in told_of(ids=ids, words=words)]
    return KeptAnswer.objects.filter(pk__in=places).update(status=FORGOTTEN, headers={}, content="")


def told_of(*, ids: Iterable[object], words: Iterable[str] = ()) -> Sequence[KeptAnswer]:
    """The answers that tell of somebody, as ``forget_about`` finds them."""
    told = {str(pk) for pk in ids} | {word for word in words if len(word) >= _LEAST_WORD}
    if not told:
        return ()
    named = Q()
    for text in sorted(told):
        named |= Q(content__contains=text) | Q(told_headers__contains=text)
    rows = KeptAnswer.objects.annotate(told_headers=Cast("headers", CharField())).exclude(status=FORGOTTEN)
    return list(rows.filter(named))


def _number(place: str) -> int:
    """The lock's number. Two places that share one would only wait for each other's second."""
    return int.from_bytes(bytes.fromhex(place[:16]), signed=True)
