"""Forms of service accounts and their tokens: they parse; the services judge."""

from typing import Any, ClassVar

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.tokens import MAX_DAYS, MAX_OLD_DAYS
from web.integrations.scope_words import GROUPS
from web.record_forms import RecordForm, RefusableForm


def scope_choices() -> list[tuple[str, SafeString]]:
    return [
        (scope, format_html("<code>{}</code> — {}", scope, words)) for _group, lines in GROUPS for scope, words in lines
    ]


class Addresses(forms.CharField):
    """Addresses and networks, one a line or divided by commas."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "off"})

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return str(value or "").replace(",", " ").replace(";", " ").split()

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        """Whether they are addresses is the service's to say: it names the wrong ones."""


def addresses_field() -> Addresses:
    return Addresses(
        label=_("Адреса"), required=False,
        help_text=_("Откуда ключ принимается: 10.20.0.5 или 10.20.0.0/16, по одному в строке. Пусто — отовсюду."),
    )  # fmt: skip


class AccountForm(RecordForm):
    class Meta:
        model = User
        fields: ClassVar = ["name", "team", "rate_limit"]
        labels: ClassVar = {"name": _("Система"), "team": _("Что видит"), "rate_limit": _("Обращений в минуту")}
        help_texts: ClassVar = {
            "name": _("«АБС», «Сайт», «Телефония»: под этим именем её действия стоят в истории."),
            "team": _("Записи этой команды и всех команд под ней."),
            "rate_limit": _("Предел для каждого ключа. Пусто — общий предел."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].empty_label = _("Весь банк")  # type: ignore[attr-defined]
        self.fields["team"].required = False
        self.fields["rate_limit"].widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})


class AccountEditForm(AccountForm):
    class Meta(AccountForm.Meta):
        fields: ClassVar = ["name", "team", "rate_limit", "is_active"]
        labels: ClassVar = {**AccountForm.Meta.labels, "is_active": _("Может обращаться")}
        help_texts: ClassVar = {
            **AccountForm.Meta.help_texts,
            "is_active": _("Снимите, чтобы закрыть доступ сразу всем её ключам; вернуть можно в любой момент."),
        }


class LifeForm(RefusableForm):
    days = forms.IntegerField(
        label=_("Действует, дней"), initial=90,
        help_text=format_lazy(_("От 1 до {most}. За 30, 7 и 1 день до конца придёт напоминание."), most=MAX_DAYS),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip


class TokenForm(LifeForm):
    scopes = forms.MultipleChoiceField(
        label=_("Права"), choices=scope_choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Дайте только то, что системе нужно."),
        error_messages={"required": _("Отметьте хотя бы одно право.")},
    )  # fmt: skip
    addresses = addresses_field()
    field_order = ("scopes", "days", "addresses")


class RotateForm(LifeForm):
    old_days = forms.IntegerField(
        label=_("Прежний секрет живёт ещё, дней"), initial=7,
        help_text=format_lazy(
            _("От 0 до {most}: за это время систему переводят на новый. 0 — перестанет действовать сразу."),
            most=MAX_OLD_DAYS,
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ("old_days", "days", "version")


class AddressesForm(RefusableForm):
    addresses = addresses_field()
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class NothingForm(RefusableForm):
    """Only the press counts."""
