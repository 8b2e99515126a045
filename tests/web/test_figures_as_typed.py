"""How numbers are read as people of each language type them."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from web.leads.forms_base import Figure


@pytest.mark.parametrize(
    ("language", "typed", "meant"),
    [
        ("ru", "1,5", "1.5"),
        ("ru", "12,650", "12.65"),
        ("ru", "12\u00a0500\u00a0000", "12500000"),
        ("uz", "−2,25", "-2.25"),
        ("en", "12,650", "12650"),
        ("en", "12,650.5", "12650.5"),
        ("en", "1,5", "1.5"),
        ("en", "-1,234,567", "-1234567"),
    ],
)
def test_a_number_is_what_its_writer_meant(language: str, typed: str, meant: str) -> None:
    with translation.override(language):
        assert Figure().clean(typed) == Decimal(meant)


def test_what_nobody_could_mean_is_refused() -> None:
    with translation.override("en"), pytest.raises(ValidationError):
        Figure().clean("12,65,0.5")


@pytest.mark.parametrize(("language", "shown"), [("ru", "12,5"), ("uz", "12,5"), ("en", "12.5")])
def test_a_stored_number_is_shown_as_it_would_be_read_again(language: str, shown: str) -> None:
    with translation.override(language):
        assert Figure().prepare_value(Decimal("12.50")) == shown
        assert Figure().clean(shown) == Decimal("12.5")
