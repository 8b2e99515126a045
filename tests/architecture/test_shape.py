"""Files stay small, rooms keep their words, arrows point down also where import-linter does not look."""

import ast
import re

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from tests.architecture.source import ROOT, files, functions

FLOORS = (
    {"common", "priority"}, {"accounts", "channels", "jobs"}, {"approvals", "audit", "worktime"}, {"agents"},
    {"funnel"}, {"hypotheses", "plans"}, {"leads"}, {"backlog"},
    {"calls", "dashboards", "documents", "forms", "imports", "notifications", "outreach", "webhooks"},
    {"inbox", "privacy"}, {"monitoring"}, {"demo"}, {"web", "api"}, {"salescrm"},
)  # fmt: skip
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "managers.py", "signals.py", "exceptions.py"}


def test_no_file_is_longer_than_400_lines() -> None:
    long = {str(p.relative_to(ROOT)): n for p in files() if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in files()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert not long


def test_no_module_is_a_drawer_for_everything() -> None:
    assert not [str(path) for path in files() if path.name in FORBIDDEN_NAMES]


def test_no_foreign_key_points_to_a_floor_above() -> None:
    """String references («leads.Lead») are arrows too, and import-linter does not see them."""
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and model._meta.app_label in FLOOR
        and field.related_model._meta.app_label in FLOOR
        and FLOOR[field.related_model._meta.app_label] > FLOOR[model._meta.app_label]
    ]
    assert not upward


def test_no_face_reads_rows_around_the_scope() -> None:
    """A view that writes ``Lead.objects.filter`` instead of ``visible_to`` shows strangers each other's work."""
    scoped = "Lead|Party|Agent|Client|Initiative|Segment|Utp|Import|Sprint|Goal|Action|Finding|Campaign|Hypothesis"
    safe = r"(\s*\.\w+\([^()]*\))*\s*\.(visible_to|none)\b"
    pattern = re.compile(rf"\b({scoped})\.objects\b(?!{safe})")
    around = []
    for path in files("web", "api"):
        text = path.read_text(encoding="utf-8")
        around += [f"{path.relative_to(ROOT)}: {match.group(0)}" for match in pattern.finditer(text)]
    assert not around


def test_every_deed_is_keyword_only() -> None:
    """Public functions of services take no positional argument that two callers could swap."""
    loose = []
    for path in files(
        "accounts",
        "agents",
        "approvals",
        "audit",
        "backlog",
        "calls",
        "dashboards",
        "documents",
        "forms",
        "funnel",
        "hypotheses",
        "imports",
        "inbox",
        "leads",
        "notifications",
        "outreach",
        "plans",
        "privacy",
        "webhooks",
        "worktime",
    ):
        if "services" not in path.parts and path.name != "services.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and _is_deed(node) and len(node.args.args) > 1:
                loose.append(f"{path.relative_to(ROOT)} {node.name}")
    assert not loose


def _is_deed(node: ast.FunctionDef) -> bool:
    names = {ast.unparse(decorator) for decorator in node.decorator_list}
    return not node.name.startswith("_") and "transaction.atomic" in names


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_text_of_the_project_names_this_machine_or_a_registry() -> None:
    bad = re.compile(r"(^--?(extra-)?index-url|^-i |\"resolved\": |/(home|root|Users)/\w+/)", re.MULTILINE)
    roots = [ROOT / name for name in ("docs", "templates", "requirements", "deploy", "assets")]
    found = []
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file() and "node_modules" not in path.parts and "dist" not in path.parts:
                text = path.read_text(encoding="utf-8", errors="ignore")
                found += [f"{path.relative_to(ROOT)}: {m.group(0)}" for m in bad.finditer(text)]
    assert not found
