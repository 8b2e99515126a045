"""From a row of cells to a lead's draft: which column feeds which field, and what is done with unknown names.

A mapping is plain JSON, so that it can be remembered, shipped beside a file and reviewed::

    {"kind": "agent", "source": "olist", "update_known": false,
     "fields": {"external_id": {"column": "mql_id"},
                "name": {"column": "mql_id", "template": "Продавец {}"},
                "history.contact": {"column": "first_contact_date"},
                "owner": {"column": "sr_id", "known_from": "signed_contract", "unknown": "create"}},
     "fixed": {"initiative": "<id>", "owner": "<id>"}}

``known_from`` names the stage from whose entry on the value was known: what was learnt only of the winners must not
stand on their earlier entries. ``unknown`` says what happens to a name that is not in the base: ``error`` refuses the
row, ``empty`` leaves the field out, ``create`` makes the segment (or, for an administrator, a colleague without the
right to sign in).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import FieldError, Invalid

HISTORY = "history."
UNKNOWN = ("error", "empty", "create")

FIELDS: dict[str, str | Promise] = {
    "external_id": gettext_lazy("Внешний номер"),
    "name": gettext_lazy("Имя или название"),
    "phone": gettext_lazy("Телефон"),
    "email": gettext_lazy("Почта"),
    "telegram": gettext_lazy("Telegram"),
    "contact_person": gettext_lazy("Контактное лицо"),
    "legal_form": gettext_lazy("Человек или фирма"),
    "tax_id": gettext_lazy("ИНН / СТИР / ПИНФЛ"),
    "city": gettext_lazy("Город"),
    "segment": gettext_lazy("Сегмент"),
    "subsegment": gettext_lazy("Подсегмент"),
    "agent": gettext_lazy("Агент"),
    "initiative": gettext_lazy("Инициатива"),
    "product": gettext_lazy("Продукт"),
    "owner": gettext_lazy("Владелец"),
    "lead_generator": gettext_lazy("Лидогенератор"),
    "problem": gettext_lazy("Проблематика"),
    "resources": gettext_lazy("Ресурсы на оплату"),
    "amount": gettext_lazy("Сумма"),
    "currency": gettext_lazy("Валюта"),
    "source_channel": gettext_lazy("Канал"),
    "base": gettext_lazy("База"),
    "tags": gettext_lazy("Метки"),
    "next_action": gettext_lazy("Следующий шаг"),
    "next_action_at": gettext_lazy("Срок шага"),
    "consent": gettext_lazy("Согласие"),
    "consent_at": gettext_lazy("Согласие: когда дано"),
    "consent_source": gettext_lazy("Согласие: как получено"),
    "consent_text": gettext_lazy("Согласие: редакция текста"),
    "consent_evidence": gettext_lazy("Согласие: чем подтверждается"),
}
CONSENT = ("consent", "consent_at", "consent_source", "consent_text")
"""A consent is a record of all of these, or none."""
KEYS = ("external_id", "phone", "email", "telegram", "tax_id")
_HINTS = {
    "consent_at": ("дата согласия", "согласие дано", "consent date", "consent_at"),
    "consent_source": ("как получено", "способ согласия", "consent source", "consent_source"),
    "consent_text": ("редакция", "версия согласия", "consent text", "consent version", "consent_text"),
    "consent": ("согласие", "consent", "rozilik"),
    "external_id": ("id", "внешний", "external", "код", "номер", "mql"),
    "name": ("имя", "фио", "название", "name", "компания", "клиент", "агент", "ism"),
    "phone": ("тел", "phone", "mobile", "моб"),
    "email": ("почта", "mail"),
    "telegram": ("telegram", "телеграм"),
    "tax_id": ("инн", "стир", "пинфл", "stir", "inn", "tax"),
    "city": ("город", "city", "shahar"),
    "segment": ("сегмент", "segment"),
    "owner": ("владелец", "менеджер", "ответственный", "owner", "sr_"),
    "lead_generator": ("лидоген", "sdr"),
    "problem": ("проблем", "problem"),
    "amount": ("сумма", "amount", "summa"),
    "source_channel": ("канал", "источник", "origin", "source", "channel"),
    "base": ("база", "base", "landing"),
    "history.contact": ("дата контакта", "first_contact", "создан"),
    "history.signed_contract": ("won_date", "подписан"),
}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field's source."""

    column: str
    template: str = ""
    known_from: str = ""
    unknown: str = "error"


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """A mapping that has been checked against the file's headers and the funnel's stages."""

    kind: str
    source: str
    fields: Mapping[str, FieldRule]
    fixed: Mapping[str, str] = field(default_factory=dict)
    update_known: bool = False

    def as_json(self) -> dict[str, Any]:
        rules = {
            name: {
                k: v
                for k, v in (
                    ("column", r.column),
                    ("template", r.template),
                    ("known_from", r.known_from),
                    ("unknown", r.unknown),
                )
                if v
            }
            for name, r in self.fields.items()
        }
        return {
            "kind": self.kind,
            "source": self.source,
            "fields": rules,
            "fixed": dict(self.fixed),
            "update_known": self.update_known,
        }


