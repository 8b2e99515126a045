"""Deeds on working time: one's own hours and days off, the bank's holidays."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import demand_administrator
from accounts.models import User
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, NotAllowed, Refused
from common.events import publish
from common.text import one_line
from worktime.events import HoursChanged
from worktime.models import DayOff, Holiday, Region, WorkSchedule

COLUMNS = ("start", "end", "lunch_start", "lunch_end", "weekdays", "region")
LONGEST_DAY_HOURS = 16
LONGEST_LEAVE_DAYS = 366
FARTHEST_LEAVE_DAYS = 2 * 366
NAME_LENGTH = 120
HOLIDAY_YEARS = range(2020, 2051)


class HolidayExists(Refused):
    """The region has this date already."""

    code: ClassVar[str] = "duplicate"
    status: ClassVar[int] = 409


@transaction.atomic
def set_schedule(
    *, user: User, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> WorkSchedule:
    """Set a person's working hours; columns that ``changes`` does not name stay. The same again changes nothing.

    Version 0 is that of a schedule nobody has set yet. Raises Invalid, StaleVersion, NotAllowed.
    """
    _demand_own(by, user)
    wanted = {name: value for name, value in changes.items() if name in COLUMNS}
    if "weekdays" in wanted:
        wanted["weekdays"] = sorted(set(wanted["weekdays"]))
    known = WorkSchedule.objects.select_for_update(no_key=True).filter(user=user).first()
    _check_schedule({name: getattr(known or WorkSchedule(), name) for name in COLUMNS} | wanted)
    if known is None:
        known, created = WorkSchedule.objects.get_or_create(user=user, defaults=wanted)
        if created:
            _tell(known, _columns(WorkSchedule()))
            return known
    check_version(known, expected_version, wanted)
    before = _columns(known)
    saved = save_changes(known, wanted)
    _tell(saved, before)
    return saved


def _columns(schedule: WorkSchedule) -> dict[str, Any]:
    """As they go into JSON."""
    values = {name: getattr(schedule, name) for name in COLUMNS}
    return {name: value.isoformat() if isinstance(value, time) else value for name, value in values.items()}


def _tell(schedule: WorkSchedule, before: dict[str, Any]) -> None:
    if before != _columns(schedule):
        publish(HoursChanged(schedule.user_id, schedule.version, before))


@transaction.atomic
def add_day_off(*, user: User, by: User, starts_on: date, ends_on: date, note: str = "", at: datetime) -> DayOff:
    """Mark dates, both included, as free. The same dates once more change nothing.

    Raises Invalid (an end before the start, longer than a year, farther than two years from ``at``), NotAllowed.
    """
    _demand_own(by, user)
    note = one_line(note)
    if ends_on < starts_on:
        _refuse("ends_on", "order", _("Последний день раньше первого. Поменяйте даты местами."))
    if (ends_on - starts_on).days >= LONGEST_LEAVE_DAYS:
        _refuse("ends_on", "range", _("Здесь больше года. Проверьте год в датах."))
    if abs((ends_on - at.astimezone(user.zone).date()).days) > FARTHEST_LEAVE_DAYS:
        _refuse("ends_on", "range", _("До этой даты больше двух лет. Проверьте год."))
    if len(note) > NAME_LENGTH:
        _refuse("note", "length", _("Пояснение длиннее 120 знаков. Сократите."))
    made, _created = DayOff.objects.get_or_create(
        user=user, starts_on=starts_on, ends_on=ends_on, defaults={"note": note}
    )
    return made


@transaction.atomic
def remove_day_off(*, day_off: DayOff, by: User) -> None:
    """These dates work as usual again. What is gone already stays gone. Raises NotAllowed."""
    _demand_own(by, day_off.user)
    DayOff.objects.filter(pk=day_off.pk).delete()


@transaction.atomic
def save_holiday(
    *, by: User, holiday: Holiday | None, changes: Mapping[str, Any], expected_version: int | None = None
) -> Holiday:
    """Add a date to a region's calendar or change it. Raises Invalid, HolidayExists, StaleVersion, NotAllowed."""
    demand_administrator(by)
    wanted = dict(changes) | ({"name": one_line(changes["name"])} if "name" in changes else {})
    _check_holiday(wanted, adding=holiday is None)
    try:
        with transaction.atomic():
            if holiday is None:
                return Holiday.objects.create(**wanted)
            locked = Holiday.objects.select_for_update(no_key=True).get(pk=holiday.pk)
            check_version(locked, expected_version, wanted)
            return save_changes(locked, wanted)
    except IntegrityError as error:
        message = _("Этот день у региона уже есть. Измените его в списке.")
        raise HolidayExists(message, [FieldError("day", "duplicate", message)]) from error


