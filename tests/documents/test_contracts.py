"""Contracts: prepared from what was agreed upon, versioned, numbered, signed or given up."""

from datetime import date
from typing import Any

import pytest

from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, NotAllowed
from documents.models import Document, Template, Version
from documents.services.preparing import add_version, prepare, void
from documents.services.signing import sign
from documents.services.templates import by_key, choices, retire_template, upload_template
from documents.variables import first_values, missing, terms_of
from leads.facts import known_facts
from leads.value import bank_day
from tests.documents.desk import agreed_lead, prepared, text_of_docx, text_of_pdf, upload, word
from tests.office import Office

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"


def refused(deed: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        deed()
    return [(error.field, error.code) for error in refusal.value.errors]


def test_the_contract_holds_what_was_agreed_upon_in_both_files(office: Office) -> None:
    document = prepared(office)
    rendition = document.versions.get().rendition
    for text in (text_of_docx(rendition.docx), text_of_pdf(rendition.pdf)):
        for words in (document.number, "Oʻktam Қодиров", "7707083893", "20 оценок моим клиентам", "Комиссия 1 %",
                      "Срок выдачи: 1 дн.", "Olim"):  # fmt: skip
            assert words in text
    assert document.kind == "agent"


@pytest.mark.parametrize("key", ["agent-uz", "agent-en", "client-ru", "addendum-uz"])
def test_each_language_and_kind_has_its_paper(office: Office, key: str) -> None:
    document = prepared(office, key=key)
    assert document.kind == key.split("-", maxsplit=1)[0]
    assert "20 оценок" in text_of_docx(document.versions.get().rendition.docx)
    assert Template.objects.filter(built_in=True).count() == 1


def test_numbers_go_up_by_kind_and_year_without_holes(office: Office) -> None:
    year = bank_day(clock.now()).year
    first, second, other = prepared(office), prepared(office), prepared(office, key="client-ru")
    assert (first.number, second.number) == (f"АК-{year}/0001", f"АК-{year}/0002")
    assert other.number == f"КК-{year}/0001"
    with pytest.raises(Invalid):
        prepared(office, **{"terms.bank_gives": "", "party.name": ""})
    assert prepared(office).number == f"АК-{year}/0003"


def test_a_number_written_by_hand_is_passed_over_and_not_given_twice(office: Office) -> None:
    lead, template = agreed_lead(office), by_key("agent-ru", "agent")
    values = first_values(terms_of(lead, "ru"), template.variables)
    year = bank_day(clock.now()).year
    who = {"lead": lead, "template": template, "by": office.olim, "at": clock.now(), "values": values}
    day = bank_day(clock.now())
    prepare(**who, dated_on=day, number=f"АК-{year}/0001")
    assert prepare(**who, dated_on=day).number == f"АК-{year}/0002"
    assert refused(lambda: prepare(**who, dated_on=day, number=f"АК-{year}/0002")) == [("number", "duplicate")]


def test_missing_terms_are_named_all_at_once(office: Office) -> None:
    lead, template = agreed_lead(office), by_key("agent-ru", "agent")
    found = refused(
        lambda: prepare(
            lead=lead, template=template, by=office.olim, at=clock.now(), dated_on=date(2026, 1, 1), values={}
        )
    )
    assert found == [("party.name", "required"), ("terms.party_gives", "required"), ("terms.bank_gives", "required")]
    values = first_values(terms_of(office.lead(), "ru"), template.variables)
    assert missing(values, template.variables)[-2:] == ["terms.party_gives", "terms.bank_gives"]
    assert not Document.objects.exists()


def test_without_an_agreement_there_is_nothing_to_write_down(office: Office) -> None:
    found = refused(
        lambda: prepare(
            lead=office.lead(), template=by_key("agent-ru", "agent"), by=office.olim, at=clock.now(),
            dated_on=date(2026, 1, 1), values={},
        )
    )  # fmt: skip
    assert found == [("lead", "no_agreement")]


def test_changed_terms_are_a_new_version_and_the_same_terms_are_none(office: Office) -> None:
    document = prepared(office)
    first = document.versions.get()
    same = add_version(document=document, template=first.template, by=office.olim, at=clock.now(), values=first.values)
    assert same == first
    changed = first.values | {"terms.bank_gives": "Комиссия 2 %"}
    second = add_version(document=document, template=first.template, by=office.olim, at=clock.now(), values=changed)
    assert second.number == 2
    assert "Комиссия 2 %" in text_of_pdf(second.rendition.pdf)
    assert "Комиссия 1 %" in text_of_pdf(Version.objects.get(number=1).rendition.pdf)
    other = by_key("client-ru", "client")
    found = refused(
        lambda: add_version(document=document, template=other, by=office.olim, at=clock.now(), values=changed)
    )
    assert found == [("template", "other_kind")]


def test_two_who_change_the_terms_do_not_overwrite_each_other(office: Office) -> None:
    document = prepared(office)
    first = document.versions.get()
    void(document=document, by=office.olim, at=clock.now())
    with pytest.raises(StaleVersion):
        add_version(
            document=document, template=first.template, by=office.olim, at=clock.now(), values=first.values,
            expected_version=1,
        )  # fmt: skip


def test_the_signed_file_becomes_the_contract_of_the_lead(office: Office) -> None:
    document, at = prepared(office), clock.now()
    for bad in (upload(b"GIF89a", "x.pdf"), upload(PDF, "x.exe")):
        found = refused(
            lambda bad=bad: sign(document=document, by=office.olim, at=at, signed_on=bank_day(at), file=bad)
        )
        assert found == [("file", "type")]
    signed = sign(document=document, by=office.olim, at=at, signed_on=bank_day(at), file=upload(PDF, "Скан.pdf"))
    contract = document.lead.contracts.get()
    assert (signed.status, signed.contract) == ("signed", contract)
    assert (contract.number, contract.file_name, contract.provides) == (
        document.number, "Скан.pdf", "20 оценок моим клиентам",
    )  # fmt: skip
    assert {"contract_number", "contract_date", "contract_file"} <= known_facts(document.lead_id)
    again = sign(document=document, by=office.olim, at=at, signed_on=bank_day(at), file=upload(PDF, "Скан.pdf"))
    assert (again.pk, document.lead.contracts.count()) == (signed.pk, 1)
    assert refused(lambda: void(document=signed, by=office.olim, at=at)) == [("status", "closed")]


def test_a_void_contract_gives_its_number_back(office: Office) -> None:
    document = prepared(office)
    void(document=document, by=office.olim, at=clock.now())
    lead, template = agreed_lead(office), by_key("agent-ru", "agent")
    values = first_values(terms_of(lead, "ru"), template.variables)
    again = prepare(
        lead=lead, template=template, by=office.olim, at=clock.now(), dated_on=bank_day(clock.now()), values=values,
        number=document.number,
    )  # fmt: skip
    assert again.number == document.number


def test_papers_are_seen_with_their_leads_and_changed_by_those_who_write(office: Office) -> None:
    mine, theirs = prepared(office), prepared(office, agreed_lead(office, office.sitora))
    seen = {person.name: set(Document.objects.visible_to(person)) for person in
            (office.olim, office.sitora, office.nodira, office.sardor, office.aziz, office.anvar)}  # fmt: skip
    assert seen == {"Olim": {mine}, "Sitora": {theirs}, "Nodira": {mine}, "Sardor": {theirs}, "Aziz": {mine, theirs},
                    "Anvar": set()}  # fmt: skip
    with pytest.raises(NotAllowed):
        void(document=mine, by=office.aziz, at=clock.now())


def test_an_administrator_uploads_a_template_and_it_stands_first(office: Office) -> None:
    content = word(["Наш контракт {{ contract.number }} с {{ party.name }}"])
    made = upload_template(by=office.adiba, kind="agent", language="ru", name="", file=upload(content))
    assert (made.name, made.variables) == ("Договор", ["contract.number", "party.name"])
    assert choices()[0] == made
    document = prepared(office, key=str(made.pk))
    assert "Наш контракт" in text_of_docx(document.versions.get().rendition.docx)
    retire_template(template=made, by=office.adiba, active=False)
    assert made not in choices()
    assert document.versions.get().rendition.docx


def test_a_template_with_an_unknown_variable_is_refused_with_its_name(office: Office) -> None:
    content = word(["{{ party.name }} {{ party.pasport }}"])
    with pytest.raises(Invalid, match=r"\{\{ party\.pasport \}\}"):
        upload_template(by=office.adiba, kind="agent", language="ru", name="", file=upload(content))
    for bad in (upload(word(["Без переменных"])), upload(content, "x.docm"), upload(b"x", "x.docx")):
        with pytest.raises(Invalid):
            upload_template(by=office.adiba, kind="agent", language="ru", name="", file=bad)
    with pytest.raises(NotAllowed):
        upload_template(by=office.olim, kind="agent", language="ru", name="", file=upload(content))
    assert not Template.objects.exists()
