"""Probes are answered before hosts, sessions and languages are looked at: they call by address, not by name."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from api.health import views

VIEWS = {
    "/health/live/": views.live,
    "/health/ready/": views.ready,
    "/health/detail/": views.detail,
    "/metrics": views.prometheus,
}


class AnswerProbes:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        view = VIEWS.get(request.path)
        return view(request) if view else self.get_response(request)
