"""The report for people reads as the forms do: words for columns and codes, the bank's time, names for records."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from django.db import models
from django.utils import timezone

from agents.models import Consent, Contact
from leads.models import Lead
from privacy import reports
from tests.office import Office

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 30, 20, 30, tzinfo=UTC)


def told(model: type[models.Model] | None, row: Mapping[str, Any], *, past: Mapping[str, Any] | None = None) -> str:
    part: Any = SimpleNamespace(title="Часть", model=model, rows=[dict(row)], history=[dict(past)] if past else [])
    with timezone.override("Asia/Tashkent"):
        paper = pypdf.PdfReader(io.BytesIO(reports.to_pdf("Gʻofurova Oʻgʻiloy", [part], AT)))
    return " ".join("\n".join(page.extract_text() for page in paper.pages).replace("\u00a0", " ").split())


def test_columns_and_codes_are_words_and_moments_are_the_banks(office: Office) -> None:
    row = {"id": 7, "party": uuid4(), "purpose": "marketing", "source": "paper", "given_at": AT, "evidence": "Анкета"}
    page = told(Consent, row, past=row | {"pgh_label": "insert", "pgh_created_at": AT})
    assert "Персональные данные: Gʻofurova Oʻgʻiloy" in page
    assert "Цель Рекламные и информационные сообщения" in page
    assert "Как получено Подпись на бумаге" in page
    assert "Дано 31.01.2026 01:30" in page
    assert "Редакция от 31.01.2026 01:30" in page
    assert "Что сделано создано" in page
    assert [code for code in ("marketing", "given_at", "pgh", "insert", str(row["party"])) if code in page] == []


def test_records_of_the_bank_stand_by_their_names_and_sums_by_their_figures(office: Office) -> None:
    row = {"owner": office.olim.pk, "amount": Decimal("30500000.50"), "return_on": date(2026, 3, 5), "tags": ["VIP"]}
    page = told(Lead, row | {"version": 4, "updated_at": AT})
    assert f"Владелец {office.olim.name}" in page
    assert "Сумма 30 500 000,5" in page
    assert "Вернуться к теме 05.03.2026" in page
    assert "Метки VIP" in page
    assert "Updated" not in page


def test_no_word_of_a_person_is_left_out_for_want_of_a_label(office: Office) -> None:
    """The control: what is only for machines is not there, what somebody wrote is, called or not."""
    page = told(Contact, {"value": "+998901234567", "key": "+998901234567", "note": "После шести", "preferred": True})
    assert (page.count("+998901234567"), "После шести" in page, "Основной да" in page) == (1, True, True)
    assert "Шесть слов" in told(None, {"nobody_named_it": "Шесть слов"})
