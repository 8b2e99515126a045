"""Who gets which promise: by lot, once, and only those whom the test asks for."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.models import Product, Segment
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from funnel.models import StageEntry
from hypotheses.models import Membership
from hypotheses.services.assignment import draw, record_earlier
from hypotheses.services.running import start, stop
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead
from leads.services.editing import update_lead
from leads.services.intake import take_in
from tests.hypotheses.bench import draft, running
from tests.office import Office

pytestmark = pytest.mark.django_db


def drafts(office: Office, count: int, **fields: object) -> list[LeadDraft]:
    given = {"segment_id": office.segment.pk, "initiative_id": office.initiative.pk} | fields
    return [
        LeadDraft(
            kind="agent", owner=office.olim, fields=given,
            party=PartyDraft(kind="agent", name=f"Агент {n}", contacts=(ContactDraft("phone", office.phone()),)),
        )
        for n in range(count)
    ]  # fmt: skip


def arrive(office: Office, count: int = 1, **fields: object) -> list[UUID]:
    taken = take_in(drafts=drafts(office, count, **fields), by=office.olim, at=clock.now(), origin="api")
    return [one.lead_id for one in taken if one.lead_id]


@pytest.mark.parametrize("arms", [2, 3, 5])
def test_the_lot_gives_every_arm_its_share(arms: int) -> None:
    counted = Counter(draw("a" * 32, UUID(int=n * 7919), arms) for n in range(6000))
    mean = 6000 / arms
    assert set(counted) == set(range(arms))
    assert all(abs(count - mean) < 4 * (mean * (1 - 1 / arms)) ** 0.5 for count in counted.values())


def test_the_lot_is_the_same_each_time_and_another_with_another_seed() -> None:
    leads = [UUID(int=n * 104729) for n in range(200)]
    first = [draw("one", lead, 2) for lead in leads]
    assert first == [draw("one", lead, 2) for lead in leads]
    assert 60 < sum(a != b for a, b in zip(first, [draw("two", lead, 2) for lead in leads], strict=True)) < 140


def test_an_arriving_lead_gets_the_promise_of_its_arm_and_the_log_knows_it(office: Office) -> None:
    test = running(office)
    leads = arrive(office, 12)
    members = {m.lead_id: m.arm for m in Membership.objects.select_related("arm")}
    assert set(members) == set(leads)
    for lead in Lead.objects.filter(pk__in=leads):
        arms = list(test.arms.all())
        assert members[lead.pk] == arms[draw(test.seed, lead.pk, 2)]
        assert lead.utp_id == members[lead.pk].utp_id
        assert StageEntry.objects.get(lead_id=lead.pk).utp_id == lead.utp_id


def test_a_batch_costs_two_statements_whatever_its_size(office: Office) -> None:
    running(office)
    costs = []
    for size in (2, 40):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            arrive(office, size)
        costs.append(sum("hypotheses_" in query["sql"] for query in seen.captured_queries))
    assert costs == [2, 2]


def test_without_a_running_test_nothing_is_drawn(office: Office) -> None:
    draft(office)
    [lead] = arrive(office)
    assert Lead.objects.get(pk=lead).utp is None
    assert not Membership.objects.exists()


def test_a_lead_with_a_promise_of_its_own_is_no_member(office: Office) -> None:
    running(office)
    [lead] = arrive(office, utp_id=office.utp.pk)
    assert Lead.objects.get(pk=lead).utp == office.utp
    assert not Membership.objects.exists()


def test_leads_taken_in_before_the_start_stay_out(office: Office) -> None:
    arrive(office, 3)
    running(office)
    assert not Membership.objects.exists()


def test_a_road_from_elsewhere_is_no_trial_of_the_promise(office: Office) -> None:
    running(office)
    [one] = drafts(office, 1)
    steps = (HistoryStep("contact", clock.now() - timedelta(days=9)),)
    old = LeadDraft(kind=one.kind, owner=one.owner, fields=one.fields, party=one.party, history=steps)
    take_in(drafts=[old], by=office.olim, at=clock.now(), origin="import")
    assert not Membership.objects.exists()


def test_sub_segments_are_in_and_other_segments_initiatives_products_and_teams_are_out(office: Office) -> None:
    narrow = Segment.objects.create(kind="agent", name="Оценщики Kia", parent=office.segment, team=office.north)
    other = Segment.objects.create(kind="agent", name="Риелторы", team=office.north)
    cards = Product.objects.create(code="card", name="Карта")
    running(office, product=office.product)
    assert Membership.objects.filter(lead_id__in=arrive(office, segment_id=narrow.pk)).count() == 1
    assert Membership.objects.filter(lead_id__in=arrive(office, product_id=office.product.pk)).count() == 1
    outside = [
        *arrive(office, segment_id=other.pk), *arrive(office, initiative_id=None), *arrive(office, product_id=cards.pk),
    ]  # fmt: skip
    [south] = drafts(office, 1)
    foreign = LeadDraft(kind="agent", owner=office.sitora, fields=south.fields, party=south.party)
    outside += [
        t.lead_id for t in take_in(drafts=[foreign], by=office.sitora, at=clock.now(), origin="api") if t.lead_id
    ]
    assert len(outside) == 4
    assert not Membership.objects.filter(lead_id__in=outside).exists()


def test_teams_below_take_part(office: Office) -> None:
    running(office)
    [one] = drafts(office, 1)
    below = LeadDraft(kind="agent", owner=office.anvar, fields=one.fields, party=one.party)
    take_in(drafts=[below], by=office.anvar, at=clock.now(), origin="api")
    assert Membership.objects.count() == 1


def test_a_stopped_test_draws_no_more_and_keeps_whom_it_has(office: Office) -> None:
    test = running(office)
    arrive(office, 2)
    stop(hypothesis=test, by=office.olim, at=clock.now(), reason="Сегмент закончился")
    arrive(office, 2)
    assert Membership.objects.count() == 2


def test_a_member_stays_in_its_arm_when_somebody_changes_the_promise(office: Office) -> None:
    test = running(office)
    [pk] = arrive(office)
    before = Membership.objects.get(lead_id=pk).arm_id
    lead = Lead.objects.get(pk=pk)
    other = next(arm.utp for arm in test.arms.all() if arm.utp_id != lead.utp_id)
    update_lead(lead=lead, by=office.olim, changes={"utp": other})
    assert Lead.objects.get(pk=pk).utp == other
    assert Membership.objects.get(lead_id=pk).arm_id == before


def test_an_earlier_lot_is_written_down_once(office: Office) -> None:
    leads = arrive(office, 2)
    test = draft(office)
    start(hypothesis=test, by=office.olim, at=clock.now() - timedelta(days=30))
    first, second = test.arms.all()
    when = clock.now() - timedelta(days=20)
    record_earlier(hypothesis=test, members=[(leads[0], first.pk, when), (leads[1], second.pk, when)])
    record_earlier(hypothesis=test, members=[(leads[0], second.pk, when)])
    assert Membership.objects.get(lead_id=leads[0]).arm == first
    with pytest.raises(ValueError, match="another hypothesis"):
        record_earlier(hypothesis=test, members=[(leads[1], first.pk + 1000, when)])
