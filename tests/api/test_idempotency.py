"""The same request sent twice happens once; what is answered the second time is what was answered the first."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from accounts import tokens
from accounts.models import ApiToken
from api.v1.leads import Leads
from common import clock
from funnel.models import StageEntry
from jobs import answers, tasks
from jobs.models import KeptAnswer
from leads.models import Lead
from leads.services import intake
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
LEAD = {"kind": "agent", "name": "Иван", "contacts": [{"type": "phone", "value": "+998901112233"}]}
KEY = {"Idempotency-Key": "order-4711"}


def test_a_repeated_request_gets_the_first_answer_and_does_nothing(api: Api) -> None:
    first = api.post("leads/", LEAD, headers=KEY)
    again = api.post("leads/", LEAD, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert (again["Location"], again["ETag"]) == (first["Location"], first["ETag"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Lead.objects.count() == 1


def test_without_a_key_the_second_request_is_a_second_request(api: Api) -> None:
    """The negative control: what the key guards against does happen without it."""
    assert api.post("leads/", LEAD).status_code == 201
    assert api.post("leads/", LEAD).status_code == 409


def test_the_order_of_names_and_the_blanks_do_not_make_another_body(api: Api) -> None:
    api.post("leads/", LEAD, headers=KEY)
    again = api.post("leads/", dict(reversed(LEAD.items())), headers=KEY)
    assert (again.status_code, again["Idempotency-Replayed"]) == (201, "true")


def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    api.post("leads/", LEAD, headers=KEY)
    other = api.post("leads/", LEAD | {"name": "Пётр"}, headers=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert Lead.objects.count() == 1


def test_a_key_belongs_to_its_token_and_its_address(api_of: MakeApi, office: Office) -> None:
    mine, other, lead = api_of(), api_of(), office.lead()
    assert mine.post("leads/", LEAD, headers=KEY).status_code == 201
    assert other.post("leads/", LEAD, headers=KEY).status_code == 409
    noted = mine.post(f"leads/{lead.pk}/close/", {"outcome": "archived", "reason": "x"}, headers=KEY)
    assert (noted.status_code, "Idempotency-Replayed" in noted) == (200, False)


def test_two_tokens_of_one_account_are_two_callers(api: Api) -> None:
    second = tokens.issue(account="system-0", scopes=tokens.SCOPES, days=1, at=clock.now())
    assert api.post("leads/", LEAD, headers=KEY).status_code == 201
    assert Api(second.plain).post("leads/", LEAD, headers=KEY).status_code == 409


def test_a_deed_is_done_once(api: Api, office: Office) -> None:
    lead, met = office.lead(), {"planned_at": "2026-01-30T05:00:00Z", "held_at": "2026-01-30T05:00:00Z"}
    move = {"to": "meeting", "facts": {"meeting": met}}
    first = api.post(f"leads/{lead.pk}/moves/", move, headers=KEY)
    again = api.post(f"leads/{lead.pk}/moves/", move, headers=KEY)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert StageEntry.objects.filter(lead_id=lead.pk).count() == 2
    assert lead.meetings.count() == 1


def test_a_body_that_no_rule_lets_through_is_answered_the_same_again(api: Api) -> None:
    wrong = LEAD | {"contacts": [{"type": "phone", "value": "12"}]}
    first = api.post("leads/", wrong, headers=KEY)
    again = api.post("leads/", wrong, headers=KEY)
    assert (first.status_code, again.content, again["Idempotency-Replayed"]) == (422, first.content, "true")
    assert again["Content-Type"] == "application/problem+json"


def fails_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The intake does its work and then breaks, the first time."""
    real, left = intake.take_in, [error]

    def broken(**given):
        taken = real(**given)
        if left:
            raise left.pop()
        return taken

    monkeypatch.setattr(intake, "take_in", broken)


@pytest.mark.parametrize(("error", "status"), [(ZeroDivisionError(), 500), (OperationalError("busy"), 503)])
def test_a_failure_of_ours_is_not_kept_and_its_work_is_gone(
    api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    fails_once(monkeypatch, error)
    create = Leads.as_view({"post": "create"}, basename="leads")
    body = json.dumps(LEAD).encode()
    asked = RequestFactory().post(
        "/api/v1/leads/", body, content_type="application/json", headers={"Authorization": f"Bearer {api.token}", **KEY}
    )
    failed = create(asked)
    assert failed.status_code == status
    assert not Lead.objects.exists()
    assert not KeptAnswer.objects.exists()
    assert api.post("leads/", LEAD, headers=KEY).status_code == 201


def test_a_conflict_is_not_kept(api: Api, office: Office) -> None:
    lead, move = office.lead(), {"to": "meeting"}
    assert api.post(f"leads/{lead.pk}/moves/", move, headers=KEY).status_code == 409
    assert not KeptAnswer.objects.exists()
    stale = {**KEY, "If-Match": '"999"'}
    assert api.post(f"leads/{lead.pk}/assign/", {"owner": None}, headers=stale).status_code == 412
    assert api.post(f"leads/{lead.pk}/assign/", {"owner": None}, headers=KEY).status_code == 200


def revoke_a_right(api: Api, office: Office) -> None:
    ApiToken.objects.update(scopes=["leads:read"])


def move_out_of_sight(api: Api, office: Office) -> None:
    Lead.objects.update(owner=office.sitora, team=office.south)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [(revoke_a_right, 403, "scope_missing"), (move_out_of_sight, 404, "not_found")],
)
def test_a_replay_asks_for_the_rights_again(
    api_of: MakeApi, office: Office, change: Callable[[Api, Office], None], status: int, code: str
) -> None:
    api = api_of(office.north)
    assert api.post("leads/", LEAD, headers=KEY).status_code == 201
    change(api, office)
    again = api.post("leads/", LEAD, headers=KEY)
    assert (again.status_code, again.json()["code"]) == (status, code)


