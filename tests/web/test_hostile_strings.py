"""Three hundred strings in every field that takes text: never a 5xx, shown as text, kept whole or refused in words.

A few of them a form in the suite, another few for each form, so that all are tried; ``HOSTILE=all`` puts every string
into every field.
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from tests.office import Office
from tests.web import hostile
from tests.web.matrix import quiet
from tests.web.policy import AREAS, Rule
from tests.web.pressing import Field, Form, form_of, read
from tests.web.test_bad_input import KEPT, Reader, fragile, urlencoded, urlpatterns

pytestmark = pytest.mark.django_db
__all__ = ["fragile", "urlpatterns"]
STRINGS = hostile.strings()
MARKUP, REFUSED = frozenset(hostile.markup()), frozenset(hostile.refused_ones())
ROUNDS = 2
FORGOTTEN = frozenset({"website", "code"})
"""A trap for programs, which people do not see, and what is valid once: neither is shown again."""


class Written:
    """An execute wrapper: the texts that statements wrote."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "INSERT" in str(sql) or "UPDATE" in str(sql):
            self.texts += list(_flat(params))
        return execute(sql, params, many, context)

    def shortened(self, text: str) -> bool:
        """Its beginning was written, and nowhere all of it."""
        parts = [found for found in self.texts if hostile.HEAD in found]
        return bool(parts) and not any(hostile.TAIL in found for found in parts) and hostile.HEAD in text


def _flat(params: Any) -> Iterator[str]:
    if isinstance(params, str):
        yield params
    elif isinstance(params, dict):
        yield from (text for value in params.values() for text in _flat(value))
    elif isinstance(params, list | tuple):
        yield from (text for value in params for text in _flat(value))
    elif hasattr(params, "obj"):  # what is wrapped for a column of JSON
        yield str(params.obj)


def takes_text(form: Form) -> list[Field]:
    return [item for item in form.fields if item.is_text and item.name not in KEPT]


def rounds(form: Form, first: int) -> Iterator[dict[str, str]]:
    """Field → string. The string's place goes on from field to field and from form to form."""
    fields = takes_text(form)
    whole = os.environ.get("HOSTILE") == "all"
    for turn in range(len(STRINGS) if whole and fields else ROUNDS * bool(fields)):
        start = turn if whole else first + turn * len(fields)
        yield {item.name: STRINGS[(start + place) % len(STRINGS)] for place, item in enumerate(fields)}


def as_typed(text: str) -> str:
    """How a browser would send back what a page shows of it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")


def wrong_with(reader: Reader, rule: Rule, first: int) -> Iterator[str]:
    own = reader.path_of(rule)
    found = form_of(reader.client_for(rule).get(own).content.decode(), own.partition("?")[0])
    for typed in rounds(found, first) if found else ():
        with transaction.atomic():
            yield from _pressed(reader, rule, own, found, typed)
            transaction.set_rollback(True)


def _pressed(reader: Reader, rule: Rule, own: str, form: Form, typed: dict[str, str]) -> Iterator[str]:
    written, client = Written(), reader.client_for(rule)
    content, kind = urlencoded(form.data() | {name: [text] for name, text in typed.items()})
    with connection.execute_wrapper(written):
        answer = client.post(own, content, content_type=kind)
    pages = [answer.content]
    if answer.status_code == 302:
        pages.append(reader.client_for(rule).get(answer["Location"]).getvalue())
    for name, text in typed.items():
        said = f"POST {rule.name}: {name}={text[:60]!r}: "
        if answer.status_code >= 500:
            yield f"{said}{answer.status_code}"
        if text in MARKUP and any(text.encode() in page for page in pages):
            yield f"{said}it stands in the page as markup"
        if answer.status_code < 400 and written.shortened(text):
            yield f"{said}only its beginning was kept"
    if answer.status_code == 422:
        yield from (
            f"POST {rule.name}: {name}={typed[name][:60]!r} was lost" for name in lost(answer.content.decode(), typed)
        )


def lost(page: str, typed: dict[str, str]) -> list[str]:
    """Fields that are shown again without what was typed into them. A password is never shown again, and half a
    character cannot be."""
    shown = {item.name: item for form in read(page).forms for item in form.fields if form.method == "post"}
    kept = {name: item for name, item in shown.items() if name in typed.keys() - FORGOTTEN and item.type != "password"}
    whole = {name: item for name, item in kept.items() if typed[name] not in REFUSED}
    return [name for name, item in whole.items() if as_typed(item.value) != as_typed(typed[name])]


@pytest.fixture(scope="module")
def one_reader(kept_office: Office) -> Reader:
    return Reader(kept_office)


RULES = [(area, rule) for area in AREAS if area != "api" for rule in AREAS[area] if {"GET", "POST"} <= rule.methods]


@pytest.mark.parametrize("area", sorted({area for area, _rule in RULES}))
def test_what_is_typed_is_kept_whole_or_refused_in_words(area: str, one_reader: Reader) -> None:
    with quiet():
        wrong = [
            line
            for number, (of, rule) in enumerate(RULES) if of == area
            for line in wrong_with(one_reader, rule, number * 2 * ROUNDS)
        ]  # fmt: skip
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_list_is_as_long_as_it_says_and_of_every_kind() -> None:
    assert len(STRINGS) == len(set(STRINGS)) >= 300
    assert set(hostile.long_ones()) | set(hostile.refused_ones()) | MARKUP < set(STRINGS)
    print(f"{len(STRINGS)} strings, {len(RULES)} forms")


@pytest.mark.urls("tests.web.test_bad_input")
def test_a_page_that_takes_all_on_trust_is_found(one_reader: Reader) -> None:
    """The negative control: a form that says back what it was told."""
    rule = Rule("fragile", frozenset({"GET", "POST"}), AREAS["leads"][0].door)
    with quiet():
        wrong = [line for first in range(0, len(STRINGS), ROUNDS) for line in wrong_with(one_reader, rule, first)]
    assert sum("as markup" in line for line in wrong) == len(MARKUP)
    assert any("was lost" in line for line in wrong)
