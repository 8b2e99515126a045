"""What is refused at the door whatever the address: methods nobody needs, and everything while a
copy is sealed; and what no answer may leave behind."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string

from api import faults
from channels import quarantine

Answer = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
RETRY_AFTER = "60"


class RefuseOddMethods:
    """TRACE and its like: they do nothing here but give an attacker an echo."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in METHODS:
            return self.get_response(request)
        return faults.odd_method(request) if request.path.startswith(faults.PREFIX) else HttpResponseNotAllowed(METHODS)


class KeepNothing:
    """What does not say otherwise is kept nowhere: neither in a browser on a shared desk nor by a proxy."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


class Seal:
    """In a restored copy nobody signs in, reads or calls before those who asked to be erased are erased again."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not quarantine.known().sealed:
            return self.get_response(request)
        if request.path.startswith(faults.PREFIX):
            answer = faults.unavailable(request)
        else:
            answer = HttpResponse(render_to_string("errors/sealed.html"), status=503)
        answer["Retry-After"], answer["Cache-Control"] = RETRY_AFTER, "no-store"
        return answer
