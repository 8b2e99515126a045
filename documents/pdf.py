"""The paper as PDF, from the finished Word file: paragraphs, headings, lists, tables and page breaks in its order.

No office program runs here: what Word lays out finely (drawings, columns, text boxes) stays in the DOCX. The font is
brought along as a package, with the letters of Russian, Uzbek (both alphabets) and English.
"""

import io
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import docx as word
import fontpkg_ibm_plex_serif  # type: ignore[import-untyped]  # a folder of fonts
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

FAMILY = "Paper"
_FILES = {"": "Regular", "b": "Bold", "i": "Italic", "bi": "BoldItalic"}
_DRAWN_AS = {0x02BB: 0x2018, 0x02BC: 0x2019}
"""Signs of the Uzbek alphabet that the font draws as wide as a letter, by the quotation marks of the same look."""
_ALIGN: dict[Any, Any] = {
    WD_ALIGN_PARAGRAPH.CENTER: TA_CENTER,
    WD_ALIGN_PARAGRAPH.RIGHT: TA_RIGHT,
    WD_ALIGN_PARAGRAPH.JUSTIFY: TA_JUSTIFY,
}
_SIZE, _LEADING = 11, 1.4
_WIDTH = A4[0] - 4 * cm
_PLAIN = ParagraphStyle("plain", fontName=FAMILY, fontSize=_SIZE, leading=_SIZE * _LEADING)


def to_pdf(docx: bytes, *, title: str) -> bytes:
    """The same paper, some milliseconds a page. ``title`` is what the reader's window is called."""
    register_fonts()
    target = io.BytesIO()
    layout = SimpleDocTemplate(
        target, pagesize=A4, leftMargin=2.5 * cm, rightMargin=1.5 * cm, topMargin=2 * cm, bottomMargin=2 * cm,
        title=title, invariant=1,
    )  # fmt: skip
    story = list(_flow(word.Document(io.BytesIO(docx))))
    layout.build(story or [Spacer(1, 1)], onFirstPage=_number_page, onLaterPages=_number_page)
    return target.getvalue()


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Registered once a process: 10 ms."""
    folder = Path(fontpkg_ibm_plex_serif.ROOT) / "files"
    for look, file in _FILES.items():
        font = TTFont(f"{FAMILY}{look}", str(folder / f"IBMPlexSerif-{file}.ttf"))
        for sign, drawn in _DRAWN_AS.items():  # what is copied out of the file stays the letter that was written
            font.face.charToGlyph[sign] = font.face.charToGlyph[drawn]
            font.face.charWidths[sign] = font.face.charWidths[drawn]
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(
        FAMILY, normal=FAMILY, bold=f"{FAMILY}b", italic=f"{FAMILY}i", boldItalic=f"{FAMILY}bi"
    )


def _number_page(canvas: Any, _layout: Any) -> None:
    canvas.saveState()
    canvas.setFont(FAMILY, 9)
    canvas.drawCentredString(A4[0] / 2, cm, str(canvas.getPageNumber()))
    canvas.restoreState()


def _flow(document: Any) -> Iterator[Any]:
    counters: dict[tuple[str, int], int] = {}
    for block in document.iter_inner_content():
        if isinstance(block, WordTable):
            yield _table(block, counters)
            yield Spacer(1, 6)
        else:
            yield from _paragraph(block, counters)


def _paragraph(block: WordParagraph, counters: dict[tuple[str, int], int]) -> Iterator[Any]:
    if _breaks_page(block):
        yield PageBreak()
    text = _markup(block)
    if not text.strip():
        yield Spacer(1, _SIZE * 0.7)
        return
    yield Paragraph(f"{_bullet(block, counters)}{text}", _style(block))


def _breaks_page(block: WordParagraph) -> bool:
    kinds = [node.get(qn("w:type")) for node in block._p.iter(qn("w:br"))]
    return "page" in kinds or bool(block.paragraph_format.page_break_before)


def _markup(block: WordParagraph) -> str:
    """Runs in the little markup of reportlab; every text is escaped, so that nobody's name is read as markup."""
    parts = []
    for run in block.runs:
        text = escape(run.text).replace("\t", "&nbsp;" * 4).replace("\n", "<br/>")
        for wanted, tag in ((run.bold, "b"), (run.italic, "i"), (run.underline, "u")):
            text = f"<{tag}>{text}</{tag}>" if wanted and text else text
        parts.append(text)
    return "".join(parts)


def _bullet(block: WordParagraph, counters: dict[tuple[str, int], int]) -> str:
    """Word keeps the marks of lists apart from the text: a dot, or a number counted here."""
    name = str(block.style.name if block.style else "")
    found: Any = block._p.pPr.numPr if block._p.pPr is not None else None
    if found is None and not name.startswith("List"):
        return ""
    if "Bullet" in name or (found is None and "Number" not in name):
        return "•&nbsp;"
    number = str(found.numId.val) if found is not None and found.numId is not None else name
    level = found.ilvl.val if found is not None and found.ilvl is not None else 0
    counters[number, level] = counters.get((number, level), 0) + 1
    return f"{counters[number, level]}.&nbsp;"


def _style(block: WordParagraph) -> ParagraphStyle:
    name = str(block.style.name if block.style else "")
    title, heading = name == "Title", name.startswith("Heading")
    size = 15 if title else 12 if heading else _SIZE
    align = block.alignment
    if align is None and block.style is not None:
        align = getattr(getattr(block.style, "paragraph_format", None), "alignment", None)
    return ParagraphStyle(
        name, fontName=f"{FAMILY}b" if title or heading else FAMILY, fontSize=size, leading=size * _LEADING,
        alignment=_ALIGN.get(align, TA_LEFT) if align is not None else TA_LEFT, spaceBefore=10 if heading else 0,
        spaceAfter=12 if title else 5, splitLongWords=1, keepWithNext=int(heading),
    )  # fmt: skip


def _table(block: WordTable, counters: dict[tuple[str, int], int]) -> Any:
    rows = [[list(_cell(cell, counters)) for cell in row.cells] for row in block.rows]
    columns = max((len(row) for row in rows), default=1)
    rows = [row + [[]] * (columns - len(row)) for row in rows]
    style: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, -1), 0)]
    if "Grid" in str(block.style.name if block.style else ""):
        style = [("GRID", (0, 0), (-1, -1), 0.5, "#444444"), ("VALIGN", (0, 0), (-1, -1), "TOP")]
    return Table(rows, colWidths=[_WIDTH / columns] * columns, style=style, splitInRow=1)


def _cell(cell: Any, counters: dict[tuple[str, int], int]) -> Iterator[Any]:
    """Tables inside a cell are read as their text."""
    for block in cell.iter_inner_content():
        if isinstance(block, WordTable):
            for row in block.rows:
                yield Paragraph(escape(" · ".join(inner.text for inner in row.cells)), _PLAIN)
        else:
            yield from (one for one in _paragraph(block, counters) if not isinstance(one, PageBreak))
