"""Forms of outreach."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from channels.registry import channels
from outreach.models import Campaign, Template
from web.leads.forms_base import Day
from web.record_forms import RecordForm, with_present

DAYS = (
    (1, gettext_lazy("пн")), (2, gettext_lazy("вт")), (3, gettext_lazy("ср")), (4, gettext_lazy("чт")),
    (5, gettext_lazy("пт")), (6, gettext_lazy("сб")), (7, gettext_lazy("вс")),
)  # fmt: skip


def _hour(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))


class CampaignForm(RecordForm):
    layout = (("name",), ("template",), ("quota",), ("weekdays",), ("hours_from", "hours_to"), ("starts_on", "ends_on"))
    quota = forms.IntegerField(
        label=gettext_lazy("Сообщений в день"), min_value=1,
        help_text=gettext_lazy("Больше не уйдёт, сколько бы получателей ни было"),
    )  # fmt: skip
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Дни недели"), choices=DAYS, coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Дни и часы — по часам получателя"),
        error_messages={"required": gettext_lazy("Отметьте хотя бы один день недели.")},
    )  # fmt: skip
    hours_from = _hour(gettext_lazy("Не раньше"))
    hours_to = _hour(gettext_lazy("Не позже"))
    starts_on = Day(label=gettext_lazy("Первый день"))
    ends_on = Day(label=gettext_lazy("Последний день"), required=False)

    class Meta:
        model = Campaign
        fields = ("name", "template", "quota", "weekdays", "hours_from", "hours_to", "starts_on", "ends_on")
        help_texts = {"name": gettext_lazy("Видят только сотрудники")}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        template: Any = self.fields["template"]
        present = self.instance.template if self.instance.template_id else None
        template.queryset = with_present(Template.objects.visible_to(user), present)


class TemplateForm(RecordForm):
    layout = (("name",), ("channel",), ("subject",), ("body",))
    channel = forms.ChoiceField(
        label=gettext_lazy("Канал"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Выберите канал.")},
    )  # fmt: skip

    class Meta:
        model = Template
        fields = ("name", "channel", "subject", "body")
        widgets = {"body": forms.Textarea(attrs={"rows": 8})}
        help_texts = {"subject": gettext_lazy("Для почты; в Telegram темы нет")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["channel"]
        field.choices = [(code, _named(way)) for code, way in channels().items()]


def _named(way: Any) -> str:
    return str(way.label) if not way.missing() else _("%(name)s — не настроено") % {"name": way.label}
