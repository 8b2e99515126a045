"""A plan from its goal: the evidence is what the log says, and every doubt gets its sentence."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from agents.models import Segment
from common.errors import Invalid
from funnel import log, rollups
from funnel.models import Stage, StageEntry
from plans import evidence, words
from plans.needed import Evidence
from plans.proposals import Proposal, propose
from tests.office import Office

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 25, 6, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wednesday() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def _stages() -> list[Stage]:
    return list(Stage.objects.of_kind("agent").active())


def _history(office: Office, segment: Segment, passed: int, lost: int, standing: int = 0, days: int = 0) -> None:
    """Leads of «contact», some of which went on, were lost, or stand there still."""
    contact, meeting = office.stage("contact"), office.stage("meeting")
    at = NOW - days * DAY - timedelta(hours=2)
    for number in range(passed + lost + standing):
        with time_machine.travel(at, tick=False):
            lead = office.lead(segment_id=segment.pk)
        first = StageEntry.objects.get(lead_id=lead.pk)
        if number < passed + lost:
            stage, event = (meeting, "entered") if number < passed else (contact, "lost")
            first.pk, first.stage, first.from_stage, first.event = None, stage, contact, event
            first.at = at + timedelta(hours=1)
            log.record([first])


def _contact(office: Office, segment: Segment | None = None) -> Evidence:
    segment = segment or office.segment
    rollups.refresh(at=NOW)
    return evidence.evidence(_stages()[:1], segment_ids=[segment.pk], asof=NOW)[0]


def _propose(office: Office, wanted: int = 10, goal: str = "meeting", **more: object) -> Proposal:
    rollups.refresh(at=NOW)
    given = {"taken": 0, "segment": office.segment, "week": MONDAY, "at": NOW} | more
    return propose(owner=office.olim, stages=_stages(), goal=office.stage(goal), wanted=wanted, **given)


def _said(found: Proposal) -> str:
    return " ".join(remark.text for remark in words.remarks(found)).replace("\u00a0", " ")


def test_only_resolved_leads_are_evidence(office: Office) -> None:
    _history(office, office.segment, passed=3, lost=2, standing=4)
    found = _contact(office)
    assert (found.trials, found.passed, found.stage_trials) == (5, 3, 5)
    assert found.n == pytest.approx(5, rel=0.01)
    assert found.y == pytest.approx(3, rel=0.01)
    assert found.guess == office.stage("contact").pass_guess


def test_other_segments_speak_for_the_stage_and_not_for_this_one(office: Office) -> None:
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    _history(office, office.segment, passed=1, lost=0)
    _history(office, other, passed=0, lost=4)
    found = _contact(office)
    assert (found.trials, found.stage_trials) == (1, 5)


def test_old_outcomes_fade_by_half_in_eight_weeks(office: Office) -> None:
    _history(office, office.segment, passed=2, lost=0, days=56)
    found = _contact(office)
    assert (found.trials, round(found.n, 1), round(found.y, 1)) == (2, 1.0, 1.0)


def test_what_happens_later_is_not_known_yet(office: Office) -> None:
    _history(office, office.segment, passed=2, lost=0)
    rollups.refresh(at=NOW)
    assert evidence.evidence(_stages()[:1], segment_ids=[], asof=NOW - DAY)[0].stage_trials == 0


def test_a_narrower_segment_counts_for_the_wider_one(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Нексий", parent=office.segment, team=office.north)
    _history(office, narrow, passed=2, lost=1)
    assert _propose(office).steps[0].rate.trials == 3


def test_the_answer_names_the_span_and_the_stages(office: Office) -> None:
    found = _propose(office, goal="verbal_contract")
    first = found.first.needed
    assert first.low < first.middle < first.high
    text = _said(found)
    assert text.startswith(f"Чтобы до «Устный контракт» дошли 10 лидов, на «Контакт» нужно {first.low}–")
    assert "в четырёх случаях из пяти" in text


def test_without_evidence_the_guess_is_named(office: Office) -> None:
    found = _propose(office)
    rate = found.steps[0].rate
    assert words.basis(rate, 0.3) == "мало данных: опирались на вашу оценку, 30\u00a0%"
    assert "разброс широкий" in _said(found)


def test_a_segment_with_few_of_its_own_leans_on_the_stage(office: Office) -> None:
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    _history(office, other, passed=6, lost=6)
    rate = _propose(office).steps[0].rate
    assert words.basis(rate, 0.3) == "мало данных: опирались на общую долю этапа"


@pytest.mark.parametrize(
    ("reach", "taken", "words_of_it"),
    [
        (None, 0, "Охват сегмента не указан"),
        (10_000, 88, "уже взято 88: людей хватает"),
        (100, 100, "новых взять неоткуда, осталось 0"),
        (100, 130, "а взято уже 130: уточните охват"),
    ],
)
def test_the_reach_is_told(office: Office, reach: int | None, taken: int, words_of_it: str) -> None:
    office.segment.reach = reach
    assert words_of_it in _said(_propose(office, taken=taken))


def test_a_reach_between_the_ends_of_the_span_may_not_suffice(office: Office) -> None:
    first = _propose(office).first.needed
    office.segment.reach = first.middle
    assert "может не хватить" in _said(_propose(office))


def test_the_hours_are_what_is_left_of_the_week_without_what_is_planned(office: Office) -> None:
    hours = _propose(office, wanted=1, busy=timedelta(hours=5)).hours
    assert (hours.working, hours.busy, hours.left) == (22, 5, 17)
    step = _propose(office, wanted=1).steps[0]
    assert hours.middle == pytest.approx(step.stage.effort_hours * step.needed.middle)


def test_a_week_that_is_full_is_told_and_not_forbidden(office: Office) -> None:
    found = _propose(office, wanted=200)
    assert "не поместится хотя бы" in _said(found)
    assert found.first.needed.middle > 200


def test_a_week_without_working_time_left_says_so(office: Office) -> None:
    assert "рабочих часов на этой неделе не осталось" in _said(_propose(office, at=NOW + 5 * DAY))


def test_a_coming_week_has_all_its_hours(office: Office) -> None:
    assert _propose(office, week=MONDAY + 7 * DAY).hours.working == 40


def test_zero_wanted_needs_nobody(office: Office) -> None:
    found = _propose(office, wanted=0)
    assert _said(found) == "Цель 0: новых лидов для неё не нужно."
    assert found.first.needed.high == 0


def test_the_first_stage_needs_what_is_wanted(office: Office) -> None:
    assert "первый этап: чтобы вошли 10, столько и нужно" in _said(_propose(office, goal="contact"))


@pytest.mark.parametrize("wanted", [-1, 100_001])
def test_an_absurd_goal_is_refused(office: Office, wanted: int) -> None:
    with pytest.raises(Invalid):
        _propose(office, wanted=wanted)


def test_a_retired_stage_is_no_goal_and_no_step(office: Office) -> None:
    stage = office.stage("meeting")
    Stage.objects.filter(pk=stage.pk).update(active=False)
    assert [step.stage.code for step in _propose(office, goal="custdev").steps] == ["contact", "custdev"]
    with pytest.raises(Invalid):
        _propose(office, goal="meeting")
