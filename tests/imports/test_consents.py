"""The columns of a consent (58 of the bad files): read whole, refused clearly where they prove nothing."""

from typing import Any
from unittest import mock

import pytest

from agents.models import Consent
from agents.selectors import has_live_consent
from agents.services.consents import record_consent, withdraw_consent
from audit.redaction import event_model
from common import clock
from common.errors import Invalid
from imports import mapping as mappings
from imports import reverting, services
from imports.models import Import
from jobs.registry import JobRun
from leads.models import Lead
from leads.services.editing import add_note
from tests.imports.desk import check, csv_bytes, fresh, load, people_mapping, take
from tests.office import Office

pytestmark = pytest.mark.django_db
HEAD = ["Имя", "Телефон", "Согласие", "Дата согласия", "Как получено", "Редакция"]
COLUMNS = dict(zip(("consent", "consent_at", "consent_source", "consent_text"), HEAD[2:], strict=True))


def loaded(office: Office, *rows: list[str], columns: dict[str, str] = COLUMNS, update_known: bool = False) -> Import:
    people = [["Олим Р.", "90 123 45 67", *row] for row in rows]
    for number, person in enumerate(people):
        person[1] = f"90 123 45 {60 + number}"
    run = take(office.olim, csv_bytes([HEAD, *people], separator=";"))
    more = {name: {"column": column} for name, column in columns.items()}
    mapping = people_mapping(**more) | {"update_known": update_known}
    run = services.choose_columns(run=run, by=office.olim, mapping=mapping)
    return load(check(run, office.olim), office.olim)


def wrong(run: Import) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for row in run.rows.filter(status="refused") for one in row.errors]


def test_58_consents_are_written_down_with_the_leads(office: Office) -> None:
    loaded(
        office, ["да", "01.09.2026", "анкета", "3 от 01.08.2026"], ["обработка, реклама", "2026-09-01", "site", "3"],
        ["нет", "", "", ""], ["", "", "", ""],
    )  # fmt: skip
    told = [(one.purpose, one.source, one.text_version) for one in Consent.objects.order_by("pk")]
    assert sorted(told) == sorted([
        ("processing", "paper", "3 от 01.08.2026"), ("processing", "site", "3"), ("marketing", "site", "3"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["наверное", "01.09.2026", "анкета", "3"], [("Согласие", "unknown")]),
        (["да", "", "анкета", ""], [("Дата согласия", "required"), ("Редакция", "required")]),
        (["да", "31.02.2026", "анкета", "3"], [("Дата согласия", "date")]),
        (["да", "01.09.2096", "анкета", "3"], [("Дата согласия", "future")]),
        (["да", "01.09.2026", "телепатия", "3"], [("Как получено", "unknown")]),
        (["да", "01.09.2026", "анкета", "ы" * 41], [("Редакция", "too_long"), ("Редакция", "too_long")]),
    ],
)
def test_58_what_proves_nothing_is_refused_by_its_column(
    office: Office, row: list[str], told: list[tuple[str, str]]
) -> None:
    assert wrong(loaded(office, row)) == told
    assert not Consent.objects.exists()


def test_58_a_consent_without_its_day_and_text_is_no_column(office: Office) -> None:
    with pytest.raises(Invalid, match="Согласие: когда дано") as refusal:
        loaded(office, ["да", "", "", ""], columns={"consent": "Согласие"})
    assert [error.code for error in refusal.value.errors] == ["required"]


def test_58_a_bank_may_take_nobody_without_a_consent(office: Office, settings: Any) -> None:
    settings.IMPORT_CONSENTS = ["processing"]
    with pytest.raises(Invalid, match="только с согласием"):
        loaded(office, ["да", "", "", ""], columns={})
    given, none = ["да", "01.09.2026", "анкета", "3"], ["нет", "", "", ""]
    assert wrong(loaded(office, given, none)) == [("Согласие", "required")]
    assert Consent.objects.count() == 1


def test_the_columns_are_guessed_by_their_names() -> None:
    found = mappings.guess(HEAD, [])
    assert {name: found[name].column for name in COLUMNS} == COLUMNS


def taken_back(run: Import, office: Office) -> Import:
    services.start_revert(run=run, by=office.olim, at=clock.now())
    with mock.patch.object(reverting, "renew"):
        reverting.revert(JobRun(run.pk, {"import": str(run.pk)}, run.pk, 1))
    return fresh(run)


def test_an_import_that_is_taken_back_ends_the_consents_that_it_gave_and_says_why(office: Office) -> None:
    run = loaded(office, ["обработка, реклама", "01.09.2026", "анкета", "3"], ["да", "01.09.2026", "анкета", "3"])
    worked = Lead.objects.get(party__contacts__key="+998901234560")
    add_note(lead=worked, by=office.olim, at=clock.now(), text="Созвонились")
    earlier = {one.pk: one.given_at for one in worked.party.consents.all()}
    done = taken_back(run, office)
    assert (done.state, done.kept, Lead.objects.count()) == ("reverted", 1, 1)
    ended = list(worked.party.consents.all())
    assert {one.pk: one.given_at for one in ended} == earlier
    assert {(one.state, one.get_end_reason_display()) for one in ended} == {("withdrawn", "загрузка файла отменена")}
    assert has_live_consent([worked.party_id], "marketing") == set()
    history: Any = event_model(Consent)
    told = history.objects.filter(pgh_label="update", end_reason="import")
    assert told.count() == 3, "also of the one whose record went with its lead"


def test_a_consent_that_stood_before_or_was_given_since_is_none_of_the_imports(office: Office) -> None:
    lead = office.lead(office.olim, name="Олим Р.")
    lead.party.contacts.update(value="+998901234560", key="+998901234560")
    own = {"purpose": "processing", "source": "paper", "text_version": "2", "given_at": clock.now()}
    stood = record_consent(party=lead.party, by=office.olim, at=clock.now(), **own)
    run = loaded(office, ["обработка, реклама, передача", "01.09.2026", "анкета", "3"], update_known=True)
    given = {one.purpose: one for one in lead.party.consents.exclude(pk=stood.pk)}
    assert set(given) == {"marketing", "transfer"}
    withdraw_consent(consent=given["transfer"], by=office.olim, at=clock.now())
    since = record_consent(party=lead.party, by=office.olim, at=clock.now(), **own | {"purpose": "transfer"})
    taken_back(run, office)
    live = {one.pk for one in lead.party.consents.all() if one.is_live}
    assert live == {stood.pk, since.pk}
    given["transfer"].refresh_from_db()
    assert given["transfer"].end_reason == "", "he took it back himself, and that stays said"
