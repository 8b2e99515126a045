"""Two people start tests of the same leads at once; leads arrive in several batches while a test runs."""

import pytest

from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from common import clock
from hypotheses.models import Hypothesis, Membership
from hypotheses.services.assignment import draw
from hypotheses.services.running import Overlaps, start
from leads.drafts import LeadDraft
from leads.services.intake import take_in
from tests.concurrency.together import together
from tests.hypotheses.bench import draft, running
from tests.office import Office

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def test_of_two_overlapping_starts_one_goes_and_one_is_refused(office: Office) -> None:
    rows = [draft(office), draft(office)]
    answers = together([
        lambda row=row: start(hypothesis=row, by=office.olim, at=clock.now()) for row in rows
    ])  # fmt: skip
    assert sum(isinstance(answer, Overlaps) for answer in answers) == 1
    assert Hypothesis.objects.running().count() == 1


def test_numbers_are_given_once(office: Office) -> None:
    utps = [office.utp]
    office.initiative, office.stage("meeting")  # made before the race
    rows = together([lambda: draft(office, utps=utps) for _n in range(4)])
    assert sorted(row.number for row in rows) == [1, 2, 3, 4]


def test_batches_at_once_join_each_lead_once_in_the_arm_of_its_lot(office: Office) -> None:
    test = running(office)
    fields = {"segment_id": office.segment.pk, "initiative_id": office.initiative.pk}
    batches = [
        [
            LeadDraft(
                kind="agent", owner=office.olim, fields=fields,
                party=PartyDraft(kind="agent", name="Агент", contacts=(ContactDraft("phone", office.phone()),)),
            )
            for _n in range(8)
        ]
        for _b in range(4)
    ]  # fmt: skip
    taken = together([
        lambda drafts=drafts: take_in(drafts=drafts, by=office.olim, at=clock.now(), origin="api") for drafts in batches
    ])  # fmt: skip
    leads = {one.lead_id for batch in taken for one in batch}
    members = list(Membership.objects.select_related("arm"))
    assert {member.lead_id for member in members} == leads
    assert len(members) == 32
    assert all(member.arm.position == draw(test.seed, member.lead_id, 2) for member in members)
