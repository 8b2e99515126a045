"""What the nouns of the backlog share: whose plan is meant, a week's code, a figure of two places."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import User
from accounts.roles import Role
from api.fields import Number
from backlog.weeks import code_of, monday_of_code
from common.errors import FieldError, Invalid

_CENT = Decimal("0.01")


@extend_schema_field({"type": "string", "pattern": "^20[2-5][0-9]-W[0-5][0-9]$", "examples": ["2026-W48"]})
class Week(serializers.Field[date, Any, str, date]):
    """An ISO week; its Monday inside."""

    def to_representation(self, value: date) -> str:
        return code_of(value)

    def to_internal_value(self, data: Any) -> date:
        monday = monday_of_code(data) if isinstance(data, str) else None
        if monday is None:
            raise serializers.ValidationError(_("Нужна неделя с 2020 по 2050 год, например 2026-W48."), code="invalid")
        return monday


class Figure(Number):
    """A number with at most two places: more would be rounded on the way."""

    def to_internal_value(self, data: Any) -> Decimal:
        value = super().to_internal_value(data)
        if value != value.quantize(_CENT):
            raise serializers.ValidationError(_("Не больше двух знаков после точки."), code="invalid")
        return value

    def to_representation(self, value: Any) -> str:
        return f"{value:.2f}"


def planned_for(caller: User, *named: User | None) -> User:
    """The first person named, else whoever asks. Raises Invalid: a key has no week of its own."""
    owner = next((one for one in named if one is not None), caller)
    if owner.role == Role.SERVICE:
        message = str(_("Назовите владельца: у ключа своего плана нет."))
        raise Invalid(message, [FieldError("owner", "required", message)])
    return owner
