"""Somebody who plans: a new product owner with a week of his own, so that no journey meets another's work."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.test import Client
from django.utils import timezone

from accounts.models import User
from backlog.models import Action, Goal, Sprint
from backlog.services.actions import create_action
from backlog.services.goals import create_goal
from backlog.services.sprints import open_sprint
from common import clock
from leads.models import Lead
from tests.journeys.budget import counted
from tests.journeys.conftest import Desk
from tests.office import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page


@dataclass
class Planner:
    desk: Desk

    @cached_property
    def user(self) -> User:
        return User.objects.create_user(
            f"{uuid4().hex[:8]}@bank.test", PASSWORD, name="Плановик", role="product_owner",
            team=self.desk.house.office.south,
        )  # fmt: skip

    def page(self, path: str, **options: Any) -> "Page":
        """His page of a fresh profile, with presses counted."""
        client = Client()
        client.force_login(self.user)
        page = counted(self.desk.page("", **options))
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.desk.house.url}])
        page.goto(path)
        return page

    def week(self, ahead: int = 0) -> Sprint:
        day = timezone.localdate(clock.now(), self.user.zone) + timedelta(weeks=ahead)
        return open_sprint(owner=self.user, day=day, by=self.user)

    def goal(self, statement: str = "8 договорённостей", **fields: Any) -> Goal:
        named = {"sprint": self.week(), "metric": "agreed", "target": Decimal(8)} | fields
        return create_goal(by=self.user, statement=statement, segment=None, **named)

    def action(self, title: str = "Позвонить", **fields: Any) -> Action:
        if "goal" not in fields and "sprint" not in fields:
            fields["sprint"] = self.week()
        named = {"kind": "call", "priority": 1, "at": clock.now()} | fields
        return create_action(owner=self.user, by=self.user, title=title, **named)

    def lead(self, name: str) -> Lead:
        return self.desk.house.office.lead(self.user, name=name)
