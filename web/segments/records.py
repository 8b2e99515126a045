"""Making and changing segments; a reach that does not add up is said and never stops the work."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.access import get_initiative_for, get_segment_for
from agents.choices import Kind
from agents.services.offers import Saved, create_segment, update_segment
from web.pages import page, show
from web.record_forms import save, writer
from web.segments.forms import SegmentForm

FORM = "records/form.html"


@page("GET", "POST")
def create(request: HttpRequest) -> HttpResponse:
    """``kind`` and ``parent`` of the address fill the form; ``initiative`` takes the new segment in."""
    user = writer(request)
    asked = request.GET
    initiative = get_initiative_for(user, asked["initiative"]) if "initiative" in asked else None
    parent = get_segment_for(user, asked["parent"]) if "parent" in asked else None
    kind = parent.kind if parent else asked.get("kind", Kind.AGENT)
    form = SegmentForm(request.POST or None, user=user, initial={"kind": kind, "parent": parent})
    context = {"form": form, "title": _("Новый сегмент"), "back": reverse("segments:list"), "draft": "segment-new"}

    def deed(changes: dict[str, Any], _version: int | None) -> str:
        return _told(request, create_segment(by=user, fields=changes, initiative=initiative))

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сегмент добавлен"))
    return show(request, FORM, context)


@page("GET", "POST")
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    segment = get_segment_for(user, pk)
    back = reverse("segments:detail", args=[pk])
    form = SegmentForm(request.POST or None, instance=segment, user=user)
    context = {"form": form, "title": segment.name, "back": back, "draft": f"segment-{pk}"}

    def deed(changes: dict[str, Any], version: int | None) -> str:
        saved = update_segment(segment=segment, by=user, changes=changes, expected_version=version)
        return _told(request, saved)

    if request.method == "POST":
        return save(request, form, deed, template=FORM, context=context, said=_("Сохранено"))
    return show(request, FORM, context)


def _told(request: HttpRequest, saved: Saved) -> str:
    for warning in saved.warnings:
        messages.warning(request, warning)
    return reverse("segments:detail", args=[saved.segment.pk])
