"""Changes of known leads in one batch: made on the rows in memory one by one, written together at the end."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from common.changes import save_changes
from common.events import publish
from funnel.models import Stage
from leads.drafts import KnownLead
from leads.events import LeadAssigned, LeadsChanged, NextStepPlanned, StageEntered
from leads.models import Lead

TAKEN_TOGETHER = frozenset({"initiative_id", "product_id"})
"""What an open lead of a party is unique by: the database may refuse a change of these."""

OF_A_MOVE = frozenset({"stage", "stage_entered_at", "touched_at"})
"""Columns that a stage entered elsewhere brings along: told as the stage, not as fields."""

_UPDATE = """
UPDATE leads_lead lead SET {assigned}, version = lead.version + 1, updated_at = now()
  FROM jsonb_to_recordset(%s::jsonb) AS given (id uuid, {columns}) WHERE lead.id = given.id
"""


@dataclass
class _Changed:
    lead: Lead
    owner_id: UUID | None
    step_at: datetime | None
    stage: Stage
    names: set[str] = field(default_factory=set)
    """Of the columns that are still to be written."""
    told: dict[str, None] = field(default_factory=dict)


class Updates:
    """Of rows that the transaction has locked, so that no version has to be asked for."""

    def __init__(self, by: User, at: datetime) -> None:
        self.by, self.at = by, at
        self._changed: dict[UUID, _Changed] = {}

    def add(self, lead: Lead, changes: Mapping[str, Any]) -> None:
        """Raises KnownLead where the lead would meet another open one of the same party."""
        differing = {name: value for name, value in changes.items() if getattr(lead, name) != value}
        if not differing:
            return
        changed = self._changed.get(lead.pk) or _Changed(lead, lead.owner_id, lead.next_action_at, lead.stage)
        if TAKEN_TOGETHER & set(differing):
            self._write_now(lead, differing)
        else:
            for name, value in differing.items():
                setattr(lead, name, value)
            changed.names |= set(differing)
        changed.told |= dict.fromkeys(differing)
        self._changed[lead.pk] = changed

    def _write_now(self, lead: Lead, changes: Mapping[str, Any]) -> None:
        """By itself, so that a refusal takes no other change with it."""
        try:
            with transaction.atomic():
                save_changes(lead, changes, expected_version=None)
        except IntegrityError as error:
            raise KnownLead(_("По этому контакту уже идёт лид той же инициативы."), None) from error

    def write(self) -> None:
        """One UPDATE for each set of columns, and the news."""
        groups: dict[tuple[str, ...], list[Lead]] = defaultdict(list)
        for changed in self._changed.values():
            if changed.names:
                groups[tuple(sorted(changed.names))].append(changed.lead)
        for names, leads in groups.items():
            _update(leads, names)
        self._publish()

    def _publish(self) -> None:
        told: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
        for changed in self._changed.values():
            if fields := tuple(name for name in changed.told if name not in OF_A_MOVE):
                told[fields].append(changed.lead.pk)
        for fields, ids in told.items():
            publish(LeadsChanged(tuple(ids), fields, self.by.pk))
        for one in self._changed.values():
            lead, by_id = one.lead, self.by.pk
            if lead.stage_id != one.stage.pk:
                codes = one.stage.code, lead.stage.code
                publish(StageEntered(lead.pk, lead.owner_id, *codes, by_id, lead.stage_entered_at, back=False))
            if lead.owner_id != one.owner_id:
                publish(LeadAssigned(lead.pk, lead.owner_id, one.owner_id, by_id, self.at))
            if lead.next_action_at != one.step_at:
                publish(NextStepPlanned(lead.pk, lead.owner_id, lead.next_action_at, one.step_at, by_id, self.at))


def _update(leads: Sequence[Lead], names: Sequence[str]) -> None:
    fields: list[Any] = [Lead._meta.get_field(name) for name in names]
    columns = [connection.ops.quote_name(str(one.column)) for one in fields]
    typed = ", ".join(f"{column} {one.db_type(connection)}" for column, one in zip(columns, fields, strict=True))
    assigned = ", ".join(f"{column} = given.{column}" for column in columns)
    rows = [{"id": lead.pk} | {str(one.column): getattr(lead, one.attname) for one in fields} for lead in leads]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE.format(assigned=assigned, columns=typed), [json.dumps(rows, default=str)])
    for lead in leads:
        lead.version += 1
