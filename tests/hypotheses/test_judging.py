"""The rule's word on a sample, as the service says it: from the log, day by day, without fooling anybody."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pgtrigger
import pytest

from agents.models import Segment
from common import clock
from funnel.models import StageEntry
from hypotheses import evidence
from hypotheses.choices import FINAL, Word
from hypotheses.evidence import ArmCount
from hypotheses.judging import decidable_first, e_value, judge, saying_on, state_of, states_of, together
from hypotheses.models import Arm, Hypothesis, Look
from hypotheses.services.deciding import look
from hypotheses.services.running import stop
from notifications.models import Notice
from priority import verdict as rule
from priority.verdict import Arm as Counted
from tests.hypotheses.bench import draft, running, sample, second_utp, without_leads
from tests.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def fates(reached: int, failed: int, still: int = 0, *, since: datetime) -> list[tuple[str, datetime]]:
    kinds = ["reached"] * reached + ["failed"] * failed + ["open"] * still
    return [(kind, since + n * timedelta(minutes=1)) for n, kind in enumerate(kinds)]


@pytest.fixture
def test_of_two(office: Office) -> Hypothesis:
    without_leads()
    return running(office, at=clock.now() - 40 * DAY)


def stages(office: Office) -> tuple:
    return office.stage("contact"), office.stage("meeting")


def fill(office: Office, test: Hypothesis, *counts: tuple[int, int, int], days_ago: int = 30) -> None:
    since = clock.now() - days_ago * DAY
    for arm, (reached, failed, still) in zip(test.arms.all(), counts, strict=True):
        sample(arm, fates(reached, failed, still, since=since), stages(office))


def test_reached_failed_and_open_are_told_apart(office: Office, test_of_two: Hypothesis) -> None:
    fill(office, test_of_two, (3, 5, 2), (0, 1, 0))
    first, second = state_of(test_of_two, clock.now()).counts.values()
    assert (first.members, first.n, first.k, first.open, first.failed) == (10, 8, 3, 2, 5)
    assert (second.members, second.n, second.k) == (1, 1, 0)


def test_what_happens_after_a_moment_does_not_count_at_it(office: Office, test_of_two: Hypothesis) -> None:
    fill(office, test_of_two, (3, 5, 0), (1, 1, 0), days_ago=10)
    assert state_of(test_of_two, clock.now() - 11 * DAY).sample.members == 0
    assert state_of(test_of_two, clock.now()).sample.n == 10


def test_a_lead_lost_after_it_had_reached_the_stage_is_a_success(office: Office, test_of_two: Hypothesis) -> None:
    arm, at = test_of_two.arms.first(), clock.now() - 5 * DAY
    [pk] = sample(arm, [("reached", at)], stages(office))
    meeting = office.stage("meeting")
    StageEntry.objects.create(lead_id=pk, kind="agent", event="lost", stage=meeting, at=at + DAY, origin="job")
    assert (state_of(test_of_two, clock.now()).count(arm).k, state_of(test_of_two, clock.now()).count(arm).n) == (1, 1)


def test_a_reopened_lead_is_open_again(office: Office, test_of_two: Hypothesis) -> None:
    arm, at = test_of_two.arms.first(), clock.now() - 5 * DAY
    [pk] = sample(arm, [("failed", at)], stages(office))
    contact = office.stage("contact")
    StageEntry.objects.create(lead_id=pk, kind="agent", event="reopened", stage=contact, at=at + DAY, origin="job")
    assert state_of(test_of_two, clock.now()).count(arm).open == 1


@pytest.mark.parametrize(
    ("a", "b", "days"),
    [((100, 100), (60, 140), 30), ((30, 60), (20, 60), 30), ((110, 400), (112, 390), 60), ((3, 4), (1, 6), 2),
     ((25, 90), (12, 104), 20), ((0, 0), (0, 0), 0), ((30, 60), (20, 60), 91)],
)  # fmt: skip
def test_two_arms_say_what_the_rule_says(office: Office, a: tuple[int, int], b: tuple[int, int], days: float) -> None:
    test = draft(office)
    arms = list(test.arms.all())
    counts = [Counted(k + f, k) for k, f in (a, b)]
    said, expected = judge(test, arms, counts, days), rule.verdict(counts[0], counts[1], running_days=days)
    assert said.word == expected.word
    assert said.leader == ({"A": arms[0], "B": arms[1]}[expected.better] if expected.better else None)
    assert said.needed == expected.needed


@pytest.mark.parametrize(
    ("reached", "failed", "word"),
    [(80, 120, "confirmed"), (20, 180, "refuted"), (40, 160, "collecting"), (9, 31, "collecting"), (40, 98, "leaning")],
)
def test_one_arm_stands_against_its_threshold(office: Office, reached: int, failed: int, word: str) -> None:
    test = draft(office, utps=[office.utp], expected_rate="0.2")
    said = judge(test, list(test.arms.all()), [Counted(reached + failed, reached)], 30)
    assert said.word == word
    if word == "refuted":
        assert said.leader is None


def test_between_threshold_and_refutation_nothing_is_claimed(office: Office) -> None:
    test = draft(office, utps=[office.utp], expected_rate="0.3", refuted_below=Decimal("0.15"))
    said = judge(test, list(test.arms.all()), [Counted(400, 80)], 30)
    assert (said.word, said.below_threshold) == (Word.NO_DIFFERENCE, True)


def test_of_three_arms_the_leader_must_beat_every_other(office: Office) -> None:
    utps = [office.utp, second_utp(office), second_utp(office, "Третье")]
    test = draft(office, utps=utps)
    arms = list(test.arms.all())
    clear = judge(test, arms, [Counted(200, 90), Counted(200, 40), Counted(200, 45)], 30)
    assert (clear.word, clear.leader) == (Word.CONFIRMED, arms[0])
    close = judge(test, arms, [Counted(200, 90), Counted(200, 40), Counted(200, 80)], 30)
    assert close.word == Word.COLLECTING


def test_young_leads_hold_a_word_back(office: Office) -> None:
    """Refusals come fast: of the first days only they are seen."""
    test = draft(office, mature_days=14)
    arms = [arm.pk for arm in test.arms.all()]
    young = {arms[0]: ArmCount(300, 200, 100), arms[1]: ArmCount(300, 200, 40)}
    assert saying_on(test, young, 10).word == Word.COLLECTING
    assert saying_on(test, young, 10).unripe
    ripe = {pk: ArmCount(c.members, c.n, c.k, c.n, c.k) for pk, c in young.items()}
    assert saying_on(test, ripe, 30).word == Word.CONFIRMED


def test_young_and_mature_are_told_apart_by_when_they_joined(office: Office) -> None:
    without_leads()
    test = running(office, at=clock.now() - 40 * DAY, mature_days=14)
    first, second = test.arms.all()
    sample(first, fates(4, 2, since=clock.now() - 30 * DAY), stages(office))
    sample(first, fates(1, 7, since=clock.now() - 3 * DAY), stages(office))
    sample(second, fates(1, 1, since=clock.now() - 30 * DAY), stages(office))
    count = state_of(test, clock.now()).count(first)
    assert (count.n, count.k, count.mature_n, count.mature_k) == (14, 5, 6, 4)


def test_a_final_word_once_seen_stands(office: Office, test_of_two: Hypothesis) -> None:
    fill(office, test_of_two, (100, 100, 0), (60, 140, 0))
    assert look(at=clock.now()) == 1
    assert look(at=clock.now()) == 0
    told = Notice.objects.get(user=office.olim)
    assert (told.kind, told.facts) == ("hypothesis", {"hypothesis": str(test_of_two.pk), "code": "H-1"})
    fill(office, test_of_two, (0, 60, 0), (28, 20, 0), days_ago=5)
    state = state_of(test_of_two, clock.now())
    assert state.saying.word not in FINAL
    assert (state.word, state.leader) == (Word.CONFIRMED, test_of_two.arms.first())
    assert Look.objects.get().counts[0]["k"] == 100


def test_a_look_keeps_nothing_while_nothing_is_final(office: Office, test_of_two: Hypothesis) -> None:
    fill(office, test_of_two, (20, 30, 0), (18, 30, 0))
    assert look(at=clock.now()) == 0


def test_sub_segments_are_counted_by_where_the_lead_arrived(office: Office, test_of_two: Hypothesis) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Kia", parent=office.segment, team=office.north)
    arm, at = test_of_two.arms.first(), clock.now() - 9 * DAY
    stage = office.stage("contact"), office.stage("meeting")
    leads = sample(arm, [("reached", at), ("failed", at), ("reached", at)], stage)
    with pgtrigger.ignore("funnel.StageEntry:append_only"):
        StageEntry.objects.filter(lead_id__in=leads).update(segment=office.segment)
        StageEntry.objects.filter(lead_id=leads[0]).update(segment=narrow)
    rows = {row.name: (row.n, row.k) for row in evidence.by_segment(test_of_two, clock.now())}
    assert rows == {"Оценщики Kia": (1, 1), "Оценщики": (2, 1)}


def test_an_endless_test_waits_for_its_e_value(office: Office) -> None:
    without_leads()
    row = running(office, at=clock.now() - 60 * DAY, open_ended=True)
    since = (clock.now() - 50 * DAY).replace(hour=5)  # the morning in Tashkent: two hundred minutes stay on the day
    arms = list(row.arms.all())
    # All on one day: rates learnt from earlier days are none, so the e-value says nothing yet.
    for arm, reached in zip(arms, (100, 60), strict=True):
        sample(arm, fates(reached, 200 - reached, since=since), stages(office))
    assert state_of(row, clock.now()).word == Word.LEANING
    for days in range(1, 30):
        for arm, reached in zip(arms, (8, 3), strict=True):
            sample(arm, fates(reached, 12 - reached, since=since + days * DAY), stages(office))
    assert e_value(row, evidence.by_day([row], clock.now())[row.pk]) > 20
    assert state_of(row, clock.now()).word == Word.CONFIRMED


def test_running_tests_tell_how_many_false_alarms_to_expect(office: Office, test_of_two: Hypothesis) -> None:
    since = clock.now() - 35 * DAY
    for days in range(30):
        for arm, reached in zip(test_of_two.arms.all(), (9, 3), strict=True):
            sample(arm, fates(reached, 12 - reached, since=since + days * DAY), stages(office))
    all_of_them = together([test_of_two], clock.now())
    assert all_of_them.expected_false == rule.expected_false(1)
    assert all_of_them.holding == {test_of_two.pk}


def test_what_can_be_decided_stands_on_top(office: Office, test_of_two: Hypothesis) -> None:
    fill(office, test_of_two, (100, 100, 0), (60, 140, 0))
    stop(hypothesis=test_of_two, by=office.olim, at=clock.now(), reason="Освободить место")
    second = running(office)
    ready, fresh = states_of([test_of_two, second], clock.now())
    Hypothesis.objects.filter(pk=test_of_two.pk).update(status="running", ended_at=None)
    ready.hypothesis.status = "running"
    assert [s.hypothesis.pk for s in decidable_first([fresh, ready])] == [test_of_two.pk, second.pk]


def stream(random: Random, rates: tuple[float, ...], days: int, daily: int) -> list[list[tuple[str, datetime]]]:
    start = datetime(2026, 3, 2, 4, tzinfo=UTC)
    return [
        [
            ("reached" if random.random() < rate else "failed", start + day * DAY)
            for day in range(days)
            for _n in range(daily)
        ]
        for rate in rates
    ]


def daily_words(test: Hypothesis, days: dict, arms: list[Arm]) -> set[str]:
    """The words of a look every evening of ninety days."""
    found, counts = set(), dict.fromkeys((arm.pk for arm in arms), Counted(0, 0))
    for number, day in enumerate(sorted(days), start=1):
        for pk, new in days[day].items():
            counts[pk] = counts[pk].plus(new.n, new.k)
        word = judge(test, arms, [counts[arm.pk] for arm in arms], number - 1).word
        found.add(str(word))
        if word in FINAL:
            break
    return found


@pytest.mark.parametrize(
    ("rates", "low", "high"), [((0.15, 0.15), 0, 0.1), ((0.1, 0.2), 0.85, 1)], ids=["equals", "10 against 20 per cent"]
)
def test_daily_looks_fool_nobody_and_miss_little(
    office: Office, rates: tuple[float, float], low: float, high: float
) -> None:
    """Thirty streams through the log and the service; the wide edges are those of so few."""
    without_leads()
    random, tests = Random(7), []
    for _n in range(30):
        test = draft(office)
        for arm, road in zip(test.arms.all(), stream(random, rates, 85, 4), strict=True):
            sample(arm, road, stages(office))
        tests.append(test)
    # Test by test, as one process judges them at night: thirty at once take longer than a page may ask.
    days = {pk: found for test in tests for pk, found in evidence.by_day([test], clock.now()).items()}
    confirmed = sum("confirmed" in daily_words(test, days[test.pk], list(test.arms.all())) for test in tests)
    assert low <= confirmed / len(tests) <= high
