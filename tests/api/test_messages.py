"""The log of messages by REST: what went out and what came back in one order, as far as the token sees."""

from datetime import timedelta
from typing import Any

import pytest

from common import clock
from outreach.models import Campaign, Message, Reply
from outreach.services.campaigns import create_campaign
from outreach.services.templates import save_template
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db


def campaign_of(owner: Any) -> Campaign:
    text = {"name": "Шаблон", "channel": "email", "subject": "Тема", "body": "Письмо"}
    template = save_template(by=owner, template=None, fields=text)
    return create_campaign(by=owner, fields={"name": "Рассылка", "template": template, "audience": ""})


def letters(owner: Any, lead: Any) -> tuple[Message, Reply]:
    """A letter and, later, its answer."""
    at = clock.now()
    letter = Message.objects.create(
        campaign=campaign_of(owner), party=lead.party, lead=lead, channel="email", address="zafar@agent.test",
        subject="Тема", text="Добрый день, Зафар", state="replied", sent_at=at - timedelta(hours=2),
    )  # fmt: skip
    reply = Reply.objects.create(
        message=letter, party=lead.party, channel="email", external_id=f"r-{letter.pk}", address="zafar@agent.test",
        text="Перезвоните", at=at - timedelta(hours=1),
    )  # fmt: skip
    return letter, reply


def ids(api: Api, **query: Any) -> list[str]:
    return [row["id"] for row in api.get("messages/", **query).json()["data"]]


def test_both_ways_stand_in_one_order(api: Api, office: Office) -> None:
    lead = office.lead()
    letter, reply = letters(office.olim, lead)
    rows = api.get("messages/").json()["data"]
    assert [row["id"] for row in rows] == [str(reply.pk), str(letter.pk)]
    came, went = rows
    assert (came["direction"], came["in_reply_to"], came["state"]) == ("in", str(letter.pk), None)
    assert (went["direction"], went["state"], went["lead"]) == ("out", "replied", str(lead.pk))
    assert came["agent"] == went["agent"] == str(lead.party_id)
    assert [api.get(f"messages/{row['id']}/").json() for row in rows] == rows


def test_a_walk_by_cursor_sees_every_row_of_both_tables_once(api: Api, office: Office) -> None:
    made = [str(row.pk) for _ in range(4) for row in letters(office.olim, office.lead())]
    seen, address = [], "messages/"
    query: dict[str, Any] = {"limit": 3}
    while address:
        page = api.get(address, **query).json()
        seen += [row["id"] for row in page["data"]]
        address, query = (page["next"] or "").removeprefix("http://testserver"), {}
    assert seen == list(reversed(made))
    assert api.get("messages/", include="total", limit=1).json()["total"] == 8


def test_the_filters_hold_for_both_tables(api: Api, office: Office) -> None:
    lead, other = office.lead(), office.lead()
    letter, reply = letters(office.olim, lead)
    letters(office.olim, other)
    both = [str(reply.pk), str(letter.pk)]
    assert ids(api, lead=str(lead.pk)) == ids(api, agent=str(lead.party_id)) == both
    assert ids(api, campaign=str(letter.campaign_id)) == both
    assert ids(api, direction="in", lead=str(lead.pk)) == both[:1]
    assert ids(api, direction="out", lead=str(lead.pk)) == both[1:]
    border = (clock.now() - timedelta(minutes=90)).isoformat().replace("+00:00", "Z")
    assert ids(api, at__gte=border, lead=str(lead.pk)) == both[:1]
    assert ids(api, at__lte=border, lead=str(lead.pk)) == both[1:]


def test_messages_of_another_team_do_not_exist(api_of: MakeApi, office: Office) -> None:
    letter, reply = letters(office.sitora, office.lead(office.sitora))
    north, south = api_of(office.north), api_of(office.south)
    assert ids(north) == []
    assert {north.get(f"messages/{row.pk}/").status_code for row in (letter, reply)} == {404}
    assert len(ids(south)) == 2


def test_words_and_addresses_are_hidden_from_a_token_without_the_right(api_of: MakeApi, office: Office) -> None:
    letters(office.olim, office.lead())
    shown = api_of(None, "messages:read").get("messages/").content.decode()
    assert "Зафар" not in shown
    assert "Перезвоните" not in shown
    assert "zafar@" not in shown
    assert "Перезвоните" in api_of(None, "messages:read", "pii:read").get("messages/").content.decode()


def test_the_log_is_only_read(api: Api) -> None:
    assert api.post("messages/", {}).status_code == 405
