"""The UTP of a segment: what is promised to it, in one sentence."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.access import get_segment_for, get_utp_for
from agents.services.offers import save_utp
from web.pages import page, show
from web.record_forms import save, writer
from web.segments.forms import UtpForm

FORM = "records/form.html"


@page("GET", "POST")
def create(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    segment = get_segment_for(user, pk)
    back = reverse("segments:detail", args=[pk])
    form = UtpForm(request.POST or None)
    context = {"form": form, "title": _("Новое УТП: %s") % segment.name, "back": back, "draft": f"utp-of-{pk}"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        save_utp(by=user, utp=None, fields={**changes, "segment": segment})
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("УТП добавлено"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    utp = get_utp_for(user, pk)
    back = reverse("segments:detail", args=[utp.segment_id]) if utp.segment_id else reverse("segments:list")
    form = UtpForm(request.POST or None, instance=utp)
    context = {"form": form, "title": _("УТП"), "back": back, "draft": f"utp-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        save_utp(by=user, utp=utp, fields=changes, expected_version=version)
        return back

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)
