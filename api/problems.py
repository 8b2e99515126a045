"""Errors as ``application/problem+json`` (RFC 9457): one shape for every 4xx and 5xx."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.core.signals import got_request_exception
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from api.catalogue import address_of
from api.personal import names_hidden
from common.bodies import CutBody
from common.changes import StaleVersion
from common.errors import FieldError, Refused
from common.middleware import request_id

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "1"
TITLES = {
    400: gettext_lazy("Запрос составлен неверно"),
    401: gettext_lazy("Нужен действующий ключ"),
    403: gettext_lazy("Нет права"),
    404: gettext_lazy("Не найдено"),
    405: gettext_lazy("Такого действия здесь нет"),
    409: gettext_lazy("Противоречит тому, что уже есть"),
    410: gettext_lazy("Уже удалено"),
    412: gettext_lazy("Запись изменилась"),
    413: gettext_lazy("Слишком большой запрос"),
    415: gettext_lazy("Нужен JSON"),
    422: gettext_lazy("Значения не подходят"),
    428: gettext_lazy("Нужна версия записи"),
    429: gettext_lazy("Слишком часто"),
    500: gettext_lazy("Сбой на нашей стороне"),
    503: gettext_lazy("Сейчас недоступно"),
}
Entry = Mapping[str, Any]


class BadParameters(exceptions.APIException):
    """Query parameters that are unknown or have no such value; ``errors`` name each."""

    status_code = 400
    default_code = "invalid"

    def __init__(self, errors: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(errors[0][2])
        self.entries = [{"pointer": f"?{name}", "code": code, "detail": text} for name, code, text in errors]


class Precondition(exceptions.APIException):
    """``If-Match`` is absent (428)."""

    status_code = 428
    default_code = "precondition_required"
    default_detail = gettext_lazy("Прочитайте запись и пришлите её ETag в заголовке If-Match.")


def body(
    status: int, code: str, detail: str, errors: Iterable[Entry] = (), extra: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    title = TITLES.get(status) or HTTPStatus(status).phrase
    common = {"type": address_of(code), "title": str(title), "status": status, "detail": detail, "code": code}
    return common | {"request_id": request_id.get(), "errors": list(errors)} | dict(extra or {})


def plain(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """A problem for what fails before or outside a view of this room."""
    response = JsonResponse(body(status, code, detail), status=status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = CONTENT_TYPE
    return response


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """Turn whatever a view raised into a problem. What nobody foresaw is logged and answered without details."""
    view = context.get("view")
    if isinstance(error, Refused):
        return _refused(error, view)
    if isinstance(error, exceptions.APIException):
        return _from_framework(error)
    if isinstance(error, Http404):
        return _answer(404, "not_found", not_found_text())
    if isinstance(error, PermissionDenied):
        return _answer(403, "not_allowed", _("На это у вас нет права."))
    if isinstance(error, CutBody):
        return _answer(400, "invalid", _("Запрос дошёл не целиком. Отправьте его ещё раз."))
    if isinstance(error, ValidationError | SuspiciousOperation):
        return _answer(400, "invalid", _("Значение не подходит."))
    if isinstance(error, IntegrityError):
        log.warning("The database refused a write: %s", error)
        return _answer(409, "conflict", _("Запись противоречит уже существующей."))
    if isinstance(error, OperationalError | InterfaceError):
        # Of a connection that was cut, the second thing said on it is an InterfaceError.
        log.warning("The database did not answer in time: %s", error)
        return _answer(503, "unavailable", unavailable_text(), headers={"Retry-After": RETRY_AFTER})
    log.exception("Unexpected error in the API")
    got_request_exception.send(sender=handle, request=context.get("request"))
    return _answer(500, "server_error", _("Не получилось. Сообщите нам номер запроса."))


def problem_of(error: Exception, view: Any) -> dict[str, Any]:
    """The body of the problem that an error becomes: for one item among many."""
    told: dict[str, Any] = handle(error, {"view": view}).data
    return told


def not_found_text() -> str:
    return _("Такой записи нет, или она вам не видна.")


def unavailable_text() -> str:
    return _("База занята. Повторите через секунду.")


def _answer(
    status: int,
    code: str,
    detail: str,
    errors: Iterable[Entry] = (),
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    content = body(status, code, detail, errors, extra)
    return Response(content, status=status, headers=dict(headers or {}), content_type=CONTENT_TYPE)


def _refused(error: Refused, view: Any) -> Response:
    place = getattr(view, "place", default_place)
    entries = list(getattr(error, "entries", None) or [place(item) for item in error.errors])
    status, message = error.status, error.message
    if isinstance(error, StaleVersion):  # its own words are those of a page, where one may choose
        status, message = 412, _("Запись изменилась. Прочитайте её снова и повторите запрос с новым ETag.")
        entries = [{**entry, "detail": message} for entry in entries]
    hide = names_hidden(error, getattr(view, "request", None))
    entries = [{**entry, "detail": hide(str(entry["detail"]))} for entry in entries]
    wait = getattr(error, "retry_after", None)
    headers = {} if wait is None else {"Retry-After": str(wait)}
    return _answer(status, error.code, hide(message), entries, _existing(error), headers)


def default_place(item: FieldError) -> Entry:
    """A field error of a service as an entry; a dot in its name leads into a nested object."""
    return {"pointer": "#/" + item.field.replace(".", "/"), "code": item.code, "detail": item.message}


def _existing(error: Refused) -> dict[str, Any]:
    """The record that a duplicate met, only where the service says that the caller may see it."""
    for noun in ("lead", "party"):
        known = getattr(error, noun, None)
        if known is not None and not known._state.adding:
            plural = "leads" if noun == "lead" else f"{known.kind}s"
            return {"existing": {"id": str(known.pk), "href": f"/api/v1/{plural}/{known.pk}/"}}
    return {}


def _from_framework(error: exceptions.APIException) -> Response:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    entries: list[Entry] = list(getattr(error, "entries", ()))
    detail, code = str(error.detail).strip(), str(getattr(error.detail, "code", "") or error.default_code)
    if isinstance(error, exceptions.ValidationError):
        entries = list(flatten(error.detail))
        detail, code = _("Проверьте поля: %s.") % ", ".join(e["pointer"] for e in entries[:5]), "invalid"
    return _answer(error.status_code, code, detail, entries, getattr(error, "extra", None), headers)


def flatten(detail: Any, pointer: str = "#") -> Iterable[Entry]:
    """The nested errors of a serializer as entries with JSON pointers."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            step = "" if name == api_settings.NON_FIELD_ERRORS_KEY else "/" + escape(str(name))
            yield from flatten(inner, pointer + step)
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list)
            if not nested or inner:
                yield from flatten(inner, f"{pointer}/{index}" if nested else pointer)
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def escape(step: str) -> str:
    """A member's name inside a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")
