"""Forms of webhook endpoints: they parse; the services judge."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from channels.addresses import LONGEST_URL
from web.leads.forms_base import Moment
from web.record_forms import RefusableForm
from webhooks.catalogue import TYPES
from webhooks.models import Endpoint

FIELDS = ("url", "description", "account", "types", "owner")


def type_choices() -> list[tuple[str, SafeString]]:
    return [(name, format_html("{} <code>{}</code>", words, name)) for name, words in TYPES.items()]


class EndpointForm(RefusableForm):
    url = forms.CharField(
        label=_("Адрес"), max_length=LONGEST_URL,
        help_text=_("https://имя/путь. Узлы внутренней сети разрешает администратор сервера."),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocapitalize": "off"}),
    )  # fmt: skip
    description = forms.CharField(
        label=_("Для чего"), max_length=200, required=False, help_text=_("«АБС: новые лиды», «Хранилище»")
    )
    account = forms.ModelChoiceField(
        label=_("Чьими глазами"), queryset=User.objects.none(), empty_label=_("Выберите"),
        help_text=_("Уйдут события только тех записей, которые видит эта учётная запись."),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=_("События"), choices=type_choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Если не отметить ничего, уйдут все."),
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label=_("Кому писать о сбоях"), queryset=User.objects.none(), required=False,
        empty_label=_("Всем администраторам"),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = User.objects.filter(is_active=True).order_by("name")
        self.fields["account"].queryset = active.filter(role=Role.SERVICE)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = active.exclude(role=Role.SERVICE)  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(endpoint: Endpoint) -> dict[str, Any]:
        return {name: getattr(endpoint, name) for name in (*FIELDS, "version")}

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}


class SecretForm(RefusableForm):
    """Only the press counts, on the record as it was seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SpanForm(RefusableForm):
    since = Moment(label=_("С"), error_messages={"required": _("Укажите начало.")})
    until = Moment(label=_("По"), error_messages={"required": _("Укажите конец.")})
    layout = (("since", "until"),)
