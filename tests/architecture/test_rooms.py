"""The lists in pyproject.toml that a new room must not be forgotten in."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_ROOMS = {"bench", "chaos", "runner", "tests", "tools"}
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["importlinter"]["contracts"]}


def rooms() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")} - NO_ROOMS


def floors() -> set[str]:
    layers = "|".join(CONTRACTS["floors"]["layers"])
    return {name.strip(" ()") for name in layers.split("|")}


def test_every_room_is_read_by_the_linter_of_imports() -> None:
    assert set(CONFIG["importlinter"]["root_packages"]) == rooms() | {"runner"}


def test_every_room_stands_on_a_floor() -> None:
    assert rooms() - floors() == set()


def test_the_runner_is_kept_from_every_room() -> None:
    assert set(CONTRACTS["runner"]["forbidden_modules"]) == rooms()


def test_every_room_is_sorted_as_our_own_code() -> None:
    assert rooms() - set(CONFIG["ruff"]["lint"]["isort"]["known-first-party"]) == set()
