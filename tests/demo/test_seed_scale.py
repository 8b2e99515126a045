"""The large load keeps every rule that it goes round the services with; all is counted again here."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoDbBlocker

from accounts.models import User
from agents.choices import Kind
from agents.models import Contact, Party
from backlog.models import Action, ActionResult, Sprint
from common import clock
from common.text import fold
from demo.scale import people
from funnel import rollups
from funnel.choices import EntryEvent
from funnel.figures import FunnelQuery, funnel_table
from funnel.models import DirtyLead, Passage, StageEntry, StoredPassage
from leads.choices import Outcome
from leads.models import Lead
from tests.demo.scale import PASSWORD, SIZES, fill, rows, schema

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def before_and_after(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[Any]]:
    """A filled database for the module, and its schema as it was before and as it is since."""
    with django_db_blocker.unblock(), transaction.atomic():
        before = schema()
        fill()
        yield [before, schema()]
        transaction.set_rollback(True)


@pytest.fixture
def filled(before_and_after: list[Any], db: None) -> None:
    """Rows of the module's load; what a test changes is taken back."""


def test_it_makes_as_many_as_were_asked_for(filled: None) -> None:
    assert Lead.objects.count() == SIZES.leads
    assert User.objects.count() == SIZES.users
    assert Party.objects.filter(kind=Kind.AGENT).count() == SIZES.agents
    assert StageEntry.objects.count() == SIZES.entries
    assert Action.objects.count() == SIZES.actions
    assert Contact.objects.count() == Party.objects.count()
    assert Lead.objects.open().count() == SIZES.leads * SIZES.open
    assert ActionResult.objects.exists()
    assert Sprint.objects.exists()


def test_every_lead_stands_where_its_last_move_says(filled: None) -> None:
    wrong = rows(
        "SELECT l.id FROM leads_lead l JOIN LATERAL (SELECT * FROM funnel_stageentry e WHERE e.lead_id = l.id"
        " AND e.event IN ('entered', 'returned') ORDER BY at DESC, id DESC LIMIT 1) e ON true"
        " WHERE (l.stage_id, l.stage_entered_at) IS DISTINCT FROM (e.stage_id, e.at)"
    )
    assert not wrong
    assert rows("SELECT count(DISTINCT lead_id) FROM funnel_stageentry") == [(SIZES.leads,)]


def test_what_became_of_a_lead_is_the_last_word_of_its_log(filled: None) -> None:
    last: dict[Any, StageEntry] = {}
    for entry in StageEntry.objects.order_by("at", "id").select_related("stage"):
        last[entry.lead_id] = entry
    ends = {EntryEvent.LOST: Outcome.LOST, EntryEvent.ARCHIVED: Outcome.ARCHIVED}
    for lead in Lead.objects.all():
        entry = last[lead.pk]
        final = Outcome.WON if entry.stage.position == 6 else Outcome.OPEN
        assert lead.outcome == ends.get(EntryEvent(entry.event), final)
        assert (lead.closed_at is not None) == lead.is_closed
        assert (lead.loss_reason_id is not None) == (lead.outcome == Outcome.LOST)
        assert lead.created_at <= entry.at <= lead.touched_at < clock.now()
        assert lead.is_open or not lead.next_action


def test_a_road_goes_on_in_time_and_some_roads_go_back(filled: None) -> None:
    assert not rows(
        "SELECT id FROM (SELECT id, at, lag(at) OVER (PARTITION BY lead_id ORDER BY id) AS earlier"
        " FROM funnel_stageentry) e WHERE at <= earlier"
    )
    assert StageEntry.objects.filter(event=EntryEvent.RETURNED).exists()


def test_an_action_lies_in_its_own_week(filled: None) -> None:
    for action in Action.objects.exclude(sprint=None).select_related("sprint", "goal", "lead"):
        assert action.sprint.owner_id == action.owner_id == action.goal.owner_id
        assert action.goal.sprint_id == action.sprint_id
        if action.done_at:
            assert action.sprint.starts_on <= action.done_at.date() <= action.sprint.ends_on
        if action.lead:
            assert action.lead.owner_id == action.owner_id


def test_names_sort_by_the_key_that_services_give_them(filled: None) -> None:
    assert all(party.sort_key == fold(party.name) for party in Party.objects.all())


def test_the_passages_are_what_a_recount_of_the_log_gives(filled: None) -> None:
    ours = sorted(StoredPassage.objects.values_list())
    tables = [funnel_table(FunnelQuery(kind)) for kind in Kind.values]
    assert ours
    assert not DirtyLead.objects.exists()
    rollups.rebuild(at=clock.now())
    assert sorted(StoredPassage.objects.values_list()) == ours
    assert [funnel_table(FunnelQuery(kind)) for kind in Kind.values] == tables
    assert Passage.objects.count() == len(ours)


def test_the_schema_is_as_it_was_and_every_key_is_checked(before_and_after: list[Any]) -> None:
    before, after = before_and_after
    assert before == after
    assert all(validated for *_rule, validated in after["constraints"])


def test_triggers_work_again(filled: None) -> None:
    event = apps.get_model("leads", "LeadEvent")
    assert not event.objects.exists()
    Lead.objects.filter(pk=Lead.objects.values("pk")[:1]).update(base="другая")
    assert event.objects.count() == 1
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        StageEntry.objects.filter(pk=StageEntry.objects.values("pk")[:1]).update(reason="x")


def test_keys_hold_again(filled: None) -> None:
    Lead.objects.filter(pk=Lead.objects.values("pk")[:1]).update(party_id=NOBODY)
    with pytest.raises(IntegrityError):
        connection.check_constraints()


def test_the_known_people_sign_in_and_see_much(filled: None, client: Any) -> None:
    owner, head = (User.objects.get(email=email) for email in (people.OWNER, people.HEAD))
    assert Lead.objects.filter(owner=owner, outcome=Outcome.OPEN).count() == SIZES.leads * SIZES.open // 2
    assert Lead.objects.visible_to(head).count() == SIZES.leads
    assert owner.check_password(PASSWORD)
    other = User.objects.exclude(email__in=people.SIGN_INS).first()
    assert other is not None
    assert not other.has_usable_password()


def test_promises_differ_by_segment(filled: None) -> None:
    """The engine must have something to learn: the drawn pull spreads, and the passages feel it."""
    shares = rows(
        "SELECT segment_id, avg((state = 'passed')::int)::float FROM funnel_storedpassage WHERE position < 4"
        " GROUP BY 1 HAVING count(*) >= 40"
    )
    assert max(share for _segment, share in shares) - min(share for _segment, share in shares) > 0.15
