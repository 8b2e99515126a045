"""Sending: judged at the last moment, once, and after a kill with the same id."""

import os
import signal
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, connections

from agents.services.consents import withdraw_consent
from jobs import services as jobs
from jobs.models import Job
from outreach.links import message_of_token
from outreach.models import Campaign, Message, OptOut
from outreach.services import sending
from outreach.services.campaigns import pause_campaign
from outreach.services.planning import plan_day
from outreach.services.refusals import opt_out_by_hand
from tests.channels.servers import Answer, BotApi, Mailbox, Receiver
from tests.outreach.conftest import NOON, WEDNESDAY, Desk, only_contact

pytestmark = pytest.mark.django_db(transaction=True)
Works = Callable[[], int]


def planned(desk: Desk, **more: Any) -> tuple[Campaign, Message]:
    campaign = desk.started(**more)
    plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run, at=desk.at)
    return campaign, desk.messages()[0]


def test_a_letter_goes_out_with_a_way_to_refuse(desk: Desk, mailbox: Mailbox, work_off: Works) -> None:
    desk.agent("Зафар", contact="zafar@agent.test")
    desk.started()
    work_off()
    [letter] = mailbox.letters
    [message] = desk.messages()
    assert (message.state, message.sent_at, message.provider_id) == ("sent", NOON, letter["Message-ID"])
    assert letter["To"] == "zafar@agent.test"
    assert letter["Subject"] == "Оценка для Зафар"
    assert letter["Reply-To"] == "olim@bank.test"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = letter["List-Unsubscribe"].strip(" <>")
    assert message_of_token(address.rstrip("/").rpartition("/")[2]) == message.pk
    assert address in letter.get_content()  # type: ignore[attr-defined]


def test_telegram_and_the_gateway_get_theirs(desk: Desk, bot: BotApi, receiver: Receiver, work_off: Works) -> None:
    desk.agent("Чат", kind="telegram")
    desk.agent("Телефон", contact="+998901112233", kind="phone")
    desk.started(channel="telegram")
    desk.started(channel="webhook")
    work_off()
    assert desk.states() == ["sent", "sent"]
    assert "ответьте «стоп»" in bot.heard[0].json["text"]
    assert receiver.heard[0].json["data"]["to"] == "+998901112233"
    assert receiver.heard[0].headers["webhook-id"] == str(desk.messages(channel="webhook")[0].pk)


def test_consent_withdrawn_between_planning_and_sending_stops_the_message(
    desk: Desk, mailbox: Mailbox, work_off: Works
) -> None:
    party = desk.agent()
    planned(desk)
    withdraw_consent(consent=party.consents.get(), by=desk.office.olim, at=desk.at)
    work_off()
    assert not mailbox.letters
    assert [(one.state, one.reason) for one in desk.messages()] == [("skipped", "no_consent")]


def test_a_refusal_between_planning_and_sending_stops_the_message(
    desk: Desk, mailbox: Mailbox, work_off: Works
) -> None:
    party = desk.agent()
    planned(desk)
    opt_out_by_hand(party=party, by=desk.office.olim, at=desk.at)
    work_off()
    assert not mailbox.letters
    assert [(one.state, one.reason) for one in desk.messages()] == [("skipped", "opted_out")]


def test_a_contact_taken_away_meanwhile_is_not_written_to(desk: Desk, mailbox: Mailbox, work_off: Works) -> None:
    party = desk.agent()
    planned(desk)
    only_contact(party).delete()
    work_off()
    assert not mailbox.letters
    assert [(one.state, one.reason) for one in desk.messages()] == [("skipped", "no_address")]


def test_a_thousand_tries_without_consent_send_nothing(desk: Desk, mailbox: Mailbox) -> None:
    """However they got into the plan: the consent is asked for at the last moment, each time."""
    party = desk.agent(consent=False)
    campaign = desk.started()
    message = Message.objects.create(
        campaign=campaign, party=party, contact=only_contact(party), channel="email", address="a1@agent.test",
        text="x", planned_for=WEDNESDAY, due_at=NOON,
    )  # fmt: skip
    run = jobs.JobRun(message.pk, {"message": str(message.pk), "due": NOON.isoformat()}, message.pk, 1)
    for _ in range(1000):
        Message.objects.filter(pk=message.pk).update(state="planned")
        sending.send_from_job(run)
    assert mailbox.letters == []
    desk.consent(party)
    Message.objects.filter(pk=message.pk).update(state="planned")
    sending.send_from_job(run)
    assert len(mailbox.letters) == 1, "with consent the same call does send"


def test_outside_the_recipients_hours_it_waits_for_the_next_ones(desk: Desk, mailbox: Mailbox, work_off: Works) -> None:
    """The worker was away until 19:00 in Tashkent: Moscow, where it is 17:00, still gets its letter today."""
    desk.agent("Ташкент", contact="t@agent.test", city="Ташкент")
    desk.agent("Москва", contact="m@agent.test", city="Москва")
    planned(desk)
    desk.at = datetime(2026, 3, 11, 19, 0, tzinfo=ZoneInfo("Asia/Tashkent"))
    for message in desk.messages():
        run_late(message, desk.at)
    assert [letter["To"] for letter in mailbox.letters] == ["m@agent.test"]
    waiting = Message.objects.get(party__name="Ташкент")
    assert waiting.state == "planned"
    assert waiting.due_at == datetime(2026, 3, 12, 10, 0, tzinfo=ZoneInfo("Asia/Tashkent"))
    assert waiting.planned_for == date(2026, 3, 12)
    desk.at = waiting.due_at
    work_off()
    assert len(mailbox.letters) == 2


