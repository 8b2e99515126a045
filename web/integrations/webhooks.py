"""«Вебхуки»: who is told of events, and how telling goes."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common import clock
from web.integrations.rights import administrator, reader
from web.integrations.secrets import shown_once
from web.integrations.webhook_forms import EndpointForm, SecretForm, SpanForm
from web.integrations.webhook_words import words_of
from web.listing import listing
from web.pages import only_once, page, show
from web.record_forms import save
from webhooks.access import get_delivery_for, get_endpoint_for
from webhooks.catalogue import label
from webhooks.choices import DeliveryState, EndpointState
from webhooks.filters import DeliveryFilter
from webhooks.models import Delivery, Endpoint
from webhooks.services import endpoints, replaying

FORM = "integrations/webhook_form.html"
SECRET = "integrations/webhook_secret.html"  # noqa: S105 - a template
SAID = {
    EndpointState.ACTIVE: gettext_lazy("Доставка идёт"),
    EndpointState.PAUSED: gettext_lazy("Доставка на паузе: события копятся"),
    EndpointState.DISABLED: gettext_lazy("Вебхук отключён"),
}


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    dead = Count("deliveries", filter=Q(deliveries__state=DeliveryState.DEAD))
    rows = Endpoint.objects.visible_to(reader(request)).for_list().annotate(dead=dead)
    return show(request, "integrations/webhooks.html", {"rows": rows, "at": clock.now()})


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = reader(request)
    endpoint = get_endpoint_for(user, pk)
    rows = Delivery.objects.visible_to(user).filter(endpoint=endpoint)
    context = {
        "endpoint": endpoint,
        "at": clock.now(),
        "labels": [label(name) for name in endpoint.types],
        "dead": rows.filter(state=DeliveryState.DEAD).count(),
        "listing": listing(request, DeliveryFilter, rows.for_list().order_by("-position"), named=("state", "type")),
    }
    return show(request, "integrations/webhook.html", context, fragment="results")


@page("GET", "POST", fresh=True)
def create(request: HttpRequest) -> HttpResponse:
    by, back = administrator(request), resolve_url("integrations:webhooks")
    form = EndpointForm(request.POST or None)
    context = {"form": form, "back": back, "heading": _("Новый вебхук")}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(_values: dict[str, Any]) -> Mapping[str, Any]:
        made = endpoints.create_endpoint(by=by, **form.changes())
        return {"endpoint": made.endpoint, "secret": made.secret}

    return shown_once(request, form, deed, template=FORM, context=context, secret_template=SECRET, back=back)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    endpoint, back = get_endpoint_for(by, pk), _page_of(pk)
    form = EndpointForm(request.POST or None, initial=EndpointForm.initial_of(endpoint))
    context = {"form": form, "back": back, "heading": endpoint.description or endpoint.host}
    if request.method != "POST":
        return show(request, FORM, context)

    def deed(changes: dict[str, Any], version: int | None) -> str:
        endpoints.update_endpoint(endpoint=endpoint, by=by, changes=changes, expected_version=version)
        return back

    return save(request, form, deed, template=FORM, context=context, said=_("Вебхук сохранён"))


@page("GET", "POST", fresh=True)
def rotate(request: HttpRequest, pk: UUID) -> HttpResponse:
    by, back, template = administrator(request), _page_of(pk), "integrations/webhook_rotate.html"
    endpoint = get_endpoint_for(by, pk)
    form = SecretForm(request.POST or None, initial={"version": endpoint.version})
    context = {"form": form, "back": back, "endpoint": endpoint}
    if request.method != "POST":
        return show(request, template, context)

    def deed(values: dict[str, Any]) -> Mapping[str, Any]:
        made = endpoints.rotate_secret(endpoint=endpoint, by=by, at=clock.now(), expected_version=values["version"])
        return {"endpoint": made.endpoint, "secret": made.secret, "rotated": True}

    return shown_once(request, form, deed, template=template, context=context, secret_template=SECRET, back=back)


@page("POST")
def ping(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    endpoint = get_endpoint_for(by, pk)

    def deed() -> str:
        endpoints.ping(endpoint=endpoint, by=by, at=clock.now())
        return _page_of(pk)

    return only_once(request, deed, said=_("Проверка отправлена: ответ появится в журнале через несколько секунд"))


@page("POST")
def set_state(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pause, disable, or deliver again."""
    by, state = administrator(request), request.POST.get("state", "")
    endpoint = get_endpoint_for(by, pk)

    def deed() -> str:
        endpoints.set_state(endpoint=endpoint, by=by, state=state)
        return _page_of(pk)

    said = str(SAID[EndpointState(state)]) if state in EndpointState.values else ""
    return only_once(request, deed, said=said)


@page("POST")
def revive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """All that was given up, once more."""
    by = administrator(request)
    endpoint = get_endpoint_for(by, pk)

    def deed() -> str:
        replaying.replay_dead(endpoint=endpoint, by=by)
        return _page_of(pk)

    return only_once(request, deed, said=_("Недоставленное снова в очереди"))


@page("GET", "POST")
def replay(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A span of time, once more."""
    by, back, template = administrator(request), _page_of(pk), "integrations/webhook_replay.html"
    endpoint = get_endpoint_for(by, pk)
    form = SpanForm(request.POST or None)
    context = {"form": form, "back": back, "endpoint": endpoint}
    if request.method != "POST":
        return show(request, template, context)

    def deed(span: dict[str, Any], _version: int | None) -> str:
        replaying.replay_span(endpoint=endpoint, by=by, **span)
        return back

    return save(request, form, deed, template=template, context=context, said=_("События отрезка снова в очереди"))


@page("GET")
def delivery(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = get_delivery_for(reader(request), pk)
    tries = [(tried, words_of(tried)) for tried in found.tries.order_by("-at", "-pk")]
    context = {"delivery": found, "endpoint": found.endpoint, "tries": tries, "label": label(found.event.type)}
    return show(request, "integrations/webhook_delivery.html", context)


@page("POST")
def delivery_replay(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = administrator(request)
    found = get_delivery_for(by, pk)

    def deed() -> str:
        replaying.replay_one(delivery=found, by=by)
        return resolve_url("integrations:webhook_delivery", pk)

    return only_once(request, deed, said=_("Событие снова в очереди"))


def _page_of(pk: UUID) -> str:
    return resolve_url("integrations:webhook", pk)
