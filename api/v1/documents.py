"""Contracts prepared from templates: their terms by version, their files, the signed paper that came back."""

from io import BytesIO
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import FileResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from agents.choices import Kind
from api import personal
from api.downloads import described, download
from api.fields import Choice, Day, InlineFile, Moment, Ref, Words
from api.problems import Entry, default_place
from api.resources import Readable, Resource
from api.shapes import Nothing, Strict
from api.v1.facts import FactShape, OfLead
from common import clock
from common.errors import FieldError, Invalid, NotAllowed, NotFound
from documents.access import get_document_for, get_version_for
from documents.choices import DocumentKind, DocumentStatus
from documents.filters import DocumentFilter
from documents.models import Document, Template, Version
from documents.services import preparing, signing, templates
from documents.variables import VARIABLES, first_values, terms_of
from leads.models import Lead
from leads.value import bank_day

ENDINGS = ("docx", "pdf")
FILE_TYPE = "application/octet-stream"
"""Of either ending, which the name of the download tells: generators of clients make nothing of other binary types."""
OF_A_FILE = [
    OpenApiParameter("number", {"type": "integer", "minimum": 1, "maximum": 9999}, OpenApiParameter.PATH),
    OpenApiParameter("ending", {"type": "string", "enum": list(ENDINGS)}, OpenApiParameter.PATH),
]
TEMPLATE_HELP = _("Шаблон: agent-ru, client-uz, addendum-en, … или id своего; без него — обычный русский")


class VersionLine(serializers.Serializer[Any]):
    """The terms by variable: people's names among them, so a token without ``pii:read`` gets none."""

    number = serializers.IntegerField()
    template = serializers.CharField(source="template.name")
    created_at = Moment()
    by = Ref(allow_null=True)
    values = serializers.SerializerMethodField()
    docx_url = serializers.SerializerMethodField()
    pdf_url = serializers.SerializerMethodField()

    def get_values(self, version: Version) -> dict[str, str]:
        return {} if personal.numbers_hidden(self.context.get("request"), version.document.lead) else version.values

    def get_docx_url(self, version: Version) -> str:
        return _address(version, "docx")

    def get_pdf_url(self, version: Version) -> str:
        return _address(version, "pdf")


def _address(version: Version, ending: str) -> str:
    return f"/api/v1/contract-documents/{version.document_id}/versions/{version.number}/{ending}/"


class DocumentShape(FactShape):
    kind = Choice(DocumentKind, read_only=True)
    number = serializers.CharField(read_only=True)
    dated_on = serializers.DateField(read_only=True)
    status = Choice(DocumentStatus, read_only=True)
    contract = Ref(allow_null=True, help_text=_("Подписанный контракт: contracts"))
    versions = VersionLine(many=True, read_only=True)


class TermsNew(Strict):
    template = Words(max_length=60, help_text=TEMPLATE_HELP)
    dated_on = Day(required=False, help_text=_("Без него — сегодня"))
    values = serializers.DictField(
        child=Words(max_length=preparing.VALUE_LIMIT), required=False,
        help_text=_("Переменная → текст; чего не прислали, берётся из лида"),
    )  # fmt: skip


class DocumentNew(TermsNew, OfLead):
    number = Words(max_length=60, help_text=_("Без него — следующий по порядку"))


class SignNew(Strict):
    signed_on = Day()
    file = InlineFile(help_text=_("PDF, DOCX, JPG или PNG"))


def _documents(user: User) -> "QuerySet[Document]":
    rows: QuerySet[Document] = Document.objects.for_list().visible_to(user)
    return rows.prefetch_related(_lines())


def _lines() -> "Prefetch[str]":
    return Prefetch("versions", queryset=Version.objects.select_related("template"))


