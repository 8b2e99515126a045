"""What comes in: believed by its signature, kept first, carried out once and in the order of its object."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from calls.models import Call
from calls.services import CallDraft, log_call
from common import clock
from common.errors import NotAllowed
from inbox.choices import MOST_BYTES, State
from inbox.models import Arrival, BodyView, InboundSource
from inbox.services import deeds, sources, viewing, working
from inbox.services.sources import rotate_secret, set_active
from jobs import versions
from jobs.models import Job
from leads.models import Lead
from outreach.models import Reply
from tests.forms.desk import work_off
from tests.inbox.post import System, account
from tests.office import Office
from webhooks import keys
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def pbx(office: Office) -> System:
    return System(office, team=office.north)


def call(**fields: Any) -> dict[str, Any]:
    given = {
        "external_id": "c-1", "direction": "in", "at": clock.now().isoformat(), "result": "talked",
        "duration_seconds": 500, "source_version": 1,
    }  # fmt: skip
    return given | fields


def lead(**fields: Any) -> dict[str, Any]:
    phone = {"type": "phone", "value": "+998901234567", "preferred": True}
    return {"external_id": "l-1", "kind": "client", "name": "Зафар Каримов", "contacts": [phone]} | fields


def carried_out() -> list[str]:
    """The states of all messages, oldest first, once the queue is worked off."""
    work_off()
    return list(Arrival.objects.order_by("at", "id").values_list("state", flat=True))


def test_a_signed_message_is_kept_answered_and_carried_out_afterwards(pbx: System) -> None:
    assert pbx.tell("call.ended", call()) == 202
    assert Arrival.objects.get().state == State.RECEIVED
    assert not Call.objects.exists()  # the answer does not wait for the work
    assert carried_out() == ["done"]
    made = Call.objects.get()
    assert (made.source, made.external_id, made.duration_seconds) == (pbx.source.code, "c-1", 500)


def test_the_deed_is_done_under_the_source_s_account_and_its_scope(office: Office) -> None:
    south, hidden = System(office, team=office.south), office.lead(office.olim)
    number = hidden.party.contacts.get().value
    south.tell("call.ended", call(phone=number))
    assert carried_out() == ["done"]
    assert (Call.objects.get().party, Call.objects.get().team) == (None, office.south)
    south.tell("call.ended", call(external_id="c-2", lead=str(hidden.pk)))
    assert carried_out()[-1] == "failed"
    north = System(office, team=office.north)
    north.tell("call.ended", call(external_id="c-3", phone=number, owner=office.olim.email))
    carried_out()
    known = Call.objects.get(external_id="c-3")
    assert (known.lead, known.owner) == (hidden, office.olim)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_message_and_one_of_the_future_are_refused(pbx: System, minutes: int) -> None:
    assert pbx.tell("call.ended", call(), minutes_ago=minutes) == 400
    assert not Arrival.objects.exists()
    assert pbx.tell("call.ended", call(), minutes_ago=minutes * 0.7) == 202


def test_one_changed_byte_another_secret_and_another_source_are_refused(pbx: System, office: Office) -> None:
    body = json.dumps({"type": "call.ended", "data": call()}).encode()
    other = System(office)
    assert pbx.post(body, sent=body.replace(b"500", b"501")) == 400
    assert pbx.post(body, secret=keys.new_secret()) == 400
    assert pbx.post(body, secret=other.secret) == 400
    assert not Arrival.objects.exists()
    assert pbx.post(body) == 202


def test_nobody_gets_in_without_a_signature_or_at_an_unknown_address(pbx: System) -> None:
    address = reverse("hook_inbox", args=[pbx.source.key])
    assert Client().post(address, b"{}", content_type="application/json").status_code == 400
    assert Client().post("/hooks/0123456789abcdef/", b"{}", content_type="application/json").status_code == 404
    assert Client().get(address).status_code == 405


def test_a_message_told_twice_is_one_message_and_thanked_again(pbx: System) -> None:
    assert [pbx.tell("call.ended", call(), message_id="msg_1") for _ in range(3)] == [202, 200, 200]
    assert carried_out() == ["done"]
    assert (Arrival.objects.count(), Job.objects.filter(kind="inbox.work").count(), Call.objects.count()) == (1, 1, 1)


def test_two_sources_may_give_the_same_id(office: Office) -> None:
    one, two = System(office), System(office)
    assert [one.tell("x", {}, message_id="msg_1"), two.tell("x", {}, message_id="msg_1")] == [202, 202]


def test_a_body_of_more_than_a_quarter_of_a_megabyte_is_refused(pbx: System) -> None:
    assert pbx.post(b" " * (MOST_BYTES + 1)) == 413
    assert pbx.post(b" " * MOST_BYTES) == 202


def test_an_older_message_about_the_same_object_is_stale_and_changes_nothing(pbx: System) -> None:
    pbx.tell("lead.upserted", lead(problem="новое", source_version=5))
    pbx.tell("lead.upserted", lead(problem="старое", source_version=4))
    pbx.tell("lead.upserted", lead(problem="новейшее", source_version=6))
    pbx.tell("lead.upserted", lead(external_id="l-2", name="Другой", contacts=[], source_version=1, agent=None))
    assert carried_out()[:3] == ["done", "stale", "done"]
    assert Lead.objects.get(external_id="l-1").problem == "новейшее"


def test_without_the_guard_the_older_message_would_win(pbx: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "_is_late", lambda _arrival: False)
    monkeypatch.setattr(versions, "demand_newer", lambda _known, _given: None)
    pbx.tell("lead.upserted", lead(problem="новое", source_version=5))
    pbx.tell("lead.upserted", lead(problem="старое", source_version=4))
    assert carried_out() == ["done", "done"]
    assert Lead.objects.get().problem == "старое"


def test_an_older_message_than_the_api_was_told_is_stale_too(pbx: System, office: Office) -> None:
    given = {"direction": "in", "at": clock.now() - timedelta(hours=1), "result": "talked", "duration_seconds": 60}
    draft = CallDraft(**given, source=pbx.source.code, external_id="c-1", source_version=9)
    log_call(draft=draft, by=pbx.account, at=clock.now())
    pbx.tell("call.ended", call(source_version=8))
    assert carried_out() == ["stale"]
    assert Call.objects.get().duration_seconds == 60


def test_a_lead_is_taken_in_as_by_the_api(pbx: System, office: Office) -> None:
    money = {"amount": "1500000.00", "currency": "UZS"}
    pbx.tell("lead.upserted", lead(owner=office.olim.email, amount=money, source_channel="Сайт", tags=["сайт"]))
    assert carried_out() == ["done"]
    made = Lead.objects.get()
    assert (made.owner, made.source, made.external_id) == (office.olim, pbx.source.code, "l-1")
    assert (str(made.amount), made.source_channel, made.tags) == ("1500000.00", "Сайт", ["сайт"])


def test_a_reply_is_read_by_the_same_reader_as_at_the_gateway_s_hook(pbx: System, office: Office) -> None:
    number = office.lead().party.contacts.get().value
    pbx.tell("message.received", {"id": "r-1", "from": number, "text": "Перезвоните"})
    assert carried_out() == ["done"]
    assert Reply.objects.get().text == "Перезвоните"


def test_a_signed_contract_is_written_down_once_and_moves_no_stage(pbx: System, office: Office) -> None:
    pbx.tell("lead.upserted", lead(owner=office.olim.email))
    signed = {"lead_external_id": "l-1", "number": "АК-7", "signed_on": "2026-01-20", "terms": "1 %"}
    pbx.tell("contract.signed", signed)
    pbx.tell("contract.signed", {"lead_external_id": "l-1", "number": "АК-7", "signed_on": "2026-01-20"})
    assert carried_out() == ["done", "done", "done"]
    kept = Lead.objects.get().contracts.get()
    assert (kept.number, str(kept.signed_on), kept.terms, kept.lead.stage.code) == (
        "АК-7",
        "2026-01-20",
        "1 %",
        "contact",
    )
    assert Event.objects.filter(type="contract.signed").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [("lead_external_id", "none"), ("lead_external_id", None), ("signed_on", "2999-01-01"), ("signed_on", "20.01.2026"),
     ("signed_on", None), ("number", None), ("lead", "x"), ("paid", True)],
)  # fmt: skip
def test_a_signing_that_does_not_fit_is_named(pbx: System, office: Office, field: str, value: object) -> None:
    pbx.tell("lead.upserted", lead())
    pbx.tell("contract.signed", {"lead_external_id": "l-1", "number": "7", "signed_on": "2026-01-20"} | {field: value})
    assert carried_out() == ["done", "failed"]
    assert f"{field}: " in Arrival.objects.get(type="contract.signed").error


def test_a_signed_contract_bears_the_name_that_its_system_gave_it(pbx: System, office: Office) -> None:
    pbx.tell("lead.upserted", lead(owner=office.olim.email))
    pbx.tell(
        "contract.signed", {"lead_external_id": "l-1", "number": "7", "signed_on": "2026-01-20", "external_id": "c"}
    )
    assert carried_out() == ["done", "done"]
    kept, origin = Lead.objects.get().contracts.get(), Lead.objects.get().source
    assert (kept.source, kept.external_id) == (origin, "c")


def test_a_contract_of_a_lead_out_of_sight_is_not_written_down(office: Office) -> None:
    foreign = office.lead(office.sitora)
    north = System(office, team=office.north)
    north.tell("contract.signed", {"lead": str(foreign.pk), "number": "7", "signed_on": "2026-01-20"})
    assert carried_out() == ["failed"]
    assert not foreign.contracts.exists()


def test_unknown_and_unwanted_types_are_kept_and_ignored(office: Office) -> None:
    only_calls = System(office, types=("call.ended",))
    only_calls.tell("weather.changed", {"id": "1"})
    only_calls.tell("lead.upserted", lead())
    only_calls.tell("call.ended", call())
    assert carried_out() == ["ignored", "ignored", "done"]
    assert not Lead.objects.exists()
    assert Arrival.objects.filter(state="ignored").exclude(error="").count() == 2


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"[" * 100_000, b"\xff\xfe", b'{"type": 5}'])
def test_whatever_is_signed_is_answered_and_never_breaks_the_queue(pbx: System, body: bytes) -> None:
    if b"\xff" in body:
        body = json.dumps({"type": "call.ended", "data": {"external_id": "\x00\ud800", "direction": "\x00"}}).encode()
    assert pbx.post(body) == 202
    assert carried_out()[0] in {"failed", "ignored"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("direction", None), ("direction", 5), ("at", "yesterday"), ("at", "2026-01-01"), ("duration_seconds", -1),
        ("duration_seconds", True), ("result", "fine"), ("owner", "nobody@bank.test"), ("lead", "x"), ("lead", 7),
        ("recording_url", "http://pbx/1.mp3"), ("phone", "12"), ("phone", "\x00"), ("mood", "good"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_in_clear_words(pbx: System, field: str, value: object) -> None:
    pbx.tell("call.ended", call(**{field: value}))
    assert carried_out() == ["failed"]
    assert f"{field}: " in Arrival.objects.get().error
    assert not Call.objects.exists()


def test_a_failed_message_is_tried_again_by_hand_once_the_cause_is_gone(pbx: System, office: Office) -> None:
    pbx.tell("call.ended", call(owner="new@bank.test"))
    assert carried_out() == ["failed"]
    office.olim.email = "new@bank.test"
    office.olim.save()
    failed = Arrival.objects.get()
    working.try_again(arrival=failed, by=office.adiba, at=clock.now())
    working.try_again(arrival=failed, by=office.adiba, at=clock.now())  # a double press
    assert carried_out() == ["done"]
    assert Call.objects.get().owner == office.olim
    assert Arrival.objects.get().error == ""


def test_a_settled_message_is_not_carried_out_again(pbx: System, office: Office) -> None:
    pbx.tell("call.ended", call())
    carried_out()
    arrival = Arrival.objects.get()
    working.try_again(arrival=arrival, by=office.adiba, at=clock.now())
    assert working.carry_out(pk=arrival.pk, at=clock.now()) is State.DONE
    assert Call.objects.get().version == 1


def test_effect_and_state_are_one_transaction(pbx: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_args: Any) -> None:
        raise RuntimeError("killed between the work and its mark")

    pbx.tell("call.ended", call())
    arrival = Arrival.objects.get()
    monkeypatch.setattr(working, "_settle", die)
    with pytest.raises(RuntimeError):
        working.carry_out(pk=arrival.pk, at=clock.now())
    assert not Call.objects.exists()
    monkeypatch.undo()
    assert working.carry_out(pk=arrival.pk, at=clock.now()) is State.DONE


def test_a_trouble_of_ours_is_waited_out_and_then_told(pbx: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_told: Any) -> State:
        raise RuntimeError("no")

    monkeypatch.setattr(working, "DEEDS", {**deeds.DEEDS, "call.ended": broken})
    pbx.tell("call.ended", call())
    assert carried_out() == ["received"]
    for _ in range(working.MOST_ATTEMPTS - 1):
        states = carried_out()
    assert states == ["failed"]
    assert "Сбой на нашей стороне" in Arrival.objects.get().error


def test_a_rotated_secret_works_at_once_and_the_former_one_for_a_day(pbx: System, office: Office) -> None:
    former = pbx.secret
    pbx.secret = rotate_secret(source=pbx.source, by=office.adiba, at=clock.now()).secret
    assert [pbx.tell("x", {}), pbx.tell("x", {}, secret=former)] == [202, 202]
    InboundSource.objects.update(old_secret_until=clock.now() - timedelta(seconds=1))
    assert [pbx.tell("x", {}), pbx.tell("x", {}, secret=former)] == [202, 400]


def test_a_paused_source_asks_to_come_again_and_keeps_nothing(pbx: System, office: Office) -> None:
    set_active(source=pbx.source, by=office.adiba, active=False)
    assert pbx.tell("call.ended", call(), message_id="msg_1") == 503
    assert not Arrival.objects.exists()
    set_active(source=pbx.source, by=office.adiba, active=True)
    assert pbx.tell("call.ended", call(), message_id="msg_1") == 202


def test_a_disabled_account_does_nothing(pbx: System) -> None:
    pbx.account.is_active = False
    pbx.account.save()
    pbx.tell("call.ended", call())
    assert carried_out() == ["failed"]
    assert not Call.objects.exists()


def test_the_secret_is_not_kept_in_plain_text(pbx: System) -> None:
    kept = str(list(InboundSource.objects.values()))
    assert pbx.secret not in kept
    assert pbx.secret.removeprefix("whsec_") not in kept


def test_only_administrators_make_sources_and_see_bodies(pbx: System, office: Office) -> None:
    pbx.tell("call.ended", call(phone="+998901234567"))
    arrival = Arrival.objects.get()
    fields = {"name": "X", "code": "x", "account": account(office), "types": []}
    for person in (office.olim, office.nodira, office.aziz):
        with pytest.raises(NotAllowed):
            sources.create_source(by=person, fields=fields)
        with pytest.raises(NotAllowed):
            viewing.body_of(arrival=arrival, by=person, at=clock.now())
    assert not BodyView.objects.exists()
    assert "+998901234567" in viewing.body_of(arrival=arrival, by=office.adiba, at=clock.now())
    assert BodyView.objects.get().by == office.adiba
