"""Judges new migrations: could they run while people work? `python -m tools.migrations [--baseline]`.

Old and new programs meet one schema for the minutes of an upgrade, and a lock on a large table stops everybody. So a
step that rewrites or scans a table under its lock, or that the old program cannot live with, is refused, with the way
to do it in three steps. What was there before the first installation stands in the baseline. A migration that was
weighed and is right as it is says why: ``REVIEWED = "reason"``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.interpreter import ROOT

BASELINE = ROOT / "tools" / "migrations_baseline.txt"
LATER = "only after a release that does not use it any more"
ADVICE = {
    "AddIndex": "use AddIndexConcurrently, with atomic = False",
    "AddConstraint": "add it as not valid (AddConstraintNotValid) and validate it in the next migration",
    "RemoveIndex": "use RemoveIndexConcurrently, with atomic = False",
    "RemoveField": LATER,
    "DeleteModel": LATER,
    "RenameField": "the running program knows the old name: add, copy, remove in three releases",
    "RenameModel": "the running program knows the old name: add, copy, remove in three releases",
    "AlterModelTable": "the running program knows the old name",
    "AlterField": "a change of type rewrites the table: add a column, copy in batches, swap",
}
_SQL = re.compile(
    r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)|LOCK\s+TABLE|ALTER\s+COLUMN\s+\S+\s+TYPE|VACUUM\s+FULL", re.I
)


def files() -> list[Path]:
    return sorted(path for path in ROOT.glob("*/migrations/[0-9]*.py"))


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}.{path.stem}"


def judge(text: str) -> list[str]:
    """What is wrong with a migration's text."""
    tree = ast.parse(text)
    if any(_assigned(node) == "REVIEWED" for node in ast.walk(tree)):
        return []
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = {_word(call, "name", 0).lower() for call in calls if _callee(call) == "CreateModel"}
    return [line for call in calls for line in _of_call(call, made)] + list(_of_transaction(tree, calls))


def _of_call(call: ast.Call, made: set[str]) -> Iterator[str]:
    name, model = _callee(call), _word(call, "model_name", 0).lower()
    if name in ADVICE and model not in made:
        yield f"line {call.lineno}: {name}: {ADVICE[name]}"
    if name == "AddField" and model not in made and not _is_harmless(call):
        yield f"line {call.lineno}: AddField: null=True or db_default=…, the running program does not fill it"
    if name == "RunSQL":
        for part in ast.walk(call):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and (found := _SQL.search(part.value)):
                yield f"line {part.lineno}: «{found.group().strip()}» keeps a table locked for as long as it takes"


def _of_transaction(tree: ast.Module, calls: list[ast.Call]) -> Iterator[str]:
    concurrent = any(_callee(call).endswith("Concurrently") for call in calls)
    atomic = not any(
        _assigned(node) == "atomic" and isinstance(node, ast.Assign) and getattr(node.value, "value", True) is False
        for node in ast.walk(tree)
    )
    if concurrent and atomic:
        yield "an index is built concurrently only outside a transaction: atomic = False"
    if any(_callee(call) == "RunPython" for call in calls) and atomic:
        yield "RunPython: batches of at most 5000 rows, each in a transaction of its own: atomic = False"


def _is_harmless(call: ast.Call) -> bool:
    """A column that old inserts may leave out, and that no scan fills."""
    field = next((word.value for word in call.keywords if word.arg == "field"), None)
    if not isinstance(field, ast.Call):
        return False
    if _callee(field) == "ManyToManyField":
        return True
    words = {word.arg: word.value for word in field.keywords}
    return "db_default" in words or getattr(words.get("null"), "value", False) is True


def _callee(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _word(call: ast.Call, name: str, place: int) -> str:
    found: ast.expr | None = next((word.value for word in call.keywords if word.arg == name), None)
    if found is None and len(call.args) > place:
        found = call.args[place]
    return str(found.value) if isinstance(found, ast.Constant) else ""


def _assigned(node: ast.AST) -> str:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return ""


def main(arguments: list[str]) -> int:
    if arguments == ["--baseline"]:
        BASELINE.write_text("".join(f"{name_of(path)}\n" for path in files()), encoding="utf-8")
        return 0
    known = set(BASELINE.read_text(encoding="utf-8").split())
    wrong = [
        f"{name_of(path)}: {line}"
        for path in files()
        if name_of(path) not in known
        for line in judge(path.read_text(encoding="utf-8"))
    ]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
