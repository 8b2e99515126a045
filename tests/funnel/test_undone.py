"""A result that was taken back within seconds counts nowhere: not in a report, a test, the forecast or a preview."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from backlog.services.results import record_for_lead, undo_result
from common import clock
from dashboards.forecasting.reading import known_before
from funnel import log, rollups
from funnel.figures import FunnelQuery, Source, funnel_table, losses, rows
from funnel.models import StageEntry
from leads.models import Lead, LossReason
from leads.selectors import way_of
from leads.services import moves, outcomes
from leads.services.recording import record_meeting
from tests.funnel.test_evidence import counted
from tests.office import Office

pytestmark = pytest.mark.django_db
NOW = clock.now() + timedelta(hours=1)  # after the leads of the tests have arrived
SECONDS = timedelta(seconds=9)


@pytest.fixture
def lead(office: Office) -> Lead:
    """With a meeting that is due: an agreement moves it on."""
    rollups.refresh(at=NOW)
    found = office.lead()
    record_meeting(lead=found, by=office.olim, at=NOW - timedelta(days=1), planned_at=NOW)
    return found


def pressed(office: Office, lead: Lead, outcome: str, *, undone: bool = True) -> None:
    reason = LossReason.objects.first()
    result = record_for_lead(lead=lead, by=office.olim, at=NOW, outcome=outcome, reason=reason)
    if undone:
        undo_result(result=result, by=office.olim, at=NOW + SECONDS)


def told(source: Source) -> dict[str, tuple[int, ...]]:
    """Of the agents' funnel what was entered, passed, open and lost; and as many rows stand behind it."""
    query = FunnelQuery("agent", source=source)
    table = {row.stage: (row.entered, row.passed, row.open, row.lost) for row in funnel_table(query)}
    assert all(rows(query, stage).count() == counts[0] for stage, counts in table.items())
    return {stage.code: counts for stage, counts in table.items() if any(counts)}


def everywhere() -> list[dict[str, tuple[int, ...]]]:
    """As of this second, then as stored, from cells and rows, and after all is counted afresh."""
    found = [told(Source.LIVE)]
    rollups.refresh(at=NOW)
    found += [told(Source.CELLS), told(Source.STORED)]
    rollups.rebuild(at=NOW)
    return [*found, told(Source.CELLS)]


UNTOUCHED = {"contact": (1, 0, 1, 0)}


def test_an_undone_agreement_is_no_entry(office: Office, lead: Lead) -> None:
    stood = Lead.objects.get(pk=lead.pk).stage_entered_at
    pressed(office, lead, "agreed")
    assert everywhere() == [UNTOUCHED] * 4
    assert Lead.objects.get(pk=lead.pk).stage_entered_at == stood
    assert [step.entered_at for step in way_of(Lead.objects.get(pk=lead.pk)).steps[1:]] == [None] * 5
    assert [entry.event for entry in log.history(lead.pk)] == ["entered", "entered", "returned"]


def test_an_undone_refusal_is_no_loss(office: Office, lead: Lead) -> None:
    pressed(office, lead, "refused")
    assert everywhere() == [UNTOUCHED] * 4
    assert not any(line.reasons for line in losses(FunnelQuery("agent")))
    assert counted(NOW + timedelta(hours=1)) == {}


def test_a_stored_count_of_the_seconds_between_is_mended(office: Office, lead: Lead) -> None:
    """The worker may have looked before the press was taken back."""
    result = record_for_lead(lead=lead, by=office.olim, at=NOW, outcome="agreed")
    rollups.refresh(at=NOW)
    assert told(Source.CELLS) == {"contact": (1, 1, 0, 0), "meeting": (1, 0, 1, 0)}
    undo_result(result=result, by=office.olim, at=NOW + SECONDS)
    assert everywhere() == [UNTOUCHED] * 4


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [("agreed", {"contact": (1, 1, 0, 0), "meeting": (1, 0, 1, 0)}), ("refused", {"contact": (1, 0, 0, 1)})],
)
def test_what_was_not_undone_counts(office: Office, lead: Lead, outcome: str, counts: dict[str, object]) -> None:
    """The negative control."""
    pressed(office, lead, outcome, undone=False)
    assert everywhere() == [counts] * 4


def test_a_correction_by_hand_is_a_move_that_did_happen(office: Office, lead: Lead) -> None:
    pressed(office, lead, "agreed", undone=False)
    moves.move(lead=lead, to=office.stage("contact"), by=office.olim, at=NOW + SECONDS, reason="ошибся")
    assert told(Source.LIVE) == {"contact": (1, 1, 0, 0), "meeting": (1, 0, 1, 0)}


def _moved_on(office: Office, lead: Lead) -> None:
    moves.move(lead=lead, to=office.stage("custdev"), by=office.adiba, at=NOW + SECONDS / 2, waive=True, reason="знаю")


def _closed(office: Office, lead: Lead) -> None:
    outcomes.close(lead=lead, outcome="archived", by=office.adiba, at=NOW + SECONDS / 3, note="не тот")
    outcomes.reopen(lead=lead, by=office.adiba, at=NOW + SECONDS / 2, reason="тот")


@pytest.mark.parametrize("meddled", [_moved_on, _closed])
def test_what_others_built_on_stays(office: Office, lead: Lead, meddled: Callable[[Office, Lead], None]) -> None:
    result = record_for_lead(lead=lead, by=office.olim, at=NOW, outcome="agreed")
    meddled(office, lead)
    undo_result(result=result, by=office.olim, at=NOW + SECONDS)
    assert not StageEntry.objects.filter(undoes__isnull=False).exists()
    assert told(Source.LIVE)["contact"] == (1, 1, 0, 0)


def test_a_refusal_of_what_is_lost_already_leaves_the_loss_when_undone(office: Office, lead: Lead) -> None:
    from backlog.models import Action
    from backlog.services.results import record_result

    action = Action.objects.create(
        owner=office.olim, team=office.north, lead=lead, title="Позвонить", kind="call", due_at=NOW
    )
    reason = LossReason.objects.get(code="other")
    outcomes.close(lead=lead, outcome="lost", by=office.olim, at=NOW - SECONDS, reason=reason)
    result = record_result(action=action, by=office.olim, at=NOW, outcome="refused", reason=reason)
    undo_result(result=result, by=office.olim, at=NOW + SECONDS)
    assert Lead.objects.get(pk=lead.pk).outcome == "lost"
    assert told(Source.LIVE) == {"contact": (1, 0, 0, 1)}


def test_the_forecast_knows_a_win_until_it_is_undone_and_not_after(office: Office, lead: Lead) -> None:
    moves.move(lead=lead, to=office.stage("signed_contract"), by=office.adiba, at=NOW, waive=True, reason="подписали")
    moves.move(lead=lead, to=office.stage("contact"), by=office.adiba, at=NOW + SECONDS, reason="Итог отменён",
               undoes=log.last_entry(lead.pk))  # fmt: skip

    def wins(moment: timedelta) -> int:
        won = known_before(NOW + moment).outcomes.won
        return int((won < float("inf")).sum())

    assert (wins(SECONDS / 2), wins(SECONDS * 2)) == (1, 0)
