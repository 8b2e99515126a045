"""A working day by every door, with people whose every field is a mark: afterwards no log, no key of Redis, no event,
no duty, no figure, no address and no subject of a letter holds one."""

import logging
import runpy
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from agents.models import Party
from audit.attribution import attributed
from common import clock
from documents.models import Document
from inbox.models import Arrival
from jobs.registry import Kind, install
from jobs.services import Duty, owe
from leads.models import Lead
from leads.services.editing import assign
from monitoring.runs import watched
from notifications.choices import Mode
from salescrm.subscriptions import JOBS, LEAVING
from tests.api.conftest import MakeApi, api_of
from tests.documents.desk import agreed_lead
from tests.forms.desk import form_of, send, work_off
from tests.imports.desk import check, csv_bytes, load, people_mapping, take
from tests.imports.desk import services as imports
from tests.inbox.post import System
from tests.notifications.desk import choose
from tests.office import Office
from tests.privacy.marks import Browser, Person, Watcher, watching
from tests.web.test_documents import filled
from tests.webhooks.conftest import Desk, hooks, inside
from webhooks.models import Event

__all__ = ["api_of", "hooks", "inside"]
pytestmark = pytest.mark.django_db
TOKEN = "4f1d6a8b2c9e7035d1f4a6b8"


