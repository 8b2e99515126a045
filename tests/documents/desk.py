"""A lead with agreed terms, and Word files good and bad."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal

import docx
from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfReader

from accounts.models import User
from agents.models import Party
from agents.services.parties import update_party
from common import clock
from documents.models import Document
from documents.services.preparing import prepare
from documents.services.templates import by_key
from documents.variables import first_values, terms_of
from leads.models import Lead
from leads.services import recording
from leads.value import bank_day
from tests.office import Office

TAX_ID = "7707083893"


def agreed_lead(office: Office, owner: User | None = None, name: str = "Oʻktam Қодиров") -> Lead:
    owner = owner or office.olim
    lead, at = office.lead(owner, name=name), clock.now()
    if not Party.objects.filter(tax_id=TAX_ID).exists():
        update_party(party=lead.party, by=owner, changes={"tax_id": TAX_ID})
    recording.record_agreement(
        lead=lead, by=owner, at=at, agent_gives="20 оценок моим клиентам", bank_gives="Комиссия 1 %"
    )
    recording.record_promise(
        lead=lead, by=owner, at=at, metric="Срок выдачи", unit="дн.", target=Decimal(1), direction="down",
        due_on=bank_day(at),
    )  # fmt: skip
    return Lead.objects.get(pk=lead.pk)


def prepared(office: Office, lead: Lead | None = None, key: str = "agent-ru", **values: str) -> Document:
    lead = lead or agreed_lead(office)
    template = by_key(key, "agent")
    known = first_values(terms_of(lead, template.language), template.variables)
    return prepare(
        lead=lead, template=template, by=lead.owner or office.olim, at=clock.now(), dated_on=bank_day(clock.now()),
        values=known | values,
    )  # fmt: skip


def word(paragraphs: Iterable[str], table: Iterable[str] = (), footer: str = "") -> bytes:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if cells := list(table):
        row = document.add_table(rows=1, cols=len(cells)).rows[0].cells
        for cell, text in zip(row, cells, strict=True):
            cell.text = text
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def repacked(content: bytes, changed: Mapping[str, bytes], without: Iterable[str] = ()) -> bytes:
    """The same archive with some parts replaced, added or left out."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed and name not in set(without):
                new.writestr(name, old.read(name))
        for name, body in changed.items():
            new.writestr(name, body)
    return target.getvalue()


def part(content: bytes, name: str = "word/document.xml") -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return packed.read(name)


def upload(content: bytes, name: str = "Договор.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text_of_docx(content: bytes) -> str:
    document = docx.Document(io.BytesIO(bytes(content)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    footers = [p.text for section in document.sections for p in section.footer.paragraphs]
    return "\n".join([p.text for p in document.paragraphs] + cells + footers)


def text_of_pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(content))).pages)
