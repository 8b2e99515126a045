"""Nothing that people can write into is forgotten by the register of personal data."""

import pytest

from agents.models import Contact
from privacy import registry


def test_every_field_is_declared_personal_or_not() -> None:
    assert registry.undeclared() == []


def test_a_forgotten_field_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry.tables()
    monkeypatch.setattr(registry, "tables", lambda: tuple(one for one in known if one.model is not Contact))
    assert registry.undeclared() == ["agents.Contact.value", "agents.Contact.key", "agents.Contact.person",
                                     "agents.Contact.note"]  # fmt: skip


def test_every_declared_field_and_link_exists() -> None:
    for holds in registry.tables():
        names = {field.name for field in holds.model._meta.get_fields()}
        assert holds.declared <= names
        assert {column.removesuffix("_id") for column in holds.via} <= names | {"lead"}