class Day:
    """``people`` are all who came, each by another way."""

    def __init__(self, office: Office, watcher: Watcher, api_of: MakeApi, hooks: Desk) -> None:
        self.office, self.watcher, self.hooks = office, watcher, hooks
        self.olim, self.adiba = Browser(office.olim, watcher), Browser(office.adiba, watcher)
        self.api = api_of()
        self.people: list[Person] = []

    def person(self) -> Person:
        self.people.append(Person(len(self.people) + 10))
        return self.people[-1]

    @property
    def marks(self) -> list[str]:
        return [mark for person in self.people for mark in person.marks]

    def hears(self, answer: Any) -> Any:
        return self.watcher.hears(answer)

    def by_page(self) -> None:
        """A lead typed in, what a person notes on it, his number, and the contact sent a second time."""
        one = self.person()
        typed = {"kind": "agent", "name": one.name, "contact": one.phone, "currency": "UZS"}
        made = self.olim.post(reverse("leads:create"), typed)
        lead = Lead.objects.get(party__name=one.name)
        assert made.status_code == 302
        self.olim.post(reverse("leads:note", args=[lead.pk]), {"text": one.note})
        at = timezone.localtime() + timedelta(days=1)
        self.olim.post(reverse("leads:step", args=[lead.pk]), {"text": one.note, "at": f"{at:%Y-%m-%dT%H:%M}"})
        self.olim.post(reverse("leads:contact_add", args=[lead.pk]), {"value": one.mail, "note": one.note})
        changes = {"name": one.name, "legal_form": "person", "tax_id": one.tax_id, "version": lead.party.version}
        self.olim.post(reverse("leads:party_edit", args=[lead.pk]), changes)
        assert self.olim.post(reverse("leads:create"), typed | {"name": "Другой"}).status_code == 409
        for path in (reverse("leads:card", args=[lead.pk]), reverse("leads:list"), reverse("agents:list")):
            assert self.olim.get(path).status_code == 200
        assign(lead=Lead.objects.get(pk=lead.pk), owner=self.office.oksana, by=self.office.nodira, at=clock.now())

    def by_api(self) -> None:
        one = self.person()
        contacts = [{"type": "phone", "value": one.phone}, {"type": "email", "value": one.mail}]
        body = {"kind": "client", "name": one.name, "contacts": contacts, "problem": one.note}
        made = self.hears(self.api.post("leads/", body))
        assert made.status_code == 201
        self.hears(self.api.post("leads/", body))
        self.hears(self.api.post("agents/", {"name": one.name, "tax_id": one.tax_id}))
        self.hears(self.api.post("leads/", body | {"name": "", "contacts": [{"type": "email", "value": one.note}]}))
        self.hears(self.api.get("leads/", include="total"))

    def by_form(self) -> None:
        one = self.person()
        send(form_of(self.office), name=one.name, phone=one.phone, email=one.mail, text=one.note)
        work_off()
        assert Party.objects.filter(name=one.name).exists()

    def by_file(self) -> None:
        """One row that goes in and one that does not."""
        one, other = self.person(), self.person()
        rows = [["Имя", "Телефон", "Почта", "Проблема"], [one.name, one.phone, one.mail, one.note],
                [other.name, other.note, other.mail, other.note]]  # fmt: skip
        run = take(self.office.olim, csv_bytes(rows), name="people.csv")
        more = {"email": {"column": "Почта"}, "problem": {"column": "Проблема"}}
        run = imports.choose_columns(run=run, by=self.office.olim, mapping=people_mapping(**more))
        load(check(run, self.office.olim), self.office.olim)
        for name in ("run", "errors"):
            self.olim.get(reverse(f"imports:{name}", args=[run.pk]))

    def by_call(self) -> None:
        """Of somebody unknown by the API; another told by the exchange, with a message that cannot be carried out."""
        one, other = self.person(), self.person()
        talk = {"direction": "in", "at": clock.now().isoformat().replace("+00:00", "Z"), "result": "missed"}
        assert self.hears(self.api.post("calls/", talk | {"phone": one.phone})).status_code == 201
        system = System(self.office)
        told = talk | {"phone": other.phone, "source": "pbx", "external_id": "c-1", "duration_seconds": 0}
        assert system.tell("call.ended", told) == 202
        assert system.tell("call.ended", told | {"external_id": "c-2", "result": other.note}) == 202
        assert system.post(f'{{"type": "{other.name}'.encode()) in {400, 202, 422}
        work_off()
        assert Arrival.objects.exists()
        self.olim.get(reverse("calls:list"))

    def by_paper(self) -> None:
        one = self.person()
        lead = agreed_lead(self.office, name=one.name)
        address = reverse("documents:prepare", args=[lead.pk])
        page = filled(self.olim.get(address).content.decode())
        terms = {"bank__name": "Банк", "party__tax_id": one.tax_id, "terms__party_gives": one.note,
                 "terms__bank_gives": one.note}  # fmt: skip
        self.olim.post(address, page | terms)
        document = Document.objects.get(lead=lead)
        for ending in ("docx", "pdf"):
            self.olim.get(reverse(f"documents:{ending}", args=[document.pk, 1]))

    def asked_for(self) -> None:
        """Searches are left out of the addresses: whoever searches by a number has it in his own."""
        mark = self.people[0].phone[1:]
        for path in ("search", "leads:list", "agents:list"):
            assert self.olim.client.get(reverse(path), {"q": mark}).status_code == 200
        assert self.api.get("leads/", q=mark).status_code == 200
        for path in ("leads:export", "calls:export"):
            b"".join(self.olim.client.get(reverse(path)))

    def goes_wrong(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A page that breaks with a value in its mouth, and a duty that does."""
        one = self.person()

        def broken(*_args: object, **_more: object) -> None:
            raise ValueError(f"Key (phone)=({one.phone}) of {one.name}: {one.note}")

        with monkeypatch.context() as patched:
            patched.setattr("web.leads.steps.plan_next_step", broken)
            lead = Lead.objects.get(party__name=self.people[0].name)
            at = timezone.localtime() + timedelta(days=1)
            typed = {"text": one.note, "at": f"{at:%Y-%m-%dT%H:%M}"}
            nodira = Browser(self.office.nodira, self.watcher)
            assert nodira.post(reverse("leads:step", args=[lead.pk]), typed).status_code == 500
        install(watched(JOBS | {"ring": Kind(lambda _run: broken(), atomic=False)}, leaving=LEAVING))
        try:
            owe([Duty("ring", "broken", {}, clock.now() - timedelta(minutes=1))])
            work_off()
        finally:
            install(attributed(watched(JOBS, leaving=LEAVING)))

    def is_watched(self) -> None:
        """The operator's figures, the rows of what systems heard, and the journal."""
        figures = self.olim.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert figures.status_code == 200
        self.watcher.plain.append(figures.content.decode())
        self.hooks.turn()
        work_off()
        for path in ("settings:jobs", "settings:jobs_dead", "audit:seen", "integrations:log", "integrations:inbox"):
            self.adiba.get(reverse(path))


@pytest.fixture
def day(office: Office, api_of: MakeApi, hooks: Desk, settings: Any) -> Iterator[Day]:
    settings.METRICS_TOKEN = settings.HEALTH_TOKEN = TOKEN
    hooks.endpoint()
    for user in (office.olim, office.oksana, office.nodira):
        choose(user, email=Mode.AT_ONCE)
    with watching() as watcher:
        yield Day(office, watcher, api_of, hooks)


def subjects() -> str:
    """Of the letters that left."""
    folder = Path(django_settings.SMTP_OPTIONS["file_path"])
    letters = [path.read_text(errors="replace") for path in folder.glob("*")]
    return "\n".join(line for letter in letters for line in letter.splitlines() if line.startswith("Subject:"))


def test_a_day_of_work_leaves_no_mark_where_none_belongs(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[Callable[[], None]] = [
        day.by_page, day.by_api, day.by_form, day.by_file, day.by_call, day.by_paper, day.asked_for,
    ]  # fmt: skip
    for step in steps:
        step()
    day.goes_wrong(monkeypatch)
    day.is_watched()
    assert len(day.people) == 9
    assert day.watcher.finds(day.marks) == []
    assert [mark for mark in day.marks if mark in subjects()] == []
    empty = {place for place, text in day.watcher.places().items() if not text}
    assert empty <= {"monitoring_taskrun", "monitoring_deed"}, "every place had something to look at"


def test_the_access_log_tells_no_query() -> None:
    written = runpy.run_path("deploy/gunicorn.conf.py")["access_log_format"]
    assert "%(U)s" in written
    assert not any(f"%({part})s" in written for part in ("r", "q", "f")), "the first line, the query, the page before"


@pytest.mark.parametrize("place", ["log", "redis", "addresses", "jobs_job", "webhooks_event"])
def test_a_mark_that_slips_out_is_found(day: Day, place: str) -> None:
    """The control: each kind of place, with one slip."""
    one = day.person()
    day.by_page()
    slips: dict[str, Callable[[], Any]] = {
        "log": lambda: logging.getLogger("web.test").debug("Звонить %s", one.phone),
        "redis": lambda: cache.set("slip", one.mail, 60),
        "addresses": lambda: day.watcher.addresses.append(f"/leads/?name={one.name.split()[1]}"),
        "jobs_job": lambda: owe([Duty("x", "slip", {"note": one.note}, clock.now())]),
        "webhooks_event": lambda: Event.objects.create(
            type="lead.created", object_id=Party.objects.all()[0].pk, at=clock.now(), data={"name": one.name}
        ),
    }
    assert day.watcher.finds(one.marks) == []
    slips[place]()
    found = day.watcher.finds(one.marks)
    cache.delete("slip")
    assert {one.partition(":")[0] for one in found} >= {place}
