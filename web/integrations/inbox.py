"""«Входящие»: who may tell us things, and the journal of what was told."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from common import clock
from common.errors import Refused
from inbox.access import get_arrival_for, get_source_for
from inbox.filters import ArrivalFilter
from inbox.models import Arrival, InboundSource
from inbox.services import sources, viewing, working
from jobs import once
from web.integrations.inbox_form import SourceForm
from web.integrations.rights import administrator, reader
from web.listing import listing
from web.pages import goes_to, only_once, page, show

WRONG = 422
INDEX = "integrations:inbox"


@page("GET")
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    rows = Arrival.objects.for_list().visible_to(user).order_by("-at", "-id")
    context = {
        "sources": InboundSource.objects.select_related("account"),
        "failed": Arrival.objects.visible_to(user).failed().count(),
        "listing": listing(request, ArrivalFilter, rows, named=("source", "state")),
        "at": clock.now(),
    }
    return show(request, "integrations/inbox.html", context, fragment="results")


@page("GET", "POST", fresh=True)
def source_create(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    form = SourceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _with_secret(request, form, lambda: sources.create_source(by=user, fields=form.fields_for_service()))
    return _ask(request, form)


@page("GET", "POST")
def source_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    source = get_source_for(user, pk)
    form = SourceForm(request.POST or None, initial=SourceForm.initial_of(source))
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form, source)

    def deed() -> str:
        sources.update_source(
            source=source, by=user, changes=form.fields_for_service(), expected_version=form.cleaned_data["version"]
        )
        return reverse(INDEX)

    try:
        return only_once(request, deed, said=_("Источник сохранён"))
    except Refused as refusal:
        return _refused(request, form, refusal, source)


@page("POST", fresh=True)
def source_rotate(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    source = get_source_for(user, pk)
    return _with_secret(request, None, lambda: sources.rotate_secret(source=source, by=user, at=clock.now()))


@page("POST")
def source_use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pause, or take messages again."""
    user = administrator(request)
    source = get_source_for(user, pk)
    active = request.POST.get("active") == "1"

    def deed() -> str:
        sources.set_active(source=source, by=user, active=active)
        return reverse(INDEX)

    return only_once(request, deed, said=_("Источник принимает") if active else _("Источник на паузе"))


@page("GET", "POST")
def arrival(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One message. Its body is shown to administrators on asking, and each look is written down."""
    user = reader(request)
    found = get_arrival_for(user, pk)
    context: dict[str, Any] = {"arrival": found}
    if request.method == "POST":
        context["body"] = viewing.body_of(arrival=found, by=user, at=clock.now())
    context["views"] = found.views.select_related("by")[:20]
    return show(request, "integrations/arrival.html", context)


@page("POST")
def arrival_retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    found = get_arrival_for(user, pk)

    def deed() -> str:
        working.try_again(arrival=found, by=user, at=clock.now())
        return reverse("integrations:inbox_arrival", args=[found.pk])

    return only_once(request, deed, said=_("Сообщение снова в очереди"))


def _with_secret(request: HttpRequest, form: SourceForm | None, deed: Callable[[], sources.Made]) -> HttpResponse:
    """The only page that ever shows the secret is the answer to the press; a second press leads to the list."""
    key, user = request.POST.get("_once", ""), administrator(request)
    try:
        with transaction.atomic():
            if key and once.claim(user_id=user.pk, key=key) is not None:
                messages.info(request, _("Секрет уже показан. Если он не сохранён, смените его ещё раз."))
                return goes_to(request, INDEX)
            made = deed()
            if key:
                once.remember(user_id=user.pk, key=key, location=reverse(INDEX))
    except Refused as refusal:
        if form is None:
            raise
        return _refused(request, form, refusal)
    address = request.build_absolute_uri(reverse("hook_inbox", args=[made.source.key]))
    context = {"source": made.source, "secret": made.secret, "address": address}
    return show(request, "integrations/inbox_secret.html", context)


def _refused(
    request: HttpRequest, form: SourceForm, refusal: Refused, source: InboundSource | None = None
) -> HttpResponse:
    form.refuse(refusal)
    return _ask(request, form, source, status=refusal.status)


def _ask(
    request: HttpRequest, form: SourceForm, source: InboundSource | None = None, *, status: int = 0
) -> HttpResponse:
    status = status or (WRONG if form.is_bound else 200)
    return show(request, "integrations/inbox_source.html", {"form": form, "source": source}, status=status)
