"""One row of the file into one draft, with every mistake of the row named by its column."""

from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from agents.choices import ContactType, LegalForm
from agents.services.consents import ConsentDraft
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from common.errors import FieldError, Invalid
from imports import consents, parsing
from imports.cells import plain
from imports.mapping import HISTORY, ColumnMap, FieldRule
from imports.resolving import Names
from leads.drafts import HistoryStep, LeadDraft

_CONTACTS = {"phone": ContactType.PHONE, "email": ContactType.EMAIL, "telegram": ContactType.TELEGRAM}
_FIRMS = {"фирма", "firm", "компания", "юрлицо", "юл", "ооо", "ooo", "mchj", "company"}
_PLAIN = ("problem", "resources", "source_channel", "base", "next_action")
_LIMITS = {
    "source_channel": 60,
    "base": 120,
    "next_action": 200,
    "city": 120,
    "external_id": 120,
    "contact_person": 120,
    "consent_text": 40,
    "consent_evidence": 300,
    "segment": 200,
    "subsegment": 200,
    "owner": 120,
    "lead_generator": 120,
}


class Drafter:
    """Turns rows into drafts for one run; ``fixed`` values hold for every row."""

    def __init__(
        self, column_map: ColumnMap, headers: list[str], names: Names, zone: ZoneInfo, owner: User | None
    ) -> None:
        self.map, self.names, self.zone, self.owner = column_map, names, zone, owner
        self.index = {header: i for i, header in enumerate(headers)}
        self.at = clock.now()
        self.later = {name: rule.known_from for name, rule in column_map.fields.items() if rule.known_from}

    def key_of(self, row: list[str]) -> str:
        """The external id of a row, empty where the mapping has none."""
        rule = self.map.fields.get("external_id")
        place = self.index[rule.column] if rule else len(row)
        return plain(row[place]) if place < len(row) else ""

    def draft(self, row: list[str]) -> LeadDraft:
        """Raises Invalid with all errors of the row; ``field`` of each is the column's name."""
        self.row, self.errors = row, list[FieldError]()
        cells = {name: self._cell(name, rule) for name, rule in self.map.fields.items()}
        fields = self._fields(cells)
        owner = self._try("owner", cells, self.names.person) or self.owner
        segment_id = self._segment(cells)
        if segment_id is not None:
            fields["segment_id"] = segment_id
        history = self._history(cells, fields, owner)
        party = self._party(cells, segment_id if "segment" not in self.later else None)
        agreed = self._consents(cells)
        if self.errors:
            raise Invalid(self.errors[0].message, self.errors)
        return LeadDraft(
            kind=self.map.kind,
            party=party,
            owner=owner,
            source=self.map.source,
            external_id=cells.get("external_id", ""),
            fields=fields,
            history=history,
            consents=agreed,
        )

    def _cell(self, name: str, rule: FieldRule) -> str:
        text = plain(self.row[self.index[rule.column]])
        if text and rule.template:
            text = rule.template.replace("{}", text)
        limit = _LIMITS.get(name)
        if limit and len(text) > limit:
            message = _("Длиннее %(limit)s знаков. Сократите.") % {"limit": limit}
            self.errors.append(FieldError(rule.column, "too_long", message))
        return text

    def _try(self, name: str, cells: dict[str, str], read: Any) -> Any:
        """Read a cell by ``read(text, rule)``; an empty cell is None, a bad one is noted and None."""
        text = cells.get(name, "")
        if not text or len(text) > _LIMITS.get(name, len(text)):
            return None
        try:
            return read(text, self.map.fields[name])
        except Invalid as error:
            column = self.map.fields[name].column
            self.errors.extend(FieldError(column, e.code, e.message) for e in error.errors)
            return None

    def _fields(self, cells: dict[str, str]) -> dict[str, Any]:
        fields: dict[str, Any] = {name: cells[name] for name in _PLAIN if cells.get(name)}
        fields |= {
            "agent_id": self._try("agent", cells, self.names.agent_id),
            "initiative_id": self._try("initiative", cells, self.names.initiative_id)
            or self.map.fixed.get("initiative"),
            "product_id": self._try("product", cells, self.names.product_id) or self.map.fixed.get("product"),
            "amount": self._try("amount", cells, lambda text, rule: parsing.amount(text, rule.column)),
            "next_action_at": self._try("next_action_at", cells, self._moment),
        }
        generator = self._try("lead_generator", cells, self.names.person)
        fields["lead_generator_id"] = generator.pk if generator else None
        if cells.get("tags"):
            fields["tags"] = parsing.words(cells["tags"])
        if cells.get("currency"):
            fields["currency"] = self._currency(cells["currency"])
        return {name: value for name, value in fields.items() if value is not None}

    def _currency(self, text: str) -> str | None:
        code = {"СУМ": "UZS", "SO'M": "UZS", "РУБ": "RUB", "₽": "RUB", "$": "USD"}.get(text.upper(), text.upper())
        if code in {"UZS", "RUB", "USD"}:
            return code
        message = _("Валюта «%(text)s» не поддерживается: UZS, RUB или USD.") % {"text": text[:10]}
        self.errors.append(FieldError(self.map.fields["currency"].column, "unknown", message))
        return None

    def _moment(self, text: str, rule: FieldRule) -> Any:
        return parsing.moment(text, rule.column, self.zone)

    def _consents(self, cells: dict[str, str]) -> tuple[ConsentDraft, ...]:
        try:
            return consents.of_row(
                cells, self.map.fields, lambda text, name: parsing.moment(text, name, self.zone), self.at
            )
        except Invalid as error:
            self.errors.extend(error.errors)
            return ()

    def _segment(self, cells: dict[str, str]) -> Any:
        segment_id = self._try("segment", cells, self.names.segment_id)
        if segment_id is None or not cells.get("subsegment"):
            return segment_id
        narrower = self._try("subsegment", cells, lambda text, rule: self.names.segment_id(text, rule, segment_id))
        return narrower or segment_id

    def _history(self, cells: dict[str, str], fields: dict[str, Any], owner: User | None) -> tuple[HistoryStep, ...]:
        steps = []
        for name in cells:
            if name.startswith(HISTORY) and (at := self._try(name, cells, self._moment)):
                if at > self.at:
                    column = self.map.fields[name].column
                    self.errors.append(FieldError(column, "future", _("Этот день ещё не наступил. Проверьте дату.")))
                code = name.removeprefix(HISTORY)
                steps.append(HistoryStep(code, at, self._known_from(code, fields, owner)))
        return tuple(steps)

    def _known_from(self, code: str, fields: dict[str, Any], owner: User | None) -> dict[str, Any]:
        """The dimensions that became known with this stage."""
        known: dict[str, Any] = {}
        for name, stage in self.later.items():
            if stage != code:
                continue
            if name == "owner":
                known |= {"owner_id": owner.pk if owner else None, "team_id": owner.team_id if owner else None}
            elif name in {"segment", "subsegment"}:
                known["segment_id"] = fields.get("segment_id")
            elif name in {"agent", "initiative", "product"}:
                known[f"{name}_id"] = fields.get(f"{name}_id")
            elif name == "source_channel":
                known[name] = fields.get(name, "")
        return known

    def _party(self, cells: dict[str, str], segment_id: Any) -> PartyDraft | None:
        contacts = tuple(
            ContactDraft(kind, cells[name], person=cells.get("contact_person", ""), preferred=name == "phone")
            for name, kind in _CONTACTS.items()
            if cells.get(name)
        )
        if not (cells.get("name") or contacts or cells.get("tax_id")):
            return None
        firm = cells.get("legal_form", "").casefold() in _FIRMS
        return PartyDraft(
            kind=self.map.kind,
            name=cells.get("name", ""),
            legal_form=LegalForm.FIRM if firm else LegalForm.PERSON,
            contacts=contacts,
            city=cells.get("city", ""),
            tax_id=cells.get("tax_id", ""),
            segment_id=segment_id,
            source=self.map.source,
            external_id=cells.get("external_id", ""),
        )
