"""What every resource shares: strict parameters, the door to one object, ETags, lists by cursor."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework import viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from api import etags, writes
from api.filtering import check_parameters, names_of, repeatable_of
from api.paging import PARAMETERS as PAGING
from api.problems import BadParameters, Entry, default_place
from api.retiring import Deprecated, deprecated_of
from api.shapes import Shown, Strict
from common.errors import FieldError
from common.models import Record

SHAPING = ("fields", "expand")


class Answering(APIView):
    """What every answer of this room has in common."""

    http_method_names = ["get", "head", "post", "put", "patch"]
    dry_run = False
    deprecated: ClassVar[Deprecated | None] = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.dry_run = writes.take_dry_run(request)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """As the framework's own, with the handler's work led through ``api.writes``."""
        self.args, self.kwargs = args, kwargs
        self.headers = self.default_response_headers
        asked = self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(asked, *args, **kwargs)
            method = str(asked.method).lower()
            if method not in self.http_method_names or not hasattr(self, method):
                self.http_method_not_allowed(asked)
            handler = getattr(self, method)
            answer = writes.carry_out(self, asked, lambda: handler(asked, *args, **kwargs), dry_run=self.dry_run)
        except Exception as error:
            answer = self.handle_exception(error)
        self.response = self.finalize_response(asked, answer, *args, **kwargs)
        return self.response

    def fingerprint(self) -> str:
        """What makes two requests with one ``Idempotency-Key`` the same."""
        return writes.fingerprint(self.request.data)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Personal data is never kept by anybody between; the answer depends on who asks."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        final["Vary"] = "Authorization, Cookie, Accept-Language"
        if (said := deprecated_of(self)) is not None:
            for name, value in said.headers().items():
                final[name] = value
        if self.dry_run:
            final[writes.TRIED] = "true"
            for name in writes.KEPT_HEADERS:  # they would name what is not there
                del final[name]
        return final


class Resource(Answering, viewsets.GenericViewSet[Any]):
    """A noun of the contract. Subclasses name the rows, the door and the shapes; they hold no rule."""

    resource: ClassVar[str | None]
    # Plain callables of a user (and an id); mypy would read functions in a class as methods.
    door: ClassVar[Any]
    rows: ClassVar[Any]
    shape: ClassVar[type[Shown]]
    sorts: ClassVar[Mapping[str, str]] = {"created_at": "created_at", "updated_at": "updated_at"}
    default_sort: ClassVar[str] = "-created_at"
    filterset_class: Any = None
    renamed: ClassVar[Mapping[str, str]] = {}
    """Field names of the services that are called otherwise in the contract."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Rights first, parameters after: a stranger learns nothing of what a resource takes."""
        super().initial(request, *args, **kwargs)
        shaping = SHAPING if request.method in {"GET", "HEAD"} and self.shaped else ()
        if self.action == "list":
            allowed = [*PAGING, *shaping, *names_of(self.filterset_class)]
            check_parameters(request.query_params, allowed, repeatable_of(self.filterset_class))
        else:
            check_parameters(request.query_params, shaping)

    @property
    def shaped(self) -> bool:
        return self.action in {"list", "retrieve"}

    def place(self, item: FieldError) -> Entry:
        """Where in the request a service's field error belongs."""
        first, *rest = item.field.split(".")
        name = ".".join([self.renamed.get(first, first), *rest])
        return default_place(FieldError(name, item.code, item.message))

    @property
    def caller(self) -> User:
        return cast("User", self.request.user)

    def get_queryset(self) -> "QuerySet[Any]":
        rows: QuerySet[Any] = type(self).rows(self.caller)
        return rows

    def get_serializer_class(self) -> type[Shown]:
        return self.shape

    def one(self) -> Any:
        """The object of the address, through its door."""
        return type(self).door(self.caller, self.kwargs["pk"])

    def get_serializer_context(self) -> dict[str, Any]:
        context = dict(super().get_serializer_context())
        if self.request is not None and self.shaped:
            known = self.shape().fields
            context["fields"] = _names(self.request, "fields", known)
            context["expand"] = _names(self.request, "expand", self.shape.expandable)
        return context

    def checked(self, shape: type[Strict], *, partial: bool = False) -> dict[str, Any]:
        """The request's body as values for a service. Raises ValidationError."""
        given = shape(data=self.request.data, partial=partial, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return cast("dict[str, Any]", given.validated_data)

    def expected(self, record: Record, *, required: bool = True) -> int | None:
        return etags.expected_version(self.request, record, required=required)

    def shown(self, record: Any, *, status: int = 200) -> Response:
        """One object with its ETag; 304 where a reader has just this."""
        data = self.get_serializer(record).data
        etag = etags.etag_of(record, data)
        if self.request.method in {"GET", "HEAD"} and etags.is_fresh(self.request, etag):
            return Response(status=304, headers={"ETag": etag})
        headers = {"ETag": etag}
        if status == 201:
            headers["Location"] = f"/api/v1/{self.basename}/{record.pk}/"
        return Response(data, status=status, headers=headers)


class Readable(Resource):
    """GET of the list and of one."""

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, pk: UUID | str) -> Response:
        return self.shown(self.one())


def _names(request: Request, parameter: str, known: Collection[str]) -> frozenset[str]:
    """The comma-separated names of a parameter. Raises BadParameters for one that is not known."""
    names = frozenset(filter(None, request.query_params.get(parameter, "").split(",")))
    if names - set(known):
        text = _("Можно: %(names)s.") % {"names": ", ".join(known) or "—"}
        raise BadParameters([(parameter, "invalid_choice", text)])
    return names
