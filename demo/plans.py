"""Weekly plans of leads: a little more than the weeks before brought, for last week and the one that runs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from math import ceil
from uuid import UUID

from accounts.models import User
from agents.models import Segment
from funnel.audience import EVERYTHING
from funnel.figures.days import midnight
from funnel.models import Funnel, Stage
from plans.selectors import entered
from plans.services import monday_of, open_plan, set_targets

PLANNERS = ("owner", "owner2", "pak", "volkova", "kim", "ergashev")
WEEK, WEEKS_BEFORE = timedelta(weeks=1), 4
SEGMENTS = {"agent": 3, "client": 2}
AMBITION = 1.2
MORNING = time(9, 20)


def write(people: Mapping[str, User], at: datetime) -> int:
    """Returns how many rows stand. Each is written on the Monday of its week, as its owner would."""
    owners = [people[name] for name in PLANNERS]
    this = monday_of(at.date())
    return sum(_week(owners, monday, at) for monday in (this - WEEK, this))


def _week(owners: Iterable[User], monday: date, at: datetime) -> int:
    people = list(owners)
    made = 0
    for funnel in Funnel.objects.filter(product=None):
        stages = list(Stage.objects.of_funnel(funnel.pk).active())
        facts = entered(
            audience=EVERYTHING, start=midnight(monday - WEEKS_BEFORE * WEEK), end=midnight(monday),
            stage_ids=[stage.pk for stage in stages], owner_ids=[owner.pk for owner in people],
        )  # fmt: skip
        made += sum(_person(owner, monday, stages, facts, at) for owner in people)
    return made


def _person(
    owner: User,
    monday: date,
    stages: list[Stage],
    facts: Mapping[tuple[UUID | None, UUID | None, UUID], int],
    at: datetime,
) -> int:
    """The segments that he worked most; a stage that nobody reached in four weeks is not planned."""
    morning = min(datetime.combine(monday, MORNING, owner.zone), at)
    worked = Counter[UUID]()
    for (who, segment, _stage), leads in facts.items():
        if who == owner.pk and segment is not None:
            worked[segment] += leads
    ranked = sorted(worked.items(), key=lambda item: (-item[1], str(item[0])))
    chosen = [pk for pk, _leads in ranked[: SEGMENTS[stages[0].kind]]]
    for segment in Segment.objects.filter(pk__in=chosen).order_by("name"):
        plan = open_plan(owner=owner, segment=segment, week=monday, by=owner, at=morning)
        brought = {stage: facts.get((owner.pk, segment.pk, stage.pk), 0) / WEEKS_BEFORE for stage in stages}
        targets = {stage: ceil(leads * AMBITION) for stage, leads in brought.items() if leads}
        set_targets(plan=plan, by=owner, at=morning, targets=targets)
    return len(chosen)
