"""Fields of the contract: strict about JSON types, one form for money, time and references."""

import base64
import binascii
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model, QuerySet, TextChoices
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from common.money import Currency
from leads.drafts import MAX_AMOUNT

_NOT_TEXT = _("Нужна строка.")
_EARLIEST, _LATEST = 1900, 2999
_CODE = re.compile(r"[A-Za-z0-9_-]+")
_MONEY = re.compile(r"[0-9]{1,16}(\.[0-9]{1,2})?")
_DECIMAL = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,4})?")


class Text(serializers.CharField):
    """A string and nothing that could be made one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(_NOT_TEXT, code="invalid")
        return super().to_internal_value(data)


class Words(Text):
    """Optional text: absent and empty are the same."""

    def __init__(self, *, max_length: int = 10_000, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, required=False, allow_blank=True, **kwargs)


class Slug(Text):
    """A code of letters without accents, digits, hyphens and underscores."""

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data)
        if not _CODE.fullmatch(code):
            raise serializers.ValidationError(_("Код — латинские буквы, цифры, дефис и подчёркивание."), code="invalid")
        return code


class Whole(serializers.IntegerField):
    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            raise serializers.ValidationError(_("Нужно целое число."), code="invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            raise serializers.ValidationError(_("Нужно true или false."), code="invalid")
        return data


class Choice(serializers.ChoiceField):
    """One of a ``TextChoices``; ``blank`` lets it be empty."""

    def __init__(self, choices: type[TextChoices], *, blank: bool = False, **kwargs: Any) -> None:
        super().__init__(choices=[(value, value) for value in choices.values], allow_blank=blank, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError(_NOT_TEXT, code="invalid")
        return str(super().to_internal_value(data))


@extend_schema_field({"type": "string", "format": "date-time"})
class Moment(serializers.Field[datetime, Any, str, datetime]):
    """RFC 3339. Answers are in UTC with ``Z``; what comes in must name its offset."""

    def to_representation(self, value: datetime) -> str:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

    def to_internal_value(self, data: Any) -> datetime:
        try:
            found = parse_datetime(data) if isinstance(data, str) else None
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            raise serializers.ValidationError(_("Нужно время с поясом, например 2026-01-31T09:00:00Z."), code="invalid")
        if not _EARLIEST <= found.year <= _LATEST:
            raise serializers.ValidationError(_("Проверьте год."), code="range")
        return found.astimezone(UTC)


class Day(serializers.DateField):
    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str):
            raise serializers.ValidationError(_("Нужна дата, например 2026-01-31."), code="invalid")
        return super().to_internal_value(value)


@extend_schema_field({"type": "string", "pattern": "^-?[0-9]{1,14}([.][0-9]{1,4})?$"})
class Number(serializers.DecimalField):
    """A decimal as a string, so that no reader rounds it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=4, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if not isinstance(data, str) or not _DECIMAL.fullmatch(data):
            raise serializers.ValidationError(_('Нужно число строкой, например "12.5".'), code="invalid")
        return super().to_internal_value(data)