def read_mapping(data: Any, headers: Sequence[str], stage_codes: Sequence[str]) -> ColumnMap:
    """Check a mapping. Raises Invalid that names every column that is missing and every field that is unknown."""
    if not isinstance(data, dict) or not isinstance(data.get("fields"), dict):
        raise _invalid("mapping", _("Соответствие колонок записано неверно: нужен раздел fields."))
    errors: list[FieldError] = []
    rules: dict[str, FieldRule] = {}
    for name, raw in data["fields"].items():
        rule = _rule(raw)
        errors.extend(_rule_errors(name, rule, headers, stage_codes))
        if rule is not None:
            rules[name] = rule
    errors.extend(_about_consents(rules))
    if not set(rules) & set(KEYS):
        text = _("Выберите ключ: внешний номер, телефон, почту, Telegram или ИНН. По нему строки не задвоятся.")
        errors.append(FieldError("key", "required", text))
    if errors:
        raise Invalid(errors[0].message, errors)
    fixed = {k: str(v) for k, v in (data.get("fixed") or {}).items() if v}
    source = str(data.get("source") or "")[:60]
    return ColumnMap(str(data.get("kind") or "agent"), source, rules, fixed, bool(data.get("update_known")))


def _rule(raw: Any) -> FieldRule | None:
    known = {"column", "template", "known_from", "unknown"}
    if not isinstance(raw, dict) or not raw.get("column") or set(raw) - known:
        return None
    return FieldRule(**{name: str(value) for name, value in raw.items()})


def _rule_errors(
    name: str, rule: FieldRule | None, headers: Sequence[str], stage_codes: Sequence[str]
) -> list[FieldError]:
    if rule is None:
        return [FieldError(name, "invalid", _("Для поля «%(name)s» не указана колонка.") % {"name": name})]
    found = []
    is_stage = name.startswith(HISTORY) and name.removeprefix(HISTORY) in stage_codes
    if name not in FIELDS and not is_stage:
        found.append(FieldError(name, "unknown", _("Поля «%(name)s» у лида нет.") % {"name": name[:60]}))
    if rule.column not in headers:
        text = _("В файле нет колонки «%(column)s», которую ждёт поле «%(name)s».")
        found.append(FieldError(name, "no_column", text % {"column": rule.column[:60], "name": FIELDS.get(name, name)}))
    if rule.unknown not in UNKNOWN or (rule.known_from and rule.known_from not in stage_codes):
        found.append(FieldError(name, "invalid", _("Правило для поля «%(name)s» записано неверно.") % {"name": name}))
    return found


def _about_consents(rules: Mapping[str, FieldRule]) -> list[FieldError]:
    """A «да» without its day and its text proves nothing; and the bank may take no file without consents at all."""
    given = any(name.startswith("consent") for name in rules)
    if not given and settings.IMPORT_CONSENTS:
        text = _("Банк загружает людей только с согласием. Укажите колонки: %(columns)s.")
    elif given and set(CONSENT) - set(rules):
        text = _("Согласие без даты, способа и редакции текста не доказать. Укажите ещё колонки: %(columns)s.")
    else:
        return []
    missing = ", ".join(f"«{FIELDS[name]}»" for name in CONSENT if name not in rules)
    return [FieldError("consent", "required", text % {"columns": missing})]


def _invalid(name: str, message: str) -> Invalid:
    return Invalid(message, [FieldError(name, "invalid", message)])


def guess(headers: Sequence[str], stage_codes: Sequence[str]) -> dict[str, FieldRule]:
    """A first proposal by the columns' names; each column feeds one field at the most."""
    found: dict[str, FieldRule] = {}
    free = list(headers)
    for name, hints in _HINTS.items():
        if name.startswith(HISTORY) and name.removeprefix(HISTORY) not in stage_codes:
            continue
        match = next((h for h in free if any(hint in h.casefold() for hint in hints)), None)
        if match is not None:
            found[name] = FieldRule(match)
            free.remove(match)
    return found


def choices(stages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(field, label) of everything that a column can feed, stages as «Дата: Контакт»."""
    dated = [(HISTORY + code, _("Дата этапа: %(stage)s") % {"stage": name}) for code, name in stages]
    return [(name, str(label)) for name, label in FIELDS.items()] + dated
