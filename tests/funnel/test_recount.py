"""Every number of the funnel equals a recount by hand, over random histories: live, after the job, after a rebuild."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from accounts.models import User
from accounts.scope import scope_of
from common import clock
from funnel import rollups
from funnel.audience import audience_of
from funnel.figures import FunnelQuery, Source, funnel_table
from funnel.models import DirtyLead, Passage, StoredPassage
from tests.funnel import recount
from tests.funnel.histories import DAYS, SOURCES, World, history
from tests.office import Office

pytestmark = pytest.mark.django_db
KINDS = ("agent", "client")
# Few and always the same in the suite (``test_figures`` draws three hundred from the log itself); a longer search is
# asked for by the environment, and then it is random.
EXAMPLES = int(os.environ.get("FUNNEL_EXAMPLES", "6"))
SEARCH = settings(
    max_examples=EXAMPLES, derandomize="FUNNEL_EXAMPLES" not in os.environ, database=None, deadline=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck),
)  # fmt: skip


def played(office: Office, story: tuple[list[dict[str, Any]], list[tuple[Any, ...]]]) -> World:
    arrivals, deeds = story
    world = World(office, clock.now() - timedelta(days=30))
    for arrived in arrivals:
        world.arrive(**arrived)
    for deed in deeds if world.leads else ():
        world.do(*deed)
    return world


def same(query: FunnelQuery, wanted: Callable[[recount.Counted], bool]) -> None:
    counted, told = recount.table(query.kind, wanted), recount.told(funnel_table(query))
    assert told.keys() == counted.keys()
    for code, row in counted.items():
        assert told[code] == pytest.approx(row, abs=1e-6), (code, told[code], row)


def everything_agrees(office: Office, world: World) -> None:
    """All questions that a page may ask, each against the same recount; first as of this second, then as stored."""
    for source in Source:
        if source == Source.LIVE or not DirtyLead.objects.exists():
            agrees_from(source, office, world)


def agrees_from(source: Source, office: Office, world: World) -> None:
    start, end = world.at - timedelta(days=DAYS - 13), world.at - timedelta(hours=20)
    for kind in KINDS:
        same(FunnelQuery(kind, source=source), lambda p: True)
        same(FunnelQuery(kind, start=start, end=end, source=source), lambda p: start <= p.entered_at < end)
        for owner in world.owners:
            asked = {"owner_id": owner.pk} if owner else {"owner_id__isnull": True}
            wanted_owner = owner.pk if owner else None
            same(FunnelQuery(kind, source=source, dimensions=asked), lambda p, pk=wanted_owner: p.first.owner_id == pk)
        for channel in SOURCES:
            query = FunnelQuery(kind, source=source, start=start, dimensions={"source_channel": channel})
            same(query, lambda p, s=channel: p.first.source_channel == s and p.entered_at >= start)
        for reader in (office.olim, office.nodira, office.lola):
            same(FunnelQuery(kind, source=source, audience=audience_of(reader)), seen_by(reader))


def seen_by(reader: User) -> Callable[[recount.Counted], bool]:
    """By the words of the rule: own rows and those of the teams of one's scope, as they stood at entry."""
    scope = scope_of(reader)
    own = None if reader.role == "sales_head" else reader.pk
    return lambda p: p.first.team_id in scope.team_ids or (own is not None and p.first.owner_id == own)


@given(story=history)
@SEARCH
def test_every_number_equals_a_recount_by_hand(office: Office, story: Any) -> None:
    with transaction.atomic():
        world = played(office, story)
        everything_agrees(office, world)
        rollups.refresh(at=world.at)
        assert not DirtyLead.objects.exists()
        everything_agrees(office, world)
        before = set(Passage.objects.values_list("id", "state", "entered_at", "passed_at"))
        rollups.rebuild(at=world.at)
        assert set(Passage.objects.values_list("id", "state", "entered_at", "passed_at")) == before
        everything_agrees(office, world)
        transaction.set_rollback(True)
    office_forgets(office)


@given(story=history)
@SEARCH
def test_adjacent_periods_add_up_to_the_whole(office: Office, story: Any) -> None:
    with transaction.atomic():
        world = played(office, story)
        start, end = world.at - timedelta(days=DAYS + 40), world.at + timedelta(days=1)
        for middle in (start + (end - start) * share / 5 for share in range(1, 5)):
            for kind in KINDS:
                assert added(kind, (start, middle), (middle, end)) == added(kind, (start, end))
        transaction.set_rollback(True)
    office_forgets(office)


def added(kind: str, *periods: tuple[datetime, datetime]) -> dict[str, list[int]]:
    """Counts by stage, summed over the periods; stages that nobody entered say nothing and are left out."""
    total: dict[str, list[int]] = {}
    for start, end in periods:
        for code, row in recount.told(funnel_table(FunnelQuery(kind, start, end, source=Source.LIVE))).items():
            total[code] = [a + b for a, b in zip(total.get(code, [0] * 5), row[:5], strict=True)]
    return {code: counts for code, counts in total.items() if any(counts)}


def office_forgets(office: Office) -> None:
    """The example's rows are rolled back; so are the people whom it met for the first time."""
    for name in ("olim", "anvar", "nodira", "lola", "adiba", "north", "north_auto", "bank"):
        office.__dict__.pop(name, None)


@pytest.mark.parametrize("spoilt", [{"state": "lost"}, {"owner_id": None}, {"passed_at": None, "state": "open"}])
def test_the_recount_notices_a_passage_that_is_wrong(office: Office, spoilt: dict[str, Any]) -> None:
    """The negative control: with a stored row spoilt the same comparison fails."""
    story = ([{"kind": "agent", "owner": 0, "source": "", "steps": {"contact": 0, "meeting": 9}}] * 2, [])
    world = played(office, story)
    rollups.refresh(at=world.at)
    everything_agrees(office, world)
    StoredPassage.objects.filter(stage__code="contact").update(**spoilt)
    with pytest.raises(AssertionError):
        everything_agrees(office, world)


def test_what_was_delivered_stays_delivered_though_the_lead_is_archived_later(office: Office) -> None:
    world = World(office, clock.now())
    world.arrive("agent", 0, "", {"contact": 0, "value_delivered": 9})
    world.close(0, "archived")
    rollups.refresh(at=world.at)
    rows = {row.stage.code: row for row in funnel_table(FunnelQuery("agent"))}
    assert (rows["value_delivered"].done, rows["value_delivered"].lost) == (1, 0)
    assert (rows["contact"].passed, rows["contact"].lost) == (1, 0)
