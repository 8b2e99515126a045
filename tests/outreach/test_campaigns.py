"""Campaigns: who is chosen, how many a day, when."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from agents.services.consents import withdraw_consent
from channels.registry import NotConfigured
from common.errors import Invalid, NotAllowed
from jobs.models import Job
from outreach import selectors
from outreach.choices import MessageState
from outreach.hours import next_moment
from outreach.models import Campaign, Message
from outreach.services.campaigns import WrongStatus, finish_campaign, pause_campaign, start_campaign, update_campaign
from outreach.services.planning import owe_plans, plan_day
from outreach.services.refusals import opt_out_by_hand
from outreach.zones import zone_of
from tests.outreach.conftest import NOON, WEDNESDAY, Desk

pytestmark = pytest.mark.django_db
TASHKENT, MOSCOW = ZoneInfo("Asia/Tashkent"), ZoneInfo("Europe/Moscow")


def plan(campaign: Campaign, at: datetime = NOON, day: date = WEDNESDAY) -> int:
    campaign.refresh_from_db()
    return plan_day(campaign_id=campaign.pk, day=day, run=campaign.run, at=at)


def test_the_quota_is_held_however_often_a_day_is_planned(desk: Desk) -> None:
    for _ in range(7):
        desk.agent()
    campaign = desk.started(quota=3)
    assert [plan(campaign) for _ in range(4)] == [3, 0, 0, 0]
    assert len(desk.messages()) == 3


def test_the_next_day_brings_the_next_ones_and_nobody_twice(desk: Desk) -> None:
    for _ in range(5):
        desk.agent()
    campaign = desk.started(quota=3)
    plan(campaign)
    tomorrow = NOON + timedelta(days=1)
    assert plan(campaign, tomorrow, WEDNESDAY + timedelta(days=1)) == 2
    assert len({message.party_id for message in desk.messages()}) == 5


def test_two_beats_owe_one_plan(desk: Desk) -> None:
    campaign = desk.started()
    for _ in range(3):
        owe_plans(at=desk.at)
    assert Job.objects.filter(kind="outreach_plan").count() == 1
    plan(campaign)
    assert owe_plans(at=desk.at) == 0
    assert owe_plans(at=desk.at + timedelta(days=1)) == 1


def test_a_pause_and_a_new_start_on_the_same_day_hold_the_quota(desk: Desk, work_off: Callable[[], int]) -> None:
    for _ in range(9):
        desk.agent()
    campaign = desk.started(quota=4)
    plan(campaign)
    first = desk.messages()[0]
    Message.objects.filter(pk=first.pk).update(state=MessageState.SENT)
    pause_campaign(campaign=campaign, by=desk.office.olim)
    assert desk.states() == ["sent"]
    assert not Job.objects.filter(kind="outreach_send", state="ready").exclude(payload__message=str(first.pk)).exists()
    start_campaign(campaign=campaign, by=desk.office.olim, at=desk.at)
    assert plan(campaign) == 3


def test_a_plan_of_an_earlier_run_does_nothing(desk: Desk) -> None:
    desk.agent()
    campaign = desk.started()
    assert plan_day(campaign_id=campaign.pk, day=WEDNESDAY, run=campaign.run - 1, at=desk.at) == 0
    assert plan_day(campaign_id=campaign.pk, day=WEDNESDAY - timedelta(days=1), run=campaign.run, at=desk.at) == 0


def test_only_who_agreed_has_an_address_and_did_not_refuse_is_planned(desk: Desk) -> None:
    ready = desk.agent("Готов")
    desk.agent("Без согласия", consent=False)
    desk.agent("Без почты", contact="-")
    refused = desk.agent("Отказался")
    opt_out_by_hand(party=refused, by=desk.office.olim, at=desk.at)
    campaign = desk.started()
    found = selectors.preview(campaign, at=desk.at)
    assert (found.total, found.no_consent, found.no_address, found.refused, found.ready) == (4, 1, 1, 1, 1)
    assert found.today == 1
    plan(campaign)
    assert [message.party_id for message in desk.messages()] == [ready.pk]
    assert selectors.preview(campaign, at=desk.at).written == 1


def test_the_audience_is_that_of_the_list(desk: Desk) -> None:
    desk.agent("Зимородок", city="Ташкент")
    desk.agent("Щегол", city="Самарканд")
    campaign = desk.started(audience="?city=Самарканд&page=2&sort=name")
    assert campaign.audience == "city=%D0%A1%D0%B0%D0%BC%D0%B0%D1%80%D0%BA%D0%B0%D0%BD%D0%B4"
    plan(campaign)
    assert [message.party.name for message in desk.messages()] == ["Щегол"]


def test_leads_of_one_party_make_one_message(desk: Desk) -> None:
    lead = desk.office.lead(name="Двойной")
    desk.consent(lead.party)
    lead.party.contacts.create(type="email", value="d@agent.test", key="d@agent.test")
    campaign = desk.started(audience_of="leads", audience=f"party={lead.party_id}", body="{{ name }}, шаг по заявке")
    assert plan(campaign) == 1
    assert desk.messages()[0].lead_id == lead.pk


def test_a_strangers_agents_are_not_in_the_audience(desk: Desk) -> None:
    from agents.services.contacts import ContactDraft
    from agents.services.parties import PartyDraft, create_party

    draft = PartyDraft(kind="agent", name="Чужой", contacts=(ContactDraft("email", "x@agent.test"),))
    desk.consent(create_party(by=desk.office.sitora, draft=draft))
    campaign = desk.started()
    assert selectors.preview(campaign, at=desk.at).total == 0
    assert plan(campaign) == 0


@pytest.mark.parametrize("audience", ["nonsense=1", "segment=0190aaaa-bbbb-7ccc-8ddd-eeeeffff0000", "status=asleep"])
def test_a_condition_that_is_not_understood_is_refused(audience: str, desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.campaign(audience=audience)
    assert refused.value.errors[0].field == "audience"


def test_a_condition_that_no_longer_holds_writes_to_nobody(desk: Desk) -> None:
    desk.agent(segment_id=desk.office.segment.pk)
    campaign = desk.started(audience=f"segment={desk.office.segment.pk}")
    desk.office.segment.parties.update(segment=None)
    desk.office.segment.delete()
    assert plan(campaign) == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quota": 0}, "quota"),
        ({"quota": 5001}, "quota"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [8]}, "weekdays"),
        ({"hours_from": time(18), "hours_to": time(10)}, "hours_to"),
        ({"ends_on": date(2026, 2, 1)}, "ends_on"),
        ({"name": "  "}, "name"),
    ],
)
def test_settings_that_make_no_sense_are_refused_at_their_field(change: dict[str, Any], field: str, desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.campaign(**change)
    assert field in [error.field for error in refused.value.errors]


def test_a_text_with_nothing_to_put_in_is_skipped_and_says_what(desk: Desk) -> None:
    desk.agent("Без города")
    desk.agent("С городом", city="Бухара")
    campaign = desk.started(body="{{ name }}, {{ city }}")
    assert plan(campaign) == 1
    skipped = desk.messages(state="skipped")
    assert [(one.reason, one.detail) for one in skipped] == [("empty_variable", "city")]


def test_a_day_of_rest_and_the_time_after_the_end_plan_nothing(desk: Desk) -> None:
    desk.agent()
    campaign = desk.started(weekdays=[1])
    assert plan(campaign) == 0
    ended = desk.started(ends_on=date(2026, 3, 11))
    assert plan(ended, NOON + timedelta(days=1), WEDNESDAY + timedelta(days=1)) == 0
    ended.refresh_from_db()
    assert ended.status == "done"


def test_messages_are_spread_over_the_rest_of_the_hours(desk: Desk) -> None:
    for _ in range(3):
        desk.agent()
    plan(desk.started(quota=3))
    due = sorted(message.due_at for message in desk.messages())
    assert due == [NOON, NOON + timedelta(hours=2), NOON + timedelta(hours=4)]


def test_who_lives_in_another_zone_is_written_to_in_his_own_hours(desk: Desk) -> None:
    """At 12:00 in Tashkent it is 17:00 in Vladivostok and 10:00 in Moscow."""
    desk.agent("Восток", city="Владивосток")
    desk.agent("Запад", city="г. Москва")
    desk.at = datetime(2026, 3, 11, 3, 0, tzinfo=TASHKENT)
    plan(desk.started(quota=2), desk.at)
    due = {message.party.name: message.due_at for message in desk.messages()}
    vladivostok = ZoneInfo("Asia/Vladivostok")
    assert time(10) <= due["Восток"].astimezone(vladivostok).time() < time(18)
    assert time(10) <= due["Запад"].astimezone(MOSCOW).time() < time(18)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-03-11 09:00", "2026-03-11 10:00"),
        ("2026-03-11 12:34", "2026-03-11 12:34"),
        ("2026-03-11 18:00", "2026-03-12 10:00"),
        ("2026-03-13 19:00", "2026-03-16 10:00"),
        ("2026-02-01 12:00", "2026-03-02 10:00"),
    ],
)
def test_the_next_moment_lies_in_the_hours_and_on_a_day_of_the_campaign(asked: str, expected: str, desk: Desk) -> None:
    campaign = desk.campaign()
    for zone in (TASHKENT, MOSCOW):
        moment = next_moment(campaign, zone, datetime.fromisoformat(asked).replace(tzinfo=zone))
        assert moment == datetime.fromisoformat(expected).replace(tzinfo=zone)


def test_there_is_no_next_moment_after_the_end(desk: Desk) -> None:
    campaign = desk.campaign(ends_on=WEDNESDAY)
    assert next_moment(campaign, TASHKENT, datetime(2026, 3, 11, 17, 59, tzinfo=TASHKENT))
    assert next_moment(campaign, TASHKENT, datetime(2026, 3, 11, 18, 0, tzinfo=TASHKENT)) is None


def test_the_hours_hold_over_the_night_of_changing_clocks(desk: Desk) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    campaign = desk.campaign(weekdays=[7], hours_from=time(2, 30), hours_to=time(9))
    moment = next_moment(campaign, berlin, datetime(2026, 3, 29, 0, 0, tzinfo=berlin))
    assert moment is not None
    assert moment.astimezone(berlin).date() == date(2026, 3, 29)


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("Москва", "Europe/Moscow"),
        ("г. НИЖНИЙ  Новгород", "Europe/Moscow"),
        ("", "Asia/Tashkent"),
        ("Париж", "Asia/Tashkent"),
    ],
)
def test_a_city_is_read_as_people_write_it(city: str, zone: str) -> None:
    assert zone_of(city, TASHKENT) == ZoneInfo(zone)


def test_a_change_on_the_run_plans_today_anew_without_more_than_the_quota(desk: Desk) -> None:
    for _ in range(6):
        desk.agent(city="Ташкент")
    campaign = desk.started(quota=4)
    plan(campaign)
    Message.objects.filter(pk=desk.messages()[0].pk).update(state=MessageState.SENT)
    update_campaign(campaign=campaign, by=desk.office.olim, fields={"quota": 2}, at=desk.at)
    assert plan(campaign) == 1
    assert len(desk.messages()) == 2


def test_a_campaign_cannot_start_by_a_channel_that_is_gone(desk: Desk, settings: Any) -> None:
    campaign = desk.campaign()
    settings.MAIL_FROM = ""
    with pytest.raises(NotConfigured):
        start_campaign(campaign=campaign, by=desk.office.olim, at=desk.at)


def test_what_is_finished_stays_so(desk: Desk) -> None:
    campaign = finish_campaign(campaign=desk.started(), by=desk.office.olim)
    with pytest.raises(WrongStatus):
        start_campaign(campaign=campaign, by=desk.office.olim, at=desk.at)
    with pytest.raises(WrongStatus):
        update_campaign(campaign=campaign, by=desk.office.olim, fields={"quota": 5}, at=desk.at)


def test_who_only_reads_starts_nothing(desk: Desk) -> None:
    campaign = desk.campaign()
    for deed in (lambda: start_campaign(campaign=campaign, by=desk.office.aziz, at=desk.at),
                 lambda: pause_campaign(campaign=campaign, by=desk.office.aziz)):  # fmt: skip
        with pytest.raises(NotAllowed):
            deed()


def test_a_start_pressed_twice_is_one_start(desk: Desk) -> None:
    campaign = desk.started()
    again = start_campaign(campaign=campaign, by=desk.office.olim, at=desk.at)
    assert again.run == campaign.run == 1


def test_the_example_is_a_real_next_letter(desk: Desk) -> None:
    desk.agent("Первый", city="Бухара")
    found = selectors.example(desk.campaign(body="{{ name }}, {{ city }}. {{ owner }}"))
    assert found is not None
    assert found.text.startswith("Первый, Бухара. Olim")
    assert "/o/" in found.text


def test_consent_withdrawn_before_the_plan_leaves_nobody(desk: Desk) -> None:
    party = desk.agent()
    campaign = desk.started()
    withdraw_consent(consent=party.consents.get(), by=desk.office.olim, at=desk.at)
    assert plan(campaign) == 0
