"""Erasing somebody by making him anonymous: asked for, looked at, confirmed, carried out by a job.

What stays: the log of the funnel and all that is counted from it, numbers and days of contracts, when consents were
given and withdrawn. They name nobody any more. Each step is one transaction and is remembered with it, so that a job
which is killed goes on; every step is harmless to repeat, so that a restored copy can be gone through again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import pghistory
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Consent, Party
from common import clock
from common.changes import save_changes
from common.errors import FieldError, Invalid, Refused
from common.personal import Holds, Whom
from common.text import one_line
from jobs import services as jobs
from jobs.registry import Again, JobRun
from leads.choices import Outcome
from leads.models import Lead
from privacy import acts, registry, restored, subjects, wiping
from privacy.access import demand_officer, live_hold
from privacy.choices import OPEN_ERASURES, Basis, ErasureState, Fate
from privacy.history import Ground
from privacy.models import Erasure
from privacy.services.holds import demand_free, held

JOB = "privacy.erase"
_LAST = frozenset({"leads.Lead", "agents.Contact", "agents.Party"})
_NUMBERS = 726_001
"""The advisory lock under which numbers are given: acts are numbered without gaps."""


class NotNow(Refused):
    """The request is past this deed: carried out or cancelled."""

    code: ClassVar[str] = "conflict"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Line:
    """Of one table or place: how many rows there are, and what becomes of them."""

    title: str
    rows: int
    fate: Fate


@transaction.atomic
def ask(*, party: Party, by: User | None, at: datetime, basis: str, letter: str = "") -> Erasure:
    """Write the request down; nothing goes before it is confirmed. An open one is answered again. Raises Invalid."""
    if by is not None:
        demand_officer(by)
    words = one_line(letter)
    if basis not in Basis.values:
        message = _("Выберите основание.")
        raise Invalid(message, [FieldError("basis", "required", message)])
    if len(words) > 120:
        message = _("Номер и дата обращения длиннее %(limit)s знаков.") % {"limit": 120}
        raise Invalid(message, [FieldError("letter", "too_long", message)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    open_one = Erasure.objects.filter(party=party, state__in=OPEN_ERASURES).first()
    if open_one is not None:
        return open_one
    last = Erasure.objects.aggregate(last=Max("number"))["last"] or 0
    return Erasure.objects.create(number=last + 1, party=party, basis=basis, letter=words, asked_by=by)


@transaction.atomic
def cancel(*, erasure: Erasure, by: User) -> Erasure:
    """Before it is confirmed. Harmless to repeat; raises NotNow once it runs."""
    demand_officer(by)
    locked = _locked(erasure)
    if locked.state == ErasureState.CANCELLED:
        return locked
    _demand_state(locked, ErasureState.ASKED)
    return save_changes(locked, {"state": ErasureState.CANCELLED})


@transaction.atomic
def confirm(*, erasure: Erasure, by: User | None, at: datetime) -> Erasure:
    """From here on there is no way back. Confirmed twice it changes nothing.

    Raises Held (a legal hold), Invalid (an open lead: somebody is at work with him), NotNow (cancelled).
    """
    if by is not None:
        demand_officer(by)
    locked = _locked(erasure)
    if locked.state in {ErasureState.RUNNING, ErasureState.DONE}:
        return locked
    _demand_state(locked, ErasureState.ASKED)
    demand_free(locked.party)
    if (busy := _at_work(locked.party)) is not None:
        raise busy
    running = save_changes(locked, {"state": ErasureState.RUNNING, "confirmed_by": by, "confirmed_at": at})
    jobs.owe([jobs.Duty(JOB, f"{JOB}:{running.pk}", {"erasure": str(running.pk)}, at)])
    return running


def obstacle(party: Party) -> Refused | None:
    """What stands in the way today, to be said before anybody fills in a form: ``confirm`` asks again under locks."""
    return held() if live_hold(party) is not None else _at_work(party)


def _at_work(party: Party) -> Invalid | None:
    if not Lead.objects.filter(party=party, outcome=Outcome.OPEN).exists():
        return None
    message = _("С этим человеком идёт работа. Сначала закройте его лиды.")
    return Invalid(message, [FieldError("party", "open_leads", message)])


def preview(party: Party) -> list[Line]:
    """What would go and what would stay, table by table. Some seconds on a large base: files are read too."""
    whom = subjects.whom(party.pk)
    lines = [Line(str(holds.title), wiping.count(holds, whom), _fate(holds)) for holds in registry.tables()]
    lines += [Line(str(aside.title), sum(1 for _one in aside.tell(whom)), Fate.GOES) for aside in registry.asides()]
    return [line for line in lines if line.rows]


def work(run: JobRun) -> Again | None:
    """The job. Each step in a transaction of its own, with the note that it is done."""
    erasure = Erasure.objects.select_related("party").get(pk=run.payload["erasure"])
    if erasure.state == ErasureState.RUNNING:
        carry_out(erasure, alive=lambda: jobs.renew(run))
    return None


def carry_out(erasure: Erasure, *, alive: Any = lambda: None) -> Erasure:
    """Every step that is not behind it yet, then the act. ``alive`` is called between the steps."""
    by = str(erasure.confirmed_by_id) if erasure.confirmed_by_id else None
    with pghistory.context(user=by, job=JOB, erasure=str(erasure.pk)):
        whom = subjects.whom(erasure.party_id)
        ground = Ground(_("Акт № %(number)s") % {"number": erasure.number}, erasure.confirmed_by_id)
        for key, step in _steps(whom, ground):
            if key not in erasure.done:
                alive()
                _take_step(erasure, key, step)
        return _finish(erasure)


def _steps(whom: Whom, ground: Ground) -> Iterator[tuple[str, Any]]:
    """His card and contacts go last: by them a run that was killed finds the rest."""
    yield "consents", lambda: _withdraw(whom.party_id)
    for aside in registry.asides():
        yield f"aside:{aside.key}", lambda aside=aside: aside.forget(whom)
    for holds in registry.tables():
        yield f"mentions:{holds.model._meta.label}", lambda holds=holds: wiping.wipe_mentions(holds, whom, ground)
    for holds in sorted(registry.tables(), key=lambda one: one.model._meta.label in _LAST):
        yield f"table:{holds.model._meta.label}", lambda holds=holds: wiping.wipe(holds, whom, ground)


def _take_step(erasure: Erasure, key: str, step: Any) -> None:
    with transaction.atomic():
        locked = Erasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
        if key not in locked.done:
            demand_free(erasure.party)
            rows = step()
            counts = locked.counts | ({key: rows} if rows else {})
            Erasure.objects.filter(pk=erasure.pk).update(done=[*locked.done, key], counts=counts)
    erasure.refresh_from_db(fields=["done", "counts", "state"])


def _withdraw(party_id: UUID) -> int:
    return Consent.objects.filter(party=party_id, withdrawn_at__isnull=True).update(withdrawn_at=clock.now())


@transaction.atomic
def _finish(erasure: Erasure) -> Erasure:
    """The act with its extract of the log, and the list by which a restored copy is gone through again."""
    locked = _locked(erasure)
    if locked.state == ErasureState.DONE:
        return locked
    at = clock.now()
    extract = acts.extract(locked, at)
    act = acts.to_pdf(locked, extract, at)
    finished = save_changes(locked, {"state": ErasureState.DONE, "finished_at": at, "extract": extract, "act": act})
    transaction.on_commit(restored.write_list, robust=True)
    return finished


def again(*, party_id: UUID) -> int:
    """What a restored copy brought back goes once more; the acts stand already. Returns how many rows it took."""
    with pghistory.context(job=JOB, again=str(party_id)):
        whom = subjects.whom(party_id)
        total = 0
        for _key, step in _steps(whom, Ground("restored")):
            with transaction.atomic():
                total += step()
    return total


def _fate(holds: Holds) -> Fate:
    if holds.gone:
        return Fate.GOES
    if holds.erase or holds.anonym or holds.unique:
        return Fate.EMPTIED
    return Fate.CUT if holds.mentions else Fate.STAYS


def _locked(erasure: Erasure) -> Erasure:
    list(Erasure.objects.filter(pk=erasure.pk).select_for_update(no_key=True).values_list("pk"))
    return Erasure.objects.select_related("party", "asked_by", "confirmed_by").get(pk=erasure.pk)


def _demand_state(erasure: Erasure, state: str) -> None:
    if erasure.state != state:
        raise NotNow(_("Требование уже %(state)s.") % {"state": erasure.get_state_display().lower()})
