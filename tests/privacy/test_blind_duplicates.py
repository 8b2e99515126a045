"""Whoever meets somebody whom another works with learns that he is known, and nothing else: the same words, the same
status, the same number of queries, whatever is kept of him."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agents.models import Contact, Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from common import clock
from leads.models import Lead, LossReason
from leads.services.outcomes import close
from tests.api.conftest import MakeApi, api_of
from tests.forms.desk import form_of, page_of
from tests.imports.desk import check, csv_bytes, people_mapping, take
from tests.imports.desk import services as imports
from tests.office import Office
from tests.web.matrix import plain

__all__ = ["api_of"]
pytestmark = pytest.mark.django_db
PHONE = "+998901740001"
SECRETS = ("Тайнов", "Sitora", "South", "740002", "Секретная", "lost")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller can tell one hidden person from another by."""

    status: int
    body: bytes
    queries: int


def bare(office: Office) -> Party:
    draft = PartyDraft(kind="agent", name="Тайнов Пустой", contacts=(ContactDraft("phone", PHONE),))
    return create_party(by=office.sitora, draft=draft, owner=office.sitora)


def worked(office: Office) -> Party:
    """With an open lead, a second phone and a tax number."""
    lead = office.lead(office.sitora, name="Тайнов Занятой")
    Contact.objects.filter(party=lead.party).update(value=PHONE, key=PHONE)
    Contact.objects.create(party=lead.party, type="phone", value="+998901740002", key="+998901740002")
    Party.objects.filter(pk=lead.party_id).update(tax_id="305558913", problem="Секретная")
    return lead.party


def lost(office: Office) -> Party:
    party = worked(office)
    reason = LossReason.objects.first()
    close(lead=Lead.objects.get(party=party), outcome="lost", by=office.sitora, at=clock.now(), reason=reason)
    return party


def nobodys(office: Office) -> Party:
    """Of another team's queue: no owner whose name could be told."""
    party = worked(office)
    Lead.objects.filter(party=party).update(owner=None)
    Party.objects.filter(pk=party.pk).update(owner=None)
    return party


HIDDEN: tuple[Callable[[Office], Party], ...] = (bare, worked, lost, nobodys)
Ask = Callable[[Office, MakeApi], Callable[[], Any]]


def by_page(office: Office, _api_of: MakeApi) -> Callable[[], Any]:
    client = Client()
    client.force_login(office.olim)
    typed = {"kind": "agent", "name": "Новый", "contact": PHONE, "currency": "UZS"}
    return lambda: client.post(reverse("leads:create"), typed)


def while_typing(office: Office, _api_of: MakeApi) -> Callable[[], Any]:
    client = Client(headers={"HX-Request": "true"})
    client.force_login(office.olim)
    return lambda: client.post(reverse("leads:check_duplicate"), {"kind": "agent", "contact": PHONE})


def as_agent(office: Office, _api_of: MakeApi) -> Callable[[], Any]:
    client = Client()
    client.force_login(office.olim)
    typed = {"name": "Новый", "contact": PHONE, "legal_form": "person", "owner": str(office.olim.pk),
             "status": "candidate", "grade": "basic"}  # fmt: skip
    return lambda: client.post(reverse("agents:create"), typed)


def by_api(office: Office, api_of: MakeApi) -> Callable[[], Any]:
    api = api_of(office.north)
    body = {"kind": "agent", "name": "Новый", "contacts": [{"type": "phone", "value": PHONE}]}
    return lambda: api.post("leads/", body)


def agent_by_api(office: Office, api_of: MakeApi) -> Callable[[], Any]:
    api = api_of(office.north)
    return lambda: api.post("agents/", {"name": "Новый", "contacts": [{"type": "phone", "value": PHONE}]})


def by_form(office: Office, _api_of: MakeApi) -> Callable[[], Any]:
    form = form_of(office, kind="agent")
    address, client = reverse("public_form", args=[form.key]), Client()
    return lambda: client.post(address, {"name": "Новый", "phone": PHONE, "agreed": "on", "page": page_of(form)})


REFUSED: dict[str, tuple[Ask, int]] = {
    "page": (by_page, 409), "typing": (while_typing, 200), "agent": (as_agent, 422), "api": (by_api, 409),
    "agent by api": (agent_by_api, 409), "form": (by_form, 200),
}  # fmt: skip


def told(office: Office, api_of: MakeApi, ask: Ask, hidden: Callable[[Office], Party]) -> Answer:
    """Of a press that meets him, after one that warms what is asked for once a process; then he is gone again."""
    hidden(office)
    press = ask(office, api_of)
    press()
    with CaptureQueriesContext(connection) as captured:
        answer = press()
    return Answer(answer.status_code, plain(answer.getvalue()), len(captured))


@pytest.mark.parametrize("face", REFUSED)
def test_one_hidden_person_is_refused_as_any_other(office: Office, api_of: MakeApi, face: str) -> None:
    ask, status = REFUSED[face]
    assert all([office.olim, office.sitora, office.adiba]), "they are there before any of it is taken back"
    answers = []
    for hidden in HIDDEN:
        with transaction.atomic():
            answers.append(told(office, api_of, ask, hidden))
            transaction.set_rollback(True)
    first = answers[0]
    assert {answer.status for answer in answers} == {status}
    assert not [secret for secret in SECRETS for answer in answers if secret in answer.body.decode()]
    assert [len(answer.body) - len(first.body) for answer in answers] == [0] * len(answers)
    assert {answer.queries for answer in answers} == {first.queries}


def test_a_file_says_the_same_of_each(office: Office) -> None:
    olim, _hers, reports = office.olim, office.sitora, []
    for hidden in HIDDEN:
        with transaction.atomic():
            hidden(office)
            run = take(olim, csv_bytes([["Имя", "Телефон"], ["Новый", PHONE]]))
            run = check(imports.choose_columns(run=run, by=olim, mapping=people_mapping()), olim)
            row = run.rows.get()
            reports.append((row.status, [(one["code"], one["message"]) for one in row.errors], row.lead_id))
            transaction.set_rollback(True)
    assert len({repr(report) for report in reports}) == 1
    assert "ведёт другой сотрудник" in repr(reports[0])


def test_whom_one_sees_is_named(office: Office, api_of: MakeApi) -> None:
    """The control: the same press tells a name and a link of somebody of one's own."""
    party = worked(office)
    Party.objects.filter(pk=party.pk).update(owner=office.olim, team=office.north)
    assert "Тайнов" in by_page(office, api_of)().content.decode()
    assert "Тайнов" in while_typing(office, api_of)().content.decode()
