"""Places in line and numbers of objects: nothing is skipped, nothing has a gap."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from accounts.models import User
from common import clock
from leads.services.editing import assign, update_lead
from tests.office import Office
from tests.webhooks.conftest import Desk
from webhooks import feed, numbering
from webhooks.models import Event, Line
from webhooks.services import keeping


def pulled(user: User, after: int = 0, **filters: object) -> feed.Page:
    return feed.read(user=user, after=after, limit=50, **filters)


@pytest.mark.django_db
def test_numbers_of_an_object_have_no_gap_and_do_not_start_anew(office: Office) -> None:
    lead = office.lead()
    for base in ("1", "2", "3"):
        update_lead(lead=lead, by=office.olim, changes={"base": base})
        lead.refresh_from_db()
    numbering.number_all()
    keeping.sweep(before=clock.now() + timedelta(days=1))
    assert not Event.objects.exists()
    update_lead(lead=lead, by=office.olim, changes={"base": "4"})
    numbering.number_all()
    assert Event.objects.get().number == 5
    assert Event.objects.get().position == Line.objects.get().position == 6


@pytest.mark.django_db
def test_a_batch_numbers_each_object_for_itself(office: Office) -> None:
    one, two = office.lead(), office.lead()
    update_lead(lead=one, by=office.olim, changes={"base": "x"})
    numbering.number_all()
    rows = Event.objects.filter(object_id__in=[one.pk, two.pk]).order_by("position")
    assert [(row.object_id, row.number) for row in rows] == [(one.pk, 1), (two.pk, 1), (one.pk, 2)]


@pytest.mark.django_db
def test_one_reads_on_from_where_one_was(office: Office) -> None:
    office.lead()
    numbering.number_all()
    first = pulled(office.nodira)
    assert {event.type for event in first.events} == {"lead.created", "agent.created"}
    assert pulled(office.nodira, first.last).events == []
    lead = office.lead()
    numbering.number_all()
    assert {event.object_id for event in pulled(office.nodira, first.last).events} == {lead.pk, lead.party_id}
    assert [e.type for e in pulled(office.nodira, types=["lead.created"]).events] == ["lead.created"] * 2


@pytest.mark.django_db
def test_one_sees_what_was_one_s_own_when_it_happened(office: Office) -> None:
    mine, foreign = office.lead(office.olim), office.lead(office.sitora)
    assign(lead=foreign, owner=office.olim, by=office.adiba, at=clock.now())
    numbering.number_all()
    seen = [(event.type, event.object_id) for event in pulled(office.olim).events if event.type.startswith("lead")]
    assert seen == [("lead.created", mine.pk), ("lead.assigned", foreign.pk)]
    assert ("lead.created", foreign.pk) in [(e.type, e.object_id) for e in pulled(office.aziz).events]


@pytest.mark.django_db
def test_who_was_away_for_too_long_is_told_so(office: Office) -> None:
    office.lead()
    numbering.number_all()
    keeping.sweep(before=clock.now() + timedelta(days=1))
    with pytest.raises(feed.CursorExpired):
        pulled(office.nodira, 1)
    assert pulled(office.nodira, 2).events == []
    assert pulled(office.nodira, 0).last == 2


@pytest.mark.django_db
def test_young_events_stay(office: Office) -> None:
    office.lead()
    numbering.number_all()
    assert keeping.sweep(before=clock.now() - timedelta(days=1)) == 0
    assert Event.objects.count() == 2


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_deed_that_commits_late_is_not_skipped(office: Office) -> None:
    """It takes its serial first and commits last. A reader of serials would have gone past it."""
    late, quick = office.lead(), office.lead()
    numbering.number_all()
    start = pulled(office.nodira).last
    began, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            update_lead(lead=late, by=office.olim, changes={"base": "поздно"})
            began.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert began.wait(10)
    update_lead(lead=quick, by=office.olim, changes={"base": "быстро"})
    numbering.number_all()
    first = pulled(office.nodira, start)
    assert [event.object_id for event in first.events] == [quick.pk]
    go_on.set()
    thread.join()
    numbering.number_all()
    second = pulled(office.nodira, first.last)
    assert [event.object_id for event in second.events] == [late.pk]
    # The control: by serial, the place of the late one lies before what was read already.
    assert second.events[0].serial < first.events[0].serial


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_eight_writers_and_two_numberers_leave_no_gap(office: Office) -> None:
    lead = office.lead()
    done = threading.Event()

    def write() -> None:
        for n in range(10):
            with transaction.atomic():
                update_lead(lead=lead, by=office.olim, changes={"base": f"{threading.get_ident()}-{n}"})
        connection.close()

    def number() -> None:
        while not done.is_set():
            numbering.number_pending()
        connection.close()

    numberers = [threading.Thread(target=number) for _n in range(2)]
    writers = [threading.Thread(target=write) for _n in range(8)]
    for thread in numberers + writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in numberers:
        thread.join()
    numbering.number_all()
    rows = Event.objects.filter(object_id=lead.pk)
    assert list(rows.order_by("position").values_list("number", flat=True)) == list(range(1, 82))
    assert list(rows.order_by("serial").values_list("number", flat=True)) == list(range(1, 82))
    places = list(Event.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, len(places) + 1))


@pytest.mark.django_db
def test_an_endpoint_never_gets_another_team_s_event(hooks: Desk) -> None:
    office = hooks.office
    _north, northern = hooks.endpoint(office.north)
    _south, southern = hooks.endpoint(office.south)
    _bank, whole = hooks.endpoint()
    mine, below, foreign = office.lead(office.olim), office.lead(office.anvar), office.lead(office.sitora)
    hooks.turn()
    ids = lambda line: {told["data"]["id"] for told in line.heard if told["type"] == "lead.created"}  # noqa: E731
    assert ids(northern) == {str(mine.pk), str(below.pk)}
    assert ids(southern) == {str(foreign.pk)}
    assert ids(whole) == {str(mine.pk), str(below.pk), str(foreign.pk)}


@pytest.mark.django_db
def test_an_account_that_was_switched_off_hears_nothing_more(hooks: Desk) -> None:
    endpoint, line = hooks.endpoint()
    User.objects.filter(pk=endpoint.account_id).update(is_active=False)
    hooks.office.lead()
    hooks.turn()
    assert line.heard == []
