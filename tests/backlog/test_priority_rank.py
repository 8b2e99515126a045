"""The command line's list equals the stored one, and a moment in the past knows nothing of what came later."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from backlog.models import LeadScore
from backlog.ranking import hours, rank_all, recount_rates
from common import clock
from tests.backlog.test_ranking import filled, outcome
from tests.office import Office

pytestmark = pytest.mark.django_db


def table(path: Path, asof: Any) -> list[dict[str, str]]:
    call_command("priority_rank", "--asof", asof.isoformat(), "--out", str(path))
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_file_holds_the_lists_that_the_system_shows(office: Office, tmp_path: Path) -> None:
    filled(office)
    morning = hours.morning_of(clock.now())
    recount_rates(at=morning)
    rank_all(at=morning, cause="test")
    written = table(tmp_path / "ranking.csv", morning)
    assert list(written[0]) == [
        "owner", "rank", "lead", "score", "p", "p_low", "p_high", "margin", "hours", "freshness", "n", "reason",
    ]  # fmt: skip
    stored = {str(row.pk): (str(row.owner_id), row.rank, row.score) for row in LeadScore.objects.all()}
    assert {row["lead"]: (row["owner"], int(row["rank"]), float(row["score"])) for row in written} == stored
    assert all("маржа" in row["reason"] for row in written)


def test_what_came_later_changes_nothing(office: Office, tmp_path: Path) -> None:
    filled(office)
    at = clock.now()
    outcome(office, office.segment, passed=False, at=at)
    before = table(tmp_path / "a.csv", at)
    outcome(office, office.segment, passed=False, at=at + timedelta(hours=1))
    assert table(tmp_path / "b.csv", at) == before


def test_a_moment_that_is_none_is_refused_with_an_example(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="2026-11-22T09:00:00Z"):
        call_command("priority_rank", "--asof", "вчера", "--out", str(tmp_path / "x.csv"))


def test_a_file_that_cannot_be_written_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("priority_rank", "--out", str(tmp_path / "none" / "x.csv"))
