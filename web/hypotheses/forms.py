"""Forms of hypotheses. People write per cent; the services take shares, 0 to 1."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.access import get_initiative_for, get_segment_for
from agents.choices import InitiativeStatus
from agents.models import Initiative, Product, Segment, Utp
from agents.selectors import branch_ids
from common.errors import NotFound
from funnel.models import Stage
from hypotheses.choices import OFFERED, Decision
from hypotheses.judging import State
from hypotheses.models import LONGEST_REASON, Hypothesis
from hypotheses.services.checks import MOST_ARMS
from web.leads.forms_base import Figure
from web.record_forms import RecordForm, RefusableForm, with_present

_HUNDRED = Decimal(100)


class Percent(Figure):
    """«25» or «12,5» per cent in the field, a share outside it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"decimal_places": 2, "max_digits": 6} | options)

    def clean(self, value: Any) -> Decimal | None:
        found: Decimal | None = super().clean(value.replace("%", "") if isinstance(value, str) else value)
        return None if found is None else found / _HUNDRED

    def prepare_value(self, value: Any) -> Any:
        return super().prepare_value(value * _HUNDRED if isinstance(value, Decimal) else value)


class StageChoice(forms.ModelChoiceField):
    def label_from_instance(self, stage: Any) -> str:
        return f"{stage.funnel.name}: {stage.name}"


class UtpChoice(forms.ModelMultipleChoiceField):
    def label_from_instance(self, utp: Any) -> str:
        return f"{utp.segment.name}: {utp.statement}" if self.with_segment and utp.segment else utp.statement

    with_segment = True


