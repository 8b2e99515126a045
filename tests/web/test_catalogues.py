"""The interface speaks Uzbek and English in full; Russian stands in the code, its catalogue gives only plural forms."""

import gettext
import io
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[2] / "locale"
PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w[^>]*>")
CYRILLIC = re.compile("[\u0400-\u04ff]")
# A language is offered under its own name, so that who reads no other finds it.
IN_CYRILLIC = {"Русский"}

MESSAGES: dict[str, list[Message]] = {}


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as source:
        return read_po(source, locale=language, domain="django")


def messages(language: str) -> list[Message]:
    if language not in MESSAGES:
        MESSAGES[language] = [message for message in catalogue(language) if message.id]
    return MESSAGES[language]


def forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


@pytest.mark.parametrize("language", ["uz", "en"])
def test_every_text_is_translated(language: str) -> None:
    assert [message.id for message in messages(language) if not all(forms(message.string))] == []


@pytest.mark.parametrize("language", ["uz", "en", "ru"])
def test_a_translation_keeps_the_places_for_values_and_the_markup(language: str) -> None:
    # The form for one may say «one lead» without the figure; nothing may ask for a value that the code does not give.
    wrong = []
    for message in messages(language):
        given, plural = Counter(PLACES.findall(forms(message.id)[-1])), not isinstance(message.id, str)
        for form in filter(None, forms(message.string)):
            asked = Counter(PLACES.findall(form))
            if not (asked <= given if plural else asked == given):
                wrong.append((message.id, form))
    assert wrong == []


@pytest.mark.parametrize("language", ["uz", "en"])
def test_nothing_is_left_in_cyrillic(language: str) -> None:
    said = {form for message in messages(language) for form in forms(message.string) if CYRILLIC.search(form)}
    assert said <= IN_CYRILLIC


def test_the_turned_comma_and_the_apostrophe_are_not_mixed_up_in_uzbek() -> None:
    said = [form for message in messages("uz") for form in forms(message.string)]
    assert [text for text in said if re.search(r"[^ogOG]ʻ|[ogOG]ʼ|\w['‘’`]\w", text)] == []


def test_russian_has_every_form_of_a_plural_and_its_other_texts_are_those_of_the_code() -> None:
    counted = [message for message in messages("ru") if not isinstance(message.id, str)]
    assert counted
    assert [m.id for m in counted if len(forms(m.string)) != 3 or not all(forms(m.string))] == []
    compiled = io.BytesIO()
    write_mo(compiled, catalogue("ru"))
    russian = gettext.GNUTranslations(io.BytesIO(compiled.getvalue()))
    plain = [message.id for message in messages("ru") if isinstance(message.id, str) and not message.string]
    assert [text for text in plain if russian.gettext(text) != text] == []
