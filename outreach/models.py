"""Regular outreach: templates, campaigns, every message of them, refusals and replies."""

from datetime import time
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.models import Consent, Contact, Party
from common.models import Record, audited
from leads.models import Lead
from outreach.choices import AudienceOf, CampaignStatus, MessageState, OptOutSource, Reason
from outreach.querysets import CampaignQuerySet, MessageQuerySet, OptOutQuerySet, ReplyQuerySet, TemplateQuerySet

MOST_A_DAY = 5_000


def monday_to_friday() -> list[int]:
    return [1, 2, 3, 4, 5]


@audited()
class Template(Record):
    """A text with variables in double braces, for one channel."""

    name = models.CharField(_("название"), max_length=120)
    channel = models.CharField(_("канал"), max_length=20)
    subject = models.CharField(_("тема"), max_length=200, blank=True, default="")
    body = models.TextField(_("текст"), max_length=10_000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "id"]

    def __str__(self) -> str:
        return self.name


@audited(exclude=["planned_on"])
class Campaign(Record):
    """Who is written to, with which template, how many a day and at which hours of theirs.

    ``audience`` is the query string of the list it was chosen on; ``run`` counts the starts, so that a day can be
    planned anew after a pause; ``planned_on`` is the last day that was planned.
    """

    name = models.CharField(_("название"), max_length=120)
    template = models.ForeignKey(Template, verbose_name=_("шаблон"), on_delete=models.PROTECT, related_name="campaigns")
    audience_of = models.CharField(_("кому"), max_length=10, choices=AudienceOf.choices, default=AudienceOf.AGENTS)
    audience = models.TextField(_("условия отбора"), max_length=4000, blank=True, default="")
    quota = models.PositiveSmallIntegerField(_("сообщений в день"), default=20)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("дни недели"), default=monday_to_friday)
    hours_from = models.TimeField(_("не раньше"), default=time(10))
    hours_to = models.TimeField(_("не позже"), default=time(18))
    starts_on = models.DateField(_("первый день"), default=localdate)
    ends_on = models.DateField(_("последний день"), null=True, blank=True)
    status = models.CharField(
        _("состояние"), max_length=10, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT
    )
    run = models.PositiveIntegerField(default=0, editable=False)
    planned_on = models.DateField(null=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("владелец"), on_delete=models.PROTECT)
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(quota__range=(1, MOST_A_DAY)), name="campaign_quota"),
            models.CheckConstraint(condition=Q(hours_from__lt=F("hours_to")), name="campaign_hours"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="campaign_period"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status"], condition=Q(status="running"), name="campaign_running"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_running(self) -> bool:
        return self.status == CampaignStatus.RUNNING


@audited()
class Message(Record):
    """One message to one party: a campaign writes to nobody twice.

    The row's id is the stable id outside: whatever is killed, a repetition carries the same. ``planned_for`` is the
    day of whose quota it is, in the owner's zone; empty where it never got into a plan.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="messages")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="messages")
    lead = models.ForeignKey(Lead, on_delete=models.SET_NULL, null=True, related_name="messages")
    contact = models.ForeignKey(Contact, on_delete=models.SET_NULL, null=True, related_name="+")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    subject = models.CharField(max_length=400, blank=True, default="")
    text = models.TextField()
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.PLANNED)
    reason = models.CharField(max_length=20, choices=Reason.choices, blank=True, default="")
    detail = models.CharField(max_length=200, blank=True, default="")
    planned_for = models.DateField(null=True)
    due_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    provider_id = models.CharField(max_length=250, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "party"], name="message_once_a_campaign"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["campaign", "planned_for"], name="message_by_day"),
            models.Index(fields=["campaign", "state", "-id"], name="message_by_state"),
            models.Index(fields=["party", "-id"], name="message_by_party"),
            models.Index(fields=["channel", "address", "-sent_at"], name="message_by_address"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


@audited()
class OptOut(models.Model):
    """Somebody who wants no more of it: a party as a whole, or (without a party) one address.

    Lifted it stays as it was said, with who lifted it, why, and the consent that was given anew.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="opt_outs")
    channel = models.CharField(max_length=20, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    source = models.CharField(max_length=10, choices=OptOutSource.choices)
    at = models.DateTimeField()
    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="opt_outs")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    lift_reason = models.CharField(_("почему снят отказ"), max_length=300, blank=True, default="")
    consent = models.ForeignKey(Consent, on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OptOutQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(party__isnull=False, lifted_at__isnull=True), name="opt_out_once_a_party"
            ),
            models.UniqueConstraint(
                fields=["channel", "address"],
                condition=Q(party__isnull=True, lifted_at__isnull=True),
                name="opt_out_once_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id or self.address}"


@audited()
class Reply(Record):
    """What somebody wrote back. ``external_id`` is the channel's own, unique: told twice, it is one reply."""

    message = models.ForeignKey(Message, on_delete=models.SET_NULL, null=True, related_name="replies")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="replies")
    channel = models.CharField(max_length=20)
    external_id = models.CharField(max_length=200)
    address = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="reply_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["party", "-at"], name="reply_by_party")]

    def __str__(self) -> str:
        return self.external_id


class KnownAddress(models.Model):
    """The address behind a name that people give: a bot can write to a chat's number only, and learns it by a hello."""

    channel = models.CharField(max_length=20)
    handle = models.CharField(max_length=200)
    address = models.CharField(max_length=200)
    seen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["channel", "handle"], name="known_address_once"),
        ]

    def __str__(self) -> str:
        return self.handle
