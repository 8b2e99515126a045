"""Hypotheses and their samples for tests: a draft that makes sense, leads that come and come out."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import User
from agents.models import Utp
from common import clock
from common.ids import uuid7
from funnel import log
from funnel.models import Stage, StageEntry
from hypotheses.models import Arm, Hypothesis, Membership
from hypotheses.services.editing import create_hypothesis
from hypotheses.services.running import start
from tests.office import Office


def second_utp(office: Office, statement: str = "Оценка за час без очереди") -> Utp:
    return Utp.objects.create(segment=office.segment, statement=statement, team=office.north)


def draft(office: Office, *, by: User | None = None, utps: Iterable[Utp] | None = None, **fields: Any) -> Hypothesis:
    by = by or office.olim
    values = {
        "initiative": office.initiative, "segment": office.segment, "success_stage": office.stage("meeting"),
        "expected_rate": "0.2", "mature_days": 0,
    } | fields  # fmt: skip
    values["expected_rate"] = Decimal(str(values["expected_rate"]))
    return create_hypothesis(by=by, fields=values, utps=list(utps or [office.utp, second_utp(office)]))


def running(office: Office, *, at: datetime | None = None, **fields: Any) -> Hypothesis:
    row = draft(office, **fields)
    return start(hypothesis=row, by=row.owner, at=at or clock.now())


def without_leads() -> None:
    """Members and entries may name leads that do not exist: thousands of them would only cost time."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE hypotheses_membership DROP CONSTRAINT membership_lead_fk")
        cursor.execute("ALTER TABLE funnel_stageentry DROP CONSTRAINT stageentry_lead_fk")


def sample(arm: Arm, fates: Iterable[tuple[str, datetime]], stages: tuple[Stage, Stage]) -> list[UUID]:
    """Leads of an arm, each with its fate (reached, failed, open) and when it joined; they come out in an hour."""
    members, entries = [], []
    for fate, at in fates:
        pk = uuid7()
        members.append(Membership(hypothesis_id=arm.hypothesis_id, arm=arm, lead_id=pk, joined_at=at))
        entries.append(_entry(pk, "entered", stages[0], at))
        if fate == "reached":
            entries.append(_entry(pk, "entered", stages[1], at + timedelta(hours=1), stages[0]))
        if fate == "failed":
            entries.append(_entry(pk, "lost", stages[0], at + timedelta(hours=1)))
    Membership.objects.bulk_create(members)
    log.record(entries)
    return [member.lead_id for member in members]


def _entry(pk: UUID, event: str, stage: Stage, at: datetime, before: Stage | None = None) -> StageEntry:
    return StageEntry(lead_id=pk, kind=stage.kind, event=event, stage=stage, from_stage=before, at=at, origin="job")
