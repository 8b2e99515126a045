"""Pages of outreach, the opt-out that needs no account, and the hooks by which replies come."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from backlog.models import Action
from channels import signing
from common import clock
from outreach.links import opt_out_token
from outreach.models import Campaign, KnownAddress, Message, OptOut, Reply, Template
from outreach.services.planning import plan_day
from tests.channels.servers import Receiver
from tests.outreach.conftest import NOON, WEDNESDAY, Desk, desk

pytestmark = pytest.mark.django_db
__all__ = ["desk"]
TEMPLATE = {"name": "Оценка", "channel": "email", "subject": "Оценка", "body": "Добрый день, {{ name }}."}
CAMPAIGN = {
    "name": "Дайджест", "quota": "5", "weekdays": ["1", "3"], "hours_from": "10:00", "hours_to": "18:00",
    "starts_on": "2026-03-01", "ends_on": "",
}  # fmt: skip


@pytest.fixture
def olim(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.office.olim)
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_from_an_empty_room_to_a_running_campaign_by_plain_forms(desk: Desk, olim: Client) -> None:
    desk.agent("Зафар", city="Бухара")
    assert "Рассылок пока нет" in text(olim.get("/outreach/"))
    assert olim.post("/outreach/templates/new/", TEMPLATE).status_code == 302
    template = Template.objects.get()
    made = olim.post("/outreach/new/", CAMPAIGN | {"template": template.pk})
    campaign = Campaign.objects.get()
    assert made["Location"] == f"/outreach/{campaign.pk}/audience/"
    page = text(olim.get(f"/outreach/{campaign.pk}/audience/?of=agents&city=Бухара"))
    assert "Добрый день, Зафар." in page
    olim.post(f"/outreach/{campaign.pk}/audience/", {"audience": "of=agents&city=Бухара"})
    olim.post(f"/outreach/{campaign.pk}/start/")
    campaign.refresh_from_db()
    assert (campaign.status, campaign.weekdays, campaign.quota) == ("running", [1, 3], 5)
    assert "city=" in campaign.audience
    plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=NOON)
    page = text(olim.get(f"/outreach/{campaign.pk}/"))
    assert "В плане" in page
    assert "1 из 5" in page


def test_an_unknown_variable_keeps_what_was_typed_and_names_the_known_ones(olim: Client) -> None:
    answer = olim.post("/outreach/templates/new/", TEMPLATE | {"body": "Привет, {{ boss }}"})
    assert answer.status_code == 422
    assert "Привет, {{ boss }}" in text(answer)
    assert "«boss»" in text(answer)
    assert "city — город" in text(answer)


def test_a_channel_that_is_not_set_up_is_refused_beside_its_field(olim: Client) -> None:
    answer = olim.post("/outreach/templates/new/", TEMPLATE | {"channel": "telegram"})
    assert answer.status_code == 422
    assert "TELEGRAM_BOT_TOKEN" in text(answer)


def test_the_example_follows_what_is_typed_and_saves_nothing(olim: Client) -> None:
    shown = text(olim.post("/outreach/templates/preview/", {"subject": "", "body": "{{ name }} <b>"}))
    assert "Зафар Каримов &lt;b&gt;" in shown
    assert "«nobody»" in text(olim.post("/outreach/templates/preview/", {"body": "{{ nobody }}"}))
    whole = olim.post("/outreach/templates/new/", TEMPLATE | {"show": "1"})
    assert whole.status_code == 200
    assert "Добрый день, Зафар Каримов." in text(whole)
    assert not Template.objects.exists()


def test_a_condition_that_is_not_understood_is_told_on_the_page(desk: Desk, olim: Client) -> None:
    campaign = desk.campaign()
    assert "не применено" in text(olim.get(f"/outreach/{campaign.pk}/audience/?of=agents&status=asleep"))
    answer = olim.post(f"/outreach/{campaign.pk}/audience/", {"audience": "of=agents&status=asleep"})
    assert answer.status_code == 422
    campaign.refresh_from_db()
    assert campaign.audience == ""


def test_two_people_who_change_one_campaign_are_told(desk: Desk, olim: Client) -> None:
    campaign = desk.campaign()
    sent = CAMPAIGN | {"template": campaign.template_id, "version": 1}
    assert olim.post(f"/outreach/{campaign.pk}/edit/", sent | {"quota": "7"}).status_code == 302
    answer = olim.post(f"/outreach/{campaign.pk}/edit/", sent | {"quota": "9"})
    assert answer.status_code == 409
    campaign.refresh_from_db()
    assert campaign.quota == 7


def test_a_stranger_reaches_neither_page_nor_switch(desk: Desk) -> None:
    campaign = desk.campaign()
    sitora = Client()
    sitora.force_login(desk.office.sitora)
    assert sitora.get(f"/outreach/{campaign.pk}/").status_code == 404
    assert sitora.post(f"/outreach/{campaign.pk}/start/").status_code == 404
    assert "Дайджест" not in text(sitora.get("/outreach/"))


def test_the_card_of_an_agent_tells_what_was_written_and_answered(desk: Desk, olim: Client) -> None:
    message = sent_message(desk)
    Reply.objects.create(
        message=message, party=message.party, channel="email", external_id="1", address="a", text="Позвоните", at=NOON
    )
    page = text(olim.get(f"/agents/{message.party_id}/?tab=messages"))
    assert "Дайджест" in page
    assert "Позвоните" in page
    olim.post(f"/outreach/parties/{message.party_id}/stop/")
    assert OptOut.objects.get().source == "hand"
    assert "Отказался от рассылок" in text(olim.get(f"/agents/{message.party_id}/?tab=messages"))


def sent_message(desk: Desk, **more: Any) -> Message:
    party = desk.agent("Зафар")
    return Message.objects.create(
        campaign=desk.campaign(), party=party, channel="email", address="zafar@agent.test", text="x", state="sent",
        sent_at=NOON, **more,
    )  # fmt: skip


class TestOptOut:
    """By the link of a letter, without an account."""

    def test_looking_refuses_nothing_since_mail_programs_follow_links(self, desk: Desk, client: Client) -> None:
        address = f"/o/{opt_out_token(sent_message(desk).pk)}/"
        page = text(client.get(address))
        assert "Больше не присылать" in page
        assert "za***@agent.test" in page
        assert "zafar@agent.test" not in page
        assert not OptOut.objects.exists()

    def test_the_button_refuses_and_a_second_press_does_no_harm(self, desk: Desk, client: Client) -> None:
        message = sent_message(desk)
        for _ in range(2):
            assert "больше не будет" in text(client.post(f"/o/{opt_out_token(message.pk)}/"))
        refusal = OptOut.objects.get()
        assert (refusal.party_id, refusal.source) == (message.party_id, "link")

    def test_a_mail_program_refuses_by_one_click_without_cookie_or_token(self, desk: Desk) -> None:
        """RFC 8058."""
        strict = Client(enforce_csrf_checks=True)
        address = f"/o/{opt_out_token(sent_message(desk).pk)}/"
        assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert OptOut.objects.count() == 1

    @pytest.mark.parametrize("token", ["x", "0190aaaabbbb7ccc8dddeeeeffff0000:abc", "%00", "a" * 300])
    def test_a_forged_link_is_no_page(self, token: str, client: Client) -> None:
        assert client.post(f"/o/{token}/").status_code in {400, 404}
        assert not OptOut.objects.exists()


UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5, "date": 1773212000, "text": "Интересно, позвоните",
        "chat": {"id": 700100, "type": "private", "username": "Zafar_Auto"},
    },
}  # fmt: skip


class TestHooks:
    """Replies as Telegram and the gateway tell them."""

    @pytest.fixture
    def hook(self, settings: Any) -> str:
        return f"/hooks/telegram/{settings.TELEGRAM_HOOK_SECRET}/"

    def tell(self, client: Client, where: str, told: Any) -> int:
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        return client.post(where, body, content_type="application/json").status_code

    def test_a_reply_becomes_an_action_of_the_owner_once(self, desk: Desk, hook: str) -> None:
        desk.agent("Зафар", contact="@zafar_auto", kind="telegram")
        strict = Client(enforce_csrf_checks=True)
        assert [self.tell(strict, hook, UPDATE) for _ in range(3)] == [204, 204, 204]
        action = Action.objects.get()
        assert (action.owner, action.title) == (desk.office.olim, "Ответить: Зафар")
        assert "Интересно, позвоните" in action.note
        assert KnownAddress.objects.get().address == "700100"

    def test_several_lines_in_a_row_make_one_action(self, desk: Desk, hook: str, client: Client) -> None:
        desk.agent("Зафар", contact="@zafar_auto", kind="telegram")
        for number in range(4):
            message = UPDATE["message"] | {"message_id": number}  # type: ignore[operator]
            self.tell(client, hook, UPDATE | {"message": message})
        assert (Reply.objects.count(), Action.objects.count()) == (4, 1)

    def test_an_owner_who_may_no_longer_write_loses_no_reply(self, desk: Desk, hook: str, client: Client) -> None:
        party = desk.agent("Зафар", contact="@zafar_auto", kind="telegram")
        party.owner = desk.office.aziz
        party.save()
        assert self.tell(client, hook, UPDATE) == 204
        assert (Reply.objects.count(), Action.objects.count()) == (1, 0)

    def test_the_start_button_makes_the_chat_known_and_troubles_nobody(
        self, desk: Desk, hook: str, client: Client
    ) -> None:
        desk.agent("Зафар", contact="@zafar_auto", kind="telegram")
        self.tell(client, hook, UPDATE | {"message": UPDATE["message"] | {"text": "/start"}})  # type: ignore[operator]
        assert KnownAddress.objects.count() == 1
        assert not Action.objects.exists()

    def test_without_the_secret_there_is_no_such_place(self, client: Client, settings: Any) -> None:
        assert self.tell(client, "/hooks/telegram/guess/", UPDATE) == 404
        settings.TELEGRAM_HOOK_SECRET = ""
        assert self.tell(client, "/hooks/telegram//", UPDATE) == 404
        assert not Reply.objects.exists()

    @pytest.mark.parametrize(
        "told",
        [
            [], {}, "text", 7, None, {"message": 5}, {"message": {"chat": 5}}, {"message": {"chat": {"id": "x"}}},
            {"message": {"chat": {"id": 1, "type": "group"}, "text": "x", "message_id": 1}},
            {"message": {"chat": {"id": 1, "type": "private"}, "text": ["x"], "message_id": 1}},
            {"message": {"chat": {"id": 1, "type": "private"}, "text": "x", "message_id": "1"}},
            {"edited_message": UPDATE["message"]},
        ],
    )  # fmt: skip
    def test_whatever_else_the_bot_is_told_is_let_pass(self, told: Any, hook: str, client: Client) -> None:
        assert self.tell(client, hook, told) in {204, 400}
        assert not Reply.objects.exists()

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000])
    def test_what_is_no_json_is_refused(self, body: bytes, hook: str, client: Client) -> None:
        assert self.tell(client, hook, body) == 400

    def test_odd_signs_and_dates_are_cleaned(self, hook: str, client: Client) -> None:
        message = UPDATE["message"] | {"text": "a\x00\ud800b" + "я" * 9000, "date": 10**18}  # type: ignore[operator]
        assert self.tell(client, hook, UPDATE | {"message": message}) == 204
        reply = Reply.objects.get()
        assert reply.text.startswith("abя")
        assert len(reply.text) <= 4000
        assert reply.at - clock.now() < timedelta(minutes=1)

    def test_the_gateway_is_believed_by_its_signature(self, desk: Desk, client: Client, settings: Any) -> None:
        settings.WEBHOOK_SECRET = Receiver.secret
        desk.agent("Зафар", contact="+998901112233", kind="phone")
        told = {"type": "message.received", "data": {"id": "g1", "from": "90 111 22 33", "text": "Да"}}
        body = json.dumps(told).encode()
        signed = signing.signed_headers("m1", body, secret=Receiver.secret, at=int(clock.now().timestamp()))
        headers = {name: value for name, value in signed.items() if name != "Content-Type"}

        def post(content: bytes) -> int:
            return client.post(
                "/hooks/messages/", content, content_type="application/json", headers=headers
            ).status_code

        assert post(body.replace(b"g1", b"g2")) == 400
        assert [post(body), post(body)] == [204, 204]
        assert [(reply.external_id, reply.party.name) for reply in Reply.objects.all() if reply.party] == [
            ("g1", "Зафар")
        ]
        settings.WEBHOOK_SECRET = ""
        assert post(body) == 400
