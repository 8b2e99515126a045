"""One record lent to a colleague of another team: he finds it everywhere he reads, nothing else, and no day longer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Share, User
from accounts.sharing import lend
from agents.models import Agent
from agents.services.parties import PartyDraft, create_party
from audit.redaction import event_model
from common import clock
from common.errors import Invalid, NotAllowed
from leads.access import get_lead_for
from leads.models import Lead, Note
from tests.office import Office

pytestmark = pytest.mark.django_db
NAME = "Зимородок Моторс"


@pytest.fixture
def lead(office: Office) -> Lead:
    assert office.sitora  # she is there to be lent to
    return office.lead(office.olim, name=NAME)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def lent(office: Office, subject: UUID, level: str = "read", *, noun: str = "lead", by: User | None = None) -> Share:
    at = clock.now()
    until = at.date() + timedelta(days=7)
    return lend(
        by=by or office.olim, owner=office.olim, noun=noun, subject=subject, email=office.sitora.email.upper(),
        level=level, until=until, reason="Общий клиент", at=at,
    )  # fmt: skip


def places(lead: Lead) -> list[str]:
    """Where the lead may be read."""
    return [
        reverse("leads:card", args=[lead.pk]), "/leads/?view=lent", "/leads/?view=all", "/leads/export/?view=all",
        "/search/?q=%D0%97%D0%B8%D0%BC%D0%BE%D1%80", f"/api/v1/leads/{lead.pk}/", "/api/v1/leads/",
    ]  # fmt: skip


def finds(client: Client, path: str) -> bool:
    return NAME.encode() in client.get(path).getvalue()


def test_whoever_it_was_lent_to_finds_it_wherever_he_reads_and_nobody_else_does(office: Office, lead: Lead) -> None:
    other = office.lead(office.olim, name="Зимородок Второй")
    client, mate = signed_in(office.sitora), signed_in(office.sardor)
    assert [path for path in places(lead) if finds(client, path)] == []
    lent(office, lead.pk)
    assert [path for path in places(lead) if not finds(client, path)] == []
    assert [path for path in places(lead) if finds(mate, path)] == []
    assert client.get(reverse("leads:card", args=[other.pk])).status_code == 404
    assert "Второй" not in client.get("/leads/?view=all").content.decode()


def test_what_was_lent_for_reading_is_not_there_for_whoever_writes(office: Office, lead: Lead) -> None:
    client = signed_in(office.sitora)
    lent(office, lead.pk)
    note = reverse("leads:note", args=[lead.pk])
    assert client.post(note, {"text": "Моё"}).status_code == 404
    assert client.post(reverse("leads:close", args=[lead.pk]), {"outcome": "lost"}).status_code == 404
    patched = client.patch(f"/api/v1/leads/{lead.pk}/", "{}", content_type="application/json")
    assert patched.status_code in {403, 404}
    assert not Note.objects.exists()
    lent(office, lead.pk, "work")
    assert Share.objects.count() == 1
    assert client.post(note, {"text": "Созвонились"}).status_code == 302
    assert Note.objects.get().text == "Созвонились"


def test_a_job_finds_only_what_was_lent_for_work(office: Office, lead: Lead) -> None:
    lent(office, lead.pk)
    assert not Lead.objects.visible_to(office.sitora).exists()
    lent(office, lead.pk, "work")
    assert Lead.objects.visible_to(User.objects.get(pk=office.sitora.pk)).exists()


def test_a_share_ends_with_its_day_and_at_once_when_it_is_taken_back(office: Office, lead: Lead) -> None:
    client, card = signed_in(office.sitora), reverse("leads:card", args=[lead.pk])
    share = lent(office, lead.pk)
    with time_machine.travel(clock.now() + timedelta(days=8)):
        client.force_login(office.sitora, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert client.get(card).status_code == 404
    client = signed_in(office.sitora)
    assert client.get(card).status_code == 200
    back = signed_in(office.olim).post(reverse("leads:share", args=[lead.pk]), {"share": str(share.pk)})
    assert back.status_code == 302
    assert client.get(card).status_code == 404


def test_the_owner_lends_on_the_card_and_the_card_says_to_whom(office: Office, lead: Lead) -> None:
    client, page = signed_in(office.olim), reverse("leads:share", args=[lead.pk])
    assert "Почта коллеги" in client.get(page).content.decode()
    until = (clock.now() + timedelta(days=3)).date().isoformat()
    form = {"email": "nobody@bank.test", "level": "read", "until": until, "reason": "Сверка"}
    wrong = client.post(page, form)
    assert wrong.status_code == 422
    assert "Такого коллеги нет" in wrong.content.decode()
    assert client.post(page, form | {"email": office.sitora.email}).status_code == 302
    assert "Видят ещё" in client.get(reverse("leads:card", args=[lead.pk])).content.decode()
    assert office.sitora.name in client.get(page).content.decode()


def test_an_agent_is_lent_without_his_leads(office: Office, lead: Lead) -> None:
    client, card = signed_in(office.sitora), reverse("agents:card", args=[lead.party_id])
    assert client.get(card).status_code == 404
    lent(office, lead.party_id, noun="party")
    assert client.get(card).status_code == 200
    assert list(Agent.objects.visible_to(User.objects.get(pk=office.sitora.pk))) == []
    assert client.get(reverse("leads:card", args=[lead.pk])).status_code == 404


def cards(office: Office, lead: Lead) -> dict[str, tuple[str, UUID, str, str]]:
    """Noun, record, card and the page of lending, of each kind that can be lent."""
    draft = PartyDraft(kind="client", name=f"{NAME} клиент", agent_id=lead.party_id)
    client = create_party(by=office.olim, draft=draft)
    return {
        "lead": ("lead", lead.pk, "leads:card", "leads:share"),
        "agent": ("party", lead.party_id, "agents:card", "agents:share"),
        "client": ("party", client.pk, "agents:client", "agents:client_share"),
    }


@pytest.mark.parametrize("kind", ["lead", "agent", "client"])
def test_a_card_says_who_sees_it_until_when_and_ends_it_there(office: Office, lead: Lead, kind: str) -> None:
    noun, pk, card, page = cards(office, lead)[kind]
    owner, mate, borrower = signed_in(office.olim), signed_in(office.oksana), signed_in(office.sitora)
    card, page = reverse(card, args=[pk]), reverse(page, args=[pk])
    assert "Видят ещё" not in owner.get(card).content.decode()
    assert "Поделиться" in owner.get(card).content.decode()
    share = lent(office, pk, noun=noun)
    shown = owner.get(card).content.decode()
    words = ("Видят ещё", office.sitora.name, "Общий клиент", "Закрыть доступ")
    assert [text for text in words if text not in shown] == []
    assert f'action="{page}"' in shown
    assert "Видят ещё" in mate.get(card).content.decode()
    assert "Закрыть доступ" not in mate.get(card).content.decode(), "he sees it too, and may not end it"
    assert borrower.get(card).status_code == 200
    assert owner.post(page, {"share": str(share.pk)})["Location"] == card
    assert borrower.get(card).status_code == 404
    assert "Видят ещё" not in owner.get(card).content.decode()


@pytest.mark.parametrize("kind", ["lead", "agent", "client"])
def test_whoever_only_reads_meets_no_button_in_vain(office: Office, lead: Lead, kind: str) -> None:
    """No way to a change on the card, and behind the addresses of forms nothing; lent for work, all of it is there."""
    noun, pk, card, _page = cards(office, lead)[kind]
    edit = {"lead": "leads:edit", "agent": "agents:edit", "client": "agents:client_edit"}[kind]
    card, edit = reverse(card, args=[pk]), reverse(edit, args=[pk])
    borrower = signed_in(office.sitora)
    lent(office, pk, noun=noun)
    assert edit not in borrower.get(card).content.decode()
    assert borrower.get(edit).status_code == 404
    lent(office, pk, "work", noun=noun)
    assert edit in borrower.get(card).content.decode()
    assert borrower.get(edit).status_code == 200


def test_the_audit_knows_who_lent_what_to_whom_and_who_took_it_back(office: Office, lead: Lead) -> None:
    owner, page = signed_in(office.olim), reverse("leads:share", args=[lead.pk])
    until = (clock.now() + timedelta(days=3)).date().isoformat()
    form = {"email": office.sitora.email, "level": "read", "until": until, "reason": "Сверка"}
    assert owner.post(page, form).status_code == 302
    assert owner.post(page, {"share": str(Share.objects.get().pk)}).status_code == 302
    events: Any = event_model(Share)
    lending, ending = events.objects.order_by("pk").select_related("pgh_context")
    assert (lending.pgh_label, ending.pgh_label) == ("insert", "update")
    assert (lending.subject, lending.to_id, lending.reason, lending.revoked_at) == (
        lead.pk, office.sitora.pk, "Сверка", None
    )  # fmt: skip
    assert ending.revoked_at is not None
    for one in (lending, ending):
        assert one.pgh_context.metadata["user"] == str(office.olim.pk)
        assert one.pgh_context.metadata["url"] == page


@pytest.mark.parametrize("who", ["oksana", "lola", "sardor", "aziz"])
def test_only_the_owner_and_whoever_heads_him_lend(office: Office, lead: Lead, who: str) -> None:
    with pytest.raises(NotAllowed):
        lent(office, lead.pk, by=getattr(office, who))
    lent(office, lead.pk, by=office.nodira)


def test_a_share_has_an_end_a_reason_and_a_colleague(office: Office, lead: Lead) -> None:
    at = clock.now()
    today = at.astimezone(office.olim.zone).date()
    good = {
        "by": office.olim, "owner": office.olim, "noun": "lead", "subject": lead.pk, "email": office.sitora.email,
        "level": "read", "until": today, "reason": "x", "at": at,
    }  # fmt: skip
    for wrong in ({"until": today + timedelta(days=400)}, {"reason": " "}, {"email": office.olim.email}):
        with pytest.raises(Invalid):
            lend(**good | wrong)
    assert lend(**good).to == office.sitora


def test_the_numbers_of_whoever_it_was_lent_to_do_not_move(office: Office, lead: Lead) -> None:
    client = signed_in(office.sitora)
    before = client.get("/api/v1/funnel/?kind=agent").json()
    lent(office, lead.pk, "work")
    assert client.get("/api/v1/funnel/?kind=agent").json() == before


def test_a_person_who_moves_loses_sight_of_the_former_team_but_not_of_his_own(office: Office, lead: Lead) -> None:
    mates = office.lead(office.oksana, name="Свиристель")
    client = signed_in(office.olim)
    assert client.get(reverse("leads:card", args=[mates.pk])).status_code == 200
    User.objects.filter(pk=office.olim.pk).update(team=office.south)
    assert client.get(reverse("leads:card", args=[mates.pk])).status_code == 404
    assert client.get(reverse("leads:card", args=[lead.pk])).status_code == 200
    assert get_lead_for(office.oksana, lead.pk).team == office.north  # what he did stays with the team of that time
    assert get_lead_for(office.nodira, lead.pk) == lead


def test_a_sales_head_sees_his_subtree_and_loses_a_branch_that_is_moved_away(office: Office) -> None:
    below = office.lead(office.anvar)
    assert get_lead_for(office.nodira, below.pk) == below
    office.north_auto.parent = office.south
    office.north_auto.save()
    assert not Lead.objects.visible_to(User.objects.get(pk=office.nodira.pk)).filter(pk=below.pk).exists()
    assert Lead.objects.visible_to(User.objects.get(pk=office.sardor.pk)).filter(pk=below.pk).exists()
