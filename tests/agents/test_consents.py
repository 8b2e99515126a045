"""Consents: one in force for each purpose, dated, sourced, withdrawn once and for good."""

from datetime import timedelta
from typing import Any

import pytest

from agents.models import Consent, Party
from agents.selectors import has_live_consent
from agents.services import wordings
from agents.services.consents import ConsentDraft, ConsentStands, record_consent, record_consents, withdraw_consent
from agents.services.parties import PartyDraft, create_party
from common import clock
from common.errors import Invalid, NotAllowed
from tests.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(office: Office) -> Party:
    return create_party(by=office.olim, draft=PartyDraft("agent", "Ирина К."))


def agree(office: Office, party: Party, **more: object) -> Consent:
    at = clock.now()
    given = {"purpose": "marketing", "source": "paper", "text_version": "3", "given_at": at - timedelta(days=2)}
    return record_consent(**{"party": party, "by": office.olim, "at": at} | given | more)


def test_a_consent_keeps_its_purpose_source_wording_and_day(office: Office, party: Party) -> None:
    made = agree(office, party, text_version="  3  от 01.09.2026 ")
    made.refresh_from_db()
    assert (made.party, made.purpose, made.source) == (party, "marketing", "paper")
    assert made.text_version == "3 от 01.09.2026"
    assert made.is_live


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("purpose", "", "required"),
        ("purpose", "spam", "required"),
        ("source", "", "required"),
        ("text_version", "  ", "required"),
        ("text_version", "я" * 41, "too_long"),
        ("given_at", clock.now() + timedelta(days=900), "future"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_written(
    office: Office, party: Party, field: str, value: object, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        agree(office, party, **{field: value})
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
    assert not Consent.objects.exists()


def test_a_second_one_for_the_same_purpose_is_refused_while_the_first_is_in_force(office: Office, party: Party) -> None:
    first = agree(office, party)
    with pytest.raises(ConsentStands, match="уже действует") as refusal:
        agree(office, party)
    assert (refusal.value.code, refusal.value.errors[0].field) == ("duplicate", "purpose")
    other_purpose = agree(office, party, purpose="processing")
    withdraw_consent(consent=first, by=office.olim, at=clock.now())
    again = agree(office, party)
    assert {consent.pk for consent in party.consents.filter(withdrawn_at=None)} == {other_purpose.pk, again.pk}


def test_withdrawing_twice_keeps_the_first_day(office: Office, party: Party) -> None:
    consent, at = agree(office, party), clock.now()
    withdraw_consent(consent=consent, by=office.olim, at=at)
    seen_before = Consent.objects.get(pk=consent.pk)
    seen_before.withdrawn_at = None
    assert withdraw_consent(consent=seen_before, by=office.olim, at=at + timedelta(hours=1)).withdrawn_at == at
    assert Consent.objects.get().withdrawn_at == at


def test_those_who_only_read_neither_record_nor_withdraw(office: Office, party: Party) -> None:
    consent = agree(office, party)
    with pytest.raises(NotAllowed):
        agree(office, party, by=office.aziz, purpose="transfer")
    with pytest.raises(NotAllowed):
        withdraw_consent(consent=consent, by=office.aziz, at=clock.now())
    with pytest.raises(NotAllowed):
        record_consents(given=[], by=office.aziz, at=clock.now())
    assert Consent.objects.get().is_live


def test_only_a_consent_in_force_for_the_very_purpose_counts(office: Office) -> None:
    agreed, withdrew, other, silent = (
        create_party(by=office.olim, draft=PartyDraft("agent", f"Агент {n}")) for n in range(4)
    )
    agree(office, agreed)
    withdraw_consent(consent=agree(office, withdrew), by=office.olim, at=clock.now())
    agree(office, other, purpose="processing")
    everybody = [one.pk for one in (agreed, withdrew, other, silent)]
    assert has_live_consent(everybody, "marketing") == {agreed.pk}
    assert has_live_consent(everybody[1:], "marketing") == set()
    assert has_live_consent([], "marketing") == set()


def test_many_are_written_at_once_and_those_in_force_stay(office: Office, party: Party) -> None:
    at = clock.now()
    first = agree(office, party)
    marketing, processing = (ConsentDraft(purpose, "site", "2", at) for purpose in ("marketing", "processing"))
    record_consents(given=[(party.pk, marketing), (party.pk, processing)], by=office.olim, at=at)
    assert party.consents.get(purpose="marketing").pk == first.pk
    assert party.consents.get(purpose="processing").text_version == "2"
    tomorrow = ConsentDraft("transfer", "site", "2", at + timedelta(days=1))
    with pytest.raises(Invalid):
        record_consents(given=[(party.pk, tomorrow)], by=office.olim, at=at)


def test_a_wording_is_kept_as_its_fingerprint_and_its_version_carries_it_on(office: Office, party: Party) -> None:
    text = "Согласен получать письма.\r\nОтозвать можно всегда."
    first = agree(office, party, text=text)
    assert first.text_hash == wordings.fingerprint("  Согласен получать письма.\nОтозвать можно всегда.\n")
    assert len(first.text_hash) == 64
    others = [create_party(by=office.olim, draft=PartyDraft("agent", f"Другой {n}")) for n in range(3)]
    assert agree(office, others[0]).text_hash == first.text_hash, "the same version is the same text"
    assert agree(office, others[1], text_version="4").text_hash == ""
    assert agree(office, others[2], purpose="transfer").text_hash == "", "another purpose is another text"


def test_of_a_version_in_two_languages_only_the_text_itself_tells_which(office: Office, party: Party) -> None:
    uzbek, third = (create_party(by=office.olim, draft=PartyDraft("agent", name)) for name in ("Уз", "Третий"))
    hashes = {agree(office, party, text="Согласен").text_hash, agree(office, uzbek, text="Roziman").text_hash}
    assert len(hashes) == 2
    assert agree(office, third).text_hash == ""


def test_a_consent_ends_with_the_term_of_its_purpose_and_makes_room(
    office: Office, party: Party, settings: Any
) -> None:
    settings.CONSENT_DAYS = {"marketing": 30}
    at = clock.now()
    old = agree(office, party, given_at=at - timedelta(days=31))
    named = agree(office, party, purpose="transfer", expires_at=at + timedelta(days=1))
    forever = agree(office, party, purpose="processing")
    assert old.expires_at == old.given_at + timedelta(days=30)
    assert [one.state for one in (old, named, forever)] == ["expired", "live", "live"]
    assert forever.expires_at is None
    assert has_live_consent([party.pk], "marketing") == set()
    again = agree(office, party, given_at=at)
    old.refresh_from_db()
    assert (old.state, again.state) == ("expired", "live"), "it ran out, nobody took it back"
    assert has_live_consent([party.pk], "marketing") == {party.pk}
    with pytest.raises(ConsentStands):
        agree(office, party, given_at=at)


def test_a_withdrawal_before_the_end_is_one_and_after_it_is_not(office: Office, party: Party) -> None:
    at = clock.now()
    taken_back = agree(office, party, expires_at=at + timedelta(days=1))
    withdraw_consent(consent=taken_back, by=office.olim, at=at)
    ran_out = agree(office, party, given_at=at - timedelta(days=9), expires_at=at - timedelta(days=1))
    withdraw_consent(consent=ran_out, by=office.olim, at=at)
    assert [one.state for one in (taken_back, ran_out)] == ["withdrawn", "expired"]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("expires_at", clock.now() - timedelta(days=90), "order"), ("evidence", "я" * 301, "too_long"),
     ("text", "я" * 20_001, "too_long")],
)  # fmt: skip
def test_what_proves_nothing_is_named(office: Office, party: Party, field: str, value: object, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        agree(office, party, **{field: value})
    assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]
