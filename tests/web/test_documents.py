"""Papers as pages: the form filled in beforehand, both downloads, the signed file, the lawyers' answers, templates."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from documents.models import Document, LegalRequest, Template
from documents.services.legal import ask
from documents.services.templates import upload_template
from leads.value import bank_day
from tests.documents.desk import agreed_lead, prepared, text_of_docx, text_of_pdf, upload, word
from tests.office import Office

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 signed"


@pytest.fixture
def olim(office: Office, client: Client) -> Client:
    client.force_login(office.olim)
    return client


def filled(page: str) -> dict[str, str]:
    """What the form would send as it came: texts, areas, hidden fields."""
    found = dict(re.findall(r'<input[^>]*name="([a-z_]+)"[^>]*?value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea[^>]*name="([a-z_]+)"[^>]*>\s*([^<]*)</textarea>', page))
    return {name: value for name, value in found.items() if name not in {"csrfmiddlewaretoken", "_once", "q"}}


def test_the_form_comes_with_what_was_agreed_upon_and_makes_both_files(office: Office, olim: Client) -> None:
    lead = agreed_lead(office)
    card = olim.get(reverse("leads:card", args=[lead.pk])).content.decode()
    address = reverse("documents:prepare", args=[lead.pk])
    assert address in card
    sent = filled(olim.get(address).content.decode())
    assert sent["terms__party_gives"] == "20 оценок моим клиентам"
    assert sent["party__tax_id"] == "7707083893"
    answer = olim.post(address, sent | {"bank__name": "Наш банк"})
    document = Document.objects.get()
    assert answer["Location"] == reverse("documents:detail", args=[document.pk])
    page = olim.get(answer["Location"]).content.decode()
    for ending, read in (("docx", text_of_docx), ("pdf", text_of_pdf)):
        link = reverse(f"documents:{ending}", args=[document.pk, 1])
        assert link in page
        file = olim.get(link)
        assert file["Content-Disposition"].startswith("attachment;")
        assert file["X-Content-Type-Options"] == "nosniff"
        assert "Наш банк" in read(file.content)
    assert document.number in olim.get(reverse("leads:card", args=[lead.pk])).content.decode()


def test_missing_terms_are_named_before_and_what_was_typed_is_kept(office: Office, olim: Client) -> None:
    lead = office.lead()
    address = reverse("documents:prepare", args=[lead.pk])
    page = olim.get(address).content.decode()
    assert "Не хватает: что даёт вторая сторона, что даёт банк" in re.sub(r"\s+", " ", page)
    assert "Сначала запишите, что даёт каждая сторона" in page
    lead = agreed_lead(office)
    address = reverse("documents:prepare", args=[lead.pk])
    sent = filled(olim.get(address).content.decode()) | {"terms__bank_gives": " ", "terms__period": "до конца года"}
    answer = olim.post(address, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Не хватает: что даёт банк" in page
    assert "до конца года" in page
    assert not Document.objects.exists()


def test_a_double_press_prepares_one_contract(office: Office, olim: Client) -> None:
    address = reverse("documents:prepare", args=[agreed_lead(office).pk])
    page = olim.get(address).content.decode()
    once = re.search(r'name="_once" value="([^"]+)"', page)
    assert once
    sent = filled(page) | {"_once": once.group(1)}
    assert {olim.post(address, sent)["Location"] for _press in range(2)} == {
        reverse("documents:detail", args=[Document.objects.get().pk])
    }


def test_another_template_asks_for_its_own_terms(office: Office, olim: Client) -> None:
    content = word(["{{ contract.number }} {{ party.name }} {{ party.email }}"])
    made = upload_template(by=office.adiba, kind="agent", language="uz", name="Kontrakt", file=upload(content))
    address = f"{reverse('documents:prepare', args=[agreed_lead(office).pk])}?template={made.pk}"
    page = olim.get(address).content.decode()
    assert 'name="party__email"' in page
    assert 'name="terms__bank_gives"' not in page
    assert olim.post(address, filled(page)).status_code == 302
    assert Document.objects.get().versions.get().template == made


def test_changed_terms_make_the_next_version(office: Office, olim: Client) -> None:
    document = prepared(office)
    address = reverse("documents:version", args=[document.pk])
    sent = filled(olim.get(address).content.decode()) | {"terms__bank_gives": "Комиссия 3 %"}
    assert olim.post(address, sent).status_code == 302
    assert "Комиссия 3 %" in text_of_docx(document.versions.get(number=2).rendition.docx)
    stale = olim.post(address, sent | {"terms__bank_gives": "Комиссия 4 %", "version": "0"})
    assert stale.status_code in {409, 422}
    assert document.versions.count() == 2


def test_the_signed_file_is_kept_where_every_contracts_file_is(office: Office, olim: Client) -> None:
    document = prepared(office)
    address = reverse("documents:sign", args=[document.pk])
    sent = {"signed_on": bank_day(clock.now()).isoformat(), "version": document.version}
    bad = olim.post(address, sent | {"file": upload(b"GIF89a", "x.pdf")})
    assert bad.status_code == 422
    assert "PDF, DOCX, JPG или PNG" in bad.content.decode()
    assert olim.post(address, sent | {"file": upload(PDF, "Скан.pdf")}).status_code == 302
    contract = document.lead.contracts.get()
    page = olim.get(reverse("documents:detail", args=[document.pk])).content.decode()
    assert reverse("leads:contract_file", args=[document.lead_id, contract.pk]) in page
    file = olim.get(reverse("leads:contract_file", args=[document.lead_id, contract.pk]))
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]


def test_a_question_is_asked_from_the_card_and_answered_on_its_page(office: Office, olim: Client) -> None:
    lead = office.lead()
    address = reverse("documents:ask", args=[lead.pk])
    assert address in olim.get(reverse("leads:card", args=[lead.pk])).content.decode()
    wrong = olim.post(address, {"question": "", "working_days": "99"})
    assert wrong.status_code == 422
    assert olim.post(address, {"question": "Можно ли так?", "working_days": "2", "lawyer": "Р. Ю."}).status_code == 302
    asked = LegalRequest.objects.get()
    page = reverse("documents:request", args=[asked.pk])
    assert olim.post(page, {"take": "1", "answer": "", "lawyer": "", "version": asked.version}).status_code == 302
    empty = olim.post(page, {"answer": "", "lawyer": ""})
    assert empty.status_code == 422
    assert "Напишите ответ юристов" in empty.content.decode()
    assert olim.post(page, {"answer": "Можно", "lawyer": ""}).status_code == 302
    assert "Можно" in olim.get(page).content.decode()
    assert LegalRequest.objects.get().status == "answered"


def test_what_is_late_is_seen_on_the_list_and_on_the_card(office: Office, olim: Client) -> None:
    late = ask(lead=office.lead(), by=office.olim, at=clock.now(), question="Просроченный вопрос")
    ask(lead=office.lead(), by=office.olim, at=clock.now(), question="Свежий вопрос")
    LegalRequest.objects.filter(pk=late.pk).update(due_on=bank_day(clock.now()).replace(year=2025))
    page = olim.get(reverse("documents:list"), {"tab": "requests", "overdue": "1"}).content.decode()
    assert "Просроченный вопрос" in page
    assert "Свежий вопрос" not in page
    assert "1 запрос юристам без ответа после срока" in page
    assert "просрочен" in olim.get(reverse("leads:card", args=[late.lead_id])).content.decode()


def test_the_list_shows_papers_of_leads_one_may_see(office: Office, olim: Client) -> None:
    mine, theirs = prepared(office), prepared(office, agreed_lead(office, office.sitora))
    page = olim.get(reverse("documents:list")).content.decode()
    assert mine.number in page
    assert theirs.number not in page
    for name, number in (("detail", ()), ("docx", (1,)), ("pdf", (1,))):
        assert olim.get(reverse(f"documents:{name}", args=[theirs.pk, *number])).status_code == 404
    assert olim.get(reverse("documents:docx", args=[mine.pk, 2])).status_code == 404
    assert olim.get(f"/documents/{mine.pk}/99999999999999999999/pdf/").status_code == 404


def test_an_administrator_uploads_a_template_and_others_only_read(office: Office, client: Client) -> None:
    client.force_login(office.adiba)
    address = reverse("documents:template_new")
    sent = {"kind": "agent", "language": "ru", "name": "Наш"}
    bad = client.post(address, sent | {"file": upload(word(["{{ party.nmae }}"]))})
    assert bad.status_code == 422
    assert "{{ party.nmae }}" in bad.content.decode()
    assert client.post(address, sent | {"file": upload(word(["{{ party.name }}"]))}).status_code == 302
    made = Template.objects.get()
    assert client.get(reverse("documents:template_file", args=[made.pk])).content.startswith(b"PK")
    assert client.get(reverse("documents:template_built_in", args=["agent", "uz"])).content.startswith(b"PK")
    assert client.get(reverse("documents:template_built_in", args=["agent", "fr"])).status_code == 404
    assert client.post(reverse("documents:template_retire", args=[made.pk])).status_code == 302
    assert not Template.objects.get().active
    client.force_login(office.olim)
    assert client.get(reverse("documents:templates")).status_code == 200
    assert client.get(address).status_code == 403
