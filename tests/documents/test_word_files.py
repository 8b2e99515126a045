"""Word files from outside: variables are found and replaced as text, and nothing that runs or fetches gets in."""

import io
import zipfile

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from common.errors import Invalid
from documents.builtin import built_in, variables_of
from documents.choices import DocumentKind, Language
from documents.docx import fill, preview
from documents.pdf import FAMILY, register_fonts, to_pdf
from documents.safety import LIMIT, check_docx
from documents.variables import VARIABLES
from tests.documents.desk import part, repacked, text_of_docx, text_of_pdf, word

GOOD = word(["Контракт {{ contract.number }}", "с {{party.name}}"], ["{{ terms.bank_gives }}"], "{{ bank.name }}")
RELS = "word/_rels/document.xml.rels"


def refused(content: bytes) -> str:
    with pytest.raises(Invalid) as refusal:
        preview(content)
    assert refusal.value.message
    return refusal.value.errors[0].code


def with_body(xml: str) -> bytes:
    """The good file with something more at the end of its body."""
    body = part(GOOD).replace(b"</w:body>", f"{xml}</w:body>".encode())
    return repacked(GOOD, {"word/document.xml": body})


def test_variables_are_found_in_text_tables_and_footers() -> None:
    found = preview(GOOD)
    assert set(found.known) == {"contract.number", "party.name", "terms.bank_gives", "bank.name"}
    assert found.unknown == ()


def test_unknown_variables_are_named() -> None:
    found = preview(word(["{{ party.name }} {{ party.password }} {{ x }}"]))
    assert (found.known, found.unknown) == (("party.name",), ("party.password", "x"))


def test_a_variable_cut_into_runs_by_word_is_one_variable() -> None:
    import docx

    document = docx.Document()
    paragraph = document.add_paragraph()
    for piece in ("Дело {", "{ par", "ty.na", "me }", "} здесь"):
        paragraph.add_run(piece)
    target = io.BytesIO()
    document.save(target)
    assert preview(target.getvalue()).known == ("party.name",)
    assert "Дело Кодиров здесь" in text_of_docx(fill(target.getvalue(), {"party.name": "Кодиров"}))


def test_values_are_text_and_never_commands_or_markup() -> None:
    hostile = "{{ bank.name }} <w:p/> </w:t> {% for x in y %} & «ʻ»\nвторая строка"
    filled = fill(GOOD, {"party.name": hostile, "bank.name": "Банк"})
    text = text_of_docx(filled)
    assert "с {{ bank.name }} <w:p/> </w:t> {% for x in y %} & «ʻ»\nвторая строка" in text
    assert "<w:p/>" in text_of_pdf(to_pdf(filled, title="x"))


def test_what_nobody_filled_in_becomes_a_line_to_write_on() -> None:
    assert "с ____________" in text_of_docx(fill(GOOD, {}))


@pytest.mark.parametrize("language", Language.values)
@pytest.mark.parametrize("kind", DocumentKind.values)
def test_the_built_in_templates_are_safe_and_ask_only_for_what_we_know(kind: str, language: str) -> None:
    found = preview(built_in(kind, language))
    assert found.unknown == ()
    assert variables_of(kind, language) == list(found.known)
    assert {code for code, variable in VARIABLES.items() if variable.needed} <= set(found.known)


def test_both_files_hold_russian_and_both_alphabets_of_uzbek() -> None:
    words = "Қарши шаҳри, Ғижуvon, Oʻzbekiston, № 7, 5 ₽, «кавычки» — тире"
    filled = fill(GOOD, {"party.name": words})
    assert words in text_of_docx(filled)
    assert "Oʻzbekiston" in text_of_pdf(to_pdf(filled, title="x"))
    assert "Қарши шаҳри" in text_of_pdf(to_pdf(filled, title="x"))


@pytest.mark.parametrize("look", ["", "b", "i", "bi"])
def test_an_uzbek_word_has_no_gap_in_its_middle(look: str) -> None:
    """The font draws the sign of oʻ and gʻ as wide as a letter: «so ʻ m»."""
    register_fonts()
    font = f"{FAMILY}{look}"
    assert stringWidth("ʻ", font, 100) < stringWidth("o", font, 100) / 1.5


def test_a_contract_of_many_pages_with_an_endless_word_is_laid_out() -> None:
    filled = fill(GOOD, {"party.name": "слово " * 3000 + "о" * 5000, "terms.bank_gives": "строка\n" * 300})
    assert to_pdf(filled, title="x").startswith(b"%PDF")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.4", b"PK\x03\x04" + b"\0" * 5000])
