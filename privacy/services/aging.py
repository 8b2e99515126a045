"""Rules of retention: what a rule finds today is what it takes away, in batches, and nothing under a legal hold.

The rules stand in the rooms (``<room>/personal.py``: AGES); a row of ``RetentionRule`` overrides the days of one or
turns it off. The list to look at beforehand and the deletion ask the same query with the same moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pghistory
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.models import Party
from common.errors import FieldError, Invalid
from common.personal import Ages, Words
from jobs import services as jobs
from jobs.registry import Again, JobRun
from leads.choices import Outcome
from leads.models import Lead
from privacy import registry
from privacy.access import demand_officer
from privacy.choices import Basis
from privacy.models import Erasure, LegalHold, RetentionRule, RetentionRun
from privacy.services import erasing, exporting

JOB = "privacy.retention"
BATCH = 500
PEOPLE = "people"
"""The rule of the people themselves: all of whose leads were lost long ago. It does not delete, it asks an erasure."""
PEOPLE_DAYS = 1095
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it holds today. Days."""

    key: str
    title: Words
    days: int
    active: bool
    usual: int

    def before(self, at: datetime) -> datetime:
        return at - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Due:
    """What a rule would take at a moment: rows that go, rows that a legal hold keeps."""

    rule: Rule
    gone: int
    held: int


def rules() -> list[Rule]:
    """Every rule, one query."""
    said = {row.key: row for row in RetentionRule.objects.all()}
    known = [(ages.key, ages.title, ages.days) for ages in registry.ages()]
    known.append((PEOPLE, gettext_lazy("Агенты и клиенты, с которыми ничего не вышло"), PEOPLE_DAYS))
    return [
        Rule(key, title, said[key].days, said[key].active, usual)
        if key in said
        else Rule(key, title, usual, True, usual)
        for key, title, usual in known
    ]


@transaction.atomic
def set_rule(*, key: str, days: int, active: bool, by: User) -> RetentionRule:
    """Raises Invalid, NotAllowed."""
    demand_officer(by)
    if key not in {rule.key for rule in rules()}:
        message = _("Такого правила нет.")
        raise Invalid(message, [FieldError("key", "unknown", message)])
    ages = _ages(key)
    least = ages.least if ages else 1
    if not least <= days <= MOST_DAYS:
        message = _("Срок — от %(least)s до %(most)s дней.") % {"least": least, "most": MOST_DAYS}
        raise Invalid(message, [FieldError("days", "range", message)])
    row, _created = RetentionRule.objects.update_or_create(key=key, defaults={"days": days, "active": active})
    return row


def due(rule: Rule, at: datetime) -> Due:
    """Two counts, or one where the rows are nobody's whom a hold could be put upon."""
    rows, ages = _rows(rule, at), _ages(rule.key)
    gone = _free(rows, ages).count()
    held = rows.count() - gone if ages is None or ages.party else 0
    return Due(rule, gone, held)


def due_ids(rule: Rule, at: datetime) -> list[Any]:
    """What exactly: for the list to look at, and for whoever compares it with what went."""
    return list(_free(_rows(rule, at), _ages(rule.key)).order_by("pk").values_list("pk", flat=True))


def owe_day(*, at: datetime) -> None:
    """One duty a rule and day, whichever tick comes first."""
    day = at.date().isoformat()
    active = [rule for rule in rules() if rule.active]
    jobs.owe([jobs.Duty(JOB, f"{JOB}:{r.key}:{day}", {"rule": r.key, "at": at.isoformat()}, at) for r in active])


def work(run: JobRun) -> Again | None:
    """The job of one rule: batches, each a transaction; killed, it goes on with what is left of the same moment."""
    exporting.sweep(at=datetime.fromisoformat(run.payload["at"]))
    rule = next((rule for rule in rules() if rule.key == run.payload["rule"]), None)
    if rule is not None and rule.active:
        carry_out(rule, datetime.fromisoformat(run.payload["at"]), alive=lambda: jobs.renew(run))
    return None


def carry_out(rule: Rule, at: datetime, *, alive: Any = lambda: None) -> RetentionRun:
    """Take away what is due at a moment. Repeated for the same moment it adds to the same report."""
    found = due(rule, at)
    report, _created = RetentionRun.objects.get_or_create(
        key=rule.key, at=at, defaults={"before": rule.before(at), "due": found.gone}
    )
    with pghistory.context(job=JOB, rule=rule.key):
        for gone in _batches(rule, at):
            alive()
            RetentionRun.objects.filter(pk=report.pk).update(gone=models.F("gone") + gone)
    RetentionRun.objects.filter(pk=report.pk).update(held=due(rule, at).held, finished_at=models.functions.Now())
    report.refresh_from_db()
    return report


def _batches(rule: Rule, at: datetime) -> Iterator[int]:
    ages = _ages(rule.key)
    if ages is not None and ages.drop is not None:
        while gone := ages.drop(rule.before(at), at):
            yield gone
        return
    ids = due_ids(rule, at)
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            yield _take(rule, at, ids[start : start + BATCH])


def _take(rule: Rule, at: datetime, ids: list[Any]) -> int:
    """Looked at again under the batch's own snapshot: a hold that was put meanwhile counts."""
    ages = _ages(rule.key)
    rows = _free(_rows(rule, at), ages).filter(pk__in=ids)
    if ages is None:
        return _erase(list(Party.objects.filter(pk__in=rows.values("pk"))), at)
    sure = list(rows.values_list("pk", flat=True))
    chosen = rows.model._base_manager.filter(pk__in=sure)
    if ages.before is not None:
        ages.before(chosen)
    if ages.clear is None:
        chosen.delete()
    else:
        chosen.update(**ages.clear)
    return len(sure)


def _erase(people: list[Party], at: datetime) -> int:
    for party in people:
        erasure = erasing.ask(party=party, by=None, at=at, basis=Basis.RETENTION)
        erasing.confirm(erasure=erasure, by=None, at=at)
    return len(people)


def _ages(key: str) -> Ages | None:
    return next((ages for ages in registry.ages() if ages.key == key), None)


def _rows(rule: Rule, at: datetime) -> "models.QuerySet[Any]":
    ages = _ages(rule.key)
    return _lost_people(rule.before(at)) if ages is None else ages.rows(rule.before(at))


def _lost_people(before: datetime) -> "models.QuerySet[Party]":
    """Nobody of theirs was won or is at work, nothing was touched since, and nobody came through them."""
    leads = Lead.objects.filter(party=models.OuterRef("pk"))
    alive = leads.filter(models.Q(outcome__in=[Outcome.OPEN, Outcome.WON]) | models.Q(touched_at__gte=before))
    erased = Erasure.objects.filter(party=models.OuterRef("pk")).exclude(state="cancelled")
    people = Party.objects.filter(models.Exists(leads), ~models.Exists(alive), ~models.Exists(erased))
    return people.filter(client_list__isnull=True, brought_leads__isnull=True)


def _free(rows: "models.QuerySet[Any]", ages: Ages | None) -> "models.QuerySet[Any]":
    held = LegalHold.objects.filter(lifted_at__isnull=True).values("party_id")
    for path in ages.party if ages is not None else ("pk",):
        rows = rows.exclude(**{f"{path}__in": held})
    return rows
