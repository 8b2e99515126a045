"""Findings of the community: published, mended and retired by their author, liked and borrowed by others."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_planner, demand_write
from accounts.models import User
from agents.models import Segment
from backlog.anonymity import Leak, leaks_in
from backlog.choices import ActionStatus
from backlog.models import Borrowing, Finding, FindingLike, Goal, Sprint
from backlog.services.actions import create_action, restore_action
from backlog.services.finding_checks import TEXTS, check_finding, tidy
from backlog.services.planning import hold_plan, invalid
from backlog.services.sprints import monday_of, open_sprint
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid
from common.outside import known_once
from worktime.calendar import DAY


class FindingFields(TypedDict, total=False):
    claim: str
    text: str
    segment: Segment | None
    metric: str
    metric_name: str
    before_passed: int | None
    before_tries: int | None
    after_passed: int | None
    after_tries: int | None
    action_title: str
    action_kind: str
    action_minutes: int
    bank_wide: bool
    source: str
    external_id: str


class PersonalData(Invalid):
    """The texts name an agent or a client; ``leaks`` say what and where."""

    code: ClassVar[str] = "personal_data"

    def __init__(self, leaks: Iterable[Leak]) -> None:
        self.leaks = list(leaks)
        errors = [FieldError(leak.field, "personal_data", _said(leak)) for leak in self.leaks]
        super().__init__(_("В находке не должно быть данных агентов и клиентов."), errors)


@transaction.atomic
def publish_finding(*, by: User, **fields: Unpack[FindingFields]) -> Finding:
    """Share what works. Raises Invalid (each thing at its field), PersonalData, KnownOutside, NotAllowed."""
    demand_write(by)
    values = tidy(fields)
    check_finding(values)
    _demand_anonymous(values, by)
    with known_once(_("Находка с таким внешним номером уже есть.")):
        return Finding.objects.create(owner=by, team=by.team, segment_name=_segment_name(values), **values)


@transaction.atomic
def edit_finding(
    *, finding: Finding, by: User, changes: Mapping[str, Any], expected_version: int | None = None
) -> Finding:
    """Raises Invalid, PersonalData, KnownOutside, StaleVersion, NotAllowed (neither its author nor above him)."""
    current = _locked(finding, by)
    wanted = tidy(changes)
    check_version(current, expected_version, wanted)
    check_finding({name: getattr(current, name) for name in FindingFields.__annotations__} | wanted)
    _demand_anonymous(wanted, by, current.owner)
    if "segment" in wanted:
        wanted["segment_name"] = _segment_name(wanted)
    with known_once(_("Находка с таким внешним номером уже есть.")):
        return save_changes(current, wanted)


@transaction.atomic
def set_retired(*, finding: Finding, retired: bool, by: User, expected_version: int | None = None) -> Finding:
    """Take a finding out of the feed, or put it back. What was borrowed stays with those who took it."""
    current = _locked(finding, by)
    if current.retired == retired:
        return current
    check_version(current, expected_version)
    return save_changes(current, {"retired": retired})


@transaction.atomic
def set_liked(*, finding: Finding, liked: bool, by: User, at: datetime) -> None:
    """Say that a finding is useful, or take it back; once per person, however often it is pressed."""
    demand_write(by)
    if liked:
        rows = [FindingLike(finding=finding, user=by, at=at)]
        FindingLike.objects.bulk_create(rows, ignore_conflicts=True)
    else:
        FindingLike.objects.filter(finding=finding, user=by).delete()


@transaction.atomic
def borrow(
    *, finding: Finding, by: User, at: datetime, goal: Goal | None = None, owner: User | None = None
) -> Borrowing:
    """Take a finding's action into one's own current week (into the next one where this week is summed up already),
    or into that of an ``owner`` whose week one plans.

    Twice in a week gives the same action; one that was dropped meanwhile comes back. Raises Invalid (retired, another
    person's goal), SprintClosed, NotAllowed.
    """
    person = owner or by
    demand_planner(by, person)
    hold_plan(person.pk)
    sprint = goal.sprint if goal is not None else _week(person, at, by)
    mine = Borrowing.objects.select_related("action").filter(finding=finding, user=person)
    known = mine.filter(action__sprint=sprint).first()
    if known is not None:
        if known.action.status == ActionStatus.DROPPED:
            restore_action(action=known.action, by=by, at=at)
        return known
    if Finding.objects.get(pk=finding.pk).retired:
        raise invalid("finding", _("Автор снял находку. Выберите другую."), "retired")
    action = create_action(
        owner=person, title=finding.action_title, by=by, at=at, sprint=sprint, goal=goal,
        segment=_seen(finding, person),
        kind=finding.action_kind, minutes=finding.action_minutes, finding=finding,
    )  # fmt: skip
    return Borrowing.objects.create(finding=finding, user=person, action=action, at=at)


def _week(person: User, at: datetime, by: User) -> Sprint:
    today = at.astimezone(person.zone).date()
    sprint = open_sprint(owner=person, day=today, by=by)
    return sprint if sprint.is_open else open_sprint(owner=person, day=monday_of(today) + 7 * DAY, by=by)


def _seen(finding: Finding, person: User) -> Segment | None:
    """The segment, as far as the borrower may plan in it."""
    return Segment.objects.visible_to(person).filter(pk=finding.segment_id).first() if finding.segment_id else None


def _segment_name(values: Mapping[str, Any]) -> str:
    segment = values.get("segment")
    return segment.name if segment is not None else ""


def _locked(finding: Finding, by: User) -> Finding:
    list(Finding.objects.filter(pk=finding.pk).select_for_update(no_key=True).values_list("pk"))
    current = Finding.objects.select_related("owner", "segment").get(pk=finding.pk)
    demand_planner(by, current.owner)
    return current


def _demand_anonymous(values: Mapping[str, Any], *people: User) -> None:
    if leaks := leaks_in({name: values[name] for name in TEXTS if name in values}, people):
        raise PersonalData(leaks)


def _said(leak: Leak) -> str:
    text = _("Здесь %(what)s: «%(text)s». Уберите или скажите общими словами.")
    return text % {"what": leak.what, "text": leak.text}
