"""A person's word: given in time or late, kept with its past, never mixed with the model's."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from dashboards.choices import PeriodKind
from dashboards.committing import commit
from dashboards.days import midnight
from dashboards.models import Commitment, CommitmentChange
from dashboards.planning import PlanQuery, Source, commitments, committed, plan_for
from dashboards.wins import win_of
from funnel.audience import audience_of
from funnel.models import Funnel
from tests.office import Office

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
MORNING = midnight(MONDAY) + timedelta(hours=9)


def agents() -> Funnel:
    return Funnel.objects.get(code="agent")


def give(office: Office, **changes: object) -> Commitment:
    said: dict[str, object] = {
        "by": office.olim, "at": MORNING, "period": PeriodKind.WEEK, "starts_on": MONDAY, "funnel_id": agents().pk,
        "count": 5,
    }  # fmt: skip
    return commit(**(said | changes))  # type: ignore[arg-type]


def test_a_word_stands_with_who_gave_it_and_when(office: Office) -> None:
    found = give(office)
    assert (found.user, found.team, found.count, found.late) == (office.olim, office.north, 5, False)
    assert found.changes.count() == 1


def test_the_same_word_again_changes_nothing(office: Office) -> None:
    first = give(office)
    again = give(office, at=MORNING + timedelta(hours=1))
    assert (again.pk, again.version, again.at) == (first.pk, first.version, first.at)
    assert CommitmentChange.objects.count() == 1


def test_another_word_keeps_the_first_one(office: Office) -> None:
    first = give(office)
    give(office, count=7, expected_version=first.version)
    assert [change.count for change in first.changes.all()] == [7, 5]
    assert Commitment.objects.get().count == 7


def test_a_word_after_the_first_working_day_is_late(office: Office) -> None:
    evening = MORNING + timedelta(hours=14)
    assert not give(office, at=evening).late
    assert give(office, count=6, at=MORNING + timedelta(days=1)).late
    assert [change.late for change in CommitmentChange.objects.order_by("pk")] == [False, True]


def test_a_month_that_begins_on_a_day_off_waits_for_its_first_working_day(office: Office) -> None:
    """The first of November 2026 is a Sunday."""
    sunday = date(2026, 11, 1)
    monday = midnight(sunday) + timedelta(days=1, hours=10)
    assert not give(office, period=PeriodKind.MONTH, starts_on=sunday, at=monday).late
    assert give(office, period=PeriodKind.MONTH, starts_on=sunday, at=monday + timedelta(days=1), count=9).late


def test_whoever_saw_an_older_word_is_told(office: Office) -> None:
    first = give(office)
    give(office, count=6, expected_version=first.version)
    with pytest.raises(StaleVersion):
        give(office, count=8, expected_version=first.version)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"count": None}, "count"),
        ({"count": -1}, "count"),
        ({"count": 10_001}, "count"),
        ({"margin": Decimal(-5)}, "margin"),
        ({"currency": "XXX"}, "currency"),
        ({"starts_on": MONDAY + timedelta(days=1)}, "starts_on"),
        ({"starts_on": MONDAY - timedelta(weeks=1)}, "starts_on"),
        ({"starts_on": date(9999, 12, 27)}, "starts_on"),
        ({"starts_on": MONDAY + timedelta(weeks=61)}, "starts_on"),
        ({"period": "year"}, "period"),
    ],
)
def test_a_word_that_makes_no_sense_is_refused_at_its_field(
    office: Office, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        give(office, **changes)
    assert field in [error.field for error in refused.value.errors]
    assert not Commitment.objects.exists()


def test_margin_alone_is_a_word_too(office: Office) -> None:
    assert give(office, count=None, margin=Decimal(1_000_000)).margin == Decimal(1_000_000)


def test_a_head_speaks_for_the_teams_of_his_branch_and_nobody_else_does(office: Office) -> None:
    assert give(office, by=office.nodira, team=office.north_auto).user is None
    for other in (office.sardor, office.olim, office.adiba):
        with pytest.raises(NotAllowed):
            give(office, by=other, team=office.north_auto)


def test_an_auditor_gives_no_word(office: Office) -> None:
    with pytest.raises(NotAllowed):
        give(office, by=office.aziz)


def test_words_are_seen_as_everything_else_is(office: Office) -> None:
    give(office)
    give(office, by=office.sitora)
    seen = {
        user.name: {row.user.name for row in Commitment.objects.visible_to(user)}
        for user in (office.olim, office.oksana, office.nodira, office.sardor, office.lola, office.adiba)
    }
    assert seen == {
        "Olim": {"Olim"}, "Oksana": {"Olim"}, "Nodira": {"Olim"}, "Sardor": {"Sitora"}, "Lola": set(),
        "Adiba": {"Olim", "Sitora"},
    }  # fmt: skip


def test_the_plan_is_the_teams_word_before_its_peoples(office: Office) -> None:
    people, win = (office.olim, office.anvar), win_of(agents().pk)
    assert win is not None
    query = PlanQuery(audience_of(office.nodira), agents(), win, PeriodKind.WEEK, MONDAY)
    assert plan_for(query) is None
    give(office)
    give(office, by=office.anvar, count=3)
    give(office, by=office.sitora, count=100)
    found = plan_for(query)
    assert found is not None
    assert (found.source, found.count, found.people) == (Source.PEOPLE, 8, 2)
    assert [row.user for row in commitments(query)] == sorted(people, key=lambda user: user.name)
    give(office, by=office.nodira, team=office.north, count=12)
    found = plan_for(query)
    assert found is not None
    assert (found.source, found.count) == (Source.TEAM, 12)
    assert committed(query, [MONDAY]) == {MONDAY: 12}
    own = PlanQuery(audience_of(office.nodira), agents(), win, PeriodKind.WEEK, MONDAY, office.olim.pk)
    assert committed(own, [MONDAY]) == {MONDAY: 5}
