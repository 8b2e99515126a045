"""A public form: a lead for a stranger, a quiet word for somebody known, silence towards whoever asks from outside."""

from datetime import timedelta
from typing import Any

import pytest

from agents.models import Consent, Party
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from common import clock
from common.errors import Invalid
from forms import guard
from forms.keeping import forget_addresses
from forms.models import Submission
from forms.services import answering, taking
from forms.services.answering import DrawAgain, TooMany
from forms.services.editing import update_form
from leads.models import Lead, Note
from notifications.models import Notice
from tests.forms.desk import SAID, form_of, page_of, send, worked_off
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_a_stranger_becomes_a_lead_of_the_form_s_owner(office: Office) -> None:
    form = form_of(office, segment=None)
    send(form, city="Ташкент", text="Сколько стоит оценка?")
    assert not Lead.objects.exists()  # who somebody is is found out after the answer
    assert worked_off() == [("accepted", "")]
    lead = Lead.objects.get()
    assert (lead.owner, lead.kind, lead.source_channel, lead.party.city) == (office.olim, "client", "Сайт", "Ташкент")
    assert lead.party.contacts.get().value == "+998901234567"
    assert "Сколько стоит оценка?" in Note.objects.get().text
    assert Submission.objects.get().lead == lead


def test_a_form_of_a_team_fills_the_team_s_queue(office: Office) -> None:
    send(form_of(office, team=office.south))
    worked_off()
    lead = Lead.objects.get()
    assert (lead.owner, lead.team) == (None, office.south)
    assert Lead.objects.visible_to(office.sitora).exists()
    assert not Lead.objects.visible_to(office.olim).exists()


def test_the_consent_is_recorded_with_its_wording_purpose_and_time(office: Office) -> None:
    form = form_of(office, purpose="marketing")
    send(form)
    worked_off()
    consent, sent = Consent.objects.get(), Submission.objects.get()
    assert (consent.purpose, consent.source, consent.given_at) == ("marketing", "site", sent.at)
    assert consent.text_version == f"form-{form.key}/1"
    assert sent.consent_text.texts["ru"] == "Согласен на обработку"


def test_another_wording_is_another_version_and_the_former_one_stays(office: Office) -> None:
    form = form_of(office)
    update_form(form=form, by=office.adiba, at=clock.now(), changes={"title": "Другое имя"})
    assert form.consent_texts.count() == 1
    texts = SAID | {"ru": SAID["ru"] | {"consent": "Согласен на обработку и звонки"}}
    changed = update_form(form=form, by=office.adiba, at=clock.now(), changes={"texts": texts})
    send(changed)
    worked_off()
    assert Consent.objects.get().text_version.endswith("/2")
    assert form.consent_texts.get(number=1).texts["ru"] == "Согласен на обработку"


def test_without_consent_name_and_contact_nothing_is_kept(office: Office) -> None:
    form = form_of(office, required=[])
    for values, by, field in (
        ({}, {"agreed": False}, "agreed"),
        ({"name": " "}, {}, "name"),
        ({"phone": ""}, {}, "phone"),
        ({"phone": "12"}, {}, "phone"),
        ({"email": "a@"}, {}, "email"),
        ({"text": "x" * 2001}, {}, "text"),
        ({"name": "a\x00b"}, {}, "name"),
    ):
        with pytest.raises(Invalid) as refused:
            send(form, by=by, **values)
        assert [error.field for error in refused.value.errors] == [field]
    assert not Submission.objects.exists()


def test_somebody_known_is_answered_alike_and_his_owner_hears_of_it(office: Office) -> None:
    form, known = form_of(office), office.lead(office.olim, kind="client", name="Зафар Каримов")
    number = known.party.contacts.get().value
    send(form, phone=number, text="Перезвоните мне")
    assert worked_off() == [("known", "")]
    assert Lead.objects.count() == 1
    note = Note.objects.get()
    assert note.lead == known
    assert note.text.startswith("Снова обратился с формы «Сайт»")
    assert "Перезвоните мне" in note.text
    assert Notice.objects.get().user == office.olim
    assert Consent.objects.get().party == known.party


