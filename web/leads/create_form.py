"""What a new lead asks: who, how to reach him, for what, and what comes next."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.choices import InitiativeStatus, Kind
from agents.models import Agent, Initiative, Party, Segment
from agents.services.contacts import ContactDraft, guess_type
from agents.services.parties import PartyDraft
from common.errors import Refused
from common.money import Currency
from funnel.gates import GateClosed
from leads.drafts import LeadDraft
from web.leads.forms_base import Figure, Moment, PageForm

FEW = 8
_ANY = gettext_lazy("не указано")
_WHO = ("kind", "name", "contact")


class CreateForm(PageForm):
    """With ``party`` the form asks only for the work: who he is stands on him already."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Кто это"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.AGENT
    )
    name = forms.CharField(label=gettext_lazy("Имя человека или название фирмы"), max_length=200)
    contact = forms.CharField(
        label=gettext_lazy("Телефон, почта или Telegram"), max_length=200, required=False,
        help_text=gettext_lazy("Одной строкой: вид контакта определим сами."),
    )  # fmt: skip
    segment = forms.ModelChoiceField(
        Segment.objects.none(), label=gettext_lazy("Сегмент"), required=False, empty_label=_ANY
    )
    initiative = forms.ModelChoiceField(
        Initiative.objects.none(), label=gettext_lazy("Инициатива"), required=False, empty_label=_ANY
    )
    agent_q = forms.CharField(
        label=gettext_lazy("Через какого агента"), max_length=200, required=False,
        help_text=gettext_lazy("Имя или телефон. Пусто, если клиент пришёл сам."),
    )  # fmt: skip
    agent = forms.UUIDField(required=False, widget=forms.HiddenInput)
    amount = Figure(label=gettext_lazy("Сумма"), required=False, decimal_places=2)
    currency = forms.ChoiceField(
        label=gettext_lazy("Валюта"), choices=Currency.choices, initial=Currency.UZS, required=False
    )
    next_action = forms.CharField(label=gettext_lazy("Следующий шаг"), max_length=200, required=False)
    next_action_at = Moment(label=gettext_lazy("Когда"), required=False)

    def __init__(self, data: QueryDict | None, *, user: User, party: Party | None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="lead-%s")
        self.user, self.party = user, party
        self.options: list[Agent] = []
        self.chosen: UUID | None = None
        for name in _WHO if party else ():
            del self.fields[name]
        if party is not None and party.kind != Kind.CLIENT:
            del self.fields["agent_q"]
        self._segments(party.kind if party else "")
        going = Initiative.objects.visible_to(user).filter(status=InitiativeStatus.ACTIVE)
        self.fields["initiative"].queryset = going  # type: ignore[attr-defined]

    def _segments(self, kind: str) -> None:
        field: Any = self.fields["segment"]
        rows = Segment.objects.visible_to(self.user)
        field.queryset = rows.filter(kind=kind) if kind else rows
        groups: dict[str, list[tuple[str, str]]] = {Kind.AGENT: [], Kind.CLIENT: []}
        for segment in field.queryset:
            groups[segment.kind].append((str(segment.pk), segment.name))
        named = [(_("Агенты"), groups[Kind.AGENT]), (_("Клиенты"), groups[Kind.CLIENT])]
        field.widget.choices = [("", _ANY), *((label, rows) for label, rows in named if rows)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        kind = self.party.kind if self.party else data.get("kind")
        if data.get("segment") and kind and data["segment"].kind != kind:
            self.add_error("segment", _("Этот сегмент — из другой воронки. Выберите из группы ниже."))
        if data.get("next_action") and not data.get("next_action_at") and "next_action_at" not in self.errors:
            self.add_error("next_action_at", _("Укажите, когда это сделать."))
        data["agent"] = self._agent(data) if kind == Kind.CLIENT else None
        return data

    def _agent(self, data: dict[str, Any]) -> Agent | None:
        """The agent that was pressed, or the only one whose name or phone was typed."""
        agents = Agent.objects.visible_to(self.user)
        if data.get("agent"):
            found = agents.filter(pk=data["agent"]).first()
            if found is None:
                self.add_error("agent_q", _("Такого агента нет, или он вам не виден."))
                return None
            self.options, self.chosen = [found], found.pk
            return found
        typed = data.get("agent_q")
        if not typed:
            return None
        self.options = list(agents_like(self.user, typed))
        if len(self.options) == 1:
            return self.options[0]
        few = _("Под это подходит несколько агентов: выберите одного.")
        self.add_error("agent_q", few if self.options else _("Такого агента среди видимых вам нет."))
        return None

    def party_draft(self) -> PartyDraft:
        data = self.cleaned_data
        contact = data["contact"]
        contacts = (ContactDraft(guess_type(contact), contact, preferred=True),) if contact else ()
        return PartyDraft(
            kind=data["kind"], name=data["name"], contacts=contacts,
            segment_id=data["segment"].pk if data["segment"] else None,
            agent_id=data["agent"].pk if data["agent"] else None,
        )  # fmt: skip

    def draft(self) -> LeadDraft:
        """What the service takes; unknown things are left out, so that the party's own stand in."""
        data = self.cleaned_data
        known = {
            "segment_id": data["segment"] and data["segment"].pk,
            "agent_id": data["agent"] and data["agent"].pk,
            "initiative_id": data["initiative"] and data["initiative"].pk,
            "amount": data["amount"],
            "currency": data["currency"],
            "next_action": data["next_action"],
            "next_action_at": data["next_action_at"],
        }
        fields = {name: value for name, value in known.items() if value not in (None, "")}
        if self.party is not None:
            return LeadDraft(kind=self.party.kind, party_id=self.party.pk, owner=self.user, fields=fields)
        return LeadDraft(kind=data["kind"], party=self.party_draft(), owner=self.user, fields=fields)

    def take(self, refusal: Refused) -> None:
        """A gate names facts; here each of them is a field that was left empty."""
        if isinstance(refusal, GateClosed):
            for code in refusal.missing:
                self.add_error(code if code in self.fields else None, refusal.message)
            return
        super().take(refusal)


def agents_like(user: User, text: str) -> Any:
    """The first few visible agents of that name or phone."""
    return Agent.objects.visible_to(user).matching(text).order_by("sort_key", "id")[:FEW]
