"""Reading what another system wrote: field by field, by name, and nothing that was not asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import people
from common.errors import FieldError, Invalid
from common.money import Currency
from common.text import has_control_characters

_EARLIEST, _LATEST = 1900, 2999
_MONEY_DIGITS = 20


def parsed(body: bytes) -> dict[str, Any]:
    """The body as an object; empty where it is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def plain(value: object, length: int) -> str:
    """A short text for the journal, without signs that no database keeps; empty for anything else."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    return "".join(sign for sign in str(value) if not has_control_characters(sign)).strip()[:length]


class Fields:
    """An object's members, taken one by one; ``finish`` raises Invalid with all that was wrong at once."""

    def __init__(self, data: Mapping[str, Any], by: User) -> None:
        self.left, self.by, self.errors = dict(data), by, list[FieldError]()

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        value = self.left.pop(name, None)
        if value is None or value == "":
            return self._wrong(name, "required", _("Это поле нужно."), "") if required else ""
        if not isinstance(value, str):
            return self._wrong(name, "invalid", _("Нужна строка."), "")
        if len(value) > most:
            return self._wrong(name, "max_length", _("Не длиннее %(most)s знаков.") % {"most": most}, "")
        if has_control_characters(value):
            return self._wrong(name, "control_characters", _("Есть знаки, которые нельзя сохранить."), "")
        return value

    def number(self, name: str) -> int | None:
        value = self.left.pop(name, None)
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
        if value is None or fits:
            return value
        return self._wrong(name, "invalid", _("Нужно целое число, не меньше нуля."), None)

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        value = self.left.pop(name, None)
        if value is None and not required:
            return None
        try:
            found = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None or not _EARLIEST <= found.year <= _LATEST:
            return self._wrong(name, "invalid", _("Нужно время с поясом, например 2026-01-31T09:00:00Z."), None)
        return found

    def day(self, name: str, *, required: bool = False) -> date | None:
        value = self.left.pop(name, None)
        if value is None and not required:
            return None
        try:
            found = parse_date(value) if isinstance(value, str) else None
        except ValueError:
            found = None
        if found is None or not _EARLIEST <= found.year <= _LATEST:
            return self._wrong(name, "invalid", _("Нужен день, например 2026-01-31."), None)
        return found

    def money(self, name: str) -> dict[str, Any]:
        """``{"amount": "1234.56", "currency": "UZS"}`` as the two columns; empty where no sum is given."""
        value = self.left.pop(name, None)
        if value is None:
            return {}
        try:
            amount = Decimal(value["amount"]) if len(value["amount"]) <= _MONEY_DIGITS else None
            if amount is not None and amount.is_finite() and value["currency"] in Currency.values:
                return {"amount": round(amount, 2), "currency": value["currency"]}
        except (TypeError, KeyError, ValueError, InvalidOperation):
            pass
        message = _('Нужны amount и currency: {"amount": "1234.56", "currency": "UZS"}.')
        return self._wrong(name, "invalid", message, {})

    def row(self, name: str, rows: "Callable[[User], QuerySet[Any]]") -> Any:
        """A row that the source's account sees, by its id; hidden and missing sound the same."""
        value = self.left.pop(name, None)
        if value is None:
            return None
        try:
            found = rows(self.by).filter(pk=UUID(value)).first() if isinstance(value, str) else None
        except ValueError:
            found = None
        return found or self._wrong(name, "does_not_exist", _("Такой записи нет, или она не видна."), None)

    def colleague(self, name: str) -> User | None:
        """An employee by id or e-mail: exchanges know people by their address."""
        value = self.left.pop(name, None)
        if value is None:
            return None
        found = None
        if isinstance(value, str) and not has_control_characters(value):
            by_mail = Q(email=value.strip().lower())
            found = people(self.by).filter(by_mail | Q(pk=_uuid(value)) if _uuid(value) else by_mail).first()
        return found or self._wrong(name, "does_not_exist", _("Такого сотрудника нет, или он не виден."), None)

    def objects(self, name: str, *, most: int) -> list[Mapping[str, Any]]:
        value = self.left.pop(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
            return self._wrong(name, "invalid", _("Нужен список объектов, не длиннее %(most)s.") % {"most": most}, [])
        return value

    def texts(self, name: str, *, most: int, length: int) -> list[str]:
        value = self.left.pop(name, None)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > most or not all(_is_short(one, length) for one in value):
            return self._wrong(name, "invalid", _("Нужен список коротких строк."), [])
        return value

    def inside(self, name: str, place: int, errors: Sequence[FieldError]) -> None:
        self.errors += [FieldError(f"{name}.{place}.{one.field}", one.code, one.message) for one in errors]

    def finish(self) -> None:
        """Raises Invalid."""
        for name in self.left:
            self.errors.append(FieldError(plain(name, 60), "unknown_field", _("Такого поля здесь нет.")))
        if self.errors:
            raise Invalid(_("Сообщение не разобрано."), self.errors)

    def _wrong(self, name: str, code: str, message: str, instead: Any) -> Any:
        self.errors.append(FieldError(name, code, message))
        return instead


def _is_short(value: object, length: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= length and not has_control_characters(value)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