class HypothesisForm(RecordForm):
    layout = (("initiative", "segment"), ("problem",), ("utps",), ("success_stage", "expected_rate"),
              ("sample", "refuted_below"), ("difference", "mature_days"), ("product",), ("open_ended",))  # fmt: skip
    more = ("sample", "refuted_below", "difference", "mature_days", "product", "open_ended")
    utps = UtpChoice(
        label=gettext_lazy("УТП"), queryset=Utp.objects.none(), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Одно проверяется против порога, несколько — между собой."),
        error_messages={"required": gettext_lazy("Выберите хотя бы одно УТП.")},
    )  # fmt: skip
    success_stage = StageChoice(label=gettext_lazy("Успех — дошёл до этапа"), queryset=Stage.objects.none())
    expected_rate = Percent(label=gettext_lazy("Порог, % дошедших"))
    refuted_below = Percent(
        label=gettext_lazy("Опровергнута ниже, %"), required=False,
        help_text=gettext_lazy("Пусто — ниже порога."),
    )  # fmt: skip
    difference = Percent(
        label=gettext_lazy("Разница, которую ищем, п. п."), required=False,
        help_text=gettext_lazy("Меньшая не стоит ожидания. Пусто — посчитаем от порога."),
    )  # fmt: skip
    sample = forms.IntegerField(
        label=gettext_lazy("Лидов на вариант"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Пусто — сколько просит правило."),
    )  # fmt: skip
    mature_days = forms.IntegerField(
        label=gettext_lazy("Дней лиду на ответ"), required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=gettext_lazy("Вердикт ждёт лидов, у которых было столько времени. Пусто — по нормам этапов."),
    )  # fmt: skip

    class Meta:
        model = Hypothesis
        fields = (
            "initiative", "segment", "problem", "success_stage", "expected_rate", "sample", "refuted_below",
            "difference", "mature_days", "product", "open_ended",
        )  # fmt: skip
        help_texts = {
            "problem": gettext_lazy("Коротко, как её называют сами: «долго ждать решения»."),
            "open_ended": gettext_lazy("Вердикт по е-значениям: можно смотреть хоть каждый день и без крайнего срока."),
        }

    def __init__(self, *args: Any, user: User, segment: Segment | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        rows: dict[str, Any] = {
            "initiative": with_present(
                Initiative.objects.visible_to(user).exclude(status=InitiativeStatus.DONE), _of(row, "initiative")
            ),
            "segment": with_present(Segment.objects.visible_to(user), _of(row, "segment")).order_by("kind", "name"),
            "product": with_present(Product.objects.filter(active=True), row.product),
            "success_stage": _stages(segment),
            "utps": _utps(user, segment),
        }
        for name, queryset in rows.items():
            self._choices(name).queryset = queryset
        self._choices("product").empty_label = _("Любой продукт")
        self._choices("utps").with_segment = segment is None
        if not row._state.adding and "utps" not in self.initial:
            self.initial["utps"] = [arm.utp_id for arm in row.arms.all()]

    def _choices(self, name: str) -> Any:
        return self.fields[name]

    @property
    def chosen(self) -> list[Utp]:
        return list(self.cleaned_data["utps"])

    @property
    def first_rows(self) -> list[list[forms.BoundField]]:
        return [row for row in self.rows if row[0].name not in self.more]

    @property
    def further_rows(self) -> list[list[forms.BoundField]]:
        return [row for row in self.rows if row[0].name in self.more]

    @property
    def opened(self) -> bool:
        """Whether something is said in the part that is folded at first."""
        return any(name in self.errors for name in self.more) if self.is_bound else False


def _of(row: Hypothesis, name: str) -> Any:
    return getattr(row, name) if getattr(row, f"{name}_id") else None


def _stages(segment: Segment | None) -> Any:
    """Stages that one may get to: all but the first of each funnel, which every lead has entered."""
    rows = Stage.objects.active().select_related("funnel").filter(position__gt=1, funnel__active=True)
    if segment is not None:
        rows = rows.filter(kind=segment.kind)
    return rows.order_by("kind", "funnel__created_at", "position")


def _utps(user: User, segment: Segment | None) -> Any:
    """Promises in work; with a segment those of its branch, of what it narrows, and those for any."""
    rows = Utp.objects.visible_to(user).filter(active=True).select_related("segment").order_by("segment__name", "pk")
    if segment is None:
        return rows
    above, parent = [], segment.parent
    while parent is not None and parent.pk not in above:
        above.append(parent.pk)
        parent = parent.parent
    return rows.filter(segment__in=[*branch_ids([segment.pk]), *above]) | rows.filter(segment__isnull=True)


def first_values(user: User, asked: Any) -> tuple[dict[str, Any], Segment | None]:
    """What the address fills in: the segment, its initiative, its promises, the first stage that asks for one."""
    given = asked.get("segment", "")
    segment = get_segment_for(user, given) if given else None
    initiative = get_initiative_for(user, asked["initiative"]) if asked.get("initiative") else None
    if initiative is None and segment is not None:
        own = Initiative.objects.visible_to(user).exclude(status=InitiativeStatus.DONE)
        initiative = own.filter(segments__in=[segment.pk, segment.parent_id]).first()
    values: dict[str, Any] = {"segment": segment, "initiative": initiative}
    if segment is not None:
        utps = [utp.pk for utp in _utps(user, segment) if utp.segment_id == segment.pk]
        values |= {"utps": utps[:MOST_ARMS], "success_stage": _stages(segment).filter(gate__contains=["utp"]).first()}
    # Choosing a segment asks for the form anew, with what was typed so far.
    return values | {name: asked[name] for name in ("problem", "expected_rate") if asked.get(name)}, segment


def posted_segment(user: User, posted: Any) -> Segment | None:
    """The segment of a sent form, where its promises are all of that branch: the form then stays as short as it was."""
    try:
        segment = get_segment_for(user, posted.get("segment", ""))
    except NotFound:
        return None
    offered = {str(utp.pk) for utp in _utps(user, segment)}
    return segment if set(posted.getlist("utps")) <= offered else None


class VerdictForm(RefusableForm):
    decision = forms.ChoiceField(label=gettext_lazy("Вердикт"), widget=forms.RadioSelect)
    winner = forms.ChoiceField(label=gettext_lazy("Какое УТП подтвердили"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Почему"), required=False, max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    """The list that the press came from: the reader goes back to it once the reason is written."""

    def __init__(self, *args: Any, state: State, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = state.hypothesis
        self.arms = {arm.letter: arm for arm in row.arms.all()}
        decision: Any = self.fields["decision"]
        decision.choices = [(one.value, one.label) for one in OFFERED]
        decision.initial = Decision.COLLECTING
        self.fields["version"].initial = row.version
        winner: Any = self.fields["winner"]
        by_hand = [(key, f"{key}: {arm.utp.statement}") for key, arm in self.arms.items()]
        winner.choices = [("", _("По числам")), *by_hand]
        if len(self.arms) == 1:
            del self.fields["winner"]

    @property
    def chosen(self) -> Any:
        """The arm that was picked by hand, if any."""
        return self.arms.get(self.cleaned_data.get("winner", ""))


class StopForm(RefusableForm):
    reason = forms.CharField(
        label=gettext_lazy("Почему"), required=False, max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, hypothesis: Hypothesis, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = hypothesis.version
