"""What the table of the contract says of a lead: score and freshness of the engine, merging, and what a list costs."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backlog.models import LeadScore, StageCooling
from common import clock
from leads.models import Lead
from leads.services.outcomes import close
from leads.services.recording import record_meeting, record_promise
from leads.value import bank_day
from priority.reason import Reason, recompute
from tests.api.conftest import MakeApi
from tests.api.contract import Api
from tests.office import Office

pytestmark = pytest.mark.django_db
MISSING = "01900000-0000-7000-8000-000000000000"
REASON = Reason(
    margin=420_000.0, chance=0.31, freshness=0.71, onward=0.18, hours=2.0, further_hours=3.0, p=0.29, p_low=0.2,
    p_high=0.4, trials=40.0, passes=12.0, n=30.0, segment_rate=0.25, utp_effect=0.06,
)  # fmt: skip


def ranked(lead: Lead, rank: int = 1) -> LeadScore:
    return LeadScore.objects.create(
        lead=lead, owner=lead.owner, rank=rank, score=recompute(REASON), proposed=1, parts=list(REASON.pack()),
        as_of=clock.now(),
    )  # fmt: skip


def test_a_score_is_told_with_its_parts_and_reasons(api: Api, office: Office) -> None:
    lead = office.lead(utp_id=office.utp.pk)
    assert api.get(f"leads/{lead.pk}/").json()["score"] is None
    stored = ranked(lead)
    told = api.get(f"leads/{lead.pk}/").json()["score"]
    assert (told["value"], told["p"], told["rank"]) == (stored.score, 0.29, 1)
    assert told["margin"] == {"amount": "420000.00", "currency": "UZS"}
    assert told["minutes"] == round((2 + 0.31 * 0.71 * 3) * 60)
    assert len(told["reasons"]) == 4
    assert "12 из 40" in told["reasons"][2]
    assert api.get("leads/").json()["data"][0]["score"] == told
    close(lead=lead, outcome="archived", by=office.olim, at=clock.now(), note="Не наш")
    closed = api.get(f"leads/{lead.pk}/").json()
    assert (closed["score"], closed["freshness"]) == (None, None)


def test_freshness_halves_with_the_half_life_that_was_seen(api: Api, office: Office) -> None:
    lead = office.lead()
    Lead.objects.filter(pk=lead.pk).update(touched_at=clock.now() - timedelta(hours=lead.stage.half_life_hours))
    assert api.get(f"leads/{lead.pk}/").json()["freshness"] == 0.5
    hours = lead.stage.half_life_hours / 2
    StageCooling.objects.create(stage=lead.stage, half_life_hours=hours, attempts=500, as_of=clock.now())
    assert api.get(f"leads/{lead.pk}/").json()["freshness"] == 0.25
    assert api.get("leads/").json()["data"][0]["freshness"] == 0.25


def test_a_list_tells_of_each_lead_the_promise_that_asks_for_most(api: Api, office: Office) -> None:
    leads = [office.lead() for _n in range(3)]
    today = bank_day(clock.now())
    for lead, days in zip(leads, [(30,), (30, 2, -20)], strict=False):
        for day in days:
            due = today + timedelta(days=day)
            record_promise(lead=lead, by=office.olim, at=clock.now(), metric="оценок", target=Decimal(9), due_on=due)
    told = {row["id"]: row["value_state"] for row in api.get("leads/").json()["data"]}
    assert [told[str(lead.pk)] for lead in leads] == ["waiting", "short", None]
    for lead in leads:
        assert api.get(f"leads/{lead.pk}/").json()["value_state"] == told[str(lead.pk)]


def test_a_list_of_leads_costs_the_same_for_one_and_for_many(api_of: MakeApi, office: Office) -> None:
    api = api_of(office.north)
    counts = []
    for _round in range(2):
        for number in range(1 + 9 * len(counts)):
            ranked(office.lead(segment_id=office.segment.pk, initiative_id=office.initiative.pk), number + 1)
        api.get("leads/")
        with CaptureQueriesContext(connection) as caught:
            rows = api.get("leads/", expand="owner,segment,initiative").json()["data"]
        counts.append((len(rows), len(caught)))
    assert [rows for rows, _queries in counts] == [1, 11]
    assert counts[0][1] == counts[1][1] <= 6, [query["sql"][:200] for query in caught]


def test_two_leads_on_one_person_become_one_and_part_again(api: Api, office: Office) -> None:
    kept, other = office.lead(), office.lead(problem="Долгая выдача")
    record_meeting(lead=other, by=office.olim, at=clock.now(), planned_at=clock.now())
    joined = api.post(f"leads/{kept.pk}/merge/", {"lead": str(other.pk)})
    assert (joined.status_code, joined.json()["problem"]) == (200, "Долгая выдача")
    gone = api.get(f"leads/{other.pk}/").json()
    assert (gone["outcome"], gone["merged_into"]) == ("archived", str(kept.pk))
    assert [row["lead"] for row in api.get("meetings/").json()["data"]] == [str(kept.pk)]
    assert api.post(f"leads/{kept.pk}/merge/", {"lead": str(other.pk)}).json() == joined.json()
    refused = api.post(f"leads/{other.pk}/reopen/", {"reason": "Вернулся"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "merged")
    parted = api.post(f"leads/{kept.pk}/unmerge/", {"lead": str(other.pk)})
    assert (parted.status_code, parted.json()["problem"]) == (200, "")
    assert api.get(f"leads/{other.pk}/").json()["outcome"] == "open"


def test_merging_is_refused_with_a_pointer_and_sees_no_hidden_lead(api_of: MakeApi, office: Office) -> None:
    north = api_of(office.north)
    kept, hidden = office.lead(), office.lead(office.sitora)

    def refused(path: str, lead: Any) -> tuple[int, str, str]:
        answer = north.post(path, {"lead": str(lead)})
        return answer.status_code, answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]

    where = f"leads/{kept.pk}/merge/"
    assert refused(where, hidden.pk) == refused(where, MISSING) == (400, "#/lead", "does_not_exist")
    assert refused(where, kept.pk) == (422, "#/lead", "cycle")
    assert refused(where, office.lead(kind="client").pk) == (422, "#/lead", "other_funnel")
    assert refused(f"leads/{kept.pk}/unmerge/", office.lead().pk) == (422, "#/lead", "unknown")
    assert north.post(f"leads/{hidden.pk}/merge/", {"lead": str(kept.pk)}).status_code == 404
    closed = close(lead=office.lead(), outcome="archived", by=office.olim, at=clock.now(), note="Не наш")
    answer = north.post(where, {"lead": str(closed.pk)})
    assert (answer.status_code, answer.json()["code"]) == (409, "lead_closed")
