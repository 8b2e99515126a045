"""Papers: templates as data, what was prepared from them, and requests to the bank's lawyers.

The bytes stand in tables of their own. They are written with their record or not at all, no file is left behind, and
lists never read them by accident. A contract takes some tens of kilobytes.
"""

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Record, audited
from documents.choices import OPEN_REQUESTS, DocumentKind, DocumentStatus, Language, RequestStatus
from documents.querysets import DocumentQuerySet, PaperTemplateQuerySet, RequestQuerySet
from leads.models import Contract, Lead


@audited()
class Template(Record):
    """A paper with variables. It is never changed: a new text is a new template, the old one is retired."""

    kind = models.CharField(_("вид контракта"), max_length=10, choices=DocumentKind.choices)
    language = models.CharField(_("язык"), max_length=2, choices=Language.choices, default=Language.RU)
    name = models.CharField(_("название"), max_length=120)
    variables = ArrayField(models.CharField(max_length=40), default=list)
    built_in = models.BooleanField(default=False, editable=False)
    active = models.BooleanField(_("действует"), default=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = PaperTemplateQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["kind", "language", "built_in", "-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "language"], condition=Q(built_in=True), name="template_built_in_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class TemplateFile(models.Model):
    """The DOCX as it was uploaded. A built-in template has none: it is made by code."""

    template = models.OneToOneField(Template, on_delete=models.CASCADE, related_name="file")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


@audited()
class Document(Record):
    """A contract prepared for a lead. Its text is that of its last version."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("вид контракта"), max_length=10, choices=DocumentKind.choices)
    number = models.CharField(_("номер"), max_length=60)
    dated_on = models.DateField(_("дата"))
    status = models.CharField(
        _("состояние"), max_length=6, choices=DocumentStatus.choices, default=DocumentStatus.DRAFT
    )
    contract = models.OneToOneField(
        Contract, on_delete=models.SET_NULL, null=True, blank=True, related_name="prepared_as"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "number"], condition=~Q(status=DocumentStatus.VOID), name="document_number_once"
            )
        ]
        indexes: ClassVar = [models.Index(fields=["status", "-created_at"], name="document_by_status")]

    def __str__(self) -> str:
        return self.number


@audited()
class Version(Record):
    """What was written into the paper, by variable. Never changed: to change the terms is to make the next one."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField()
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")
    values = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["document", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.document_id} {self.number}"


class Rendition(models.Model):
    """The files of a version, as they were made."""

    version = models.OneToOneField(Version, on_delete=models.CASCADE, related_name="rendition")
    docx = models.BinaryField()
    pdf = models.BinaryField()

    def __str__(self) -> str:
        return str(self.version_id)


class NumberRange(models.Model):
    """The last number given out of a kind in a year."""

    kind = models.CharField(max_length=10, choices=DocumentKind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "year"], name="number_range_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


@audited()
class LegalRequest(Record):
    """A question to the bank's lawyers, with the day by which the answer is expected."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="legal_requests")
    document = models.ForeignKey(
        Document, verbose_name=_("контракт"), on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )
    question = models.TextField(_("вопрос"), max_length=4000)
    lawyer = models.CharField(_("кому"), max_length=120, blank=True, default="")
    status = models.CharField(_("состояние"), max_length=9, choices=RequestStatus.choices, default=RequestStatus.NEW)
    working_days = models.PositiveSmallIntegerField(_("рабочих дней на ответ"), default=3)
    asked_at = models.DateTimeField(_("когда спросили"))
    due_on = models.DateField(_("ответ к"))
    answer = models.TextField(_("ответ"), blank=True, default="", max_length=8000)
    closed_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["due_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["due_on"], condition=Q(status__in=OPEN_REQUESTS), name="legal_request_open_by_day")
        ]

    def __str__(self) -> str:
        return self.question[:60]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_REQUESTS

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.due_on < today
