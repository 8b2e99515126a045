"""The small forms of the card: contacts, BANT, the choice behind a new lead."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from agents.choices import BantMark, BantQuestion, ContactType, InitiativeStatus
from agents.models import Initiative, Party
from agents.services.bant import NOTE_LENGTH, BantAnswer, answers_of
from agents.services.contacts import ContactDraft, guess_type
from web.leads.forms_base import Day
from web.record_forms import RefusableForm


class ContactForm(RefusableForm):
    aliases = {"contact": "value"}
    value = forms.CharField(label=gettext_lazy("Контакт"), max_length=200)
    type = forms.ChoiceField(label=gettext_lazy("Вид"), required=False)
    person = forms.CharField(label=gettext_lazy("Кто отвечает"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Когда и как связаться"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Например: после 18:00, по выходным"),
    )
    preferred = forms.BooleanField(label=gettext_lazy("Основной контакт"), required=False)
    layout = (("value", "type"),)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["type"]
        kind.choices = [("", _("Определить по записи")), *ContactType.choices]

    def draft(self) -> ContactDraft:
        data = self.cleaned_data
        kind = data["type"] or guess_type(data["value"])
        return ContactDraft(kind, data["value"], data["person"], data["preferred"], data["note"])


class BantForm(RefusableForm):
    """Four questions, each with a mark, a few words, a day and a source. No mark means that nobody asked."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, agent: Party, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = agent.version
        for question, answer in answers_of(agent).items():
            self._ask(question, answer or BantAnswer("", known_at=today))

    def _ask(self, question: BantQuestion, answer: BantAnswer) -> None:
        marks = [("", _("Не спросили")), *BantMark.choices]
        fields: dict[str, forms.Field] = {
            "mark": forms.ChoiceField(
                label=question.label, choices=marks, widget=forms.RadioSelect, required=False, initial=answer.mark
            ),
            "note": forms.CharField(label=_("Коротко"), required=False, max_length=NOTE_LENGTH, initial=answer.note),
            "known_at": Day(label=_("Когда узнали"), required=False, initial=answer.known_at),
            "source": forms.CharField(
                label=_("От кого"), required=False, max_length=NOTE_LENGTH, initial=answer.source
            ),
        }
        self.fields |= {f"{question}-{name}": field for name, field in fields.items()}

    @property
    def questions(self) -> list[dict[str, forms.BoundField]]:
        """The bound fields of each question, for the page."""
        names = ("mark", "note", "known_at", "source")
        return [{name: self[f"{question}-{name}"] for name in names} for question in BantQuestion]

    def changes(self) -> dict[str, BantAnswer | None]:
        return {question.value: self._answer(question) for question in BantQuestion}

    def _answer(self, question: BantQuestion) -> BantAnswer | None:
        data = self.cleaned_data
        mark = data[f"{question}-mark"]
        values = [data[f"{question}-{name}"] for name in ("note", "known_at", "source")]
        return BantAnswer(mark, *values) if mark else None


class NewLeadForm(RefusableForm):
    """For which initiative the party is to be worked."""

    initiative = forms.ModelChoiceField(
        label=gettext_lazy("Инициатива"), queryset=Initiative.objects.none(), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["initiative"]
        field.queryset = active_initiatives(user)
        field.empty_label = _("Без инициативы")


def active_initiatives(user: User) -> Any:
    return Initiative.objects.visible_to(user).filter(status=InitiativeStatus.ACTIVE)
