"""Forms that make and change agents and clients."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.choices import Kind
from agents.models import Agent, Client, Party, Segment
from agents.services.contacts import ContactDraft, guess_type
from agents.services.parties import PartyDraft
from common.text import fold
from web.leads.forms_base import Day
from web.record_forms import RecordForm, with_present

_MANY = 5
_EXTRA = ("status", "grade")
_POINTERS = ("segment", "agent")


class AgentText(forms.CharField):
    """An agent by name, phone or tax number: a bank has thousands of them, too many for a list to choose from."""

    agents: QuerySet[Any]

    def prepare_value(self, value: Any) -> Any:
        """A stored agent as the words that find him."""
        if value is None or isinstance(value, str):
            return value
        found = value if isinstance(value, Party) else Party._base_manager.filter(pk=value).first()
        return found.name if found else ""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        found = list(self.agents.matching(text)[: _MANY + 1])  # type: ignore[attr-defined]
        exact = [agent for agent in found if agent.sort_key == fold(text)]
        if len(found) == 1 or len(exact) == 1:
            return (exact or found)[0]
        if not found:
            raise forms.ValidationError(_("Такого агента нет среди тех, кого вы видите. Проверьте имя или телефон."))
        names = ", ".join(_("«%s»") % agent.name for agent in found[:_MANY])
        raise forms.ValidationError(_("Подходят несколько: %(names)s. Укажите телефон или ИНН.") % {"names": names})


class PartyForm(RecordForm):
    """What agents and clients have in common. A new record takes one contact, typed in one line."""

    kind: str = Kind.AGENT
    contact = forms.CharField(
        label=gettext_lazy("Контакт"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Телефон, почта или Telegram"),
    )
    contact_person = forms.CharField(label=gettext_lazy("Кто отвечает"), required=False, max_length=120)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party = self.instance
        segment: Any = self.fields["segment"]
        segment.queryset = with_present(Segment.objects.visible_to(user).filter(kind=self.kind), party.segment)
        owner: Any = self.fields["owner"]
        owner.queryset = with_present(people(user), party.owner)
        if party._state.adding:
            owner.initial = user.pk
        else:
            del self.fields["contact"], self.fields["contact_person"]

    def draft(self, **more: Any) -> PartyDraft:
        """The new party as the service takes it; its owner goes beside it."""
        data = self.changes()
        del data["owner"]
        for name in _POINTERS:
            if name in data:
                row = data.pop(name)
                data[f"{name}_id"] = row.pk if row else None
        extra = {name: data.pop(name) for name in _EXTRA if name in data}
        return PartyDraft(kind=self.kind, contacts=self._contacts(), extra=extra, **(data | more))

    def _contacts(self) -> tuple[ContactDraft, ...]:
        typed = self.cleaned_data["contact"]
        who = self.cleaned_data["contact_person"]
        return (ContactDraft(guess_type(typed), typed, who, preferred=True),) if typed else ()


class AgentForm(PartyForm):
    layout = (("name",), ("contact", "contact_person"), ("legal_form", "tax_id"), ("segment", "city"),
              ("partnership", "status", "grade"), ("owner",))  # fmt: skip

    class Meta:
        model = Agent
        fields = ("name", "legal_form", "segment", "city", "tax_id", "partnership", "status", "grade", "owner")


class ClientForm(PartyForm):
    kind = Kind.CLIENT
    layout = (("name",), ("contact", "contact_person"), ("agent",), ("problem",), ("resources",),
              ("legal_form", "tax_id"), ("segment", "city"), ("owner",))  # fmt: skip
    agent = AgentText(
        label=gettext_lazy("Агент"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Имя, телефон или ИНН. Пусто — клиент пришёл прямо в банк"),
    )

    class Meta:
        model = Client
        fields = ("name", "legal_form", "agent", "segment", "city", "tax_id", "problem", "resources", "owner")
        widgets = {"problem": forms.Textarea(attrs={"rows": 3}), "resources": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, user: User, of_agent: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        if of_agent:
            del self.fields["agent"]
        else:
            agent: Any = self.fields["agent"]
            agent.agents = Agent.objects.visible_to(user)
            if not self.instance._state.adding:
                agent.agents = with_present(agent.agents, self.instance.agent)


class BaseForm(RecordForm):
    """How large the agent's client base is, on which day, from whom it is known."""

    layout = (("client_base_size", "client_base_at"), ("client_base_source",))
    client_base_at = Day(label=gettext_lazy("Размер известен на"))

    class Meta:
        model = Agent
        fields = ("client_base_size", "client_base_at", "client_base_source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
        self.fields["version"].required = False
