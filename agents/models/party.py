"""The parties: who somebody is stands here once; the work on him stands on his leads.

Agents and clients share one table: duplicates are looked for across both, a contact belongs to either, and a
lead points at one column. ``Agent`` and ``Client`` are the two faces of it.
"""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from agents.choices import (
    AgentStatus,
    ConsentEnd,
    ConsentPurpose,
    ConsentSource,
    ConsentState,
    ContactType,
    Grade,
    Kind,
    LegalForm,
    Partnership,
)
from agents.models.offer import Segment
from agents.querysets import AgentManager, ClientManager, ConsentQuerySet, PartyQuerySet
from common import clock
from common.models import External, Record, audited, unique_external


@audited()
class Party(Record, External):
    """A person or firm: an agent, or a client who came through an agent or straight from the bank."""

    kind = models.CharField(max_length=10, choices=Kind.choices)
    legal_form = models.CharField(_("кто это"), max_length=6, choices=LegalForm.choices, default=LegalForm.PERSON)
    name = models.CharField(_("имя или название"), max_length=200)
    sort_key = models.CharField(max_length=200, editable=False)
    segment = models.ForeignKey(
        Segment, verbose_name=_("сегмент"), on_delete=models.PROTECT, null=True, blank=True, related_name="parties"
    )
    city = models.CharField(_("город"), max_length=120, blank=True, default="")
    tax_id = models.CharField(_("ИНН / СТИР / ПИНФЛ"), max_length=14, blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("закреплён за"), on_delete=models.PROTECT, null=True, blank=True
    )
    team = models.ForeignKey(Team, verbose_name=_("команда"), on_delete=models.PROTECT, null=True, blank=True)

    # An agent's side
    status = models.CharField(_("состояние"), max_length=10, choices=AgentStatus.choices, default=AgentStatus.CANDIDATE)
    partnership = models.CharField(
        _("вид партнёрства"), max_length=15, choices=Partnership.choices, blank=True, default=""
    )
    grade = models.CharField(_("грейд"), max_length=6, choices=Grade.choices, default=Grade.BASIC)
    bant = models.JSONField(_("BANT"), default=dict, blank=True)
    client_base_size = models.PositiveIntegerField(_("размер базы клиентов"), null=True, blank=True)
    client_base_at = models.DateField(_("размер известен на"), null=True, blank=True)
    client_base_source = models.CharField(_("откуда известен размер"), max_length=200, blank=True, default="")

    # A client's side
    agent = models.ForeignKey(
        "self", verbose_name=_("агент"), on_delete=models.PROTECT, null=True, blank=True, related_name="client_list"
    )
    problem = models.TextField(_("проблематика"), blank=True, default="")
    resources = models.TextField(_("ресурсы на оплату"), blank=True, default="")

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["sort_key", "id"]
        constraints: ClassVar = [
            unique_external("party"),
            models.UniqueConstraint(fields=["kind", "tax_id"], condition=~Q(tax_id=""), name="party_tax_id_unique"),
            models.CheckConstraint(condition=Q(kind=Kind.CLIENT) | Q(agent__isnull=True), name="party_agent_of_client"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "sort_key", "id"], name="party_by_name"),
            models.Index(fields=["owner", "kind"], name="party_by_owner"),
            models.Index(fields=["team", "kind"], name="party_by_team"),
            GinIndex(OpClass("sort_key", name="gin_trgm_ops"), name="party_name_trigram"),
        ]

    def __str__(self) -> str:
        return self.name


class Agent(Party):
    """A party that sells the bank's product to its own clients."""

    objects: ClassVar[AgentManager] = AgentManager()

    class Meta:
        proxy = True


class Client(Party):
    """A party that buys."""

    objects: ClassVar[ClientManager] = ClientManager()

    class Meta:
        proxy = True


@audited()
class Contact(models.Model):
    """A way to reach a party. ``key`` is the value in the form by which duplicates are found (phones in E.164)."""

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="contacts")
    type = models.CharField(_("вид"), max_length=10, choices=ContactType.choices, default=ContactType.PHONE)
    value = models.CharField(_("контакт"), max_length=200)
    key = models.CharField(max_length=200, editable=False)
    person = models.CharField(_("кто"), max_length=120, blank=True, default="")
    preferred = models.BooleanField(_("основной"), default=False)
    note = models.CharField(_("когда и как связаться"), max_length=200, blank=True, default="")

    class Meta:
        ordering: ClassVar = ["-preferred", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["party", "type", "key"], name="contact_once")]
        indexes: ClassVar = [models.Index(fields=["type", "key"], name="contact_by_key")]

    def __str__(self) -> str:
        return self.value


@audited()
class Consent(models.Model):
    """A party's consent to have its data used: for what, by which text, how and when given or withdrawn.

    ``text_hash`` is the SHA-256 of the wording (``agents.services.wordings``): a version's wording does not change.
    ``evidence`` says by what it can be shown: the number of a paper, of a recording, of a file. ``batch`` is the import
    that it came with; where that was taken back, ``end_reason`` says so.
    """

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(_("цель"), max_length=10, choices=ConsentPurpose.choices)
    source = models.CharField(_("как получено"), max_length=10, choices=ConsentSource.choices)
    text_version = models.CharField(_("редакция текста"), max_length=40)
    text_hash = models.CharField(_("отпечаток текста"), max_length=64, blank=True, default="", db_default="")
    evidence = models.CharField(_("чем подтверждается"), max_length=300, blank=True, default="", db_default="")
    given_at = models.DateTimeField(_("дано"))
    expires_at = models.DateTimeField(_("действует до"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("отозвано"), null=True, blank=True)
    end_reason = models.CharField(
        _("почему отозвано"), max_length=10, choices=ConsentEnd.choices, blank=True, default="", db_default=""
    )
    batch = models.UUIDField(_("загрузка"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = [F("withdrawn_at").desc(nulls_first=True), "-given_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["party", "purpose"], condition=Q(withdrawn_at__isnull=True), name="consent_live_once"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["purpose", "text_version"], condition=~Q(text_hash=""), name="consent_wording"),
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False, withdrawn_at__isnull=True), name="consent_of_batch"
            ),
        ]

    def __str__(self) -> str:
        return self.get_purpose_display()

    def state_at(self, at: datetime) -> ConsentState:
        """What came first, the withdrawal or the end of the term, has ended it."""
        if self.withdrawn_at is not None and (self.expires_at is None or self.withdrawn_at < self.expires_at):
            return ConsentState.WITHDRAWN
        over = self.expires_at is not None and self.expires_at <= at
        return ConsentState.EXPIRED if over or self.withdrawn_at is not None else ConsentState.LIVE

    @property
    def state(self) -> ConsentState:
        """As the page or the answer that shows it is made."""
        return self.state_at(clock.now())

    @property
    def is_live(self) -> bool:
        return self.state is ConsentState.LIVE