@transaction.atomic
def remove_holiday(*, by: User, holiday: Holiday) -> None:
    """The date is an ordinary one again. What is gone already stays gone. Raises NotAllowed."""
    demand_administrator(by)
    Holiday.objects.filter(pk=holiday.pk).delete()


def _demand_own(by: User, user: User) -> None:
    if by.pk != user.pk and not by.is_administrator:
        raise NotAllowed(_("Рабочее время меняет сам сотрудник или администратор."))


def _check_schedule(wanted: Mapping[str, Any]) -> None:
    """All that is wrong at once, each thing at its field."""
    errors = [*_wrong_hours(wanted["start"], wanted["end"]), *_wrong_lunch(wanted)]
    if not wanted["weekdays"]:
        errors.append(FieldError("weekdays", "required", _("Отметьте хотя бы один рабочий день.")))
    elif not set(wanted["weekdays"]) <= set(range(1, 8)):
        errors.append(FieldError("weekdays", "invalid", _("Выберите дни недели из списка.")))
    if wanted["region"] not in Region.values:
        errors.append(FieldError("region", "invalid", _("Выберите регион из списка.")))
    if errors:
        raise Invalid(errors[0].message, errors)


def _wrong_hours(start: time, end: time) -> list[FieldError]:
    if end <= start:
        return [FieldError("end", "order", _("Конец дня раньше начала. Работа за полночь не поддерживается."))]
    if _length(start, end) > timedelta(hours=LONGEST_DAY_HOURS):
        return [FieldError("end", "range", _("Рабочий день длиннее 16 часов. Проверьте начало и конец."))]
    return []


def _wrong_lunch(wanted: Mapping[str, Any]) -> list[FieldError]:
    start, end, out, back = (wanted[name] for name in COLUMNS[:4])
    if out is None and back is None:
        return []
    if out is None or back is None:
        empty = "lunch_start" if out is None else "lunch_end"
        return [FieldError(empty, "required", _("Укажите и начало, и конец обеда или оставьте оба поля пустыми."))]
    if back <= out:
        return [FieldError("lunch_end", "order", _("Конец обеда раньше начала."))]
    if end <= start:
        return []  # the hours themselves are to be mended first
    if out < start or back > end:
        field = "lunch_start" if out < start else "lunch_end"
        return [FieldError(field, "range", _("Обед выходит за рабочие часы."))]
    if (out, back) == (start, end):
        return [FieldError("lunch_end", "range", _("Обед занимает весь день, на работу не осталось времени."))]
    return []


def _length(start: time, end: time) -> timedelta:
    return datetime.combine(date.min, end) - datetime.combine(date.min, start)


def _check_holiday(wanted: Mapping[str, Any], *, adding: bool) -> None:
    errors = []
    if ("name" in wanted or adding) and not wanted.get("name"):
        errors.append(FieldError("name", "required", _("Назовите день.")))
    if len(wanted.get("name", "")) > NAME_LENGTH:
        errors.append(FieldError("name", "length", _("Название длиннее 120 знаков. Сократите.")))
    if "day" in wanted and wanted["day"].year not in HOLIDAY_YEARS:
        errors.append(FieldError("day", "range", _("Проверьте год: календарь ведётся с 2020 по 2050.")))
    if "region" in wanted and wanted["region"] not in Region.values:
        errors.append(FieldError("region", "invalid", _("Выберите регион из списка.")))
    if errors:
        raise Invalid(errors[0].message, errors)


def _refuse(field: str, code: str, message: str) -> None:
    raise Invalid(message, [FieldError(field, code, message)])
