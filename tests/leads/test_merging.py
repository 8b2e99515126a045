"""Two leads on one person become one, and part again with nothing lost."""

import pytest

from common import clock
from common.errors import Invalid
from funnel.models import StageEntry
from leads.models import Lead, LeadMerge
from leads.services.editing import add_note
from leads.services.merging import merge, unmerge
from leads.services.moves import LeadIsClosed
from leads.services.outcomes import close, reopen
from leads.services.recording import record_agreement, record_meeting
from tests.office import Office

pytestmark = pytest.mark.django_db


def pair(office: Office) -> tuple[Lead, Lead]:
    """The lead to keep, and one with a meeting, an agreement, a note and a problem."""
    kept, other = office.lead(), office.lead(problem="Долгая выдача", base="Выставка")
    record_meeting(lead=other, by=office.olim, at=clock.now(), planned_at=clock.now())
    record_agreement(lead=other, by=office.olim, at=clock.now(), agent_gives="20 оценок")
    add_note(lead=other, by=office.olim, at=clock.now(), text="Перезвонить")
    return kept, other


def join(kept: Lead, other: Lead, office: Office) -> Lead:
    return merge(lead=kept, other=other, by=office.olim, at=clock.now())


def part(kept: Lead, other: Lead, office: Office) -> Lead:
    return unmerge(lead=kept, other=other, by=office.olim, at=clock.now())


def test_what_was_written_comes_over_and_both_roads_stay(office: Office) -> None:
    kept, other = pair(office)
    phone = other.party.contacts.get().value
    merged = join(kept, other, office)
    assert (merged.meetings.count(), merged.agreements.count(), merged.notes.count()) == (1, 1, 1)
    assert (merged.problem, merged.base) == ("Долгая выдача", "Выставка")
    assert phone in merged.party.contacts.values_list("value", flat=True)
    other.refresh_from_db()
    assert (other.outcome, other.merged_into_id, other.meetings.count()) == ("archived", kept.pk, 0)
    events = {
        lead.pk: list(StageEntry.objects.filter(lead_id=lead.pk).values_list("event", flat=True))
        for lead in (kept, other)
    }
    assert events == {kept.pk: ["entered"], other.pk: ["entered", "archived"]}


def test_what_the_kept_lead_says_itself_is_not_overwritten(office: Office) -> None:
    kept, other = pair(office)
    Lead.objects.filter(pk=kept.pk).update(problem="Своя")
    assert join(kept, other, office).problem == "Своя"


def test_merging_twice_changes_nothing_more(office: Office) -> None:
    kept, other = pair(office)
    once = join(kept, other, office)
    again = join(kept, other, office)
    assert (again.version, LeadMerge.objects.count()) == (once.version, 1)


def test_parted_leads_are_as_before_and_what_came_since_stays(office: Office) -> None:
    kept, other = pair(office)
    join(kept, other, office)
    add_note(lead=kept, by=office.olim, at=clock.now(), text="Написано после")
    parted = part(kept, other, office)
    other.refresh_from_db()
    assert (other.outcome, other.merged_into_id) == ("open", None)
    assert (other.meetings.count(), other.agreements.count(), other.notes.count()) == (1, 1, 1)
    assert (parted.problem, parted.base, parted.meetings.count(), parted.notes.count()) == ("", "", 0, 1)
    assert (parted.party.contacts.count(), other.party.contacts.count()) == (1, 1)
    version = parted.version
    assert part(kept, other, office).version == version
    assert join(kept, other, office).meetings.count() == 1


def test_what_does_not_fit_together_is_refused(office: Office) -> None:
    kept, other = pair(office)
    with pytest.raises(Invalid):
        join(kept, kept, office)
    with pytest.raises(Invalid):
        join(kept, office.lead(kind="client"), office)
    with pytest.raises(Invalid):
        part(kept, other, office)
    closed = close(lead=other, outcome="archived", by=office.olim, at=clock.now(), note="Не наш")
    with pytest.raises(LeadIsClosed):
        join(kept, closed, office)
    assert not LeadMerge.objects.exists()


def test_a_merged_lead_comes_back_only_by_parting(office: Office) -> None:
    kept, other = pair(office)
    join(kept, other, office)
    with pytest.raises(Invalid):
        reopen(lead=other, by=office.olim, at=clock.now(), reason="Вернулся")