def run_late(message: Message, at: datetime) -> None:
    """The duty of a message, worked off at this moment."""
    assert message.due_at is not None
    Job.objects.filter(kind="outreach_send", payload__message=str(message.pk)).delete()
    sending.send_from_job(
        jobs.JobRun(message.pk, {"message": str(message.pk), "due": message.due_at.isoformat()}, message.pk, 1)
    )


def test_what_was_left_lying_does_not_break_todays_quota(desk: Desk, mailbox: Mailbox) -> None:
    for _ in range(4):
        desk.agent()
    campaign, _first = planned(desk, quota=2)
    left = desk.messages()
    desk.at = NOON + timedelta(days=1)
    plan_day(campaign_id=campaign.pk, day=WEDNESDAY + timedelta(days=1), run=campaign.run, at=desk.at)
    for message in left:
        run_late(message, desk.at)
    assert not mailbox.letters
    assert {message.planned_for for message in desk.messages(pk__in=[one.pk for one in left])} == {date(2026, 3, 13)}


def test_after_the_last_day_nothing_goes_out(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent()
    _campaign, message = planned(desk, ends_on=WEDNESDAY)
    desk.at = NOON + timedelta(days=1)
    run_late(message, desk.at)
    assert not mailbox.letters
    assert [(one.state, one.reason) for one in desk.messages()] == [("skipped", "over")]


def test_a_paused_campaign_sends_nothing(desk: Desk, mailbox: Mailbox, work_off: Works) -> None:
    desk.agent()
    campaign, _message = planned(desk)
    pause_campaign(campaign=campaign, by=desk.office.olim)
    work_off()
    assert not mailbox.letters
    assert not desk.messages()


def test_a_busy_channel_is_asked_again_after_its_pause(desk: Desk, bot: BotApi, work_off: Works) -> None:
    desk.agent(kind="telegram")
    bot.refuses(429, "Too Many Requests", retry_after=300)
    bot.answers.append(Answer())
    desk.started(channel="telegram")
    work_off()
    [message] = desk.messages()
    assert (message.state, message.attempts, message.reason) == ("sent", 2, "")


def test_the_pause_is_at_least_what_was_asked(desk: Desk, bot: BotApi) -> None:
    desk.agent(kind="telegram")
    bot.refuses(429, "Too Many Requests", retry_after=300)
    _campaign, message = planned(desk, channel="telegram")
    run_late(message, desk.at)
    again = desk.messages()[0]
    assert (again.state, again.due_at) == ("planned", NOON + timedelta(seconds=300))
    assert Job.objects.filter(kind="outreach_send", payload__message=str(message.pk), due_at=again.due_at).exists()


def test_a_channel_that_never_answers_is_given_up(desk: Desk, bot: BotApi, work_off: Works) -> None:
    desk.agent(kind="telegram")
    bot.refuses(500, "Internal")
    desk.started(channel="telegram")
    work_off()
    [message] = desk.messages()
    assert (message.state, message.reason, message.attempts) == ("failed", "busy", 8)


def test_who_blocked_the_bot_is_left_alone_by_every_campaign(desk: Desk, bot: BotApi, work_off: Works) -> None:
    desk.agent(kind="telegram")
    bot.refuses(403, "Forbidden: bot was blocked by the user")
    desk.started(channel="telegram")
    work_off()
    assert [(one.state, one.reason) for one in desk.messages()] == [("failed", "blocked")]
    assert OptOut.objects.get().source == "blocked"
    bot.answers = [Answer()]
    second = desk.started(channel="telegram")
    work_off()
    assert [(one.state, one.reason) for one in desk.messages(campaign=second)] == [("skipped", "opted_out")]


def test_a_channel_switched_off_meanwhile_loses_nothing(desk: Desk, settings: Any) -> None:
    desk.agent()
    _campaign, message = planned(desk)
    settings.MAIL_FROM = ""
    run_late(message, desk.at)
    assert [(one.state, one.reason) for one in desk.messages()] == [("planned", "misconfigured")]


def test_the_same_duty_twice_sends_once(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent()
    _campaign, message = planned(desk)
    for _ in range(3):
        run_late(message, desk.at)
    assert len(mailbox.letters) == 1


def test_no_transaction_is_open_while_the_channel_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, work_off: Works
) -> None:
    open_: list[bool] = []

    def watch(_code: str, _outgoing: Any) -> Any:
        open_.append(connection.in_atomic_block)
        return sending.Sent()

    monkeypatch.setattr(sending, "send", watch)
    desk.agent()
    desk.started()
    work_off()
    assert open_ == [False]


@pytest.mark.faults
def test_a_worker_killed_between_sending_and_marking_sends_the_same_id_again(desk: Desk, mailbox: Mailbox) -> None:
    """A real process, really killed: its letter is out, its row still says «sending»."""
    desk.agent()
    planned(desk)
    Job.objects.filter(kind="outreach_plan").delete()
    connections.close_all()
    child = os.fork()
    if child == 0:
        try:
            sending.mark_sent = lambda **_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
            jobs.run_one()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert (desk.states(), len(mailbox.letters)) == (["sending"], 1)
    Job.objects.filter(state="leased").update(lease_until=NOON)
    assert jobs.run_one()
    first, second = mailbox.letters
    assert first["Message-ID"] == second["Message-ID"]
    [message] = desk.messages()
    assert (message.state, message.attempts) == ("sent", 2)


def test_hours_and_quota_are_those_of_the_campaign_at_that_moment(desk: Desk, mailbox: Mailbox) -> None:
    desk.agent()
    campaign, message = planned(desk)
    Campaign.objects.filter(pk=campaign.pk).update(hours_from=time(16))
    run_late(message, desk.at)
    assert not mailbox.letters
    assert desk.messages()[0].due_at == datetime(2026, 3, 11, 16, 0, tzinfo=ZoneInfo("Asia/Tashkent"))
