"""The project's own source, for the tests that judge its shape."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "accounts", "agents", "api", "approvals", "audit", "backlog", "calls", "channels", "common", "dashboards", "demo",
    "documents", "forms", "funnel", "hypotheses", "imports", "inbox", "jobs", "leads", "monitoring", "notifications",
    "outreach", "plans", "priority", "privacy", "runner", "salescrm", "tools", "web", "webhooks", "worktime",
)  # fmt: skip


def files(*rooms: str) -> Iterator[Path]:
    """Python files of these rooms (all of them without a name), migrations left out."""
    for room in rooms or ROOMS:
        yield from (path for path in sorted((ROOT / room).rglob("*.py")) if "migrations" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
