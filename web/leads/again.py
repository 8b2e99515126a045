"""A deed on a version that others have changed since: go on, or show both and let the person choose."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import StaleVersion
from leads.models import Lead
from leads.revisions import Clash, clashes, last_change
from web import formats
from web.conflicts import Conflict, Kept
from web.leads.dialogs import FORM, card_url, context, version_of
from web.pages import goes_to, only_once, show
from web.ui.registry import language

_NOT_SENT_AGAIN = frozenset({"csrfmiddlewaretoken", "_once", "version", "keep"})


def done(
    request: HttpRequest,
    lead: Lead,
    deed: Callable[[int | None], str],
    *,
    mine: Mapping[str, Any],
    label: str,
    words: Callable[[Mapping[str, Any]], str],
    said: str = "",
) -> HttpResponse:
    """Run ``deed(expected version)`` once per form; it returns the address to go to.

    ``mine`` are the columns that it writes. Where others changed them meanwhile nothing is saved, and the person
    sees «Моё» and «Сейчас в базе» under ``label``, told by ``words``; other changes do not stand in the way.
    """
    if request.POST.get("keep") == "theirs":
        return goes_to(request, card_url(lead))
    version = version_of(request)
    try:
        return only_once(request, lambda: deed(version), said=said)
    except StaleVersion as stale:
        current = stale.current
    _own, found = clashes(current, version, mine)
    if not found:
        return only_once(request, lambda: deed(current.version), said=said)
    conflict = _conflict(request, current, _row(current, mine, found, label, words))
    return show(request, FORM, context(lead, label, conflict=conflict, form=None), status=409)


def _row(
    current: Any, mine: Mapping[str, Any], found: list[Clash], label: str, words: Callable[[Mapping[str, Any]], str]
) -> dict[str, object]:
    theirs = {name: getattr(current, name) for name in mine}
    was = theirs | {clash.field: clash.was for clash in found}
    return {
        "name": "keep", "label": label, "mine": words(mine), "theirs": words(theirs), "was": words(was),
        "value": "mine", "their_value": "theirs",
    }  # fmt: skip


def _conflict(request: HttpRequest, current: Any, row: dict[str, object]) -> Conflict:
    lists = {name: values for name, values in request.POST.lists() if name not in _NOT_SENT_AGAIN}
    sent = [(name, str(value)) for name, values in lists.items() for value in values]
    change = last_change(current)
    at = f"{timezone.localtime(change.at):%H:%M}" if change else ""
    return Conflict([row], current.version, change.who if change else "", at, Kept(sent))


def step_words(columns: Mapping[str, Any]) -> str:
    """A next step in words."""
    at = columns.get("next_action_at")
    if at is None:
        return _("нет шага")
    moment = formats.near_moment(timezone.localtime(at), timezone.localtime(), language())
    return f"{columns.get('next_action') or ''} {moment}".strip()
