"""How a press in the week is answered: the block anew, or a redirect; a refusal in words."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backlog.models import Action
from backlog.services.slots import SlotTaken
from common.changes import StaleVersion
from common.errors import Refused
from web.leads.dialogs import version_of
from web.pages import is_fragment, next_address, only_once, show
from web.week.asking import this_week

BLOCKS = {"/week/": "week", "/today/ritual/": "ritual", "/today/": "day"}
"""Pages whose block takes the next state in place: the redirect is followed and the block morphed."""
_PAGES = frozenset({403, 404})


def block_of(request: HttpRequest) -> str:
    """The block of the page behind a dialog that can be shown anew; empty for other pages."""
    htmx: Any = getattr(request, "htmx", None)
    path = (htmx.current_url_abs_path or "") if htmx else ""
    return next((block for prefix, block in BLOCKS.items() if path.startswith(prefix)), "")


def week_behind(request: HttpRequest) -> str:
    """The code of the week whose page stands behind the dialog; empty elsewhere."""
    htmx: Any = getattr(request, "htmx", None)
    parts = ((htmx.current_url_abs_path or "") if htmx else "").split("/")
    return parts[2] if len(parts) > 3 and parts[1] == "week" else ""


def came_from(request: HttpRequest, action: Action) -> str:
    """Where a deed goes back to: as the form says, else the page behind the dialog, else the action's week."""
    htmx: Any = getattr(request, "htmx", None)
    behind = htmx.current_url_abs_path if htmx and block_of(request) else ""
    return next_address(request, behind or week_url(action))


def week_url(action: Action) -> str:
    if action.sprint is None:
        return this_week(action.owner, timezone.localdate())
    url = reverse("week:page", args=[action.sprint.code])
    return f"{url}#action-{action.pk}"


def in_place(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A block of a page follows the redirect itself and gets its next state."""
    htmx: Any = getattr(request, "htmx", None)
    where = response.headers.get("HX-Redirect", "")
    if where and is_fragment(request) and htmx.target in BLOCKS.values():
        return HttpResponseRedirect(where)
    return response


def done(request: HttpRequest, action: Action, deed: Callable[[int | None], Any], *, said: str = "") -> HttpResponse:
    """Run ``deed(expected version)`` once per press and show the page behind anew; a refusal says what to do."""
    address = came_from(request, action)

    @transaction.atomic
    def once() -> str:
        deed(version_of(request))
        return address

    try:
        return in_place(request, only_once(request, once, said=said))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        return told(request, action, refusal)


def told(request: HttpRequest, action: Action, refusal: Refused) -> HttpResponse:
    """A page of its own, which scripts show over the one behind."""
    title = _("Слот занят") if isinstance(refusal, SlotTaken) else _("Не получилось")
    if isinstance(refusal, StaleVersion):
        title = _("Действие изменили, пока вы работали")
    context = {
        "title": title,
        "action": action,
        "refusal": refusal,
        "free": getattr(refusal, "nearest_free", None),
        "into": block_of(request),
        "back": came_from(request, action),
    }
    return show(request, "actions/refused.html", context, status=refusal.status)
