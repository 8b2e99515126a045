"""The templates that the system brings along, made by code: a bank's own take their place once they are uploaded."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import docx
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from documents.choices import DocumentKind, Language
from documents.docx import VARIABLE, saved

FONT = "Times New Roman"
SIGNATURES = ("{{ bank.name }}\n{{ bank.person }}", "{{ party.name }}\n{{ party.phone }}")


class Wording(NamedTuple):
    """One language's text. Clauses are pairs of a heading and its paragraphs."""

    titles: dict[str, str]
    place: str
    preamble: str
    clauses: Sequence[tuple[str, Sequence[str]]]
    sides: tuple[str, str]
    sign: str


RU = Wording(
    titles={
        DocumentKind.AGENT: "Агентский контракт № {{ contract.number }}",
        DocumentKind.CLIENT: "Контракт № {{ contract.number }}",
        DocumentKind.ADDENDUM: "Дополнительное соглашение № {{ contract.number }}",
    },
    place="{{ contract.city }}|{{ contract.date }}",
    preamble=(
        "{{ bank.name }} (далее — Банк) в лице {{ bank.person }} и {{ party.name }}, ИНН {{ party.tax_id }} "
        "(далее — Партнёр), договорились о следующем."
    ),
    clauses=(
        ("1. Что даёт Партнёр", ("{{ terms.party_gives }}",)),
        ("2. Что даёт Банк", ("{{ terms.bank_gives }}", "Услуга Банка: {{ bank.service }}")),
        ("3. Условия", ("{{ terms.conditions }}", "Срок действия: {{ terms.period }}")),
        ("4. Результат, по которому судят о контракте", (
            "{{ terms.value }}",
            "Результат измеряется в названный день. Если он не достигнут, стороны за пять рабочих дней договариваются, "
            "что исправить.",
        )),
        ("5. Прочее", (
            "Контракт составлен в двух экземплярах, по одному для каждой стороны. Изменения действуют, если записаны "
            "и подписаны обеими сторонами.",
        )),
    ),
    sides=("Банк", "Партнёр"),
    sign="Подпись и дата",
)  # fmt: skip
UZ = Wording(
    titles={
        DocumentKind.AGENT: "Agentlik kontrakti № {{ contract.number }}",
        DocumentKind.CLIENT: "Kontrakt № {{ contract.number }}",
        DocumentKind.ADDENDUM: "Qoʻshimcha kelishuv № {{ contract.number }}",
    },
    place="{{ contract.city }}|{{ contract.date }}",
    preamble=(
        "{{ bank.name }} (keyingi oʻrinlarda — Bank) nomidan {{ bank.person }} va {{ party.name }}, "
        "STIR {{ party.tax_id }} (keyingi oʻrinlarda — Hamkor) quyidagilarga kelishdilar."
    ),
    clauses=(
        ("1. Hamkor nima beradi", ("{{ terms.party_gives }}",)),
        ("2. Bank nima beradi", ("{{ terms.bank_gives }}", "Bank xizmati: {{ bank.service }}")),
        ("3. Shartlar", ("{{ terms.conditions }}", "Amal qilish muddati: {{ terms.period }}")),
        ("4. Kontrakt baholanadigan natija", (
            "{{ terms.value }}",
            "Natija koʻrsatilgan kuni oʻlchanadi. Unga erishilmasa, tomonlar besh ish kuni ichida nimani tuzatishni "
            "kelishib oladilar.",
        )),
        ("5. Boshqa shartlar", (
            "Kontrakt ikki nusxada tuzildi, har bir tomonga bittadan. Oʻzgarishlar yozma ravishda rasmiylashtirilib, "
            "ikki tomon imzolaganda kuchga kiradi.",
        )),
    ),
    sides=("Bank", "Hamkor"),
    sign="Imzo va sana",
)  # fmt: skip
EN = Wording(
    titles={
        DocumentKind.AGENT: "Agency contract No. {{ contract.number }}",
        DocumentKind.CLIENT: "Contract No. {{ contract.number }}",
        DocumentKind.ADDENDUM: "Addendum No. {{ contract.number }}",
    },
    place="{{ contract.city }}|{{ contract.date }}",
    preamble=(
        "{{ bank.name }} (the Bank), represented by {{ bank.person }}, and {{ party.name }}, tax id "
        "{{ party.tax_id }} (the Partner), have agreed as follows."
    ),
    clauses=(
        ("1. What the Partner gives", ("{{ terms.party_gives }}",)),
        ("2. What the Bank gives", ("{{ terms.bank_gives }}", "The Bank's service: {{ bank.service }}")),
        ("3. Terms", ("{{ terms.conditions }}", "In force: {{ terms.period }}")),
        ("4. The result by which the contract is judged", (
            "{{ terms.value }}",
            "The result is measured on the day named. Where it is not reached, the sides agree within five working "
            "days what to mend.",
        )),
        ("5. Other", (
            "This contract is made in two copies, one for each side. Changes are valid once written down and signed "
            "by both sides.",
        )),
    ),
    sides=("The Bank", "The Partner"),
    sign="Signature and date",
)  # fmt: skip
WORDINGS = {Language.RU: RU, Language.UZ: UZ, Language.EN: EN}


def variables_of(kind: str, language: str) -> list[str]:
    """What the template asks for, in its order, without making the file."""
    words = WORDINGS[Language(language)]
    clauses = [text for _heading, paragraphs in words.clauses for text in paragraphs]
    text = " ".join((words.titles[DocumentKind(kind)], words.place, words.preamble, *clauses, *SIGNATURES))
    return list(dict.fromkeys(VARIABLE.findall(text)))


@lru_cache(maxsize=16)
def built_in(kind: str, language: str) -> bytes:
    """The template as a Word file."""
    words, document = WORDINGS[Language(language)], docx.Document()
    about = document.core_properties
    about.author = about.comments = about.title = ""
    _dress(document)
    title = document.add_paragraph(style="Title")
    title.add_run(words.titles[DocumentKind(kind)])
    left, right = words.place.split("|")
    place = document.add_table(rows=1, cols=2).rows[0].cells
    place[0].paragraphs[0].add_run(left)
    place[1].paragraphs[0].add_run(right)
    place[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()
    document.add_paragraph(words.preamble)
    for heading, paragraphs in words.clauses:
        document.add_paragraph(heading, style="Heading 2")
        for text in paragraphs:
            document.add_paragraph(text)
    _sides(document, words)
    return saved(document)


def _dress(document: Word) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.5), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    for name, size in (("Normal", 12), ("Title", 15), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = FONT, Pt(size), name != "Normal"
    document.styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _sides(document: Word, words: Wording) -> None:
    document.add_paragraph()
    cells = document.add_table(rows=1, cols=2).rows[0].cells
    for cell, side, name in zip(cells, words.sides, SIGNATURES, strict=True):
        cell.paragraphs[0].add_run(side).bold = True
        for text in (*name.split("\n"), f"{words.sign}: ____________________"):
            cell.add_paragraph(text)
