"""The form of a source of incoming messages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from inbox.choices import Type
from inbox.models import InboundSource
from web.record_forms import RefusableForm


class SourceForm(RefusableForm):
    name = forms.CharField(label=_("Название"), max_length=120, help_text=_("Например «Телефония» или «Сайт банка»"))
    code = forms.SlugField(
        label=_("Код системы"), max_length=40,
        help_text=_("Латиницей. С ним записи этой системы хранят свои номера; потом его лучше не менять"),
    )  # fmt: skip
    account = forms.ModelChoiceField(
        label=_("От чьего имени"), queryset=User.objects.none(),
        help_text=_("Сообщения исполняются с правами этой учётной записи: она видит только свою команду"),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        label=_("Что принимать"), choices=Type.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Если не отметить ничего, исполняются все известные сообщения"),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = User.objects.filter(role=Role.SERVICE, is_active=True).order_by("name")
        self.fields["account"].queryset = accounts  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(source: InboundSource) -> dict[str, Any]:
        names = ("name", "code", "account", "types", "version")
        return {name: getattr(source, name) for name in names}

    def fields_for_service(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("name", "code", "account", "types")}
