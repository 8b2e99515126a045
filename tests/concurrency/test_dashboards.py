"""Two at once: the night's word, a commitment, the week's letter."""

from datetime import timedelta

import pytest

from common import clock
from dashboards import duties
from dashboards.choices import PeriodKind
from dashboards.committing import commit
from dashboards.days import begin, day_of
from dashboards.forecasting.runs import recount
from dashboards.loading import count_desks
from dashboards.models import Commitment, CommitmentChange, ForecastRow, ForecastRun, LoadRow
from funnel.models import Funnel
from jobs.models import Job
from tests.concurrency.together import together
from tests.dashboards.past import live_through
from tests.office import Office

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_two_nights_at_once_leave_one_word(office: Office) -> None:
    live_through(office, office.olim, seed=1, count=10)
    at = clock.now()
    rows = together([lambda: recount(at=at)] * 2)
    assert rows[0] == rows[1] == ForecastRow.objects.count()
    assert ForecastRun.objects.count() == 1


def test_two_counts_of_desks_at_once_leave_one(office: Office) -> None:
    office.lead()
    at = clock.now()
    assert together([lambda: count_desks(at=at)] * 2) == [1, 1]
    assert LoadRow.objects.get().leads == 1


def test_two_first_words_at_once_are_one_commitment(office: Office) -> None:
    at, user, funnel = clock.now(), office.olim, Funnel.objects.get(code="agent")
    monday = begin(PeriodKind.WEEK, day_of(at))

    def give() -> int:
        made = commit(by=user, at=at, period=PeriodKind.WEEK, starts_on=monday, funnel_id=funnel.pk, count=4)
        return made.count or 0

    assert together([give, give]) == [4, 4]
    assert Commitment.objects.get().count == 4
    assert CommitmentChange.objects.filter(count=4).exists()


def test_two_beats_at_once_owe_each_letter_once(office: Office) -> None:
    monday = clock.now() - timedelta(days=clock.now().weekday())
    at = monday.replace(hour=4, minute=0)
    assert office.nodira.is_active
    together([lambda: duties.owe_by_the_clock(at=at)] * 2)
    assert Job.objects.filter(kind=duties.LETTER_JOB).count() <= 1
    assert Job.objects.filter(kind=duties.DESKS_JOB).count() == 1
