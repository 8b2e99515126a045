"""What comes back: an event for the owner, or a refusal."""

from dataclasses import replace
from typing import Any

import pytest

from channels.incoming import Incoming
from common import events
from outreach.events import ReplyReceived
from outreach.links import message_of_token, opt_out_token
from outreach.models import KnownAddress, Message, OptOut, Reply
from outreach.services.planning import plan_day
from outreach.services.refusals import message_of, opt_out
from outreach.services.replies import is_stop, record_reply
from tests.outreach.conftest import NOON, WEDNESDAY, Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[ReplyReceived]:
    found: list[ReplyReceived] = []
    monkeypatch.setattr(events, "_table", {ReplyReceived: [found.append]})
    return found


@pytest.fixture
def sent(desk: Desk, settings: Any) -> Message:
    """A message that went to a chat a moment ago."""
    settings.TELEGRAM_BOT_TOKEN = "1:x"
    desk.agent("Зафар", contact="700100", kind="telegram")
    campaign = desk.started(channel="telegram")
    plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=desk.at)
    Message.objects.update(state="sent", sent_at=NOON)
    return desk.messages()[0]


ANSWER = Incoming(channel="telegram", external_id="1:5", address="700100", text="Интересно, позвоните", at=NOON)


def test_a_reply_is_told_to_the_owner(sent: Message, desk: Desk, heard: list[ReplyReceived]) -> None:
    reply = record_reply(incoming=ANSWER)
    assert reply is not None
    [event] = heard
    assert (event.owner_id, event.party_id, event.text) == (desk.office.olim.pk, sent.party_id, ANSWER.text)
    assert desk.states() == ["replied"]


def test_a_reply_told_twice_is_one_reply(sent: Message, heard: list[ReplyReceived]) -> None:
    assert record_reply(incoming=ANSWER)
    assert record_reply(incoming=ANSWER) is None
    assert (Reply.objects.count(), len(heard)) == (1, 1)


@pytest.mark.parametrize("text", ["стоп", "СТОП!", " Stop. ", "«Отписаться»", "/stop"])
def test_the_word_stop_is_a_refusal_and_not_a_reply_to_work_on(
    text: str, sent: Message, heard: list[ReplyReceived]
) -> None:
    record_reply(incoming=replace(ANSWER, text=text))
    refusal = OptOut.objects.get()
    assert (refusal.party_id, refusal.source, refusal.message_id) == (sent.party_id, "word", sent.pk)
    assert not heard


@pytest.mark.parametrize("text", ["Не стоп-лист ли у вас?", "стоп, а сколько процентов?", "", "стопка"])
def test_a_word_inside_a_sentence_is_no_refusal(text: str) -> None:
    assert not is_stop(text)


def test_a_stop_from_a_chat_that_nobody_knows_shuts_that_address(db: None) -> None:
    record_reply(incoming=replace(ANSWER, text="стоп", address="999"))
    refusal = OptOut.objects.get()
    assert (refusal.party_id, refusal.channel, refusal.address) == (None, "telegram", "999")


def test_a_hello_to_the_bot_makes_a_name_writable(desk: Desk, settings: Any, heard: list[ReplyReceived]) -> None:
    """Agents are known by their Telegram names; a bot can write only to the number behind the name."""
    settings.TELEGRAM_BOT_TOKEN = "1:x"
    desk.agent("Зафар", contact="@Zafar_Auto", kind="telegram")
    campaign = desk.started(channel="telegram")
    assert plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=desk.at) == 0
    record_reply(incoming=replace(ANSWER, text="Здравствуйте", address="555", handle="zafar_auto"))
    assert plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=desk.at) == 1
    assert desk.messages()[0].address == "555"
    assert [event.party_name for event in heard] == ["Зафар"]


def test_a_name_that_moves_to_another_chat_is_followed(db: None) -> None:
    for address in ("1", "2"):
        record_reply(incoming=replace(ANSWER, external_id=address, address=address, handle="Zafar"))
    assert KnownAddress.objects.get().address == "2"


def test_a_named_message_is_the_one_answered(sent: Message, desk: Desk) -> None:
    reply = record_reply(incoming=replace(ANSWER, address="somewhere else", in_reply_to=str(sent.pk)))
    assert reply is not None
    assert reply.message_id == sent.pk


def test_a_strangers_words_are_kept_and_trouble_nobody(desk: Desk, heard: list[ReplyReceived]) -> None:
    reply = record_reply(incoming=replace(ANSWER, address="31337", in_reply_to="nonsense"))
    assert reply is not None
    assert reply.party is None
    assert not heard


def test_an_opt_out_link_holds_only_as_it_was_signed(sent: Message, desk: Desk) -> None:
    token = opt_out_token(sent.pk)
    assert message_of(message_of_token(token)) == sent
    for wrong in ("", "x", token[:-1], token.replace(sent.pk.hex[:4], "0000"), f"{token}x", "ключ:ключ"):
        assert message_of_token(wrong) is None
    for _ in range(2):
        opt_out(message=sent, source="link", at=desk.at)  # type: ignore[arg-type]
    assert OptOut.objects.count() == 1


def test_an_owners_reply_goes_to_whoever_works_on_the_lead(
    sent: Message, desk: Desk, heard: list[ReplyReceived], office: Any
) -> None:
    lead = office.lead(name="Другой")
    Message.objects.filter(pk=sent.pk).update(lead=lead)
    lead.owner = office.oksana
    lead.save()
    record_reply(incoming=ANSWER)
    assert [(event.owner_id, event.lead_id) for event in heard] == [(office.oksana.pk, lead.pk)]