def test_a_lead_that_the_form_s_team_must_not_see_is_told_to_its_own_owner_only(office: Office) -> None:
    form, hidden = form_of(office, team=office.north), office.lead(office.sitora, kind="client")
    send(form, phone=hidden.party.contacts.get().value, name="Кто-то")
    assert worked_off() == [("known", "")]
    assert Note.objects.get().lead == hidden
    assert [notice.user for notice in Notice.objects.all()] == [office.sitora]
    hidden.party.refresh_from_db()
    assert hidden.party.name != "Кто-то"


def test_what_somebody_without_a_lead_writes_becomes_a_lead_of_whoever_has_him(office: Office) -> None:
    draft = PartyDraft(kind="client", name="Зафар Каримов", contacts=(ContactDraft("phone", "+998901234567"),))
    party = create_party(by=office.sitora, draft=draft, owner=office.sitora)
    send(form_of(office, team=office.north), text="Хочу рассрочку")
    assert worked_off() == [("known", "")]
    lead = Lead.objects.get()
    assert (lead.party, lead.owner) == (party, office.sitora)
    assert "Хочу рассрочку" in Note.objects.get().text
    assert [notice.user for notice in Notice.objects.filter(lead=lead)] == [office.sitora]
    assert Submission.objects.get().kept == {}


def test_what_nobody_can_begin_is_kept_with_the_submission(office: Office) -> None:
    draft = PartyDraft(kind="client", name="Зафар Каримов", contacts=(ContactDraft("phone", "+998901234567"),))
    party = create_party(by=office.sitora, draft=draft, owner=office.sitora)
    type(party).objects.filter(pk=party.pk).update(owner=None)
    send(form_of(office, team=office.north), text="Хочу рассрочку")
    assert worked_off() == [("known", "")]
    assert not Lead.objects.exists()
    assert Submission.objects.get().kept == {"text": "Хочу рассрочку"}


