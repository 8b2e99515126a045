"""One press on an action: priority, pin, one more like it, out of the plan and back."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from backlog.access import get_action_for
from backlog.choices import Priority
from backlog.services.actions import drop_action, restore_action
from backlog.services.priorities import set_pinned, set_priority
from backlog.services.reworking import duplicate_action
from common import clock
from web.pages import page, show
from web.record_forms import writer
from web.week.answers import block_of, came_from, done


@page("GET", "POST")
def priority(request: HttpRequest, pk: UUID) -> HttpResponse:
    """0 to 3 by one press; a reason may be given, and stays in the history."""
    user = writer(request)
    action = get_action_for(user, pk)
    if request.method == "GET":
        context = {"action": action, "priorities": Priority.choices, "into": block_of(request)}
        return show(request, "actions/priority.html", context | {"back": came_from(request, action)})
    text = request.POST.get("to", "")
    to = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
    words = dict(Priority.choices).get(to, "")
    said = _("%(title)s: приоритет %(number)d, %(words)s") % {"title": action.title, "number": to, "words": words}

    def deed(version: int | None) -> None:
        reason = request.POST.get("reason", "")
        set_priority(action=action, to=to, by=user, at=clock.now(), reason=reason, expected_version=version)

    return done(request, action, deed, said=said)


@page("POST")
def pin(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)
    pinned = request.POST.get("pinned", "1") == "1"

    def deed(version: int | None) -> None:
        set_pinned(action=action, pinned=pinned, by=user, at=clock.now(), expected_version=version)

    return done(request, action, deed, said=_("Закреплено наверху дня") if pinned else _("Откреплено"))


@page("POST")
def copy(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)

    def deed(_version: int | None) -> None:
        duplicate_action(action=action, by=user, at=clock.now())

    return done(request, action, deed, said=_("%(title)s: добавлено ещё одно такое действие") % {"title": action.title})


@page("GET", "POST")
def drop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Out of the plan, with a reason where there is one; «Вернуть» stands in the list of dropped ones."""
    user = writer(request)
    action = get_action_for(user, pk)
    if request.method == "GET":
        context = {"action": action, "into": block_of(request), "back": came_from(request, action)}
        return show(request, "actions/drop.html", context)

    def deed(version: int | None) -> None:
        reason = request.POST.get("reason", "")
        drop_action(action=action, by=user, at=clock.now(), reason=reason, expected_version=version)

    return done(request, action, deed, said=_("%(title)s: снято") % {"title": action.title})


@page("POST")
def restore(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = writer(request)
    action = get_action_for(user, pk)

    def deed(version: int | None) -> None:
        restore_action(action=action, by=user, at=clock.now(), expected_version=version)

    return done(request, action, deed, said=_("%(title)s: снова в плане") % {"title": action.title})
