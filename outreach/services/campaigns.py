"""Setting a campaign up, starting and pausing it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_write
from accounts.models import User
from channels.registry import channel
from common.changes import check_version, save_changes
from common.errors import FieldError, Invalid, Refused
from common.text import one_line
from jobs import services as jobs
from outreach.audience import clean_query
from outreach.choices import CampaignStatus
from outreach.hours import owners_day
from outreach.models import MOST_A_DAY, Campaign, Message
from outreach.services.planning import owe_plan, send_key

EDITABLE = (
    "name", "template", "audience_of", "audience", "quota", "weekdays", "hours_from", "hours_to", "starts_on",
    "ends_on",
)  # fmt: skip


class WrongStatus(Refused):
    """The campaign stands where this deed is not possible."""

    code: ClassVar[str] = "wrong_status"
    status: ClassVar[int] = 409


@transaction.atomic
def create_campaign(*, by: User, fields: Mapping[str, Any]) -> Campaign:
    """A draft: nobody is written to before it is started. Raises Invalid, NotAllowed."""
    demand_write(by)
    campaign = Campaign(owner=by, team=by.team)
    _take(campaign, fields)
    campaign.save()
    return campaign


@transaction.atomic
def update_campaign(
    *, campaign: Campaign, by: User, fields: Mapping[str, Any], at: datetime, expected_version: int | None = None
) -> Campaign:
    """Change a campaign. One that is running drops what it has planned but not sent, and plans today anew.

    Raises Invalid, NotAllowed, StaleVersion, WrongStatus.
    """
    demand_write(by)
    locked = _locked(campaign)
    check_version(locked, expected_version, fields)
    if locked.status == CampaignStatus.DONE:
        raise WrongStatus(_("Рассылка завершена. Создайте новую."))
    wanted = _take(_locked(campaign), fields)
    saved = save_changes(locked, wanted)
    if saved.is_running:
        _drop_plan(saved)
        _begin(saved, at)
    return saved


@transaction.atomic
def start_campaign(*, campaign: Campaign, by: User, at: datetime) -> Campaign:
    """Start or go on; today is planned at once. One that runs already is left alone.

    Raises NotConfigured (the template's channel), NotAllowed, WrongStatus.
    """
    demand_write(by)
    locked = _locked(campaign)
    if locked.is_running:
        return locked
    if locked.status == CampaignStatus.DONE or (locked.ends_on and locked.ends_on < owners_day(locked, at)):
        raise WrongStatus(_("Последний день рассылки прошёл. Перенесите его или создайте новую рассылку."))
    channel(locked.template.channel)
    saved = save_changes(locked, {"status": CampaignStatus.RUNNING})
    _begin(saved, at)
    return saved


@transaction.atomic
def pause_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """Stop writing. What is planned is forgotten; a message that a worker holds at this moment still goes out."""
    demand_write(by)
    locked = _locked(campaign)
    if not locked.is_running:
        return locked
    _drop_plan(locked)
    return save_changes(locked, {"status": CampaignStatus.PAUSED})


@transaction.atomic
def finish_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """End it for good; its log stays."""
    demand_write(by)
    locked = _locked(campaign)
    _drop_plan(locked)
    return save_changes(locked, {"status": CampaignStatus.DONE})


def _locked(campaign: Campaign) -> Campaign:
    list(Campaign.objects.select_for_update(no_key=True).filter(pk=campaign.pk).values_list("pk"))
    return Campaign.objects.for_list().get(pk=campaign.pk)


def _begin(campaign: Campaign, at: datetime) -> None:
    """A new run: its plans have keys of their own, so that the same day can be planned again."""
    campaign.run += 1
    Campaign.objects.filter(pk=campaign.pk).update(run=campaign.run, planned_on=None)
    owe_plan(campaign=campaign, at=at)


def _drop_plan(campaign: Campaign) -> None:
    """Rows that are planned only: one that is being sent belongs to its worker."""
    rows = list(Message.objects.filter(campaign=campaign).waiting())
    Message.objects.filter(pk__in=[row.pk for row in rows]).waiting().delete()
    jobs.forget(send_key(row.pk, row.due_at) for row in rows if row.due_at)


def _take(campaign: Campaign, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Write the fields onto the instance and judge the whole. Returns them in their normal form."""
    wanted = {name: fields[name] for name in EDITABLE if name in fields}
    for name, value in wanted.items():
        setattr(campaign, name, value)
    campaign.name = one_line(campaign.name)
    campaign.weekdays = sorted(set(campaign.weekdays))
    if errors := _problems(campaign):
        raise Invalid(errors[0].message, errors)
    campaign.audience = clean_query(campaign.audience_of, campaign.audience, campaign.owner)
    return {name: getattr(campaign, name) for name in wanted}


def _problems(campaign: Campaign) -> list[FieldError]:
    found = []
    if not campaign.name:
        found.append(FieldError("name", "required", _("Назовите рассылку.")))
    if not 1 <= campaign.quota <= MOST_A_DAY:
        message = _("В день можно от 1 до %(most)s сообщений.") % {"most": MOST_A_DAY}
        found.append(FieldError("quota", "range", message))
    if not campaign.weekdays or not set(campaign.weekdays) <= set(range(1, 8)):
        found.append(FieldError("weekdays", "required", _("Отметьте хотя бы один день недели.")))
    if campaign.hours_from >= campaign.hours_to:
        found.append(FieldError("hours_to", "period", _("Конец часов раньше начала. Поправьте часы.")))
    if campaign.ends_on is not None and campaign.ends_on < campaign.starts_on:
        found.append(FieldError("ends_on", "period", _("Последний день раньше первого. Поправьте даты.")))
    return found
