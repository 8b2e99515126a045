"""Olim's outreach on a plain Wednesday, with a clock that stands still."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from agents.models import Consent, Contact, Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from common import clock
from jobs import services as jobs
from outreach.models import Campaign, Message
from outreach.services.campaigns import create_campaign, start_campaign
from outreach.services.templates import save_template
from tests.channels.conftest import bot, mailbox, receiver
from tests.office import Office

__all__ = ["bot", "mailbox", "receiver"]
# Wednesday 11 March 2026, 12:00 in Tashkent. Past, so that every duty owed for it is due by the database's clock.
NOON = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 3, 11)


@dataclass
class Desk:
    """What a test of outreach does, as Olim."""

    office: Office
    at: datetime = NOON
    count: int = 0

    def agent(
        self, name: str = "", *, consent: bool = True, contact: str = "", kind: str = "email", **more: Any
    ) -> Party:
        self.count += 1
        value = contact or {"email": f"a{self.count}@agent.test", "telegram": str(700_000 + self.count)}[kind]
        contacts = (ContactDraft(kind, value, person=f"Лицо {self.count}"),) if contact != "-" else ()
        draft = PartyDraft(kind="agent", name=name or f"Агент {self.count:03}", contacts=contacts, **more)
        party = create_party(by=self.office.olim, draft=draft)
        if consent:
            self.consent(party)
        return party

    def consent(self, party: Party) -> Consent:
        return Consent.objects.create(
            party=party, purpose="marketing", source="paper", text_version="1", given_at=self.at - timedelta(days=9)
        )

    def campaign(self, *, channel: str = "email", body: str = "Добрый день, {{ name }}.", **more: Any) -> Campaign:
        fields = {"name": "Текст", "channel": channel, "subject": "Оценка для {{ name }}", "body": body}
        template = save_template(by=self.office.olim, template=None, fields=fields)
        settings = {
            "name": "Дайджест", "template": template, "audience_of": "agents", "audience": "", "quota": 20,
            "weekdays": [1, 2, 3, 4, 5], "hours_from": time(10), "hours_to": time(18), "starts_on": date(2026, 3, 1),
            "ends_on": None,
        }  # fmt: skip
        return create_campaign(by=self.office.olim, fields=settings | more)

    def started(self, **more: Any) -> Campaign:
        return start_campaign(campaign=self.campaign(**more), by=self.office.olim, at=self.at)

    def messages(self, **more: Any) -> list[Message]:
        return list(Message.objects.filter(**more).order_by("pk"))

    def states(self) -> list[str]:
        return [message.state for message in self.messages()]


@pytest.fixture
def desk(office: Office, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(office)
    monkeypatch.setattr(clock, "now", lambda: desk.at)
    return desk


@pytest.fixture
def work_off() -> Callable[[], int]:
    """Work off every duty that is due; returns how many there were."""

    def run() -> int:
        count = 0
        while jobs.run_one():
            count += 1
        return count

    return run


def only_contact(party: Party) -> Contact:
    return party.contacts.get()
