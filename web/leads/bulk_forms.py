"""What a bulk edit asks: one small form a deed. Each knows how to do its deed on one lead, by the same services."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.models import Segment
from approvals.subject import Mass
from leads.choices import Outcome
from leads.filters import NOBODY
from leads.models import Lead, LossReason
from leads.services import editing, outcomes
from web.leads.forms_base import Day, Moment, PageForm
from web.leads.subject import hand_over


class Deed(PageForm):
    """Base: ``title`` heads the dialog, ``only_open`` deeds are refused by closed leads."""

    title: ClassVar[str | Promise]
    only_open: ClassVar[bool] = False

    def __init__(self, data: Any, *, user: User, leads: Sequence[Lead]) -> None:
        super().__init__(data)
        self.user = user
        self.offer(leads)

    def offer(self, leads: Sequence[Lead]) -> None:
        """Fill the choices for these leads."""

    def mass(self, leads: Sequence[Lead]) -> Mass | None:
        """What a second person must agree to where it touches too many; None for a deed that is easily undone."""
        return None

    @abstractmethod
    def do(self, lead: Lead, at: datetime) -> Lead:
        """Change one lead. Raises what its service raises."""


class Hand(Deed):
    title = gettext_lazy("Сменить владельца")
    owner = forms.ChoiceField(label=gettext_lazy("Новый владелец"))

    def offer(self, leads: Sequence[Lead]) -> None:
        self.people = {str(person.pk): person for person in people(self.user)}
        named = [(pk, person.name) for pk, person in self.people.items()]
        nobody = (NOBODY, _("Никто: в очередь команды"))
        self.fields["owner"].choices = [("", _("Выберите")), *named, nobody]  # type: ignore[attr-defined]

    def mass(self, leads: Sequence[Lead]) -> Mass:
        return hand_over(frozenset(lead.pk for lead in leads), self.people.get(self.cleaned_data["owner"]))

    def do(self, lead: Lead, at: datetime) -> Lead:
        owner = self.people.get(self.cleaned_data["owner"])
        return editing.assign(lead=lead, owner=owner, by=self.user, at=at)


class Sort(Deed):
    title = gettext_lazy("Сменить сегмент")
    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=gettext_lazy("Новый сегмент"), empty_label=gettext_lazy("Выберите")
    )

    def offer(self, leads: Sequence[Lead]) -> None:
        kinds = {lead.kind for lead in leads}
        choice = self.fields["segment"]
        choice.queryset = Segment.objects.visible_to(self.user).filter(kind__in=kinds)  # type: ignore[attr-defined]
        if len(kinds) > 1:
            choice.help_text = _("Выбраны и агенты, и клиенты: сегмент получат только лиды его воронки.")

    def do(self, lead: Lead, at: datetime) -> Lead:
        return editing.update_lead(lead=lead, by=self.user, changes={"segment": self.cleaned_data["segment"]})


class Plan(Deed):
    title = gettext_lazy("Запланировать шаг")
    only_open = True
    text = forms.CharField(label=gettext_lazy("Что сделать"), max_length=200)
    next_action_at = Moment(label=gettext_lazy("Когда"))

    def do(self, lead: Lead, at: datetime) -> Lead:
        data = self.cleaned_data
        return editing.plan_next_step(lead=lead, by=self.user, at=at, step_at=data["next_action_at"], text=data["text"])


class Close(Deed):
    title = gettext_lazy("Закрыть лиды")
    outcome = forms.ChoiceField(
        label=gettext_lazy("Как закрыть"), widget=forms.RadioSelect, initial=Outcome.LOST,
        choices=[(Outcome.LOST, Outcome.LOST.label), (Outcome.ARCHIVED, Outcome.ARCHIVED.label)],
    )  # fmt: skip
    reason = forms.ModelChoiceField(
        LossReason.objects.filter(active=True), label=gettext_lazy("Причина"), required=False,
        empty_label=gettext_lazy("Выберите"),
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Пояснение"), max_length=300, required=False)
    return_on = Day(label=gettext_lazy("Вернуться к теме"), required=False)

    def do(self, lead: Lead, at: datetime) -> Lead:
        data = self.cleaned_data
        return outcomes.close(
            lead=lead, outcome=data["outcome"], reason=data["reason"], note=data["note"],
            return_on=data["return_on"], by=self.user, at=at,
        )  # fmt: skip


DEEDS: dict[str, type[Deed]] = {"owner": Hand, "segment": Sort, "step": Plan, "close": Close}
