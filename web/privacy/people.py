"""One person's data: give it out, hold it, erase it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts import stepup
from agents.access import get_party_for
from audit import journal
from audit.choices import Fields, Look
from common import clock
from common.text import one_line
from privacy import reading
from privacy.access import demand_officer, get_subject_for, live_hold
from privacy.services import erasing, exporting, holds
from web.agents.addresses import party_address
from web.documents.pages import as_download
from web.pages import goes_to, next_address, only_once, page, person, show
from web.privacy import shown
from web.privacy.forms import EraseForm, HoldForm
from web.record_forms import save


@page("GET")
def subject(request: HttpRequest, pk: UUID) -> HttpResponse:
    party = get_subject_for(person(request), pk)
    context = {"party": party, "hold": live_hold(party), "hold_form": HoldForm(), "card": party_address(party)}
    export = reading.last_export(party, person(request))
    found = {"export": export, "ready": bool(export and export.is_ready(clock.now()))}
    return show(request, "privacy/subject.html", context | found | {"erasure": reading.last_erasure(party)})


@page("POST")
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    demand_officer(by)
    party = get_subject_for(by, pk)
    stepup.demand(request)

    def deed() -> str:
        exporting.ask(party=party, by=by, at=clock.now())
        return resolve_url("privacy:subject", pk)

    return only_once(request, deed, said=_("Архив готовится. Обновите страницу через минуту."))


@page("GET")
def archive(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Always as a download; noted in the journal of views."""
    by = person(request)
    demand_officer(by)
    party = get_subject_for(by, pk)
    found = reading.last_export(party, by)
    if found is None or not found.is_ready(clock.now()):
        messages.info(request, _("Архива пока нет: запросите его."))
        return goes_to(request, "privacy:subject", pk)
    stepup.demand(request)
    content = exporting.download(export=found, by=by, at=clock.now())
    return as_download(content, f"{party.pk}.zip", "application/zip")


@page("POST")
def hold(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    demand_officer(by)
    party = get_subject_for(by, pk)
    form, back = HoldForm(request.POST), resolve_url("privacy:subject", pk)
    context = {"form": form, "heading": _("Запрет на удаление"), "back": back}

    def deed(given: dict[str, Any], _version: int | None) -> str:
        holds.put(party=party, by=by, reason=given["reason"])
        return back

    return save(request, form, deed, template="settings/record_form.html", context=context, said=_("Запрет поставлен."))


@page("POST")
def lift(request: HttpRequest, pk: UUID) -> HttpResponse:
    by = person(request)
    demand_officer(by)
    party = get_subject_for(by, pk)
    stepup.demand(request)

    def deed() -> str:
        standing = live_hold(party)
        if standing is not None:
            holds.lift(hold=standing, by=by, at=clock.now())
        return resolve_url("privacy:subject", pk)

    return only_once(request, deed, said=_("Запрет снят."))


@page("GET", "POST")
def erase(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What goes and what stays, and the last word."""
    by = person(request)
    demand_officer(by)
    party = get_subject_for(by, pk)
    form = EraseForm(request.POST if request.method == "POST" else None)
    back = resolve_url("privacy:subject", pk)
    context = {"form": form, "party": party, "back": back, "lines": erasing.preview(party)}
    if request.method != "POST":
        in_the_way = {"obstacle": erasing.obstacle(party), "card": party_address(party)}
        return show(request, "privacy/erase.html", context | in_the_way)
    stepup.demand(request)

    def deed(given: dict[str, Any], _version: int | None) -> str:
        at = clock.now()
        asked = erasing.ask(party=party, by=by, at=at, basis=given["basis"], letter=given["letter"])
        erasing.confirm(erasure=asked, by=by, at=at)
        return back

    said = _("Данные удаляются. Акт появится на этой странице.")
    return save(request, form, deed, template="privacy/erase.html", context=context, said=said)


@page("GET")
def act(request: HttpRequest, pk: UUID) -> HttpResponse:
    party = get_subject_for(person(request), pk)
    done = reading.last_erasure(party)
    if done is None or not done.act:
        messages.info(request, _("Акта пока нет."))
        return goes_to(request, "privacy:subject", pk)
    return as_download(bytes(done.act), f"akt-{done.number}.pdf", "application/pdf")


@page("POST")
def reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show this person's hidden contacts to this reader for a while. For whoever sees the record at all."""
    by = person(request)
    party = get_party_for(by, pk)
    journal.seen(
        user_id=by.pk, look=Look.REVEAL, subjects=[party.pk], fields=[Fields.CONTACTS, Fields.IDENTITY],
        object_id=party.pk, purpose=one_line(request.POST.get("purpose", ""))[:200],
    )  # fmt: skip
    shown.remember(request, party.pk, at=clock.now())
    return goes_to(request, next_address(request, resolve_url("agents:list")))
