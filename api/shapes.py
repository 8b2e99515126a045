"""Bases of the serializers: what a request may hold is said field by field, all else is refused by name.

A field that shows who a person is (name, phone, e-mail, tax id) is one of ``api.personal``: it hides itself from a
token without ``pii:read``. An expanded relation (``?expand=``) does so by itself.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.fields import Moment, Text, Whole, Words
from api.personal import name_of
from jobs import versions


class Strict(serializers.Serializer[Any]):
    """A request's object. Unknown and read-only members are errors, not noise."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, list[Any]] = {}
        for name in data if isinstance(data, Mapping) else ():
            field = self.fields.get(name)
            if field is None:
                errors[name] = [serializers.ErrorDetail(_("Такого поля здесь нет."), code="unknown_field")]
            elif field.read_only:
                errors[name] = [serializers.ErrorDetail(_("Это поле не меняется запросом."), code="read_only")]
        if errors:
            raise serializers.ValidationError(errors)
        return super().to_internal_value(data)


class Nothing(Strict):
    """A deed that takes no words."""


class Shown(Strict):
    """A resource: what every record carries, ``?fields=`` and ``?expand=``.

    ``expandable`` are the relations whose names may be asked for along with their ids; the view's queryset joins
    them already, so that an expansion costs no query.
    """

    expandable: ClassVar[tuple[str, ...]] = ()

    id = serializers.UUIDField(read_only=True)
    created_at = Moment(read_only=True)
    updated_at = Moment(read_only=True)
    version = serializers.IntegerField(read_only=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().to_representation(instance)
        wanted, expand = self.context.get("fields"), self.context.get("expand")
        if wanted:
            data = {name: data[name] for name in data if name in wanted or name == "id"}
        if expand:
            request = self.context.get("request")
            data["expanded"] = {name: _named(getattr(instance, name), request) for name in expand}
        return data


class SourceVersion(Whole):
    """The other system's own number of its message about a record: an older one than was taken in is stale."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, max_value=versions.MOST)


class Pair(Strict):
    """The address of an upsert by another system's number."""

    source = Text(max_length=60)
    external_id = Text(max_length=120)


class Outside(Strict):
    """The name that another system has for a record, where it may be given along."""

    source = Words(max_length=60)
    external_id = Words(max_length=120)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("external_id") and not attrs.get("source"):
            message = _("Вместе с external_id назовите source: чей это номер.")
            raise serializers.ValidationError({"source": [serializers.ErrorDetail(message, code="required")]})
        return attrs


class FromOutside(Shown, Outside):
    """A resource that another system may know by an id of its own."""


def _named(row: Any, request: Request | None) -> dict[str, str] | None:
    return None if row is None else {"id": str(row.pk), "name": name_of(row, request)}


class Named(serializers.Serializer[Any]):
    """An expanded relation."""

    id = serializers.UUIDField()
    name = Text()
