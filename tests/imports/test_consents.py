"""The columns of a consent (58 of the bad files): read whole, refused clearly where they prove nothing."""

from typing import Any

import pytest

from agents.models import Consent
from common.errors import Invalid
from imports import mapping as mappings
from imports import services
from imports.models import Import
from tests.imports.desk import check, csv_bytes, load, people_mapping, take
from tests.office import Office

pytestmark = pytest.mark.django_db
HEAD = ["Имя", "Телефон", "Согласие", "Дата согласия", "Как получено", "Редакция"]
COLUMNS = dict(zip(("consent", "consent_at", "consent_source", "consent_text"), HEAD[2:], strict=True))


def loaded(office: Office, *rows: list[str], columns: dict[str, str] = COLUMNS) -> Import:
    people = [["Олим Р.", "90 123 45 67", *row] for row in rows]
    for number, person in enumerate(people):
        person[1] = f"90 123 45 {60 + number}"
    run = take(office.olim, csv_bytes([HEAD, *people], separator=";"))
    more = {name: {"column": column} for name, column in columns.items()}
    run = services.choose_columns(run=run, by=office.olim, mapping=people_mapping(**more))
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
