"""Requests to the bank's lawyers: asked with a deadline in working days, taken, answered or withdrawn."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from common import clock
from common.changes import check_version, save_changes
from common.events import publish
from common.text import has_control_characters, one_line
from documents.choices import OPEN_REQUESTS, RequestStatus
from documents.events import LegalAnswered, LegalDue
from documents.models import Document, LegalRequest
from documents.services.preparing import wrong
from jobs.registry import JobRun
from jobs.services import Duty, owe
from leads.models import Lead
from worktime.calendar import DAY, WorkingCalendar
from worktime.selectors import calendar_of

DAY_JOB = "legal_due"
MORNING = time(8)
MOST_DAYS = 60


def working_day_after(day: date, count: int, calendar: WorkingCalendar) -> date:
    """The last of ``count`` working days that follow a day; days that nobody works for three years are no deadline."""
    left, found = count, day
    for _step in range(3 * 366):
        if left <= 0:
            break
        found += DAY
        left -= calendar.is_working_day(found)
    return found


@transaction.atomic
def ask(
    *, lead: Lead, by: User, at: datetime, question: str, working_days: int = 3, lawyer: str = "",
    document: Document | None = None,
) -> LegalRequest:  # fmt: skip
    """Ask the lawyers. Raises Invalid (no question, a deadline out of reach, another lead's contract), NotAllowed."""
    demand_write(by)
    if document is not None and document.lead_id != lead.pk:
        raise wrong("document", _("Этот контракт — другого лида."), "foreign")
    if not 1 <= working_days <= MOST_DAYS:
        raise wrong("working_days", _("Срок — от 1 до 60 рабочих дней."), "range")
    calendar = calendar_of(by)
    due_on = working_day_after(calendar.local_day(at), working_days, calendar)
    return LegalRequest.objects.create(
        lead=lead, document=document, question=_text("question", question, 4000), lawyer=_line(lawyer), by=by,
        working_days=working_days, asked_at=at, due_on=due_on,
    )  # fmt: skip


@transaction.atomic
def take(
    *, request: LegalRequest, by: User, at: datetime, lawyer: str = "", expected_version: int | None = None
) -> LegalRequest:
    """The lawyers are at it. Raises Invalid (closed), StaleVersion, NotAllowed."""
    current = _open(request, by, expected_version)
    name = _line(lawyer) or current.lawyer
    return save_changes(current, {"status": RequestStatus.IN_WORK, "lawyer": name})


@transaction.atomic
def answer(
    *, request: LegalRequest, by: User, at: datetime, text: str, lawyer: str = "", expected_version: int | None = None
) -> LegalRequest:
    """Write the answer down, and tell whoever waits for it. Raises Invalid, StaleVersion, NotAllowed."""
    words = _text("answer", text, 8000)
    current = _open(request, by, expected_version)
    name = _line(lawyer) or current.lawyer
    changes = {"status": RequestStatus.ANSWERED, "answer": words, "closed_at": at, "lawyer": name}
    saved = save_changes(current, changes)
    publish(LegalAnswered(saved.pk, saved.lead_id, waits(saved), saved.question[:200], by.pk, at))
    return saved


@transaction.atomic
def withdraw(
    *, request: LegalRequest, by: User, at: datetime, reason: str = "", expected_version: int | None = None
) -> LegalRequest:
    """No answer is needed any more; why may be said. Raises Invalid, StaleVersion, NotAllowed."""
    current = _open(request, by, expected_version)
    words = _text("answer", reason, 8000) if reason.strip() else ""
    return save_changes(current, {"status": RequestStatus.WITHDRAWN, "answer": words, "closed_at": at})


def waits(request: LegalRequest) -> UUID | None:
    """Whose the answer is: the owner of the lead, else whoever asked."""
    return request.lead.owner_id or request.by_id


def owe_the_day(*, at: datetime) -> None:
    """Owe the morning's look at the deadlines, once a day however often it is asked."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    due_at = datetime.combine(local.date(), MORNING, local.tzinfo)
    if due_at <= local:
        owe([Duty(DAY_JOB, f"{DAY_JOB}:{local.date()}", {}, due_at)])


def tell_day(run: JobRun) -> None:
    """The job: say of each open request that its day has come, or has passed. Whoever tells people does it once."""
    at = clock.now()
    today = timezone.localtime(at, timezone.get_default_timezone()).date()
    due = LegalRequest.objects.open().filter(due_on__lte=today, due_on__gt=today - timedelta(days=30))
    for row in due.select_related("lead").order_by("due_on", "pk"):
        late = row.due_on < today
        publish(LegalDue(row.pk, row.lead_id, waits(row), row.question[:200], row.due_on, late, at))


def _open(request: LegalRequest, by: User, expected_version: int | None) -> LegalRequest:
    demand_write(by)
    list(LegalRequest.objects.filter(pk=request.pk).select_for_update(no_key=True).values_list("pk"))
    current = LegalRequest.objects.select_related("lead").get(pk=request.pk)
    check_version(current, expected_version)
    if current.status not in OPEN_REQUESTS:
        message = _("Запрос уже %(status)s. Задайте новый, если вопрос остался.")
        raise wrong("status", message % {"status": current.get_status_display()}, "closed")
    return current


def _text(field: str, text: str, limit: int) -> str:
    words = text.replace("\r\n", "\n").strip()
    if not words:
        empty = {"question": _("Напишите вопрос юристам."), "answer": _("Напишите ответ юристов.")}
        raise wrong(field, empty[field], "required")
    if len(words) > limit or has_control_characters(words):
        raise wrong(field, _("Помещается %(n)d знаков, без служебных. Сократите.") % {"n": limit}, "too_long")
    return words


def _line(text: str) -> str:
    words = one_line(text)
    if len(words) > 120 or has_control_characters(words):
        raise wrong("lawyer", _("Имя — до 120 знаков. Сократите."), "too_long")
    return words
