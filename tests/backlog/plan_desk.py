"""A desk to plan at: a moment in a quiet week, and weeks, goals and actions by one word."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import User
from backlog.events import ActionPlanned
from backlog.models import Action, Goal, Sprint
from backlog.services.actions import create_action
from backlog.services.goals import create_goal
from backlog.services.sprints import open_sprint
from common import events
from tests.office import Office

MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # ten in the morning in Tashkent


def tashkent(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 by the owner's clock."""
    return datetime(2026, 11, day, hour - 5, minute, tzinfo=UTC)


class Desk:
    def __init__(self, office: Office, monkeypatch: Any) -> None:
        self.office = office
        self.said: list[ActionPlanned] = []
        monkeypatch.setattr(events, "_table", {ActionPlanned: [self.said.append]})

    @property
    def olim(self) -> User:
        return self.office.olim

    def week(self, day: date = MONDAY, owner: User | None = None) -> Sprint:
        owner = owner or self.olim
        return open_sprint(owner=owner, day=day, by=owner)

    def goal(self, sprint: Sprint | None = None, **fields: Any) -> Goal:
        sprint = sprint or self.week()
        wanted = {"statement": "10 устных контрактов", "metric": "verbal_contract", "target": Decimal(10)}
        if "segment" not in fields:
            fields["segment"] = self.office.segment
        return create_goal(sprint=sprint, by=sprint.owner, **(wanted | fields))

    def action(self, title: str = "Обзвонить оценщиков", owner: User | None = None, **fields: Any) -> Action:
        owner = owner or self.olim
        if "sprint" not in fields and "goal" not in fields:
            fields["sprint"] = self.week(owner=owner)
        return create_action(owner=owner, title=title, by=fields.pop("by", owner), at=fields.pop("at", NOW), **fields)
