"""Compiles the translations when they changed; the work itself is done by Babel, inside .venv."""

from __future__ import annotations

from pathlib import Path

from tools.interpreter import PYTHON, ROOT, STAMPS, run, say
from tools.stamps import digest


def compile_changed() -> None:
    texts = catalogues()
    value = digest(texts, *(path.name for path in texts))
    compiled = all(path.with_suffix(".mo").exists() for path in texts)
    if not texts or (compiled and STAMPS.is_fresh("translations", value)):
        return
    say("compiling translations")
    run(str(PYTHON), "-m", "tools.messages", "compile")
    STAMPS.set("translations", value)


def catalogues() -> list[Path]:
    """Those of the project and of its rooms; the languages are the folders that exist."""
    patterns = ("locale/*/LC_MESSAGES/*.po", "*/locale/*/LC_MESSAGES/*.po")
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern) if ".venv" not in path.parts)
