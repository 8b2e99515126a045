"""One's own choices: what leaves the house, when it is quiet, which leads are to speak more softly."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from accounts.models import User
from channels.registry import channels
from common import clock
from common.errors import Refused
from leads.access import get_lead_for
from notifications.choices import Way
from notifications.selectors import muted_leads
from notifications.services import preferences, unlink_telegram
from notifications.services.telegram import invitation, invitation_url
from web.notifications.forms import NotificationsForm
from web.pages import goes_to, next_address, page, person, show

PAGE = "notifications/settings.html"


@page("GET", "POST")
def settings(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NotificationsForm(request.POST if request.method == "POST" else None, kept=preferences.settings_of(user))
    if request.method != "POST":
        return show(request, PAGE, {"form": form, **_beside(user)})
    if form.is_valid():
        try:
            preferences.save_settings(user=user, **form.chosen())
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Уведомления настроены."))
            return goes_to(request, "notifications:settings")
    return show(request, PAGE, {"form": form, **_beside(user)}, status=422)


def _beside(user: User) -> dict[str, object]:
    """What stands beside the form: the chat with the bot, the muted leads, the ways that are not set up here."""
    known = channels()
    absent = [way.label for way in Way if known[way].missing()]
    link = getattr(user, "telegram_link", None)
    linked, at = bool(link and link.chat_id), clock.now()
    offered = Way.TELEGRAM.label not in absent and not linked
    return {
        "absent": absent,
        "linked_at": link.linked_at if linked and link else None,
        "invitation_url": invitation_url(user=user, at=at) if offered else "",
        "invitation": invitation(user=user, at=at) if offered else "",
        "muted": muted_leads(user),
        "back": resolve_url("profile"),
    }


@page("POST")
def telegram_unlink(request: HttpRequest) -> HttpResponse:
    unlink_telegram(user=person(request))
    messages.success(request, _("Telegram отключён."))
    return goes_to(request, "notifications:settings")


@page("POST")
def mute(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    preferences.mute(user=user, lead=get_lead_for(user, pk))
    messages.success(request, _("Об этом лиде теперь тише: новое приходит прочитанным, наружу не уходит."))
    return goes_to(request, next_address(request, resolve_url("notifications:list")))


@page("POST")
def unmute(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = person(request)
    preferences.unmute(user=user, lead=get_lead_for(user, pk))
    messages.success(request, _("Об этом лиде снова сообщают как обычно."))
    return goes_to(request, next_address(request, resolve_url("notifications:list")))
