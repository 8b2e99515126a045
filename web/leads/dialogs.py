"""The small forms of the card: over the page with scripts, a page of their own without."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from leads.models import Lead
from web.pages import show

_DIGITS = 10
FORM = "leads/dialogs/form.html"


def card_url(lead: Lead, anchor: str = "") -> str:
    """The card's address, at one of its parts."""
    return reverse("leads:card", args=[lead.pk]) + (f"#{anchor}" if anchor else "")


def context(lead: Lead, title: str, **more: Any) -> dict[str, Any]:
    """What ``FORM`` asks for besides the form itself."""
    return {"lead": lead, "title": title, "submit": _("Сохранить"), "back": card_url(lead)} | more


def dialog(request: HttpRequest, lead: Lead, title: str, form: Any, **more: Any) -> HttpResponse:
    """The form; 422 where it did not pass."""
    status = 422 if form.is_bound and form.errors else 200
    return show(request, FORM, context(lead, title, form=form, **more), status=status)


def version_of(request: HttpRequest) -> int | None:
    """The version that the form was opened with; None where it carries none."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None
