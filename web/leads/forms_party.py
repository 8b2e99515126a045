"""Forms of the party behind the lead: who he is, how to reach him."""

from django import forms
from django.utils.translation import gettext_lazy

from agents.choices import ContactType
from agents.models import Party
from agents.services.contacts import ContactDraft, guess_type
from web.leads.forms_base import PageForm
from web.record_forms import RecordForm

_BY_LOOKS = [("", gettext_lazy("определить по записи")), *ContactType.choices]


class PartyForm(RecordForm):
    layout = (("name", "legal_form"), ("city", "tax_id"))

    class Meta:
        model = Party
        fields = ("name", "legal_form", "city", "tax_id")


class ContactForm(PageForm):
    aliases = {"contact": "value"}
    layout = (("value", "type"), ("person", "note"))
    value = forms.CharField(
        label=gettext_lazy("Контакт"), max_length=200,
        help_text=gettext_lazy("Телефон, почта, Telegram. Например: +998 90 123-45-67"),
    )  # fmt: skip
    type = forms.ChoiceField(label=gettext_lazy("Вид"), choices=_BY_LOOKS, required=False)
    person = forms.CharField(label=gettext_lazy("Кто ответит"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Когда и как связаться"), max_length=200, required=False,
        help_text=gettext_lazy("Например: после 18:00, по выходным"),
    )  # fmt: skip
    preferred = forms.BooleanField(label=gettext_lazy("Основной"), required=False)

    def draft(self) -> ContactDraft:
        typed = self.cleaned_data
        kind = typed["type"] or guess_type(typed["value"])
        return ContactDraft(kind, typed["value"], typed["person"], typed["preferred"], typed["note"])
