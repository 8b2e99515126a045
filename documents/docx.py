"""Word files: which variables a template asks for, and the paper with their values. Replaced as text, nothing runs.

Word cuts a line of text into runs where it likes, so a variable is looked for in the paragraph as a whole; its value
takes the look of the place where the variable begins.
"""

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import docx
from django.utils.translation import gettext as _
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from lxml import etree

from documents.safety import check_docx, refusal
from documents.variables import BLANK, VARIABLES

VARIABLE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_PARAGRAPH, _TEXT, _BREAK = qn("w:p"), qn("w:t"), qn("w:br")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Preview:
    """The variables of a template in the order of the text: those we know, and those nobody knows."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


def preview(content: bytes) -> Preview:
    """Raises Invalid for what is not a safe Word document, and for a variable that is begun and not ended."""
    check_docx(content)
    names: dict[str, None] = {}
    for paragraph in _paragraphs(_opened(content)):
        text = "".join(node.text or "" for node in _texts(paragraph))
        _demand_plain(text)
        names |= dict.fromkeys(VARIABLE.findall(text))
    return Preview(
        tuple(name for name in names if name in VARIABLES), tuple(name for name in names if name not in VARIABLES)
    )


def fill(content: bytes, values: Mapping[str, str]) -> bytes:
    """The paper with these values; a variable without one becomes a line to write on."""
    document = _opened(content)
    for paragraph in _paragraphs(document):
        _fill(paragraph, values)
    return saved(document)


def saved(document: Word) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _opened(content: bytes) -> Word:
    try:
        return docx.Document(io.BytesIO(content))
    except (KeyError, ValueError, TypeError, AttributeError, etree.LxmlError) as error:
        raise refusal(_("Это не документ Word. Сохраните шаблон как DOCX."), "type") from error


def _demand_plain(text: str) -> None:
    if "{%" in text or "{#" in text:
        raise refusal(_("Команды в шаблоне не выполняются. Оставьте только переменные в двойных скобках."), "command")
    rest = VARIABLE.sub("", text)
    if "{{" in rest or "}}" in rest:
        message = _("Переменная начата и не закончена: «%(text)s». Запишите её как {{ party.name }}.")
        place = max(rest.find("{{"), 0)
        raise refusal(message % {"text": rest[place : place + 40].strip()}, "unfinished")


def _paragraphs(document: Word) -> Iterator[etree._Element]:
    """Of the body, of its tables and text boxes, of headers and footers."""
    roots: list[etree._Element] = [document.element.body]
    for section in document.sections:
        for part in (
            section.header, section.footer, section.first_page_header, section.first_page_footer,
            section.even_page_header, section.even_page_footer,
        ):  # fmt: skip
            if not part.is_linked_to_previous:
                roots.append(part._element)
    for root in roots:
        yield from root.iter(_PARAGRAPH)


def _texts(paragraph: etree._Element) -> list[etree._Element]:
    """Its own pieces of text, without those of a paragraph inside it (a text box)."""
    return [node for node in paragraph.iter(_TEXT) if next(node.iterancestors(_PARAGRAPH)) is paragraph]


def _fill(paragraph: etree._Element, values: Mapping[str, str]) -> None:
    nodes = _texts(paragraph)
    text = "".join(node.text or "" for node in nodes)
    for found in reversed(list(VARIABLE.finditer(text))):
        _replace(nodes, found.start(), found.end(), values.get(found.group(1), "").strip() or BLANK)
    for node in nodes:
        _break_lines(node)


def _replace(nodes: Iterable[etree._Element], start: int, end: int, value: str) -> None:
    """Put the value where the stretch begins and take the rest of it away from the pieces that hold it."""
    place, put = 0, value
    for node in nodes:
        text = node.text or ""
        first, last = max(start - place, 0), min(end - place, len(text))
        if first < last:
            node.text = text[:first] + put + text[last:]
            node.set(_SPACE, "preserve")
            put = ""
        place += len(text)


def _break_lines(node: etree._Element) -> None:
    """A value of several lines: a break of Word between them."""
    first, *rest = (node.text or "").split("\n")
    if not rest:
        return
    node.text = first
    place = node
    for line in rest:
        for made, text in ((OxmlElement("w:br"), None), (OxmlElement("w:t"), line)):
            made.text = text
            place.addnext(made)
            place = made
        place.set(_SPACE, "preserve")