class Documents(Readable):
    resource = "leads"
    personal = personal.OF_PEOPLE
    shape = DocumentShape
    rows = _documents
    door = get_document_for
    filterset_class = DocumentFilter
    sorts = {"created_at": "created_at", "updated_at": "updated_at", "number": "number", "dated_on": "dated_on"}

    def place(self, item: FieldError) -> Entry:
        """A missing term is named by its variable."""
        if item.field in VARIABLES:
            return {"pointer": f"#/values/{item.field}", "code": item.code, "detail": item.message}
        return default_place(item)

    def shown(self, record: Any, *, status: int = 200) -> Response:
        """With all its versions at once: a paper that was amended fifty times costs what a new one does."""
        prefetch_related_objects([record], _lines())
        return super().shown(record, status=status)

    @extend_schema(request=DocumentNew, responses={201: DocumentShape})
    def create(self, request: Request) -> Response:
        values = self.checked(DocumentNew)
        lead, today = values["lead"], bank_day(clock.now())
        usual = DocumentKind.AGENT if lead.kind == Kind.AGENT else DocumentKind.CLIENT
        template = _template(values.get("template", ""), usual)
        terms = _terms(lead, template) | values.get("values", {})
        made = preparing.prepare(
            lead=lead, template=template, by=self.caller, at=clock.now(), values=terms,
            dated_on=values.get("dated_on", today), number=values.get("number", ""),
        )  # fmt: skip
        return self.shown(get_document_for(self.caller, made.pk), status=201)

    @extend_schema(summary=_("Условия заново"), request=TermsNew, responses=DocumentShape)
    @action(detail=True, methods=["post"])
    def versions(self, request: Request, pk: str) -> Response:
        """What is not given stands as in the last version. The same terms again change nothing."""
        document, values = self.one(), self.checked(TermsNew)
        last = document.versions.select_related("template").first()
        key = values.get("template") or (templates.key_of(last.template) if last else "")
        template = _template(key, document.kind)
        known = _terms(document.lead, template) | (last.values if last else {})
        preparing.add_version(
            document=document, template=template, by=self.caller, at=clock.now(), dated_on=values.get("dated_on"),
            values=known | values.get("values", {}), expected_version=self.expected(document, required=False),
        )  # fmt: skip
        return self.shown(self.one())

    @extend_schema(summary=_("Приложить подписанный"), request=SignNew, responses=DocumentShape)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        document, values = self.one(), self.checked(SignNew)
        expected = self.expected(document, required=False)
        signing.sign(document=document, by=self.caller, at=clock.now(), expected_version=expected, **values)
        return self.shown(self.one())

    @extend_schema(summary=_("Отменить"), request=Nothing, responses=DocumentShape)
    @action(detail=True, methods=["post"])
    def void(self, request: Request, pk: str) -> Response:
        document = self.one()
        self.checked(Nothing)
        expected = self.expected(document, required=False)
        preparing.void(document=document, by=self.caller, at=clock.now(), expected_version=expected)
        return self.shown(self.one())


class DocumentFiles(Resource):
    """A paper names people: it is for those who may see them."""

    resource = "leads"
    also = (personal.RIGHT,)
    basename = "contract-documents"
    door = get_document_for

    @extend_schema(summary=_("Файл версии: docx или pdf"), parameters=OF_A_FILE, responses=described(FILE_TYPE))
    def file(self, request: Request, pk: str, number: str, ending: str) -> FileResponse:
        document = self.one()
        known = number.isascii() and number.isdigit() and len(number) < 5 and ending in ENDINGS
        version = get_version_for(self.caller, document.pk, int(number)) if known else None
        if version is None:
            raise NotFound(gettext("Файла нет."))
        if personal.numbers_hidden(request, document.lead):
            raise NotAllowed(gettext("В контракте есть номера людей, а вашей роли они скрыты. Откройте файл на сайте."))
        content = version.rendition.docx if ending == "docx" else version.rendition.pdf
        name = f"{document.number.replace('/', '-')} v{version.number}.{ending}"
        return download(BytesIO(bytes(content)), name=name, kind=FILE_TYPE)


def _template(key: str, kind: str) -> Template:
    """Raises Invalid for a key that names none."""
    if key and key not in {templates.key_of(one) for one in templates.choices()}:
        message = gettext("Такого шаблона нет.")
        raise Invalid(message, [FieldError("template", "unknown", message)])
    return templates.by_key(key, kind)


def _terms(lead: Lead, template: Template) -> dict[str, str]:
    """What is known of the terms before anybody says anything."""
    return first_values(terms_of(lead, template.language), template.variables)
