"""«Формы»: made by a plain form, put on a site by a snippet, their journal."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from forms.models import PublicForm, Submission
from forms.services import taking
from tests.forms.desk import form_of, send, worked_off
from tests.forms.test_answering import _refuse
from tests.office import Office

pytestmark = pytest.mark.django_db
INDEX = "/settings/integrations/forms/"


@pytest.fixture
def adiba(office: Office, client: Client) -> Client:
    client.force_login(office.adiba)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def given(office: Office, **fields: Any) -> dict[str, Any]:
    texts = {
        "heading_ru": "Заявка", "intro_ru": "", "thanks_ru": "Спасибо", "consent_ru": "Согласен на обработку",
    }  # fmt: skip
    usual = {
        "title": "Главный сайт", "kind": "client", "owner": office.olim.pk, "fields_": ["phone"],
        "required_": ["phone"], "purpose": "processing", "languages": ["ru"], "origins": "https://bank.uz",
    }  # fmt: skip
    return usual | texts | fields


def test_a_form_is_made_looked_at_and_put_on_a_site(office: Office, adiba: Client) -> None:
    assert "Оставьте заявку" in text(adiba.get(f"{INDEX}new/"))
    made = adiba.post(f"{INDEX}new/", given(office))
    form = PublicForm.objects.get()
    assert made["Location"] == f"{INDEX}{form.pk}/"
    page = text(adiba.get(made["Location"]))
    assert f"&lt;iframe src=&quot;http://testserver{reverse('public_form', args=[form.key])}" in page.replace(
        '"', "&quot;"
    )
    assert "https://bank.uz" in page
    assert "Согласен на обработку" in page
    assert Client().get(reverse("public_form", args=[form.key])).status_code == 200
    assert "Главный сайт" in text(adiba.get(INDEX))


def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(office: Office, adiba: Client) -> None:
    for fields, said in (
        ({"owner": ""}, "Выберите одно"),
        ({"origins": "http://bank.uz"}, "не адрес сайта"),
        ({"fields_": ["city"]}, "Спросите хотя бы телефон или почту"),
        ({"consent_ru": ""}, "напишите текст"),
    ):
        answer = adiba.post(f"{INDEX}new/", given(office, title="Набрано", **fields))
        assert answer.status_code == 422
        assert said in text(answer)
        assert 'value="Набрано"' in text(answer)
    assert not PublicForm.objects.exists()


def test_a_form_is_changed_and_two_administrators_do_not_overwrite_each_other(office: Office, adiba: Client) -> None:
    form = form_of(office, languages=["ru"])
    sent = given(office, title="Новое имя", version=form.version)
    assert adiba.post(f"{INDEX}{form.pk}/edit/", sent).status_code == 302
    stale = adiba.post(f"{INDEX}{form.pk}/edit/", sent | {"title": "Ещё новее"})
    assert stale.status_code == 409
    assert "Ещё новее" in text(stale)
    assert PublicForm.objects.get().title == "Новое имя"


def test_a_form_is_paused_and_opened_again(office: Office, adiba: Client) -> None:
    form = form_of(office)
    address = reverse("public_form", args=[form.key])
    adiba.post(f"{INDEX}{form.pk}/use/")
    assert Client().get(address).status_code == 404
    adiba.post(f"{INDEX}{form.pk}/use/", {"active": "1"})
    assert Client().get(address).status_code == 200


def test_the_journal_shows_what_became_of_each_sending_and_a_failed_one_is_tried_again(
    office: Office, adiba: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = form_of(office)
    with monkeypatch.context() as patch:
        patch.setattr(taking, "take_in", _refuse)
        send(form)
        worked_off()
    page = text(adiba.get(f"{INDEX}{form.pk}/"))
    assert "Воронка пуста" in page
    assert "901234567" not in page
    adiba.post(f"{INDEX}sendings/{Submission.objects.get().pk}/retry/")
    assert worked_off() == [("accepted", "")]
    assert "Зафар Каримов" in text(adiba.get(f"{INDEX}{form.pk}/"))


def test_an_auditor_reads_and_changes_nothing_and_others_do_not_get_in(office: Office) -> None:
    form = form_of(office)
    aziz, olim = Client(), Client()
    aziz.force_login(office.aziz)
    olim.force_login(office.olim)
    assert (aziz.get(INDEX).status_code, aziz.get(f"{INDEX}{form.pk}/").status_code) == (200, 200)
    for answer in (aziz.get(f"{INDEX}new/"), aziz.post(f"{INDEX}{form.pk}/use/"), olim.get(INDEX)):
        assert answer.status_code == 403
