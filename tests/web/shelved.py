"""Records that are over: a mate of Olim's closed, dropped, retired or voided them; and such as are no more."""

from datetime import date, timedelta
from decimal import Decimal

from agents.models import CurrencyRate
from agents.services.rates import remove_rate
from backlog.models import Action, Finding, Goal
from backlog.services.actions import drop_action
from backlog.services.findings import set_retired
from backlog.services.goals import drop_goal
from common import clock
from documents.models import Document
from documents.services.preparing import void
from hypotheses.models import Hypothesis
from hypotheses.services.running import stop
from leads.choices import Outcome
from leads.models import Lead
from leads.services.outcomes import close
from outreach.models import Campaign
from outreach.services.campaigns import finish_campaign
from tests.web.world import Objects, World
from worktime import services as worktime
from worktime.models import DayOff, Holiday

BIRD = "Удод"


def shelve(world: World) -> None:
    """Records of a mate of Olim's, put away one by one; the lead goes last, for the others hang on it."""
    owner, at = world.office.oksana, clock.now()
    made: Objects = world._records(owner, BIRD, troubles=False)
    drop_action(action=Action.objects.get(pk=made["action"]), by=owner, at=at, reason="не нужно")
    drop_goal(goal=Goal.objects.get(pk=made["goal"]), by=owner)
    set_retired(finding=Finding.objects.get(pk=made["finding"]), retired=True, by=owner)
    stop(hypothesis=Hypothesis.objects.get(pk=made["hypothesis"]), by=owner, at=at, reason="не нужно")
    finish_campaign(campaign=Campaign.objects.get(pk=made["campaign"]), by=owner)
    void(document=Document.objects.get(pk=made["document"]), by=owner, at=at)
    close(lead=Lead.objects.get(pk=made["lead"]), outcome=Outcome.ARCHIVED, by=owner, at=at, note="Убрано")
    kinds = ("lead", "action", "goal", "finding", "hypothesis", "campaign", "document", "meeting", "promise")
    world.of["shelved"] = {kind: made[kind] for kind in kinds}
    world.of["removed"] = _removed(world, made)


def _removed(world: World, made: Objects) -> Objects:
    office = world.office
    holiday = worktime.save_holiday(
        by=office.adiba, holiday=None, changes={"region": "UZ", "day": date(2030, 5, 7), "name": "Удалённый день"}
    )
    gone: Objects = {"holiday": holiday.pk, "day_off": made["day_off"]}
    worktime.remove_holiday(by=office.adiba, holiday=Holiday.objects.get(pk=holiday.pk))
    worktime.remove_day_off(day_off=DayOff.objects.get(pk=made["day_off"]), by=office.oksana)
    rate = CurrencyRate.objects.create(
        currency="EUR", since=clock.now().date() - timedelta(days=9), per_unit=Decimal(13650)
    )
    gone["rate"] = rate.pk
    remove_rate(by=office.adiba, rate=rate)
    return gone
