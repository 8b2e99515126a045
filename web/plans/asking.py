"""What the address of a plan asks for: which week, whose rows, which funnel."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import LEADS_A_TEAM, Role
from accounts.scope import people
from agents.choices import Kind
from backlog.weeks import code_of
from common import clock
from common.errors import NotFound
from funnel.figures.days import midnight
from funnel.models import Funnel, Stage
from plans import week as plans
from plans.services import WEEK
from web.pages import person
from web.week.asking import monday_from

EVERYBODY = "all"


@dataclass(frozen=True)
class Asked:
    """``owner`` None: everybody whose plans the reader may see."""

    user: User
    monday: date
    owner: User | None
    people: list[User]
    funnel: Funnel
    funnels: list[Funnel]
    stages: list[Stage]

    @property
    def code(self) -> str:
        return code_of(self.monday)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    @property
    def writer(self) -> User:
        """For whom a row is added where nobody is chosen."""
        return self.owner or self.user

    def query(self, **changes: str) -> str:
        usual = EVERYBODY if sees_all_first(self.user) else str(self.user.pk)
        chosen = {"owner": str(self.owner.pk) if self.owner else EVERYBODY, "funnel": self.funnel.code} | changes
        meant = {"owner": usual, "funnel": self.funnels[0].code}
        told = {name: value for name, value in chosen.items() if value != meant.get(name)}
        return f"?{urlencode(told)}" if told else ""

    def url(self, name: str = "plans:page", *, weeks: int = 0) -> str:
        return reverse(name, args=[code_of(self.monday + weeks * WEEK)]) + self.query()

    def found(self, at: datetime) -> plans.PlanWeek:
        owners = None if self.owner is None else [self.owner]
        bounds = midnight(self.monday), midnight(self.monday + WEEK)
        return plans.plan_week(plans.Asked(self.user, self.monday, self.stages, owners, *bounds, at))

    def rows(self, stage: Stage, **narrowing: str) -> str:
        """The address of the leads behind a number of this week."""
        days = {"from": self.monday.isoformat(), "to": self.sunday.isoformat()}
        asked = {"funnel": self.funnel.code, "stage": stage.code, **days, **narrowing}
        if self.owner is not None:
            asked["owner"] = str(self.owner.pk)
        return f"{reverse('reports:rows')}?{urlencode(asked)}"


def sees_all_first(user: User) -> bool:
    """Those who lead or audit look at the plans of all; who plans for himself looks at his own."""
    return user.role in LEADS_A_TEAM or user.role == Role.AUDITOR


def asked_of(request: HttpRequest, code: str) -> Asked:
    """Raises NotFound: no such week, no such funnel, a person whose work the reader does not see."""
    user, monday = person(request), monday_from(code)
    known = list(people(user))
    funnels = list(Funnel.objects.filter(active=True).order_by("product", "kind", "created_at"))
    funnels.sort(key=lambda row: (row.product_id is not None, row.kind != Kind.AGENT, row.created_at))
    funnel = next((row for row in funnels if row.code == request.GET.get("funnel", funnels[0].code)), None)
    if funnel is None:
        raise NotFound(_("Такой воронки нет."))
    stages = list(Stage.objects.of_funnel(funnel.pk).active())
    return Asked(user, monday, _owner(request, user, known), known, funnel, funnels, stages)


def _owner(request: HttpRequest, user: User, known: list[User]) -> User | None:
    wanted = request.GET.get("owner", "") or (EVERYBODY if sees_all_first(user) else str(user.pk))
    if wanted == EVERYBODY:
        return None
    found = user if wanted == str(user.pk) else next((one for one in known if str(one.pk) == wanted), None)
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def this_week(user: User) -> str:
    """The code of the week that runs now by the reader's own calendar."""
    today = clock.now().astimezone(user.zone).date()
    return code_of(today - timedelta(days=today.isoweekday() - 1))


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
