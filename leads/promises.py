"""Promises of value as rows: which leads fall short, how many were kept of those whose day came, the list's filter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.scope import people
from agents.models import Agent, Initiative, Segment
from agents.querysets import party_match
from agents.selectors import branch_ids
from common import clock
from leads.choices import PromiseState
from leads.models import Lead, ValuePromise
from leads.querysets import PromiseQuerySet
from leads.value import bank_day, state_case

IN_TIME, LATE = "in_time", "late"
TIMINGS = ((IN_TIME, _("в срок")), (LATE, _("позже срока")))
_IN_TIME = Q(kept_on__lte=F("due_on"))
_NEED = Case(*(When(state=state, then=Value(place)) for place, state in enumerate(PromiseState)))


def with_states(rows: PromiseQuerySet, today: date) -> PromiseQuerySet:
    """Adds ``state`` (``leads.value``)."""
    found: PromiseQuerySet = rows.annotate(state=state_case(today))
    return found


def by_need(rows: PromiseQuerySet) -> PromiseQuerySet:
    """What asks for most first, then by day. The rows carry ``state``."""
    return rows.order_by(_NEED, "due_on", "pk")


def in_states(states: Any, today: date) -> QuerySet[Any, Any]:
    """The ids of the leads that have a promise in one of these states."""
    rows = with_states(ValuePromise.objects.all(), today)
    return rows.filter(state__in=states).order_by().values("lead_id")


def worst_state(today: date) -> Subquery:
    """A column of leads: what ``leads.value.worst_of`` says of each, without a query of its own."""
    own = with_states(ValuePromise.objects.filter(lead=OuterRef("pk")), today)
    return Subquery(own.order_by(_NEED).values("state")[:1])


def mark_short(leads: Iterable[Lead], today: date) -> None:
    """Set ``falls_short``: whether any promise to the lead is not kept although its day came. One query.

    For rows that are shown already: as a column of the query it would be counted for those that are cut off too.
    """
    by_id = {lead.pk: lead for lead in leads}
    short = set(in_states([PromiseState.SHORT], today).filter(lead_id__in=by_id).values_list("lead_id", flat=True))
    for pk, lead in by_id.items():
        lead.falls_short = pk in short  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises by where they stand; those that a lead took with it when it was closed are not counted."""

    in_time: int = 0
    late: int = 0
    short: int = 0
    measure: int = 0
    waiting: int = 0
    due: int = 0
    """Those whose day has come, and those kept before it: what «kept» is counted of."""

    @property
    def kept(self) -> int:
        return self.in_time + self.late

    @property
    def total(self) -> int:
        return self.kept + self.short + self.measure + self.waiting


def due_q(today: date) -> Q:
    """Promises, with their ``state``, to which there is an answer or should be one by now."""
    come = Q(due_on__lt=today) | Q(state__in=[PromiseState.KEPT, PromiseState.SHORT])
    return come & ~Q(state=PromiseState.DROPPED)


def kept_of(rows: PromiseQuerySet, today: date) -> Kept:
    """How these promises stand. One query."""
    state = PromiseState
    counts: Mapping[str, int] = with_states(rows, today).aggregate(
        in_time=Count("pk", filter=Q(state=state.KEPT) & _IN_TIME),
        late=Count("pk", filter=Q(state=state.KEPT) & ~_IN_TIME),
        short=Count("pk", filter=Q(state=state.SHORT)),
        measure=Count("pk", filter=Q(state=state.MEASURE)),
        waiting=Count("pk", filter=Q(state=state.WAITING)),
        due=Count("pk", filter=due_q(today)),
    )
    return Kept(**counts)


class PromiseFilter(filters.FilterSet):  # type: ignore[misc]  # django_filters carries no types
    """Rows carry ``state``. Counts beside agents, segments and initiatives link by these parameters."""

    q = filters.CharFilter(method="by_text", label=_("Мера, имя или телефон"), max_length=200)
    state = filters.MultipleChoiceFilter(choices=PromiseState.choices, label=_("Состояние"))
    timing = filters.ChoiceFilter(choices=TIMINGS, method="by_timing", label=_("Когда выполнено"))
    due = filters.ChoiceFilter(choices=[("1", _("срок пришёл"))], method="by_due", label=_("Срок"))
    owner = filters.ModelMultipleChoiceFilter(
        field_name="lead__owner", queryset=lambda request: people(request.user), label=_("Владелец")
    )
    segment = filters.ModelMultipleChoiceFilter(
        method="by_segment", queryset=lambda request: Segment.objects.visible_to(request.user), label=_("Сегмент")
    )
    agent = filters.ModelMultipleChoiceFilter(
        method="by_agent", queryset=lambda request: Agent.objects.visible_to(request.user), label=_("Агент")
    )
    initiative = filters.ModelMultipleChoiceFilter(
        field_name="lead__initiative", label=_("Инициатива"),
        queryset=lambda request: Initiative.objects.visible_to(request.user),
    )  # fmt: skip

    class Meta:
        model = ValuePromise
        fields: list[str] = []

    def by_text(self, rows: PromiseQuerySet, _name: str, text: str) -> PromiseQuerySet:
        return rows.filter(Q(metric__icontains=text) | party_match(text, "lead__party__"))

    def by_timing(self, rows: PromiseQuerySet, _name: str, timing: str) -> PromiseQuerySet:
        kept = rows.filter(state=PromiseState.KEPT)
        return kept.filter(_IN_TIME) if timing == IN_TIME else kept.exclude(_IN_TIME)

    def by_due(self, rows: PromiseQuerySet, _name: str, _value: str) -> PromiseQuerySet:
        return rows.filter(due_q(bank_day(clock.now())))

    def by_segment(self, rows: PromiseQuerySet, _name: str, segments: list[Segment]) -> PromiseQuerySet:
        return of_segments(rows, segments) if segments else rows

    def by_agent(self, rows: PromiseQuerySet, _name: str, agents: list[Agent]) -> PromiseQuerySet:
        return of_agents(rows, agents) if agents else rows


def of_segments(rows: PromiseQuerySet, segments: Any) -> PromiseQuerySet:
    """Of the leads of these segments and of all that narrow them."""
    return rows.filter(lead__segment__in=branch_ids(row.pk for row in segments))


def of_agents(rows: PromiseQuerySet, agents: Any) -> PromiseQuerySet:
    """Of the work on these agents themselves, and on the clients they brought."""
    ids = [row.pk for row in agents]
    return rows.filter(Q(lead__party__in=ids) | Q(lead__agent__in=ids))
