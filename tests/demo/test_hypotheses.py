"""What the demo puts to the test, and what a visitor can decide."""

import pytest

from common import clock
from hypotheses.choices import Status, Word
from hypotheses.judging import states_of
from hypotheses.models import Hypothesis, Membership
from hypotheses.planning import plan_of
from leads.models import Lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


def test_every_state_of_a_hypothesis_is_there() -> None:
    rows = list(Hypothesis.objects.for_list())
    assert {row.status for row in rows} == {Status.RUNNING, Status.DECIDED, Status.DRAFT}
    assert {row.verdict for row in rows} >= {"confirmed", "refuted", "changed"}
    assert Word.COLLECTING in {state.word for state in states_of(rows, clock.now())}
    assert any(row.replaces_id for row in rows)


def test_one_draft_says_that_a_quarter_is_too_short() -> None:
    drafts = Hypothesis.objects.filter(status=Status.DRAFT).for_list()
    assert any(not plan_of(row, clock.now()).within_quarter for row in drafts)


def test_members_work_under_the_promise_of_their_arm() -> None:
    promises = dict(Lead.objects.values_list("pk", "utp"))
    members = Membership.objects.select_related("arm", "hypothesis")
    assert members.count() > 60  # of a tenth of the story
    assert all(promises[member.lead_id] == member.arm.utp_id for member in members)
    assert all(member.joined_at >= member.hypothesis.started_at for member in members)
