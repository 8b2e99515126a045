"""Writing again to somebody who refused: at his own wish, with a reason and a consent of a later day."""

from datetime import datetime, timedelta
from typing import Any

import pghistory.models
import pytest

from agents.models import Consent, Party
from agents.services.consents import ConsentDraft
from common.errors import Invalid, NotAllowed
from outreach.audience import eligible
from outreach.choices import OptOutSource
from outreach.models import OptOut
from outreach.services.refusals import lift, opt_out_by_hand
from tests.outreach.conftest import NOON, Desk

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=2)


def fresh(given_at: datetime = NOON + timedelta(days=1), **changes: Any) -> ConsentDraft:
    return ConsentDraft(
        **({"purpose": "marketing", "source": "paper", "text_version": "2", "given_at": given_at} | changes)
    )


def refused(desk: Desk, party: Party) -> OptOut:
    opt_out_by_hand(party=party, by=desk.office.olim, at=NOON)
    return OptOut.objects.get(party=party)


def lifted(desk: Desk, refusal: OptOut, **said: Any) -> OptOut:
    wanted = {"reason": "Сам попросил условия", "consent": fresh()} | said
    return lift(refusal=refusal, by=desk.office.olim, at=LATER, **wanted)


def test_who_changed_his_mind_is_written_to_again(desk: Desk) -> None:
    party, campaign = desk.agent(), desk.campaign()
    refusal = refused(desk, party)
    assert party not in eligible(campaign)
    done = lifted(desk, refusal)
    assert party in eligible(campaign)
    assert (done.lifted_by, done.lift_reason, done.consent.text_version) == (
        desk.office.olim,
        "Сам попросил условия",
        "2",
    )


def test_the_consent_of_before_ends_and_the_new_one_stands(desk: Desk) -> None:
    party = desk.agent()
    lifted(desk, refused(desk, party))
    assert [(c.text_version, c.is_live) for c in Consent.objects.filter(party=party)] == [("2", True), ("1", False)]


def test_lifted_twice_it_changes_nothing_and_refused_again_it_stands_again(desk: Desk) -> None:
    party, campaign = desk.agent(), desk.campaign()
    refusal = refused(desk, party)
    lifted(desk, refusal)
    assert lifted(desk, refusal, reason="Ещё раз").lift_reason == "Сам попросил условия"
    opt_out_by_hand(party=party, by=desk.office.olim, at=LATER)
    assert party not in eligible(campaign)
    assert OptOut.objects.filter(party=party).count() == 2


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"reason": "  "}, "reason", "required"),
        ({"reason": "х" * 301}, "reason", "too_long"),
        ({"consent": fresh(NOON)}, "given_at", "order"),
        ({"consent": fresh(NOON - timedelta(days=9))}, "given_at", "order"),
        ({"consent": fresh(LATER + timedelta(days=1))}, "given_at", "future"),
        ({"consent": fresh(text_version="")}, "text_version", "required"),
        ({"consent": fresh(source="rumour")}, "source", "required"),
    ],
)
def test_without_a_reason_or_a_fresh_consent_it_stands(desk: Desk, said: dict[str, Any], field: str, code: str) -> None:
    refusal = refused(desk, desk.agent())
    with pytest.raises(Invalid) as wrong:
        lifted(desk, refusal, **said)
    assert [(e.field, e.code) for e in wrong.value.errors] == [(field, code)]
    assert OptOut.objects.standing().count() == 1
    assert Consent.objects.filter(withdrawn_at__isnull=True).count() == 1


def test_an_address_of_nobody_stays_shut(desk: Desk) -> None:
    refusal = OptOut.objects.create(channel="telegram", address="77", source=OptOutSource.WORD, at=NOON)
    with pytest.raises(Invalid) as wrong:
        lifted(desk, refusal)
    assert wrong.value.errors[0].code == "nobody"


def test_an_auditor_lifts_nothing(desk: Desk) -> None:
    refusal = refused(desk, desk.agent())
    with pytest.raises(NotAllowed):
        lift(refusal=refusal, by=desk.office.aziz, at=LATER, reason="Просто так", consent=fresh())


def test_the_trail_names_the_lifting(desk: Desk) -> None:
    refusal = lifted(desk, refused(desk, desk.agent()))
    labels = pghistory.models.Events.objects.filter(pgh_model="outreach.OptOutEvent", pgh_obj_id=str(refusal.pk))
    assert [event.pgh_label for event in labels.order_by("pgh_created_at")] == ["insert", "update"]


def test_refusals_are_seen_with_their_party_and_addresses_of_nobody_by_those_who_see_all(desk: Desk) -> None:
    mine = refused(desk, desk.agent())
    nobody = OptOut.objects.create(channel="telegram", address="77", source=OptOutSource.WORD, at=NOON)
    office = desk.office
    assert list(OptOut.objects.visible_to(office.olim)) == [mine]
    assert list(OptOut.objects.visible_to(office.sitora)) == []
    assert set(OptOut.objects.visible_to(office.adiba)) == {mine, nobody}
