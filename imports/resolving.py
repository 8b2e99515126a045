"""Names in cells to records: segments, agents, colleagues. Looked up once a name; unknown ones as the mapping says."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.scope import people
from agents.models import Agent, Initiative, Product, Segment
from agents.services.offers import create_segment
from common.text import fold, one_line
from imports.mapping import FieldRule
from imports.parsing import wrong


class Names:
    """The memory of one run. ``made`` collects what had to be made, so that the import can be taken back whole."""

    def __init__(self, by: User, kind: str, made: dict[str, list[str]], *, may_create: bool) -> None:
        self.by, self.kind, self.made, self.may_create = by, kind, made, may_create
        self._known: dict[tuple[str, str], Any] = {}

    def forget_made(self) -> None:
        """After a check was rolled back: what it made does not exist."""
        self._known.clear()
        self.made.clear()

    def segment_id(self, text: str, rule: FieldRule, parent_id: UUID | None = None) -> UUID | None:
        key = ("segment", f"{parent_id}|{fold(text)}")
        return self._once(
            key, text, rule, lambda: self._segment(text, parent_id), lambda: self._new_segment(text, parent_id)
        )

    def agent_id(self, text: str, rule: FieldRule) -> UUID | None:
        rows = Agent.objects.visible_to(self.by)
        return self._once(("agent", fold(text)), text, rule, lambda: _first(rows, sort_key=fold(text)), None)

    def initiative_id(self, text: str, rule: FieldRule) -> UUID | None:
        rows = Initiative.objects.visible_to(self.by)
        return self._once(("initiative", fold(text)), text, rule, lambda: _first(rows, name__iexact=text), None)

    def product_id(self, text: str, rule: FieldRule) -> UUID | None:
        rows = Product.objects.filter(Q(code__iexact=text) | Q(name__iexact=text))
        return self._once(("product", fold(text)), text, rule, lambda: _first(rows), None)

    def person(self, text: str, rule: FieldRule) -> User | None:
        """By e-mail or name among those whose work one may see; made ones are found by their code."""
        found: User | None = self._once(
            ("person", fold(text)), text, rule, lambda: self._person(text), lambda: self._new_person(text)
        )
        return found

    def _once(
        self, key: tuple[str, str], text: str, rule: FieldRule, find: Callable[[], Any], make: Callable[[], Any] | None
    ) -> Any:
        if key not in self._known:
            found = find()
            if found is None and rule.unknown == "create" and make is not None and self.may_create:
                found = make()
            self._known[key] = found
        if self._known[key] is None and rule.unknown == "error":
            message = _("«%(text)s» нет в базе. Добавьте или выберите другое правило для колонки.") % {
                "text": text[:60]
            }
            raise wrong(rule.column, "unknown_name", message)
        return self._known[key]

    def _segment(self, text: str, parent_id: UUID | None) -> UUID | None:
        rows = Segment.objects.visible_to(self.by).filter(kind=self.kind, parent_id=parent_id)
        return _first(rows, name__iexact=text)

    def _new_segment(self, text: str, parent_id: UUID | None) -> UUID:
        fields = {"kind": self.kind, "name": one_line(text), "parent_id": parent_id}
        segment = create_segment(by=self.by, fields=fields).segment
        self.made.setdefault("segments", []).append(str(segment.pk))
        return segment.pk

    def _person(self, text: str) -> User | None:
        visible = people(self.by) if not self.by.is_administrator else User.objects.exclude(role=Role.SERVICE)
        return visible.filter(Q(email__iexact=text) | Q(name__iexact=text)).first()

    def _new_person(self, text: str) -> User | None:
        if not self.by.is_administrator:
            return None
        code = one_line(text)
        user = User.objects.create_user(
            f"{abs(hash_of(code)):x}@import.invalid", name=code, role=Role.PRODUCT_OWNER, is_active=False
        )
        self.made.setdefault("users", []).append(str(user.pk))
        return user


def hash_of(text: str) -> int:
    """A stable number of a name (Python's own hash differs from run to run)."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def _first(rows: Any, **conditions: Any) -> UUID | None:
    found: UUID | None = rows.filter(**conditions).values_list("pk", flat=True).first()
    return found