def test_what_is_no_word_document_is_refused(content: bytes) -> None:
    assert refused(content) == "type"


def test_a_zip_without_a_document_and_a_broken_one_are_refused() -> None:
    assert refused(repacked(GOOD, {}, ["word/document.xml"])) == "type"
    assert refused(repacked(GOOD, {"word/document.xml": b"<w:document"})) == "type"
    assert refused(GOOD[:-40]) == "type"
    broken = bytearray(GOOD)
    broken[len(broken) // 2] ^= 0xFF
    with pytest.raises(Invalid):
        preview(bytes(broken[: len(broken) // 2 + 400]))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    assert refused(repacked(GOOD, {"word/media/bomb.xml": b"\0" * (30 * 1024 * 1024)})) == "bomb"
    assert refused(repacked(GOOD, {f"word/media/{n}.txt": b"x" for n in range(400)})) == "bomb"
    assert refused(b"x" * (LIMIT + 1)) == "size"


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + part(GOOD).split(b"?>", 1)[1]
    assert refused(repacked(GOOD, {"word/document.xml": bomb})) == "doctype"


@pytest.mark.parametrize(
    "name", ["word/vbaProject.bin", "word/activeX/activeX1.xml", "word/embeddings/oleObject1.bin", "customUI/x.xml"]
)
def test_macros_and_embedded_objects_are_refused(name: str) -> None:
    assert refused(repacked(GOOD, {name: b"<x/>"})) == "active"


def test_a_macro_document_renamed_to_docx_is_refused() -> None:
    types = part(GOOD, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    assert refused(repacked(GOOD, {"[Content_Types].xml": types})) == "active"


@pytest.mark.parametrize(
    "field",
    [
        "<w:p><w:r><w:instrText>DDEAUTO c:\\\\windows\\\\cmd.exe</w:instrText></w:r></w:p>",
        "<w:p><w:r><w:instrText>DDE</w:instrText></w:r><w:r><w:instrText>AUTO x</w:instrText></w:r></w:p>",
        "<w:p><w:r><w:instrText>&#68;&#68;EAUTO x</w:instrText></w:r></w:p>",
        '<w:p><w:fldSimple w:instr="INCLUDETEXT /etc/passwd"/></w:p>',
        '<w:p><w:r><w:instrText>includepicture "http://x.test/a.png"</w:instrText></w:r></w:p>',
    ],
)
def test_fields_that_read_other_files_are_refused_however_they_are_spelled(field: str) -> None:
    assert refused(with_body(field)) == "fetches"


def test_page_numbers_and_links_are_no_such_fields() -> None:
    fields = "<w:p><w:r><w:instrText> PAGE \\* MERGEFORMAT </w:instrText></w:r></w:p><w:p><w:r><w:instrText>HYPERLINK x</w:instrText></w:r></w:p>"  # noqa: E501
    assert preview(with_body(fields)).known


def test_inserted_documents_are_refused() -> None:
    assert refused(with_body('<w:altChunk r:id="rId9" xmlns:r="x"/>')) == "active"


def test_templates_and_pictures_from_outside_are_refused_and_plain_links_are_not() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for what, fits in (("attachedTemplate", False), ("image", False), ("hyperlink", True)):
        line = f'<Relationship Id="rId99" Type="{kind}/{what}" Target="http://x.test/a" TargetMode="External"/>'
        rels = part(GOOD, RELS).replace(b"</Relationships>", line.encode() + b"</Relationships>")
        content = repacked(GOOD, {RELS: rels})
        if fits:
            check_docx(content)
        else:
            assert refused(content) == "fetches"


@pytest.mark.parametrize("text", ["{% import os %}", "{# x #}", "{{ party.name", "party.name }}", "{{ {{ x }} }}"])
def test_commands_and_unfinished_variables_are_refused(text: str) -> None:
    assert refused(word(["{{ party.name }}", text])) in {"command", "unfinished"}


@pytest.mark.parametrize("name", ["party.__class__", "''.__class__.__mro__", "7*7", "config", "party.name|safe", ""])
def test_an_expression_is_only_an_unknown_name(name: str) -> None:
    assert preview(word([f"{{{{ {name} }}}}"])).unknown == (name,)


def test_names_that_climb_out_of_the_archive_are_refused() -> None:
    assert refused(repacked(GOOD, {"../../etc/cron.d/x": b"x"})) == "packing"


def test_two_parts_of_one_name_are_refused() -> None:
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("word/document.xml", part(GOOD))
    assert refused(target.getvalue()) == "packing"
