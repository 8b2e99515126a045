"""Show-up: counted by whoever had the lead in the meeting's hour, whatever became of it since."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from common import clock
from dashboards import meeting_table
from dashboards.showing_up import MeetingQuery, meeting_rows, shown_by, total
from funnel.audience import audience_of
from leads.models import Lead, Meeting
from leads.services.editing import assign
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def meeting(office: Office, owner: User, at: datetime, status: str) -> Lead:
    lead = office.lead(owner)
    Meeting.objects.create(lead=lead, planned_at=at, status=status, held_at=at if status == "held" else None)
    return lead


def ask(user: User, **changes: object) -> MeetingQuery:
    now = clock.now()
    said: dict[str, object] = {"start": now - 40 * DAY, "end": now + 40 * DAY, "at": now, "audience": audience_of(user)}
    return MeetingQuery(**(said | changes))  # type: ignore[arg-type]


@pytest.fixture
def met(office: Office) -> Office:
    now = clock.now()
    for days, status in ((1, "held"), (2, "held"), (3, "no_show"), (8, "cancelled"), (9, "planned"), (-2, "planned")):
        meeting(office, office.olim, now - days * DAY, status)
    meeting(office, office.anvar, now - DAY, "held")
    meeting(office, office.sitora, now - DAY, "no_show")
    meeting(office, office.olim, now - 200 * DAY, "held")
    return office


def test_each_meeting_stands_in_one_column(met: Office) -> None:
    found = total(shown_by(ask(met.olim), "owner"))
    assert (found.held, found.no_show, found.cancelled, found.unsaid, found.ahead) == (2, 1, 1, 1, 1)
    assert (found.rate.k, found.rate.n) == (2, 4)


def test_everybody_counts_his_own_scope(met: Office) -> None:
    counts = {user.name: total(shown_by(ask(user), "owner")).all for user in (met.nodira, met.sardor, met.nargiza)}
    assert counts == {"Nodira": 7, "Sardor": 1, "Nargiza": 1}
    assert total(shown_by(ask(met.adiba), "owner")).all == 8


def test_a_meeting_stays_with_who_had_the_lead_then(met: Office) -> None:
    lead = Lead.objects.filter(owner=met.sitora).get()
    assign(lead=lead, owner=met.olim, by=met.adiba, at=clock.now())
    assert total(shown_by(ask(met.sardor), "owner")).no_show == 1
    assert total(shown_by(ask(met.nodira), "owner")).all == 7


@pytest.mark.parametrize("by", ["week", "owner", "segment"])
def test_every_number_has_exactly_its_rows(met: Office, by: str) -> None:
    lines = shown_by(ask(met.nodira), by)
    for state in ("held", "no_show", "cancelled", "ahead", "unsaid"):
        assert sum(getattr(line, state) for line in lines) == len(meeting_rows(ask(met.nodira, state=state)))
    assert sum(line.all for line in lines) == len(meeting_rows(ask(met.nodira)))


def test_weeks_come_in_order_with_the_empty_ones(met: Office) -> None:
    weeks = [line.key for line in shown_by(ask(met.nodira, start=clock.now() - 300 * DAY), "week")]
    assert weeks == [weeks[0] + number * timedelta(weeks=1) for number in range(len(weeks))]
    assert all(day.weekday() == 0 for day in weeks)


def test_without_meetings_there_is_no_rate(office: Office) -> None:
    found = total(shown_by(ask(office.olim), "owner"))
    assert (found.all, found.rate.value) == (0, None)


def test_the_kept_table_says_what_the_meetings_say(met: Office) -> None:
    meeting_table.refresh(at=clock.now())
    for user in (met.nodira, met.sardor, met.olim, met.adiba):
        for by in ("week", "owner", "segment"):
            assert shown_by(ask(user, kept=True), by) == shown_by(ask(user), by)
        assert meeting_rows(ask(user, kept=True)) == meeting_rows(ask(user))


def test_the_kept_table_takes_in_what_changed_and_lets_go_of_what_is_gone(met: Office) -> None:
    assert meeting_table.refresh(at=clock.now()) == 9
    late = Meeting.objects.filter(status="no_show", lead__owner=met.olim).get()
    late.status = "held"
    late.save()
    Meeting.objects.filter(status="cancelled").delete()
    meeting_table.refresh(at=clock.now() + timedelta(minutes=10))
    assert total(shown_by(ask(met.olim, kept=True), "owner")).held == 3
    assert meeting_table.refresh(at=clock.now() + timedelta(minutes=20), whole=True) == 8
    assert total(shown_by(ask(met.olim, kept=True), "owner")).cancelled == 0


def test_only_very_many_meetings_are_read_from_the_table(met: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert meeting_table.kept_as_of() is None
    meeting_table.refresh(at=clock.now())
    assert meeting_table.kept_as_of() is None
    monkeypatch.setattr(meeting_table, "LIVE_MEETINGS", 5)
    assert meeting_table.kept_as_of() is not None
