"""The form as a visitor meets it: no cookie, no script, framed only where it may be, the same thanks for everybody."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common import clock
from forms.models import PublicForm, Submission
from forms.services.editing import update_form
from tests.forms.desk import form_of, page_of, worked_off
from tests.office import Office

pytestmark = pytest.mark.django_db


def address(form: PublicForm) -> str:
    return reverse("public_form", args=[form.key])


def typed(form: PublicForm, **values: str) -> dict[str, str]:
    return {"name": "Зафар", "phone": "+998901234567", "agreed": "on", "page": page_of(form)} | values


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_the_page_needs_no_cookie_and_no_script(office: Office) -> None:
    answer = Client().get(address(form_of(office)))
    assert answer.status_code == 200
    assert not answer.cookies
    assert "<script" not in text_of(answer)
    assert "csrf" not in text_of(answer)


def test_only_the_named_sites_may_frame_it_and_nothing_else_is_loosened(office: Office) -> None:
    form = form_of(office, origins=["https://bank.uz", "https://agent.uz:8443"])
    framed, login = Client().get(address(form)), Client().get("/login/")
    policy = dict(part.strip().split(" ", 1) for part in framed["Content-Security-Policy"].split(";"))
    usual = dict(part.strip().split(" ", 1) for part in login["Content-Security-Policy"].split(";"))
    assert policy.pop("frame-ancestors") == "https://bank.uz https://agent.uz:8443"
    assert usual.pop("frame-ancestors") == "'none'"
    assert policy == usual
    assert "X-Frame-Options" not in framed
    assert login["X-Frame-Options"] == "DENY"


def test_a_form_without_sites_is_framed_by_nobody(office: Office) -> None:
    answer = Client().get(address(form_of(office, origins=[])))
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"


def test_a_sending_is_thanked_without_a_session(office: Office) -> None:
    form = form_of(office)
    answer = Client(enforce_csrf_checks=True).post(address(form), typed(form))
    assert answer.status_code == 200
    assert "Спасибо, перезвоним" in text_of(answer)
    assert not answer.cookies
    assert worked_off() == [("accepted", "")]


def test_a_stranger_somebody_known_spam_and_a_repetition_get_the_very_same_answer(office: Office) -> None:
    form, known = form_of(office), office.lead(office.sitora, kind="client")
    cases = [
        typed(form),
        typed(form, phone=known.party.contacts.get().value),
        typed(form, website="x"),
        typed(form),
    ]
    answers = [Client().post(address(form), values) for values in cases]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert len({tuple(sorted(set(answer.headers) - {"X-Request-Id"})) for answer in answers}) == 1
    assert [state for state, _why in worked_off()] == ["accepted", "known", "spam", "spam"]


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(office: Office) -> None:
    form = form_of(office)
    values = typed(form, phone="12", city="Самарканд")
    del values["agreed"]
    answer = Client().post(address(form), values)
    assert answer.status_code == 422
    assert "Без согласия мы не можем принять ваши данные" in text_of(answer)
    assert 'value="Самарканд"' in text_of(answer)
    again = Client().post(address(form), values | {"agreed": "on"})
    assert "Проверьте номер" in text_of(again)
    assert not Submission.objects.exists()


def test_an_old_page_is_drawn_anew_with_what_was_typed(office: Office) -> None:
    form = form_of(office)
    answer = Client().post(address(form), typed(form, page=page_of(form, seconds=90_000), city="Самарканд"))
    assert answer.status_code == 422
    assert 'value="Самарканд"' in text_of(answer)
    fresh = re.search(r'name="page" value="([^"]+)"', text_of(answer))
    assert fresh is not None
    assert fresh[1] != page_of(form)


def test_too_many_are_told_when_to_come_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from forms.services import answering

    monkeypatch.setattr(answering, "PER_ADDRESS", 1)
    form = form_of(office)
    assert Client().post(address(form), typed(form)).status_code == 200
    refused = Client().post(address(form), typed(form, phone="+998907654321"))
    assert (refused.status_code, refused["Retry-After"]) == (429, "3600")


@pytest.mark.parametrize(
    ("asked", "accepted", "heading"),
    [("", "ru", "Заявка"), ("", "uz,ru;q=0.5", "Ariza"), ("", "fr", "Заявка"), ("en", "uz", "Request")],
)
def test_the_form_speaks_the_visitor_s_language(office: Office, asked: str, accepted: str, heading: str) -> None:
    query = {"lang": asked} if asked else {}
    answer = Client().get(address(form_of(office)), query, headers={"Accept-Language": accepted})
    assert f"<h1>{heading}</h1>" in text_of(answer)


def test_paused_and_missing_forms_look_alike(office: Office) -> None:
    form = form_of(office)
    update_form(form=form, by=office.adiba, at=clock.now(), changes={"active": False})
    for where in (address(form), "/f/nothing/"):
        assert Client().get(where).status_code == 404
        assert Client().post(where, typed(form)).status_code == 404


def test_what_a_visitor_writes_is_never_markup(office: Office) -> None:
    form = form_of(office)
    answer = Client().post(address(form), typed(form, name="<script>alert(1)</script>", phone="12"))
    assert "<script" not in text_of(answer)
    assert "&lt;script&gt;" in text_of(answer)
