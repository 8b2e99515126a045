"""The wizard's forms: the file, and which column feeds which field."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scope import people
from agents.choices import Kind
from agents.models import Initiative
from audit import journal
from audit.choices import Fields
from common.errors import Refused
from funnel.models import Stage
from imports.cells import masked
from imports.mapping import KEYS, ColumnMap, FieldRule, choices
from imports.models import Import
from imports.reporting import sees_cells

UNKNOWN = (
    ("error", gettext_lazy("не загружать строку")),
    ("empty", gettext_lazy("оставить пустым")),
    ("create", gettext_lazy("завести новую запись")),
)
NAMES = ("segment", "subsegment", "agent", "initiative", "product", "owner", "lead_generator")


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Файл CSV или XLSX"),
        help_text=gettext_lazy("До 40 МБ. В первой строке — названия колонок."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Кого загружаем"),
        choices=[(Kind.AGENT, gettext_lazy("Агенты")), (Kind.CLIENT, gettext_lazy("Клиенты"))],
    )


class ColumnsForm(forms.Form):
    """One choice a column, and what holds for the whole file. Fields are named by the column's place: c0, c1, ..."""

    def __init__(self, run: Import, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.user = run, user
        stages = list(Stage.objects.of_kind(run.kind).active().values_list("code", "name"))
        self._add_columns(stages)
        self._add_whole()

    def _add_columns(self, stages: list[tuple[str, str]]) -> None:
        rules = self.run.mapping.get("fields", {})
        by_column = {rule["column"]: name for name, rule in rules.items() if not rule.get("template")}
        targets = [("", _("не загружать")), *choices(stages)]
        since = [("", _("с самого начала")), *((code, _("с этапа «%s»") % name) for code, name in stages)]
        for place, header in enumerate(self.run.headers):
            field = by_column.get(header, "")
            rule = rules.get(field, {})
            self.fields[f"c{place}"] = forms.ChoiceField(
                label=_("Поле для колонки «%s»") % header, choices=targets, required=False, initial=field
            )
            self.fields[f"u{place}"] = forms.ChoiceField(
                label=_("Если имени нет в базе"), choices=UNKNOWN, required=False, initial=rule.get("unknown", "error")
            )
            self.fields[f"k{place}"] = forms.ChoiceField(
                label=_("Когда стало известно"), choices=since, required=False, initial=rule.get("known_from", "")
            )

    def _add_whole(self) -> None:
        mapping, fixed = self.run.mapping, self.run.mapping.get("fixed", {})
        name_rule = mapping.get("fields", {}).get("name", {})
        made_of = name_rule.get("column", "") if name_rule.get("template") else ""
        columns = [("", _("есть своя колонка с именем")), *((h, h) for h in self.run.headers)]
        self.fields["name_from"] = forms.ChoiceField(
            label=_("Имя составить из колонки"), choices=columns, required=False, initial=made_of
        )
        self.fields["name_template"] = forms.CharField(
            label=_("Как составить"), required=False, max_length=80, initial=name_rule.get("template") or "Лид {}",
            help_text=_("Вместо {} встанет значение колонки."),
        )  # fmt: skip
        self.fields["source"] = forms.CharField(
            label=_("Откуда файл"), max_length=60, initial=mapping.get("source", ""),
            help_text=_("Внешний номер различается по источнику: тот же номер из того же источника — тот же лид."),
        )  # fmt: skip
        self.fields["update_known"] = forms.BooleanField(
            label=_("Обновлять открытый лид, если контакт уже в работе"), required=False,
            initial=mapping.get("update_known", False),
        )  # fmt: skip
        self.fields["initiative"] = forms.ModelChoiceField(
            Initiative.objects.visible_to(self.user), label=_("Инициатива для всех строк"), required=False,
            initial=fixed.get("initiative"), empty_label=_("не указано"),
        )  # fmt: skip
        self.fields["owner"] = forms.ModelChoiceField(
            people(self.user), label=_("Владелец для всех строк"), required=False, initial=fixed.get("owner"),
            empty_label=_("кто загружает"),
        )  # fmt: skip

    def columns(self) -> Iterator[dict[str, Any]]:
        """For the page: a column's name, its first values and its choices."""
        plain = sees_cells(self.user, self.run)
        for place, header in enumerate(self.run.headers):
            journal.note([self.run.pk], Fields.RAW)
            samples = [row[place] for row in self.run.layout.get("samples", []) if row[place]][:3]
            yield {
                "header": header, "samples": samples if plain else [*map(masked, samples)], "field": self[f"c{place}"],
                "unknown": self[f"u{place}"], "since": self[f"k{place}"],
                "is_name": self[f"c{place}"].value() in NAMES,
            }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen: dict[str, str] = {}
        for place, header in enumerate(self.run.headers):
            field = cleaned.get(f"c{place}")
            if field and field in chosen:
                text = _("Это поле уже берётся из колонки «%s». Выберите одно.") % chosen[field]
                self.add_error(f"c{place}", text)
            elif field:
                chosen[field] = header
        if not set(chosen) & set(KEYS):
            text = _("Выберите колонку-ключ: внешний номер, телефон, почту, Telegram или ИНН. По нему не будет дублей.")
            self.add_error(None, text)
        template = cleaned.get("name_template", "")
        if cleaned.get("name_from") and "{}" not in template:
            self.add_error("name_template", _("Поставьте {} туда, где должно стоять значение колонки."))
        return cleaned

    def take(self, refusal: Refused) -> None:
        for message in [error.message for error in refusal.errors] or [refusal.message]:
            self.add_error(None, message)

    def mapping(self) -> dict[str, Any]:
        """The chosen mapping in its plain form."""
        data = self.cleaned_data
        rules: dict[str, FieldRule] = {}
        for place, header in enumerate(self.run.headers):
            if field := data.get(f"c{place}"):
                unknown = data.get(f"u{place}") or "error"
                rules[field] = FieldRule(header, known_from=data.get(f"k{place}") or "", unknown=unknown)
        if data.get("name_from"):
            rules["name"] = FieldRule(data["name_from"], template=data["name_template"])
        fixed = {name: str(data[name].pk) for name in ("initiative", "owner") if data.get(name)}
        return ColumnMap(self.run.kind, data["source"], rules, fixed, bool(data["update_known"])).as_json()
