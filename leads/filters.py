"""The one set of lead filters: table, board, funnel drill-down, export and API read the same query string."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import django_filters as filters
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField, IsoDateTimeRangeField

from accounts.models import Team, User
from accounts.scope import people, scope_of, subtree
from agents.choices import Kind
from agents.models import Agent, Initiative, Product, Segment, Utp
from agents.selectors import branch_ids
from common import clock
from common.outside_filters import OutsideFilter
from funnel.choices import PassageState
from funnel.models import Funnel, Passage, Stage
from hypotheses.evidence import members_of
from hypotheses.models import Hypothesis
from leads.choices import Outcome, PromiseState
from leads.models import Blocker, Lead, LossReason
from leads.promises import in_states
from leads.querysets import NO_STEP, OPEN, overdue_q
from leads.value import bank_day

NOBODY = "none"
IN_ORDER, REVERSED = "in_order", "reversed"
ORDERS = ((IN_ORDER, _("по порядку")), (REVERSED, _("обратный")))
VIEWS = (
    ("open", _("В работе")),
    ("mine", _("Мои")),
    ("nostep", _("Без шага")),
    ("overdue", _("Просрочено")),
    ("new", _("Новые")),
    ("queue", _("Без владельца")),
    ("lent", _("Поделились со мной")),
    ("all", _("Все")),
)
ARMS = tuple((letter, letter) for letter in "ABCDE")
FATES = (("reached", _("Дошёл до этапа успеха")), ("failed", _("Закрыт раньше")), ("open", _("Ещё открыт")))
SORTS = ("created_at", "stage_entered_at", "next_action_at", "amount", "name", "stage")


def id_or_none(value: str) -> None:
    """What a dimension of that time may be: an id, or ``none``. Raises ValidationError, so that no query meets it."""
    try:
        if value != NOBODY:
            UUID(value)
    except ValueError as error:
        raise ValidationError(_("Такого значения нет.")) from error


class UpTo(IsoDateTimeField):
    """The upper end of a period: a plain day means to its very end."""

    def to_python(self, value: Any) -> datetime | None:
        found: datetime | None = super().to_python(value)
        whole_day = isinstance(value, str) and len(value.strip()) == len("2026-11-30")
        return found + timedelta(days=1, microseconds=-1) if found is not None and whole_day else found


class PeriodField(IsoDateTimeRangeField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = (IsoDateTimeField(required=False), UpTo(required=False))


class Period(filters.IsoDateTimeFromToRangeFilter):
    field_class = PeriodField


class VisibleChoice(filters.ModelMultipleChoiceFilter):
    """A choice among rows that the reader may see; several values mean any of them, ``none`` means empty."""

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        kwargs.setdefault("null_label", _("не указано"))
        kwargs.setdefault("null_value", NOBODY)
        super().__init__(*args, queryset=lambda request: rows(getattr(request, "user", None)), **kwargs)


class BranchChoice(VisibleChoice):
    """A segment means itself and all that narrow it."""

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if not value:
            return qs
        within = Q(**{f"{self.field_name}__in": branch_ids(row.pk for row in value if row != NOBODY)})
        return qs.filter(within | Q(**{f"{self.field_name}__isnull": True}) if NOBODY in value else within)


class LeadFilter(OutsideFilter):
    """``reached`` with ``state`` and the ``then_*`` dimensions opens exactly the rows that a funnel number counts."""

    q = filters.CharFilter(method="by_text", label=_("Имя, телефон, ИНН"), max_length=200)
    view = filters.ChoiceFilter(method="by_view", choices=VIEWS, label=_("Вид"))
    kind = filters.ChoiceFilter(choices=Kind.choices, label=_("Воронка"))
    funnel = filters.ModelMultipleChoiceFilter(
        queryset=Funnel.objects.all(), to_field_name="code", field_name="stage__funnel", label=_("Воронка продукта"),
        distinct=False,
    )  # fmt: skip
    stage = filters.ModelMultipleChoiceFilter(
        queryset=Stage.objects.all(), to_field_name="code", method="by_stage", label=_("Этап")
    )
    outcome = filters.MultipleChoiceFilter(choices=Outcome.choices, label=_("Исход"))
    owner = VisibleChoice(rows=people, label=_("Владелец"))
    lead_generator = VisibleChoice(rows=people, label=_("Лидогенератор"))
    segment = BranchChoice(rows=Segment.objects.visible_to, label=_("Сегмент"))
    agent = VisibleChoice(rows=Agent.objects.visible_to, label=_("Агент"))
    initiative = VisibleChoice(rows=Initiative.objects.visible_to, label=_("Инициатива"))
    utp = VisibleChoice(rows=Utp.objects.visible_to, label=_("УТП"))
    blocker = VisibleChoice(field_name="party__holds__blocker", rows=Blocker.objects.visible_to, label=_("Блокатор"))
    product = VisibleChoice(rows=lambda user: Product.objects.all(), label=_("Продукт"))
    team = VisibleChoice(rows=lambda user: Team.objects.all(), label=_("Команда"))
    loss_reason = VisibleChoice(rows=lambda user: LossReason.objects.all(), label=_("Причина отказа"))
    source_channel = filters.CharFilter(label=_("Канал"), max_length=60)
    base = filters.CharFilter(label=_("База"), max_length=120)
    tag = filters.CharFilter(field_name="tags", lookup_expr="contains", method="by_tag", label=_("Метка"))
    created_at = Period(label=_("Создан"))
    next_action_at = Period(label=_("Срок шага"))
    batch = filters.UUIDFilter(label=_("Загрузка"))
    party = filters.UUIDFilter(field_name="party_id", label=_("Агент или клиент"))

    hypothesis = VisibleChoice(
        rows=Hypothesis.objects.visible_to, method="by_hypothesis", label=_("Гипотеза"), null_label=None
    )
    arm = filters.ChoiceFilter(choices=ARMS, method="with_hypothesis", label=_("Вариант гипотезы"))
    fate = filters.ChoiceFilter(choices=FATES, method="with_hypothesis", label=_("Исход для гипотезы"))

    value = filters.MultipleChoiceFilter(choices=PromiseState.choices, method="by_value", label=_("Обещанная ценность"))

    reached = filters.CharFilter(method="by_passage", label=_("Входил в этап"), max_length=40)
    state = filters.ChoiceFilter(choices=PassageState.choices, method="with_reached", label=_("Что стало"))
    dates = filters.ChoiceFilter(choices=ORDERS, method="with_reached", label=_("Порядок дат"))
    entered_from = filters.IsoDateTimeFilter(method="with_reached", label=_("Вошёл с"))
    entered_to = filters.IsoDateTimeFilter(method="with_reached", label=_("Вошёл до"))
    then_owner = filters.CharFilter(method="with_reached", label=_("Владелец тогда"), validators=[id_or_none])
    then_team = filters.CharFilter(method="with_reached", label=_("Команда тогда"), validators=[id_or_none])
    then_segment = filters.CharFilter(method="with_reached", label=_("Сегмент тогда"), validators=[id_or_none])
    then_initiative = filters.CharFilter(method="with_reached", label=_("Инициатива тогда"), validators=[id_or_none])
    then_source_channel = filters.CharFilter(method="with_reached", label=_("Канал тогда"))

    class Meta:
        model = Lead
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Lead], _name: str, text: str) -> QuerySet[Lead]:
        return rows.matching(text)  # type: ignore[attr-defined]

    def by_view(self, rows: QuerySet[Lead], _name: str, view: str) -> QuerySet[Lead]:
        return rows.filter(view_q(view, getattr(self.request, "user", None), clock.now()))

    def by_stage(self, rows: QuerySet[Lead], _name: str, stages: list[Stage]) -> QuerySet[Lead]:
        return rows.filter(stage__in=stages) if stages else rows

    def by_tag(self, rows: QuerySet[Lead], _name: str, tag: str) -> QuerySet[Lead]:
        return rows.filter(tags__contains=[tag])

    def by_value(self, rows: QuerySet[Lead], _name: str, states: list[str]) -> QuerySet[Lead]:
        """Leads with a promise in one of these states."""
        return rows.filter(pk__in=in_states(states, bank_day(clock.now()))) if states else rows

    def with_reached(self, rows: QuerySet[Lead], _name: str, _value: object) -> QuerySet[Lead]:
        """Read together with ``reached``; alone it narrows nothing."""
        return rows

    def with_hypothesis(self, rows: QuerySet[Lead], _name: str, _value: object) -> QuerySet[Lead]:
        """Read together with ``hypothesis``; alone it narrows nothing."""
        return rows

    def by_hypothesis(self, rows: QuerySet[Lead], _name: str, chosen: list[Hypothesis]) -> QuerySet[Lead]:
        """The leads that got their arm by lot; with ``arm`` and ``fate`` exactly those that a number counts."""
        if not chosen:
            return rows
        data = self.form.cleaned_data
        return rows.filter(pk__in=members_of(chosen, arm=data.get("arm"), fate=data.get("fate"), asof=clock.now()))

    def by_passage(self, rows: QuerySet[Lead], _name: str, code: str) -> QuerySet[Lead]:
        data = self.form.cleaned_data
        passed = Passage.objects.filter(stage__code=code)
        if data.get("kind"):
            passed = passed.filter(kind=data["kind"])
        passed = passed.entered_between(data.get("entered_from"), data.get("entered_to"))
        if data.get("state"):
            passed = passed.filter(state=data["state"])
        if data.get("dates"):
            passed = passed.in_order_of_time() if data["dates"] == IN_ORDER else passed.with_reversed_dates()
        passed = passed.with_dimensions(self._then(data))
        return rows.filter(pk__in=passed.values("lead_id"))

    @staticmethod
    def _then(data: dict[str, Any]) -> dict[str, Any]:
        """Dimensions of that time: an id, ``none`` for «was not known»; a channel is plain text."""
        found: dict[str, Any] = {}
        for name in ("owner", "team", "segment", "initiative"):
            value = data.get(f"then_{name}")
            if value == NOBODY:
                found[f"{name}_id__isnull"] = True
            elif value and name == "segment":
                found["segment_id"] = branch_ids([value])
            elif value and name == "team":
                found["team_id"] = set(subtree(UUID(value)))
            elif value:
                found[f"{name}_id"] = value
        if data.get("then_source_channel"):
            value = data["then_source_channel"]
            found["source_channel"] = "" if value == NOBODY else value
        return found


def view_q(view: str, user: User | AnonymousUser | None, at: datetime) -> Q:
    """The condition of a view, for its rows and for the count on its tab."""
    conditions = {
        "open": OPEN,
        "mine": OPEN & (Q(owner=user) if isinstance(user, User) else Q(pk__in=[])),
        "nostep": NO_STEP,
        "overdue": overdue_q(at),
        "new": OPEN & Q(stage__position=1),
        "queue": OPEN & Q(owner__isnull=True),
        # Not ``pk__in=[]``: where one of several counts can find nothing, Django answers nought to all of them.
        "lent": scope_of(user or AnonymousUser()).lent() or Q(pk__isnull=True),
        "all": Q(),
    }
    return conditions[view]
