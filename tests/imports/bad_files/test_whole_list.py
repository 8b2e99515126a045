"""The sixty of the list: each number has a case that runs, and the numbers that have none are named."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.imports.bad_files.cases import FILES

NUMBERS = frozenset(range(1, 61))
TESTS = Path(__file__).resolve().parents[1]
_NOT_RUN = frozenset({"skip", "skipif", "xfail"})


def cases() -> dict[int, list[str]]:
    """By number: the files of the table, and the tests whose name begins with the number (``test_51_…``)."""
    found: dict[int, list[str]] = defaultdict(list)
    for file in FILES:
        found[file.number].append(file.says)
    for path in sorted(TESTS.rglob("test_*.py")):
        for number, name in _numbered(ast.parse(path.read_text(encoding="utf-8")).body):
            found[number].append(name)
    return found


def _numbered(body: Iterable[ast.stmt]) -> Iterable[tuple[int, str]]:
    for step in body:
        if not isinstance(step, ast.FunctionDef) or not step.name.startswith("test_"):
            continue
        number = step.name.split("_")[1]
        marks = {
            node.attr for mark in step.decorator_list for node in ast.walk(mark) if isinstance(node, ast.Attribute)
        }
        if number.isdigit() and not marks & _NOT_RUN:
            yield int(number), step.name


def missing(found: Mapping[int, list[str]]) -> list[int]:
    return sorted(number for number in NUMBERS if not found.get(number))


def test_all_sixty_bad_files_have_a_case() -> None:
    found = cases()
    print(f"\nbad files: {len(NUMBERS) - len(missing(found))} of {len(NUMBERS)}, {sum(map(len, found.values()))} cases")
    assert missing(found) == []
    assert set(found) == NUMBERS, "a number that is not on the list"


def test_one_that_is_taken_away_or_skipped_is_missed() -> None:
    """The control: every number in turn, and a test that stands there but does not run."""
    found = cases()
    for number in NUMBERS:
        assert missing({**found, number: []}) == [number]
    skipped = "@pytest.mark.skip(reason='slow')\ndef test_52_many() -> None: ...\ndef test_53_cut() -> None: ..."
    assert list(_numbered(ast.parse(skipped).body)) == [(53, "test_53_cut")]
