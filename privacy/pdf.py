"""Pages of plain words for people: headings, paragraphs, tables of two columns, in a font with our letters."""

import io
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from documents.pdf import FAMILY, register_fonts

_LONGEST = 4000
"""Characters of one cell: a longer text stands whole in the data file."""
_PLAIN = ParagraphStyle("plain", fontName=FAMILY, fontSize=9, leading=12, splitLongWords=1)
_TITLE = ParagraphStyle("title", parent=_PLAIN, fontSize=15, leading=20, spaceAfter=8)
_HEAD = ParagraphStyle("head", parent=_PLAIN, fontSize=11, leading=15, spaceBefore=10)
_WIDTH = A4[0] - 4 * cm
_RULE = TableStyle([("LINEBELOW", (0, 0), (0, 0), 0.5, colors.black)])
_LINE = TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey), ("VALIGN", (0, 0), (-1, -1), "TOP")])


def title(text: str) -> Any:
    return _paragraph(f"<b>{escape(text)}</b>", _TITLE)


def heading(text: str) -> Any:
    """Never the last line of a page."""
    return KeepTogether([CondPageBreak(3 * cm), _paragraph(f"<b>{escape(text)}</b>", _HEAD)])


def signatures(text: str, lines: int) -> Any:
    """So many lines to sign on, kept on one page."""
    rule = Table([["", ""]], colWidths=[7 * cm, _WIDTH - 7 * cm], rowHeights=[1.1 * cm], style=_RULE)
    return KeepTogether([Spacer(1, 16), words(text), *([rule] * lines)])


def words(text: str) -> Any:
    return _paragraph(escape(text[:_LONGEST]).replace("\n", "<br/>"), _PLAIN)


def _paragraph(markup: str, style: ParagraphStyle) -> Any:
    register_fonts()
    return Paragraph(markup, style)


def pairs(rows: Iterable[tuple[str, str]]) -> list[Any]:
    """Names on the left, values on the right; nothing for no rows."""
    cells = [[words(name), words(value)] for name, value in rows]
    return [Table(cells, colWidths=[5 * cm, _WIDTH - 5 * cm], style=_LINE), Spacer(1, 6)] if cells else []


def to_bytes(story: list[Any], *, called: str) -> bytes:
    """``called`` stands in the reader's window."""
    target = io.BytesIO()
    layout = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, topMargin=2 * cm, bottomMargin=2 * cm,
        title=called,
    )  # fmt: skip
    layout.build(story, onFirstPage=_number, onLaterPages=_number)
    return target.getvalue()


def _number(canvas: Any, _layout: Any) -> None:
    canvas.saveState()
    canvas.setFont(FAMILY, 8)
    canvas.drawCentredString(A4[0] / 2, cm, str(canvas.getPageNumber()))
    canvas.restoreState()
