"""The settings of a public form: whom its leads go to, what it asks and what it says in each language."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.roles import Role
from agents.choices import ConsentPurpose, Kind
from agents.models import Initiative, Segment
from forms.choices import Field, Language
from forms.models import PublicForm
from forms.services.editing import SAID
from web.record_forms import RefusableForm

_LABELS = {
    "heading": _("Заголовок"), "intro": _("Пояснение"), "thanks": _("Что сказать после отправки"),
    "consent": _("Текст согласия"),
}  # fmt: skip
_LENGTHS = {"heading": 120, "intro": 1000, "thanks": 500, "consent": 2000}
_RECEIVERS = (Role.PRODUCT_OWNER, Role.SALES_HEAD, Role.LEAD_GENERATOR, Role.ACCOUNT_MANAGER)


class PublicFormForm(RefusableForm):
    title = forms.CharField(
        label=_("Название"), max_length=80, help_text=_("Видно только вам; с ним лиды помечены как с этого канала")
    )
    kind = forms.ChoiceField(label=_("Кого ждём"), choices=Kind.choices)
    owner = forms.ModelChoiceField(
        label=_("Лиды получает"), queryset=User.objects.none(), required=False, empty_label=_("Никто лично")
    )
    team = forms.ModelChoiceField(
        label=_("Или очередь команды"), queryset=Team.objects.order_by("name"), required=False,
        empty_label=_("Без команды"), help_text=_("Выберите одно из двух: сотрудника или команду"),
    )  # fmt: skip
    initiative = forms.ModelChoiceField(
        label=_("Инициатива"),
        queryset=Initiative.objects.none(),
        required=False,
        empty_label=_("Без инициативы"),
    )
    segment = forms.ModelChoiceField(
        label=_("Сегмент"), queryset=Segment.objects.none(), required=False, empty_label=_("Без сегмента")
    )
    fields_ = forms.MultipleChoiceField(
        label=_("Что спросить, кроме имени"), choices=Field.choices, widget=forms.CheckboxSelectMultiple,
        help_text=_("Телефон или почта нужны всегда"),
    )  # fmt: skip
    required_ = forms.MultipleChoiceField(
        label=_("Без чего не отправить"), choices=Field.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    purpose = forms.ChoiceField(label=_("На что согласие"), choices=ConsentPurpose.choices)
    origins = forms.CharField(
        label=_("Сайты, на которых форма встроена"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("По одному в строке, вида https://bank.uz. Другие сайты встроить её не смогут"),
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Языки"), choices=Language.choices, widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    aliases = {"fields": "fields_", "required": "required_"}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = {"initiative": Initiative.objects.visible_to(user), "segment": Segment.objects.visible_to(user)}
        for name, rows in seen.items():
            self.fields[name].queryset = rows.order_by("name")  # type: ignore[attr-defined]
        people = User.objects.filter(role__in=_RECEIVERS, is_active=True).order_by("name")
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        for language, named in Language.choices:
            for name in SAID:
                label = f"{_LABELS[name]} · {named}"
                widget = forms.TextInput() if name == "heading" else forms.Textarea({"rows": 3})
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=label, max_length=_LENGTHS[name], required=False, widget=widget
                )

    @staticmethod
    def initial_of(form: PublicForm) -> dict[str, Any]:
        same = ("title", "kind", "owner", "team", "initiative", "segment", "purpose", "languages", "version")
        texts = {f"{name}_{one}": said.get(name, "") for one, said in form.texts.items() for name in SAID}
        asked = {"fields_": form.fields, "required_": form.required, "origins": "\n".join(form.origins)}
        return {name: getattr(form, name) for name in same} | asked | texts

    def for_service(self) -> dict[str, Any]:
        given = self.cleaned_data
        same = ("title", "kind", "owner", "team", "initiative", "segment", "purpose", "languages")
        texts = {one: {name: given[f"{name}_{one}"] for name in SAID} for one in Language.values}
        return {name: given[name] for name in same} | {
            "fields": given["fields_"], "required": given["required_"], "texts": texts,
            "origins": given["origins"].split(),
        }  # fmt: skip