class Real(serializers.FloatField):
    """A number of JSON; infinities were refused by the parser."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            raise serializers.ValidationError(_("Нужно число."), code="invalid")
        if abs(data) > sys.float_info.max:
            raise serializers.ValidationError(_("Число слишком большое."), code="range")
        return super().to_internal_value(data)


MONEY_SCHEMA = {
    "type": "object",
    "required": ["amount", "currency"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "string", "pattern": "^[0-9]{1,16}([.][0-9]{1,2})?$"},
        "currency": {"type": "string", "enum": Currency.values},
    },
}


@extend_schema_field(MONEY_SCHEMA)
class Money(serializers.Field[Any, Any, Any, Any]):
    """``{"amount": "1234.56", "currency": "UZS"}`` over two columns of the record; null where no sum is known."""

    def __init__(self, column: str, **kwargs: Any) -> None:
        self.column = column
        super().__init__(source="*", **kwargs)

    def to_representation(self, value: Any) -> dict[str, str] | None:
        amount = getattr(value, self.column)
        return None if amount is None else {"amount": f"{amount:.2f}", "currency": value.currency}

    def run_validation(self, data: Any = serializers.empty) -> Any:
        if data is None and self.allow_null:
            return {self.column: None}
        return super().run_validation(data)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        if not isinstance(data, Mapping) or set(data) != {"amount", "currency"}:
            message = _('Нужны amount и currency: {"amount": "1234.56", "currency": "UZS"}.')
            raise serializers.ValidationError(message, code="invalid")
        if data["currency"] not in Currency.values:
            raise serializers.ValidationError({"currency": [_("Валюта: UZS, RUB или USD.")]}, code="invalid_choice")
        return {self.column: self._amount(data["amount"]), "currency": data["currency"]}

    @staticmethod
    def _amount(text: Any) -> Decimal:
        if not isinstance(text, str) or not _MONEY.fullmatch(text) or (amount := Decimal(text)) > MAX_AMOUNT:
            message = _("Сумма строкой, не меньше нуля, до двух знаков после точки.")
            raise serializers.ValidationError({"amount": [message]}, code="invalid")
        return amount


@extend_schema_field({"type": "string", "format": "uuid"})
class Ref(serializers.PrimaryKeyRelatedField[Any]):
    """The id of a row that the caller may see. Hidden and missing are refused in the same words."""

    default_error_messages = {
        "does_not_exist": _("Такой записи нет, или она вам не видна."),
        "incorrect_type": _("Нужен id записи строкой."),
    }

    def __init__(self, rows: Callable[[User], "QuerySet[Any]"] | None = None, **kwargs: Any) -> None:
        self.rows = rows
        if rows is None:
            kwargs["read_only"] = True
        super().__init__(pk_field=serializers.UUIDField(), **kwargs)

    def get_queryset(self) -> "QuerySet[Any]":
        rows = cast("Callable[[User], QuerySet[Any]]", self.rows)
        return rows(self.context["request"].user)

    def to_internal_value(self, data: Any) -> Model:
        if not isinstance(data, str):
            self.fail("incorrect_type")
        looked_up = self.context.get("known", {}).get(self.field_name)
        if looked_up is None:
            return cast("Model", super().to_internal_value(data))
        pk = cast("serializers.UUIDField", self.pk_field).to_internal_value(data)
        if pk not in looked_up:
            self.fail("does_not_exist", pk_value=pk)
        return cast("Model", looked_up[pk])


@extend_schema_field({"type": "string"})
class Code(serializers.SlugRelatedField[Any]):
    """A row of a dictionary by its code."""

    default_error_messages = {"does_not_exist": _("Такого кода нет."), "invalid": _NOT_TEXT}

    def __init__(self, queryset: "QuerySet[Any] | None" = None, **kwargs: Any) -> None:
        kwargs |= {"read_only": True} if queryset is None else {"queryset": queryset}
        super().__init__(slug_field="code", **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}})
class Traits(serializers.Field[Any, Any, Any, Any]):
    """A flat object of the client's own: names to strings, numbers, truth values."""

    MOST, LENGTH = 50, 500

    def to_representation(self, value: Any) -> Any:
        return value

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        flat = isinstance(data, dict) and all(v is None or isinstance(v, str | int | float) for v in data.values())
        if not flat:
            raise serializers.ValidationError(_("Нужен объект без вложенных объектов и списков."), code="invalid")
        if len(data) > self.MOST or any(len(str(part)) > self.LENGTH for pair in data.items() for part in pair):
            message = _("Не больше %(most)s признаков по %(length)s знаков.")
            raise serializers.ValidationError(message % {"most": self.MOST, "length": self.LENGTH}, code="too_long")
        return cast("dict[str, Any]", data)


FILE_NAME_LENGTH = 200
FILE_SCHEMA = {
    "type": "object",
    "required": ["name", "content"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": FILE_NAME_LENGTH},
        "content": {"type": "string", "contentEncoding": "base64"},
    },
}


@extend_schema_field(FILE_SCHEMA)
class InlineFile(serializers.Field[Any, Any, Any, Any]):
    """A file inside the body: its name and its bytes in base64. The service looks at the bytes."""

    def to_internal_value(self, data: Any) -> SimpleUploadedFile:
        named = isinstance(data, Mapping) and set(data) == {"name", "content"}
        if not named or not all(isinstance(part, str) for part in data.values()):
            message = _("Нужны name и content: имя файла и его содержимое в base64.")
            raise serializers.ValidationError(message, code="invalid")
        if len(data["name"]) > FILE_NAME_LENGTH:  # cut off it would lose its ending, and a PDF be refused as none
            message = _("Имя файла длиннее %(most)s знаков. Сократите его, окончание оставьте.")
            raise serializers.ValidationError({"name": [message % {"most": FILE_NAME_LENGTH}]}, code="too_long")
        try:
            content = base64.b64decode(data["content"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError({"content": [_("Это не base64.")]}, code="invalid") from error
        return SimpleUploadedFile(data["name"], content)
