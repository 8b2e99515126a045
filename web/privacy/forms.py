"""The forms of requests about personal data."""

from django import forms
from django.utils.translation import gettext_lazy as _

from privacy.choices import Basis
from privacy.services.aging import MOST_DAYS
from web.leads.forms_base import PageForm
from web.record_forms import RefusableForm


class EraseForm(RefusableForm):
    """``sure`` is the last word before there is no way back."""

    basis = forms.ChoiceField(
        label=_("Основание"), choices=[(one.value, one.label) for one in Basis if one is not Basis.RETENTION]
    )
    letter = forms.CharField(label=_("Номер и дата обращения"), max_length=120, required=False)
    sure = forms.BooleanField(
        label=_("Понимаю, что вернуть данные нельзя"),
        error_messages={"required": _("Отметьте, что данные уйдут навсегда.")},
    )


class HoldForm(RefusableForm):
    reason = forms.CharField(
        label=_("Основание запрета"), max_length=300, help_text=_("Например: спор, дело № 2-15/2026"),
        error_messages={"required": _("Назовите основание запрета: спор, запрос суда.")},
    )  # fmt: skip


class RuleForm(PageForm):
    layout = (("days", "active"),)
    days = forms.IntegerField(label=_("Хранить, дней"), min_value=1, max_value=MOST_DAYS)
    active = forms.BooleanField(label=_("Удалять, когда срок вышел"), required=False)
