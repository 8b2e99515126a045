"""Two leads on one person: found, laid side by side, joined, parted again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common import clock
from common.changes import StaleVersion
from common.errors import Invalid, Refused
from leads.access import get_lead_for
from leads.doubles import MOST, likely_doubles, with_written
from leads.models import Lead, LeadMerge
from leads.services import merging
from web.leads.dialogs import card_url, dialog, version_of
from web.leads.forms_lead import UnmergeForm
from web.pages import only_once, page, show
from web.record_forms import writer

LABELS: dict[str, Any] = {
    "segment": gettext_lazy("Сегмент"),
    "agent": gettext_lazy("Агент"),
    "problem": gettext_lazy("Проблематика"),
    "resources": gettext_lazy("Ресурсы на оплату"),
    "amount": gettext_lazy("Сумма"),
    "source_channel": gettext_lazy("Откуда"),
    "base": gettext_lazy("База"),
}
_PAGES = frozenset({403, 404})
LONGEST = 100


@page("GET", "POST")
def merge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Without ``with``: whom to join with. With it: both side by side, and the choice of what stays."""
    user = writer(request)
    lead = get_lead_for(user, pk)
    other = _other(request, user, pk)
    if other is None:
        return _choose(request, user, lead)
    if request.method != "POST":
        return _compare(request, lead, other)
    take = [name for name in merging.CHOSEN if request.POST.get(name) == "other"]

    def deed() -> str:
        merging.merge(lead=lead, other=other, by=user, at=clock.now(), take=take, expected_version=version_of(request))
        return card_url(lead)

    try:
        return only_once(request, deed, said=_("Лиды объединены: записи и контакты теперь здесь"))
    except Refused as refusal:
        if refusal.status in _PAGES:
            raise
        fresh = get_lead_for(user, pk)
        return _compare(request, fresh, other, refusal=refusal, take=take)


def _other(request: HttpRequest, user: User, pk: UUID) -> Lead | None:
    wanted = request.GET.get("with", "")
    return get_lead_for(user, wanted) if wanted and wanted != str(pk) else None


def _choose(request: HttpRequest, user: User, lead: Lead) -> HttpResponse:
    """Likely ones first; else by name or phone among all open leads of the funnel that the person sees."""
    asked = "".join(filter(str.isprintable, request.GET.get("q", ""))).strip()[:LONGEST]
    rows = likely_doubles(lead, user)
    if asked:
        rows = Lead.objects.visible_to(user).open().filter(kind=lead.kind).exclude(pk=lead.pk).matching(asked)
    merges = LeadMerge.objects.filter(kept=lead, undone_at__isnull=True).select_related("merged__party", "by")
    context = {
        "lead": lead,
        "asked": asked,
        "found": list(rows.for_list()[:MOST]),
        "merges": list(merges.order_by("-at")),
        "back": card_url(lead),
    }
    return show(request, "leads/merge_choose.html", context)


def _compare(
    request: HttpRequest, lead: Lead, other: Lead, *, refusal: Refused | None = None, take: list[str] | None = None
) -> HttpResponse:
    both_seen = Lead.objects.visible_to(writer(request)).for_card()
    rows = with_written(both_seen.filter(pk__in=[lead.pk, other.pk])).prefetch_related("party__contacts")
    both = {one.pk: one for one in rows}
    kept, gone = both[lead.pk], both[other.pk]
    stale = isinstance(refusal, StaleVersion)
    context = {
        "lead": kept,
        "other": gone,
        "rows": [_row(name, kept, gone, name in (take or [])) for name in LABELS],
        "refusal": refusal.message if refusal is not None else "",
        "swap": f"{reverse('leads:merge', args=[gone.pk])}?with={kept.pk}",
        "back": reverse("leads:merge", args=[kept.pk]),
    }
    status = 200 if refusal is None else 409 if stale else 422
    return show(request, "leads/merge.html", context, status=status)


def _row(name: str, kept: Lead, gone: Lead, taken: bool) -> dict[str, Any]:
    """A value of each; a choice only where both say something and not the same."""
    mine, theirs = getattr(kept, name), getattr(gone, name)
    differ = bool(mine) and bool(theirs) and mine != theirs
    return {"name": name, "label": LABELS[name], "mine": mine, "theirs": theirs, "differ": differ, "taken": taken,
            "money": name == "amount"}  # fmt: skip


@page("GET", "POST")
def unmerge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Part a lead from the one that it was joined to: what came with it goes back, and it is in work again."""
    user = writer(request)
    gone = get_lead_for(user, pk)
    form = UnmergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            deed = _parting(user, gone, form.cleaned_data["reason"])
            return only_once(request, deed, said=_("Лиды разъединены, этот снова в работе"))
        except Refused as refusal:
            if refusal.status in _PAGES:
                raise
            form.take(refusal)
    note = _("Лид вернётся в работу со своими записями. Записанное после объединения останется на другом лиде.")
    return dialog(request, gone, _("Разъединить лиды"), form, note=note, submit=_("Разъединить"))


def _parting(user: User, gone: Lead, reason: str) -> Callable[[], str]:
    def deed() -> str:
        if gone.merged_into_id is None:
            raise Invalid(_("Этот лид ни с кем не объединён."))
        kept = get_lead_for(user, gone.merged_into_id)
        merging.unmerge(lead=kept, other=gone, by=user, at=clock.now(), reason=reason)
        return card_url(gone)

    return deed
