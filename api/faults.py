"""What fails before a view of this room is reached: the handlers of the wiring ask here for ``/api/`` addresses."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from api.problems import RETRY_AFTER, not_found_text, plain, unavailable_text

PREFIX = "/api/"


def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every address of the room that leads nowhere; also where a slash is missing, since a redirect loses a body."""
    return plain(request, 404, "not_found", not_found_text())


def bad_request(request: HttpRequest) -> HttpResponse:
    return plain(request, 400, "invalid", _("Запрос составлен неверно."))


def odd_method(request: HttpRequest) -> HttpResponse:
    """A method that no address of the room has."""
    answer = plain(request, 405, "method_not_allowed", _("У этого адреса нет такого метода."))
    answer["Allow"] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    return answer


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database is away before a view was reached."""
    answer = plain(request, 503, "unavailable", unavailable_text())
    answer["Retry-After"] = RETRY_AFTER
    return answer


def server_error(request: HttpRequest) -> HttpResponse:
    return plain(request, 500, "server_error", _("Не получилось. Сообщите нам номер запроса."))
