"""The table of docs/security.md names tests that are there."""

import re

import pytest

from tests.architecture.source import ROOT

TABLE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)", TABLE)))
PAPERS = sorted(set(re.findall(r"(?:`|\]\()((?:docs/|adr/)?[\w/-]+\.md)", TABLE)))


def is_there(path: str, test: str) -> bool:
    file = ROOT / path
    return file.exists() and re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_every_line_names_a_test_that_is_there() -> None:
    assert len(NAMED) > 80
    assert not [f"{path}::{test}" for path, test in NAMED if not is_there(path, test)]


@pytest.mark.parametrize("path", PAPERS)
def test_every_paper_that_it_leads_to_is_there(path: str) -> None:
    assert (ROOT / path).exists() or (ROOT / "docs" / path).exists()


def test_a_test_that_is_gone_would_be_missed() -> None:
    path, test = NAMED[0]
    assert not is_there(path, f"{test}_no_more")
    assert not is_there("tests/architecture/nowhere.py", test)