def test_a_replay_to_who_may_no_longer_see_people_is_refused(api: Api) -> None:
    assert api.post("leads/", LEAD, headers=KEY).status_code == 201
    ApiToken.objects.update(scopes=[scope for scope in tokens.SCOPES if scope != "pii:read"])
    again = api.post("leads/", LEAD, headers=KEY)
    assert (again.status_code, again.json()["scope"]) == (403, "pii:read")


@pytest.mark.parametrize("key", ["", " ", "a b", "ключ".encode().decode("latin-1"), "x" * 256])
def test_a_key_that_is_no_key_is_named(api: Api, key: str) -> None:
    answer = api.post("leads/", LEAD, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "Idempotency-Key")
    assert not Lead.objects.exists()


def test_the_longest_key_is_a_key(api: Api) -> None:
    assert api.post("leads/", LEAD, headers={"Idempotency-Key": "~" * 255}).status_code == 201


def test_other_methods_have_guards_of_their_own(api: Api, office: Office) -> None:
    lead = office.lead()
    etag = {"If-Match": "*"}
    for base in ("a", "b"):
        assert api.send("PATCH", f"leads/{lead.pk}/", {"base": base}, headers=KEY | etag).json()["base"] == base
    assert not KeptAnswer.objects.exists()


def test_answers_are_kept_for_seven_days_and_then_forgotten(api: Api) -> None:
    api.post("leads/", LEAD, headers=KEY)
    KeptAnswer.objects.update(created_at=clock.now() - answers.KEPT_FOR + timedelta(minutes=1))
    tasks.sweep_answers()
    assert api.post("leads/", LEAD, headers=KEY)["Idempotency-Replayed"] == "true"
    KeptAnswer.objects.update(created_at=clock.now() - answers.KEPT_FOR - timedelta(minutes=1))
    tasks.sweep_answers()
    assert not KeptAnswer.objects.exists()
    assert api.post("leads/", LEAD, headers=KEY).status_code == 409


def test_neither_key_nor_body_stands_in_what_is_searched(api: Api) -> None:
    api.post("leads/", LEAD, headers=KEY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT place, asked FROM jobs_keptanswer")
        assert "4711" not in str(cursor.fetchall())


def test_every_post_of_the_document_takes_a_key() -> None:
    from api.document import document

    posts = [item["post"] for item in document("ru")["paths"].values() if "post" in item]
    assert len(posts) > 8
    for post in posts:
        assert "Idempotency-Key" in {one["name"] for one in post["parameters"]}, post["operationId"]


def test_an_erased_person_s_answers_are_emptied_and_not_made_anew(api: Api) -> None:
    made = api.post("leads/", LEAD, headers=KEY).json()
    other = api.post("leads/", LEAD | {"contacts": [{"type": "phone", "value": "+998901112299"}]}, headers={
        "Idempotency-Key": "other"})  # fmt: skip
    assert answers.forget_about(ids=[made["party"]]) == 1
    gone = api.post("leads/", LEAD, headers=KEY)
    assert (gone.status_code, gone.json()["code"], Lead.objects.count()) == (404, "not_found", 2)
    kept = list(KeptAnswer.objects.values_list("content", flat=True))
    assert sum("+998901112233" in text for text in kept) == 0
    assert sum(str(other.json()["id"]) in text for text in kept) == 1


def test_a_refusal_that_repeats_somebody_s_words_is_emptied_by_them(api: Api) -> None:
    """A refusal names no record: only the words can find it. Letters of a word or two would find everybody's."""
    wrong = LEAD | {"contacts": [{"type": "phone", "value": "9011122"}]}
    api.post("leads/", wrong, headers=KEY)
    assert answers.forget_about(ids=[], words=["9", ""]) == 0
    assert answers.forget_about(ids=[], words=["9011122"]) == 1
    assert api.post("leads/", wrong, headers=KEY).status_code == 404


def test_an_answer_that_holds_only_an_address_is_found_by_it(db: None) -> None:
    answers.keep(
        place="a" * 64, asked="b" * 64, status=201, headers={"Location": "/api/v1/agents/0199/contacts/77aa/"},
        content="", rights=[], at=clock.now(),
    )  # fmt: skip
    assert answers.forget_about(ids=["77aa"]) == 1
