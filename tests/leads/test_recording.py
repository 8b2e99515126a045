"""Writing down the facts behind the gates: what is kept, what completes what, and what is refused."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from common import clock
from common.errors import Invalid, NotAllowed
from leads.facts import known_facts
from leads.models import Contract, Lead, Meeting
from leads.services import contract_files, recording
from leads.services.editing import update_lead
from tests.office import Office

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n...."


def refused(deed: Callable[[], Any]) -> list[tuple[str, str]]:
    """The fields and codes of the refusal that the deed must meet."""
    with pytest.raises(Invalid) as refusal:
        deed()
    assert refusal.value.message
    return [(error.field, error.code) for error in refusal.value.errors]


def file(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def promised(office: Office, lead: Lead, **changed: Any) -> Any:
    values = {"metric": "Срок выдачи", "baseline": Decimal(5), "target": Decimal(1), "direction": "down",
              "due_on": date(2030, 1, 1)}  # fmt: skip
    return recording.record_promise(lead=lead, by=office.olim, at=clock.now(), **values | changed)


def test_a_meeting_cannot_have_been_held_in_the_future(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    soon = at + timedelta(minutes=1)
    found = refused(lambda: recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=soon))
    assert found == [("held_at", "future")]
    recording.record_meeting(lead=lead, by=office.olim, at=soon, held_at=soon)
    assert lead.meetings.get().status == "held"


def test_a_meeting_without_a_time_is_none(office: Office) -> None:
    lead = office.lead()
    found = refused(lambda: recording.record_meeting(lead=lead, by=office.olim, at=clock.now(), note="Поговорили"))
    assert found == [("planned_at", "required")]


def test_a_meeting_that_was_held_completes_the_one_planned_first(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    later = recording.record_meeting(lead=lead, by=office.olim, at=at, planned_at=at + timedelta(days=7))
    first = recording.record_meeting(lead=lead, by=office.olim, at=at, planned_at=at - timedelta(hours=1))
    recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at, note="Готов")
    assert Meeting.objects.get(pk=first.pk).status == "held"
    assert Meeting.objects.get(pk=later.pk).status == "planned"


def test_who_did_not_come_was_not_met(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    recording.record_meeting(lead=lead, by=office.olim, at=at, planned_at=at - timedelta(hours=1))
    recording.record_meeting(lead=lead, by=office.olim, at=at, status="no_show")
    assert "meeting_held" not in known_facts(lead.pk)
    assert "meeting_appointed" in known_facts(lead.pk)
    both = refused(lambda: recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at, status="no_show"))
    assert both == [("held_at", "contradiction")]


def test_a_meeting_of_another_lead_is_not_completed(office: Office) -> None:
    lead, other, at = office.lead(), office.lead(), clock.now()
    foreign = recording.record_meeting(lead=other, by=office.olim, at=at, planned_at=at)
    found = refused(lambda: recording.record_meeting(lead=lead, by=office.olim, at=at, held_at=at, meeting=foreign))
    assert found == [("meeting", "foreign")]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"kind": "dance"}, "kind"), ({"status": "forgotten"}, "status"), ({"place": "я" * 201}, "place")],
)
def test_a_meeting_holds_only_words_of_its_lists(office: Office, values: dict[str, str], field: str) -> None:
    lead, at = office.lead(), clock.now()
    found = refused(lambda: recording.record_meeting(lead=lead, by=office.olim, at=at, planned_at=at, **values))
    assert field in {name for name, _code in found}
    assert not lead.meetings.exists()


def test_an_interview_needs_a_problem_and_gives_it_to_the_lead(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    found = refused(lambda: recording.record_interview(lead=lead, by=office.olim, at=at, problem="  "))
    assert found == [("problem", "required")]
    recording.record_interview(lead=lead, by=office.olim, at=at, problem="Долго ждут")
    assert Lead.objects.get(pk=lead.pk).problem == "Долго ждут"


def test_an_interview_never_overwrites_a_problem_found_before(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    update_lead(lead=lead, by=office.olim, changes={"problem": "Первая"})
    recording.record_interview(lead=lead, by=office.olim, at=at, problem="Вторая")
    assert Lead.objects.get(pk=lead.pk).problem == "Первая"


def test_an_interview_was_not_held_in_the_future_and_answers_yes_or_no(office: Office) -> None:
    lead, at = office.lead(problem="Есть"), clock.now()
    future = refused(
        lambda: recording.record_interview(lead=lead, by=office.olim, at=at, held_at=at + timedelta(hours=1))
    )
    words = refused(lambda: recording.record_interview(lead=lead, by=office.olim, at=at, problem_validated="may"))
    assert future == [("held_at", "future")]
    assert words == [("problem_validated", "invalid")]


def test_the_second_half_completes_the_agreement(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    assert refused(lambda: recording.record_agreement(lead=lead, by=office.olim, at=at, agent_gives=" ")) == [
        ("agent_gives", "required")
    ]
    recording.record_agreement(lead=lead, by=office.olim, at=at, agent_gives="20 оценок")
    assert "bank_gives" not in known_facts(lead.pk)
    recording.record_agreement(lead=lead, by=office.olim, at=at, bank_gives="Комиссия")
    assert lead.agreements.count() == 1
    assert {"agent_gives", "bank_gives"} <= known_facts(lead.pk)
    recording.record_agreement(lead=lead, by=office.olim, at=at, agent_gives="30 оценок")
    assert lead.agreements.count() == 2


def test_a_contract_is_completed_by_its_file(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    recording.record_contract(lead=lead, by=office.olim, at=at, number="14", signed_on=date(2026, 1, 15))
    recording.record_contract(lead=lead, by=office.olim, at=at, file=file("скан.PNG", PNG))
    contract = lead.contracts.get()
    with contract.file.open("rb") as kept:
        assert (contract.number, contract.file_name, kept.read()) == ("14", "скан.PNG", PNG)
    recording.record_contract(lead=lead, by=office.olim, at=at, number="15")
    assert lead.contracts.count() == 2


def test_a_contract_is_not_signed_tomorrow_but_today_counts_by_the_local_calendar(office: Office) -> None:
    lead = office.lead()
    night_in_tashkent = datetime(2026, 3, 9, 21, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Asia/Tashkent")):
        today = timezone.localtime(night_in_tashkent).date()
        assert today == date(2026, 3, 10)
        tomorrow = today + timedelta(days=1)
        deed = recording.record_contract
        found = refused(lambda: deed(lead=lead, by=office.olim, at=night_in_tashkent, signed_on=tomorrow))
        assert found == [("signed_on", "future")]
        deed(lead=lead, by=office.olim, at=night_in_tashkent, signed_on=today)
    assert lead.contracts.get().signed_on == today


def test_an_empty_contract_is_none(office: Office) -> None:
    lead = office.lead()
    assert refused(lambda: recording.record_contract(lead=lead, by=office.olim, at=clock.now())) == [
        ("number", "required")
    ]
    assert not Contract.objects.exists()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("договор.pdf", b"GIF89a, not a contract"),
        ("договор.pdf", b""),
        ("договор.exe", b"%PDF-1.7"),
        ("договор", b"%PDF-1.7"),
        ("скан.png", b"%PDF-1.7"),
    ],
)
def test_a_file_is_what_its_name_says_or_is_refused(office: Office, name: str, body: bytes) -> None:
    lead, at = office.lead(), clock.now()
    deed = recording.record_contract
    found = refused(lambda: deed(lead=lead, by=office.olim, at=at, number="1", file=file(name, body)))
    assert found == [("file", "type")]
    assert not lead.contracts.exists()


def test_a_file_over_the_limit_is_refused(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contract_files, "FILE_LIMIT", 8)
    lead, at = office.lead(), clock.now()
    deed = recording.record_contract
    found = refused(lambda: deed(lead=lead, by=office.olim, at=at, file=file("a.pdf", b"%PDF-1.7 long")))
    assert found == [("file", "size")]
    deed(lead=lead, by=office.olim, at=at, file=file("a.pdf", b"%PDF-1.7"))


@pytest.mark.parametrize(
    ("baseline", "target", "direction"), [(5, 5, "up"), (5, 4, "up"), (5, 5, "down"), (5, 6, "down")]
)
def test_a_promise_is_better_than_what_was(office: Office, baseline: int, target: int, direction: str) -> None:
    lead = office.lead()
    found = refused(
        lambda: promised(office, lead, baseline=Decimal(baseline), target=Decimal(target), direction=direction)
    )
    assert found == [("target", "not_better")]
    assert not lead.promises.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"metric": " "}, "metric"),
        ({"metric": "я" * 201}, "metric"),
        ({"unit": "я" * 41}, "unit"),
        ({"direction": "sideways", "target": Decimal(1)}, "direction"),
        ({"target": Decimal("1e20"), "direction": "up"}, "target"),
        ({"baseline": Decimal("5.123456")}, "baseline"),
    ],
)
def test_a_promise_fits_its_columns(office: Office, changed: dict[str, Any], field: str) -> None:
    found = refused(lambda: promised(office, office.lead(), **changed))
    assert field in {name for name, _code in found}


def test_a_measurement_needs_a_promise_of_this_lead(office: Office) -> None:
    lead, other, at = office.lead(), office.lead(), clock.now()
    deed = recording.record_measurement
    assert refused(lambda: deed(lead=lead, by=office.olim, at=at, value=Decimal(1))) == [("promise", "required")]
    foreign = promised(office, other)
    found = refused(lambda: deed(lead=lead, by=office.olim, at=at, value=Decimal(1), promise=foreign))
    assert found == [("promise", "foreign")]


def test_a_measurement_is_not_of_the_future(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    promised(office, lead)
    later = at + timedelta(minutes=1)
    deed = recording.record_measurement
    found = refused(lambda: deed(lead=lead, by=office.olim, at=at, value=Decimal(1), measured_at=later))
    assert found == [("measured_at", "future")]


def test_value_counts_only_when_the_latest_number_of_every_promise_keeps_it(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    faster = promised(office, lead)
    more = promised(office, lead, metric="Заявки", baseline=Decimal(0), target=Decimal(15), direction="up")
    deed = recording.record_measurement
    deed(lead=lead, by=office.olim, at=at, value=Decimal("0.9"), promise=faster)
    assert "value_measured" not in known_facts(lead.pk)
    deed(lead=lead, by=office.olim, at=at, value=Decimal(15), promise=more)
    assert "value_measured" in known_facts(lead.pk)
    deed(lead=lead, by=office.olim, at=at + timedelta(hours=1), value=Decimal("1.4"), promise=faster)
    assert "value_measured" not in known_facts(lead.pk)


def test_several_facts_stand_or_fall_together_and_name_their_record(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    facts = {"agreement": {"agent_gives": "Клиентов"}, "meeting": {"held_at": at + timedelta(days=1)}}
    found = refused(lambda: recording.record_facts(lead=lead, by=office.olim, at=at, facts=facts))
    assert found == [("meeting.held_at", "future")]
    recording.record_facts(lead=lead, by=office.olim, at=at, facts={"agreement": facts["agreement"]})
    assert lead.agreements.count() == 1


@pytest.mark.parametrize("facts", [{"weather": {}}, {"meeting": {"color": "red"}}, {"promise": {"metric": "М"}}])
def test_an_unknown_record_or_field_is_refused(office: Office, facts: dict[str, Any]) -> None:
    assert refused(lambda: recording.record_facts(lead=office.lead(), by=office.olim, at=clock.now(), facts=facts))


def test_a_list_holds_several_facts_of_one_record(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    recording.record_facts(
        lead=lead, by=office.olim, at=at, facts={"meeting": [{"planned_at": at}, {"planned_at": at}]}
    )
    assert lead.meetings.count() == 2


def test_who_only_reads_writes_no_fact(office: Office) -> None:
    lead, at = office.lead(), clock.now()
    with pytest.raises(NotAllowed):
        recording.record_facts(lead=lead, by=office.aziz, at=at, facts={"meeting": {"planned_at": at}})
    assert not lead.meetings.exists()
