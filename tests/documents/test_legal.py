"""Requests to the lawyers: a deadline in working days, an answer, reminders told once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from common import clock
from common.errors import Invalid, NotAllowed
from documents.models import LegalRequest
from documents.services import legal
from documents.services.legal import answer, ask, take, withdraw, working_day_after
from jobs.registry import JobRun
from leads.services.editing import assign
from leads.value import bank_day
from notifications.models import Notice
from tests.documents.desk import agreed_lead, prepared
from tests.office import Office
from worktime.calendar import WorkingCalendar
from worktime.models import DayOff

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)


def asked(office: Office, **changed: Any) -> LegalRequest:
    values: dict[str, Any] = {
        "question": "Можно ли платить комиссию физлицу?",
        "lead": None,
        "at": clock.now(),
    } | changed
    values["lead"] = values["lead"] or office.lead()
    return ask(by=office.olim, **values)


def refused(deed: Any) -> tuple[str, str]:
    with pytest.raises(Invalid) as refusal:
        deed()
    return refusal.value.errors[0].field, refusal.value.errors[0].code


def look() -> None:
    legal.tell_day(JobRun(job_id=uuid4(), payload={}, lease_token=uuid4(), attempts=1))


def test_the_deadline_is_counted_in_working_days_of_whoever_asks(office: Office) -> None:
    assert asked(office, at=FRIDAY, working_days=1).due_on == date(2026, 11, 23)
    assert asked(office, at=FRIDAY, working_days=3).due_on == date(2026, 11, 25)
    DayOff.objects.create(user=office.olim, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 24))
    assert asked(office, at=FRIDAY, working_days=1).due_on == date(2026, 11, 25)


def test_a_calendar_without_work_still_gives_a_day() -> None:
    rest = frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(3000))
    calendar = WorkingCalendar(
        ZoneInfo("Asia/Tashkent"), frozenset({1}), datetime.min.time().replace(hour=9),
        datetime.min.time().replace(hour=18), days_off=rest,
    )  # fmt: skip
    assert working_day_after(date(2026, 1, 1), 3, calendar) > date(2028, 1, 1)


def test_a_question_goes_its_way_from_new_to_answered(office: Office) -> None:
    request = asked(office)
    assert take(request=request, by=office.olim, at=clock.now(), lawyer="Р. Юсупова").status == "in_work"
    done = answer(request=request, by=office.olim, at=clock.now(), text="Можно, по договору ГПХ")
    assert (done.status, done.lawyer, done.answer) == ("answered", "Р. Юсупова", "Можно, по договору ГПХ")
    assert refused(lambda: withdraw(request=request, by=office.olim, at=clock.now())) == ("status", "closed")


def test_empty_questions_and_strange_deadlines_are_refused(office: Office) -> None:
    assert refused(lambda: asked(office, question="  ")) == ("question", "required")
    assert refused(lambda: asked(office, question="x" * 4001)) == ("question", "too_long")
    assert refused(lambda: asked(office, question="x\x00")) == ("question", "too_long")
    for days in (0, -1, 61):
        assert refused(lambda days=days: asked(office, working_days=days)) == ("working_days", "range")
    foreign = prepared(office)
    assert refused(lambda: asked(office, document=foreign)) == ("document", "foreign")
    assert refused(lambda: answer(request=asked(office), by=office.olim, at=clock.now(), text="")) == (
        "answer", "required",
    )  # fmt: skip


def test_the_owner_hears_of_an_answer_that_a_colleague_wrote_down(office: Office) -> None:
    request = asked(office)
    answer(request=request, by=office.nodira, at=clock.now(), text="Можно")
    notice = Notice.objects.get(user=office.olim, kind="legal")
    assert notice.facts["answered"] is True


def test_the_day_of_an_answer_and_its_passing_are_told_once_each(office: Office) -> None:
    request, today = asked(office), bank_day(clock.now())
    LegalRequest.objects.update(due_on=today)
    look()
    look()
    assert [notice.facts["late"] for notice in Notice.objects.filter(kind="legal")] == [False]
    LegalRequest.objects.update(due_on=today - timedelta(days=1))
    look()
    look()
    assert sorted(notice.facts["late"] for notice in Notice.objects.filter(kind="legal")) == [False, True]
    assert request.is_overdue(today) is False
    assert LegalRequest.objects.overdue(today).count() == 1


def test_an_answered_question_is_late_no_more(office: Office) -> None:
    request = asked(office)
    LegalRequest.objects.update(due_on=bank_day(clock.now()) - timedelta(days=2))
    withdraw(request=request, by=office.olim, at=clock.now(), reason="Решили без них")
    look()
    assert not LegalRequest.objects.overdue(bank_day(clock.now())).exists()
    assert not Notice.objects.filter(kind="legal").exists()


def test_of_a_lead_without_an_owner_whoever_asked_is_told(office: Office) -> None:
    lead = agreed_lead(office)
    asked(office, lead=lead)
    assign(lead=lead, owner=None, by=office.nodira, at=clock.now())
    LegalRequest.objects.update(due_on=bank_day(clock.now()))
    look()
    assert Notice.objects.filter(kind="legal", user=office.olim).count() == 1


def test_requests_are_seen_with_their_leads_and_an_auditor_only_reads(office: Office) -> None:
    request = asked(office)
    assert [LegalRequest.objects.visible_to(person).count() for person in
            (office.olim, office.nodira, office.sitora, office.aziz)] == [1, 1, 0, 1]  # fmt: skip
    with pytest.raises(NotAllowed):
        take(request=request, by=office.aziz, at=clock.now())