def test_what_is_answered_at_once_does_not_look_anybody_up(
    office: Office, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements for a stranger and for somebody known: nothing to measure from outside."""
    form, known = form_of(office), office.lead(kind="client")
    seen = []
    for phone in ("+998901111111", known.party.contacts.get().value):
        with django_assert_num_queries(12, exact=False) as captured:
            send(form, phone=phone)
        seen.append([query["sql"].split(" ")[0] for query in captured])
        assert not any("agents_" in query["sql"] or "leads_" in query["sql"] for query in captured)
    assert seen[0] == seen[1]


def test_what_was_typed_is_forgotten_once_the_lead_is_in(office: Office) -> None:
    send(form_of(office))
    assert Submission.objects.get().kept["phone"] == "+998 90 123-45-67"
    worked_off()
    assert Submission.objects.get().kept == {}


def test_a_filled_trap_is_thanked_and_thrown_away(office: Office) -> None:
    form = form_of(office)
    send(form, by={"trap": "http://casino"})
    send(form, by={"trap": "x", "token": page_of(form, seconds=0)})
    assert worked_off() == [("spam", "honeypot"), ("spam", "honeypot")]
    assert not Party.objects.exists()
    assert not any(row.kept for row in Submission.objects.all())


def test_a_question_of_nothing_but_links_is_spam(office: Office) -> None:
    form = form_of(office)
    send(form, text="https://casino.example/x www.win.example")
    send(form, text="Видел вас на https://bank.uz/loans, какая ставка?", phone="+998901111112")
    assert worked_off() == [("spam", "links"), ("accepted", "")]


def test_the_same_words_again_within_a_day_are_no_second_lead(office: Office) -> None:
    form = form_of(office)
    for _ in range(2):
        send(form, text="Хочу оценку")
        worked_off()
    send(form, text="Хочу оценку", name="зафар  КАРИМОВ")
    assert worked_off() == [("accepted", ""), ("spam", "repeat"), ("spam", "repeat")]
    Submission.objects.update(at=clock.now() - timedelta(days=2))
    send(form, text="Хочу оценку")
    assert worked_off()[-1] == ("known", "")


def test_a_double_press_is_one_sending(office: Office) -> None:
    form = form_of(office)
    token = page_of(form)
    send(form, by={"token": token})
    send(form, by={"token": token}, text="ещё раз")
    assert worked_off() == [("accepted", "")]


def test_nobody_is_that_fast_and_no_page_lives_for_ever(office: Office) -> None:
    form, other = form_of(office), form_of(office, title="Другая")
    for token in (page_of(form, seconds=0), page_of(form, seconds=25 * 3600), page_of(other), "", "x" * 500):
        with pytest.raises(DrawAgain):
            send(form, by={"token": token})
    assert not Submission.objects.exists()
    send(form, by={"token": page_of(form, seconds=23 * 3600)})


def test_one_address_sends_ten_an_hour_and_another_is_not_in_its_way(office: Office) -> None:
    form = form_of(office)
    for number in range(answering.PER_ADDRESS):
        send(form, phone=f"+99890111{number:04d}")
    with pytest.raises(TooMany):
        send(form, phone="+998902222222")
    send(form, phone="+998902222222", by={"ip": "10.2.2.2"})
    Submission.objects.update(at=clock.now() - timedelta(hours=2))
    send(form, phone="+998903333333")


def test_a_form_has_a_limit_of_its_own_however_many_addresses_come(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "PER_FORM", 3)
    form = form_of(office)
    for number in range(3):
        send(form, phone=f"+99890111{number:04d}", by={"ip": f"10.0.0.{number}"})
    with pytest.raises(TooMany):
        send(form, phone="+998902222222", by={"ip": "10.0.0.9"})


def test_no_address_and_no_browser_can_be_read_back(office: Office, settings: Any) -> None:
    form = form_of(office)
    send(form, by={"ip": "203.0.113.77", "agent": "Mozilla/5.0 (X11) Chrome/141.0 Safari/537"})
    row = Submission.objects.values().get()
    assert "203.0.113.77" not in str(row)
    assert row["agent_family"] == "Chrome"
    assert row["ip_hash"] == guard.keyed("ip", "203.0.113.77")
    settings.SECRET_KEY = "another"
    assert row["ip_hash"] != guard.keyed("ip", "203.0.113.77")
    Submission.objects.update(at=clock.now() - timedelta(days=181))
    assert forget_addresses(at=clock.now()) == 1
    assert Submission.objects.get().ip_hash == ""


def test_a_refused_intake_keeps_what_was_typed_for_another_try(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    form = form_of(office)
    send(form)
    with monkeypatch.context() as patch:
        patch.setattr(taking, "take_in", _refuse)
        assert worked_off() == [("failed", "")]
    row = Submission.objects.get()
    assert (row.error, row.kept["name"]) == ("Воронка пуста", "Зафар Каримов")
    taking.try_again(submission=row, by=office.adiba, at=clock.now())
    assert worked_off() == [("accepted", "")]


def _refuse(**_given: Any) -> None:
    raise Invalid("Воронка пуста")


def test_a_submission_is_taken_in_once_however_often_its_job_runs(office: Office) -> None:
    send(form_of(office))
    worked_off()
    row = Submission.objects.get()
    assert taking.take(pk=row.pk, at=clock.now()) == "accepted"
    assert Lead.objects.count() == 1


def test_only_plain_https_sites_may_be_named(office: Office) -> None:
    for wrong in (
        "http://bank.uz", "https://bank.uz/path", "*", "https://*", "https://bank.uz; script-src *", "https://a b",
        "'self'", "https://bank.uz'", "https://user@bank.uz", "data:", "https://",
    ):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            form_of(office, origins=[wrong])
        assert refused.value.errors[0].field == "origins"
    form = form_of(office, origins=["https://Bank.uz/", "https://www.bank.uz:8443", "http://localhost:8000"])
    assert form.origins == ["https://bank.uz", "https://www.bank.uz:8443", "http://localhost:8000"]


def test_a_form_names_one_receiver_a_contact_and_every_text(office: Office) -> None:
    for fields, named in (
        ({"owner": None, "team": None}, "owner"),
        ({"owner": office.olim, "team": office.north}, "owner"),
        ({"owner": office.aziz}, "owner"),
        ({"fields": ["city"]}, "fields"),
        ({"languages": []}, "languages"),
        ({"languages": ["ru"], "texts": {"ru": SAID["ru"] | {"consent": " "}}}, "consent_ru"),
        ({"segment": office.segment}, "segment"),
    ):
        with pytest.raises(Invalid) as refused:
            form_of(office, **fields)
        assert refused.value.errors[0].field == named
