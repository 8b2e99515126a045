"""Calls: written once, found by the number within one's sight, never telling of what is hidden."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import tokens
from accounts.models import User
from calls import events, selectors
from calls.models import Call
from calls.services import CallDraft, KnownCall, Status, log_call, update_call
from common import clock
from common import events as common_events
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed, NotFound
from jobs.versions import StaleMessage
from tests.office import Office

pytestmark = pytest.mark.django_db


def draft(**fields: Any) -> CallDraft:
    given = {"direction": "out", "at": clock.now() - timedelta(hours=1), "result": "talked", "duration_seconds": 600}
    return CallDraft(**(given | fields))


def log(by: User, **fields: Any) -> Any:
    return log_call(draft=draft(**fields), by=by, at=clock.now())


def phone_of(lead: Any) -> str:
    return lead.party.contacts.get().value


def system_of(team: Any) -> User:
    return tokens.issue(account=f"pbx-{team}", scopes=["calls:write"], days=1, at=clock.now(), team=team).token.user


def test_a_call_finds_the_party_and_the_open_lead_by_the_number_in_any_form(office: Office) -> None:
    lead = office.lead()
    number = phone_of(lead).removeprefix("+998")
    logged = log(office.olim, phone=f"{number[:2]} {number[2:5]}-{number[5:]}", owner=office.olim)
    assert logged.status is Status.CREATED
    assert (logged.call.party, logged.call.lead, logged.call.team) == (lead.party, lead, office.north)
    assert logged.call.phone == phone_of(lead)


def test_a_number_of_somebody_elses_party_stays_a_stranger_s(office: Office) -> None:
    hidden = office.lead(office.sitora)
    call = log(office.olim, phone=phone_of(hidden), owner=office.olim).call
    assert (call.party, call.lead) == (None, None)
    seen = log(office.sitora, phone=phone_of(hidden), owner=office.sitora).call
    assert seen.party == hidden.party  # the control: the number is known, only not to him


def test_rows_out_of_sight_cannot_be_named(office: Office) -> None:
    hidden = office.lead(office.sitora)
    with pytest.raises(NotFound):
        log(office.olim, lead=hidden)
    with pytest.raises(NotFound):
        log(office.olim, party=hidden.party)
    with pytest.raises(Invalid) as refused:
        log(office.olim, owner=office.sitora)
    assert refused.value.errors[0].field == "owner"
    assert not Call.objects.exists()


def test_the_same_external_id_is_one_call_however_often_it_is_told(office: Office) -> None:
    first = log(office.olim, source="pbx", external_id="1", owner=office.olim)
    again = log(office.olim, source="pbx", external_id="1", owner=office.olim, at=first.call.at)
    longer = log(office.olim, source="pbx", external_id="1", at=first.call.at, duration_seconds=900)
    assert [one.status for one in (first, again, longer)] == [Status.CREATED, Status.UNCHANGED, Status.UPDATED]
    call = Call.objects.get()
    assert (call.duration_seconds, call.owner) == (900, office.olim)


def test_an_older_message_about_a_call_changes_nothing(office: Office) -> None:
    log(office.olim, source="pbx", external_id="1", source_version=5, duration_seconds=500)
    with pytest.raises(StaleMessage):
        log(office.olim, source="pbx", external_id="1", source_version=4, duration_seconds=400)
    assert Call.objects.get().duration_seconds == 500
    newer = log(office.olim, source="pbx", external_id="1", source_version=6, duration_seconds=600)
    assert newer.status is Status.UPDATED
    assert Call.objects.get().duration_seconds == 600


def test_an_external_id_of_another_team_is_refused_without_showing_the_call(office: Office) -> None:
    log(office.sitora, source="pbx", external_id="1", owner=office.sitora)
    with pytest.raises(KnownCall) as refused:
        log(office.olim, source="pbx", external_id="1", duration_seconds=1)
    assert refused.value.call is None
    assert Call.objects.get().duration_seconds == 600


def test_a_talk_makes_the_lead_fresh_and_an_unanswered_call_does_not(office: Office) -> None:
    lead = office.lead()
    before = clock.now() - timedelta(days=3)
    type(lead).objects.filter(pk=lead.pk).update(touched_at=before)
    log(office.olim, lead=lead, result="no_answer", duration_seconds=0)
    lead.refresh_from_db()
    assert lead.touched_at == before
    talk = log(office.olim, lead=lead).call
    lead.refresh_from_db()
    assert lead.touched_at == talk.at


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", "sideways"),
        ("result", "great"),
        ("duration_seconds", -1),
        ("duration_seconds", 86_401),
        ("phone", "12"),
        ("recording_url", "http://pbx.bank/1.mp3"),
        ("recording_url", "javascript:alert(1)"),
        ("recording_url", "https://user:secret@pbx.bank/1.mp3"),
        ("recording_url", "https://pbx.bank/" + "a" * 500),
    ],
)
def test_what_no_exchange_could_mean_is_refused_by_name(office: Office, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        log(office.olim, **{field: value})
    assert [error.field for error in refused.value.errors] == [field]
    assert log(office.olim, recording_url="https://pbx.bank/1.mp3").status is Status.CREATED


def test_a_call_of_the_future_is_refused_and_a_clock_a_little_ahead_is_not(office: Office) -> None:
    with pytest.raises(Invalid):
        log(office.olim, at=clock.now() + timedelta(minutes=10))
    assert log(office.olim, at=clock.now() + timedelta(minutes=2)).status is Status.CREATED


def test_an_auditor_writes_no_calls(office: Office) -> None:
    with pytest.raises(NotAllowed):
        log(office.aziz)


def test_calls_are_seen_by_the_team_and_along_with_the_lead(office: Office) -> None:
    own = log(office.olim, owner=office.olim).call
    lead = office.lead(office.anvar)
    with_lead = log(office.nodira, owner=office.nodira, lead=lead).call
    seen = {name: set(Call.objects.visible_to(getattr(office, name))) for name in ("olim", "anvar", "sitora", "aziz")}
    assert seen == {"olim": {own, with_lead}, "anvar": {with_lead}, "sitora": set(), "aziz": {own, with_lead}}


def test_a_system_s_call_from_a_stranger_belongs_to_the_system_s_team(office: Office) -> None:
    call = log(system_of(office.south), phone="+998901234567", direction="in", result="missed", duration_seconds=0).call
    assert call.team == office.south
    assert set(Call.objects.visible_to(office.sardor)) == {call}
    assert not Call.objects.visible_to(office.olim).exists()


def test_the_event_carries_no_number_and_no_name(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(common_events, "_table", {events.CallLogged: [told.append]})
    lead = office.lead(name="Зафар")
    log(office.olim, phone=phone_of(lead), source="pbx", external_id="1", owner=office.olim)
    log(office.olim, phone=phone_of(lead), source="pbx", external_id="1", owner=office.olim, duration_seconds=1)
    assert [event.lead_id for event in told] == [lead.pk]
    assert phone_of(lead) not in str(told)
    assert "Зафар" not in str(told)


def test_a_call_is_mended_field_by_field_and_nobody_is_overwritten(office: Office) -> None:
    lead = office.lead()
    call = log(office.olim, owner=office.olim).call
    mended = update_call(call=call, by=office.olim, at=clock.now(), changes={"lead": lead}, expected_version=1)
    assert (mended.lead, mended.party, mended.version) == (lead, lead.party, 2)
    with pytest.raises(StaleVersion):
        update_call(call=call, by=office.olim, at=clock.now(), changes={"result": "busy"}, expected_version=1)
    with pytest.raises(Invalid):
        update_call(call=call, by=office.olim, at=clock.now(), changes={"team": office.south})
    other = office.lead()
    moved = update_call(call=call, by=office.olim, at=clock.now(), changes={"party": other.party})
    assert (moved.party, moved.lead) == (other.party, None)


def test_airtime_counts_talks_and_marks_those_under_seven_minutes(office: Office) -> None:
    at = clock.now() - timedelta(hours=2)
    for seconds, result in ((419, "talked"), (420, "talked"), (0, "no_answer"), (30, "voicemail")):
        log(office.olim, owner=office.olim, at=at, duration_seconds=seconds, result=result)
    log(office.oksana, owner=office.oksana, at=at, duration_seconds=60)
    rows = Call.objects.visible_to(office.nodira)
    whole = selectors.total(rows)
    assert (whole.calls, whole.talks, whole.empty, whole.seconds, whole.average) == (5, 3, 2, 899, 300)
    days = selectors.by_person_and_day(rows, zone=office.nodira.zone, most=10)
    assert {(one.name, one.airtime.seconds) for one in days} == {("Olim", 839), ("Oksana", 60)}
    assert {one.day for one in days} == {at.astimezone(office.nodira.zone).date()}
    first, second = selectors.by_person(rows, zone=office.nodira.zone)
    assert (first.name, first.a_day, second.name) == ("Olim", 839, "Oksana")
    assert selectors.total(Call.objects.visible_to(office.sitora)) == selectors.Airtime()
