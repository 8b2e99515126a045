"""For how long a consent holds is the bank's to say: in the environment, and the operator's book says who decides."""

from pathlib import Path

import pytest
from django.conf import settings

from agents.choices import ConsentPurpose
from salescrm.settings import env

BOOK = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def read(monkeypatch: pytest.MonkeyPatch, text: str | None) -> dict[str, int]:
    monkeypatch.delenv("CONSENT_DAYS", raising=False)
    if text is not None:
        monkeypatch.setenv("CONSENT_DAYS", text)
    return env.days("CONSENT_DAYS", "marketing=1095", of=ConsentPurpose.values)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (None, {"marketing": 1095}),
        ("", {}),
        ("marketing=365, transfer = 730", {"marketing": 365, "transfer": 730}),
    ],
)
def test_the_bank_names_the_days_of_each_purpose_or_of_none(
    monkeypatch: pytest.MonkeyPatch, text: str | None, days: dict[str, int]
) -> None:
    assert read(monkeypatch, text) == days


@pytest.mark.parametrize("text", ["markting=30", "marketing", "marketing=", "marketing=0", "marketing=-1", "x=1=2"])
def test_a_slip_of_the_pen_is_told_and_makes_no_term_endless(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(env.Unset, match="CONSENT_DAYS: write name=days"):
        read(monkeypatch, text)


def test_the_operators_book_names_our_figure_and_who_decides() -> None:
    [line] = [line for line in BOOK.splitlines() if line.startswith("| `CONSENT_DAYS`")]
    ours = ",".join(f"{name}={days}" for name, days in settings.CONSENT_DAYS.items())
    assert f"`{ours}`" in line
    assert "the bank's lawyer decides" in line
    assert set(settings.CONSENT_DAYS) <= set(ConsentPurpose.values)
