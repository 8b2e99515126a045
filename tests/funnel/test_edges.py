"""What is easily wrong at the edges: nobody, one, zero, a year of days, tomorrow, another zone, another team."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Team
from common import clock
from common.errors import NotFound
from funnel import cubes, rollups
from funnel.audience import audience_of
from funnel.dwell import EDGES, quantile
from funnel.figures import FunnelQuery, Source, cohorts, compare, funnel_table, losses, matrix, rows, trend
from funnel.figures.counting import holds
from funnel.figures.days import day_of
from funnel.figures.trends import TrendPoint
from funnel.log import record
from funnel.models import DirtyLead, Stage, StageEntry
from leads.services import editing, moves
from tests.funnel.drawing import Drawing
from tests.funnel.test_figures import Question, agrees
from tests.office import Office

pytestmark = pytest.mark.django_db


def entered(query: FunnelQuery) -> dict[str, int]:
    return {row.stage.code: row.entered for row in funnel_table(query) if row.entered}


def days_of(points: list[TrendPoint]) -> list[date]:
    return [point.start for point in points if point.tally.entered]


def test_without_a_lead_every_figure_is_nought_or_nothing(office: Office) -> None:
    rollups.refresh(at=clock.now())
    for source in Source:
        query = FunnelQuery("agent", source=source)
        table = funnel_table(query, at=clock.now())
        assert [row.entered for row in table] == [0] * 6
        assert {(row.onward.value, row.onward.interval, row.median_hours) for row in table} == {(None, None, None)}
        assert not any([cohorts(query), trend(query, table[0].stage), matrix(query, table[0].stage)])
        assert [line.lost for line in losses(query)] == [0] * 6
        assert compare(query, table[0].stage, by="team") == compare(query, table[0].stage, by="owner") == []


def test_one_lead_is_one_everywhere(office: Office) -> None:
    lead, query = office.lead(), FunnelQuery("agent")
    rollups.refresh(at=clock.now())
    stage = office.stage("contact")
    assert entered(query) == {"contact": 1}
    assert [(line.key, line.tally.open) for line in compare(query, stage, by="owner")] == [(office.olim.pk, 1)]
    assert [row.came for row in cohorts(query, step="month")] == [1]
    assert list(rows(query, stage).values_list("lead_id", flat=True)) == [lead.pk]
    assert funnel_table(query)[0].onward.few


def test_a_year_of_single_days_has_a_point_for_each(office: Office) -> None:
    office.lead()
    rollups.refresh(at=clock.now())
    today = day_of(clock.now())
    points = trend(FunnelQuery("agent").over(today - timedelta(days=364), today), office.stage("contact"))
    assert (len(points), points[-1].start, points[-1].tally.entered) == (365, today, 1)
    assert sum(point.tally.entered for point in points) == 1


def test_a_period_in_the_future_is_empty_and_no_error(office: Office) -> None:
    office.lead()
    rollups.refresh(at=clock.now())
    query = FunnelQuery("agent").over(date(2099, 1, 1), date(2099, 1, 30))
    assert entered(query) == {}
    assert [point.tally.entered for point in trend(query, office.stage("contact"))] == [0] * 30


def test_after_a_change_of_the_banks_zone_days_are_those_of_the_new_one(office: Office, settings: Any) -> None:
    lead, at = office.lead(), datetime(2026, 3, 10, 20, tzinfo=UTC)
    meeting = office.stage("meeting")
    record([StageEntry(lead_id=lead.pk, kind="agent", event="entered", stage=meeting, at=at, origin="demo")])
    rollups.refresh(at=clock.now())
    query = FunnelQuery("agent").over(date(2026, 3, 1), date(2026, 3, 31))
    assert days_of(trend(query, meeting)) == [date(2026, 3, 11)]
    settings.TIME_ZONE = "Europe/Moscow"
    assert rollups.stale()
    rollups.refresh(at=clock.now())
    query = FunnelQuery("agent").over(date(2026, 3, 1), date(2026, 3, 31))
    assert days_of(trend(query, meeting)) == [date(2026, 3, 10)]
    assert not rollups.stale()


def test_what_somebody_did_stays_with_the_team_of_that_time(office: Office) -> None:
    lead, at = office.lead(office.olim), clock.now()
    rollups.refresh(at=at)
    lead = editing.assign(lead=lead, owner=office.sitora, by=office.adiba, at=at)
    moves.move(lead=lead, to=office.stage("meeting"), by=office.adiba, at=at, waive=True, reason="знаю его")
    rollups.refresh(at=at)
    assert entered(FunnelQuery("agent", audience=audience_of(office.nodira))) == {"contact": 1}
    assert entered(FunnelQuery("agent", audience=audience_of(office.sardor))) == {"meeting": 1}
    assert entered(FunnelQuery("agent", audience=audience_of(office.olim))) == {"contact": 1}
    lines = compare(FunnelQuery("agent"), office.stage("meeting"), by="team")
    assert {line.key: line.tally.entered for line in lines} == {office.south.pk: 1}


def test_a_team_outside_the_scope_is_refused_like_a_missing_one(office: Office) -> None:
    auto = office.north_auto.pk  # before anybody's scope is asked: it is kept for a request
    for team_id in (office.south.pk, office.bank.pk, lost_id()):
        with pytest.raises(NotFound):
            audience_of(office.nodira, team_id)
    assert audience_of(office.nodira, auto).team_ids == {auto}
    assert audience_of(office.olim, office.north.pk).team_ids == {office.north.pk}
    with pytest.raises(NotFound):
        audience_of(office.lola, office.north.pk)


def lost_id() -> Any:
    team = Team.objects.create(name="Gone")
    pk = team.pk
    team.delete()
    return pk


def test_a_team_that_is_new_or_hung_elsewhere_is_counted_again(office: Office) -> None:
    office.lead(office.anvar)
    rollups.refresh(at=clock.now())
    query = FunnelQuery("agent", audience=audience_of(office.adiba, office.south.pk))
    assert entered(query) == {}
    Team.objects.filter(pk=office.north_auto.pk).update(parent=office.south)
    assert rollups.stale()
    rollups.refresh(at=clock.now())
    moved = FunnelQuery("agent", audience=audience_of(office.adiba, office.south.pk))
    assert holds(moved)
    assert entered(moved) == {"contact": 1}


def test_a_retired_stage_keeps_its_leads_and_the_end_moves_to_the_one_before(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    moves.move(lead=lead, to=office.stage("signed_contract"), by=office.adiba, at=at, waive=True, reason="знаю его")
    rollups.refresh(at=at)
    assert {row.stage.code: row.open for row in funnel_table(FunnelQuery("agent"))}["signed_contract"] == 1
    Stage.objects.filter(funnel__code="agent", code__in=["value_delivered", "signed_contract"]).update(active=False)
    assert rollups.stale()
    rollups.refresh(at=at)
    table = {row.stage.code: row for row in funnel_table(FunnelQuery("agent"))}
    assert "value_delivered" not in table
    assert (table["signed_contract"].done, table["signed_contract"].stage.active) == (1, False)


def test_a_quantile_lies_within_the_width_of_its_bucket() -> None:
    assert quantile({}, 0.5) is None
    assert quantile({0: 4}, 0.5) == EDGES[0] / 2
    assert quantile({3: 1, 5: 1}, 0.5) == EDGES[3]
    assert quantile({len(EDGES): 2}, 0.9) == EDGES[-1]


def test_a_sign_that_is_lost_on_the_way_to_the_cells_is_noticed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: a refresh that only adds and never takes away fails the comparison."""
    for name in ("nodira", "nargiza", "lola", "sardor", "adiba"):
        getattr(office, name)
    drawing, counted = Drawing(office, 7, clock.now()), cubes.cells_of
    rollups.refresh(at=drawing.now)
    monkeypatch.setattr(cubes, "cells_of", lambda cube, passages, **_sign: counted(cube, passages))
    with pytest.raises(AssertionError):
        thirty_histories(drawing, office)
    assert not DirtyLead.objects.exists()


def thirty_histories(drawing: Drawing, office: Office) -> None:
    for _history in range(30):
        drawing.draw_some()
        rollups.refresh(at=drawing.now)
        agrees(Question(drawing, office), Source.CELLS)
