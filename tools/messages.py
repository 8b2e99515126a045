"""Collects and compiles the interface's texts, without GNU gettext: `python -m tools.messages ACTION`.

Django's own commands call programs that a bare machine has not. Babel reads Python; templates are first
turned by Django into something that looks like Python, which is also what its own command does.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

from tools.catalogues import catalogues
from tools.interpreter import ROOT

KEYWORDS: dict[str, tuple[int | tuple[int, int] | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SKIPPED = {"assets", "tests", "staticfiles", "docs", "bench", "chaos", "tools", "runner"}

# Babel's own shape: line, text or its forms, the translator's hints, context.
Message = tuple[int, str | tuple[str, ...], list[str], str | None]


def compile_all() -> None:
    for path in catalogues():
        with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


def extract_all() -> None:
    """Bring every language's catalogue up to date; texts no longer used are dropped, the rest is kept."""
    settings.configure(USE_I18N=True)
    template = Catalog(domain="django", charset="utf-8", fuzzy=False)
    for path in sources():
        where = str(path.relative_to(ROOT))
        for _line, text, hints, context in messages_of(path):
            # No line numbers: they change with every edit and drown a translation's diff.
            template.add(text, locations=[(where, 0)], auto_comments=hints, context=context)
    for folder in sorted((ROOT / "locale").glob("*/LC_MESSAGES")):
        _update(folder / "django.po", folder.parent.name, template)


def sources() -> Iterator[Path]:
    for path in sorted([*ROOT.glob("*/**/*.py"), *ROOT.glob("*/**/*.html"), *ROOT.glob("*/**/*.txt")]):
        parts = path.relative_to(ROOT).parts
        if parts[0] not in SKIPPED and not any(part.startswith(".") for part in parts):
            yield path


def messages_of(path: Path) -> Iterator[Message]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Indentation of the page means nothing, but Python's tokenizer would trip over it.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines()) + "\n"
    yield from extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"])


def _update(path: Path, language: str, template: Catalog) -> None:
    known = Catalog(locale=language, domain="django", fuzzy=False)
    if path.exists():
        with path.open("rb") as source:
            known = read_po(source, locale=language, domain="django")
    known.update(template, no_fuzzy_matching=True, update_header_comment=False)
    with path.open("wb") as target:
        write_po(target, known, width=100, ignore_obsolete=True, include_lineno=False, sort_output=True)


if __name__ == "__main__":
    actions = {"compile": compile_all, "extract": extract_all}
    if sys.argv[1:2] == [] or sys.argv[1] not in actions:
        sys.exit("usage: python -m tools.messages extract|compile")
    actions[sys.argv[1]]()
