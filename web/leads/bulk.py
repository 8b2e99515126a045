"""One change to many leads: choose, see how many it will touch, run row by row, read what was refused."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import demand_write
from accounts.models import User
from approvals.services import demand
from common import clock
from common.errors import Invalid, Refused
from leads.models import Lead
from web.leads.bulk_forms import DEEDS, Deed
from web.leads.filtering import ask
from web.pages import goes_to, only_once, page, person, show

MOST = 200
_KEPT = "bulk_result"
_TWO = 2


@dataclass(frozen=True, slots=True)
class Picked:
    """The chosen leads that the person sees, in the order of their ids: two bulk edits lock in the same order."""

    leads: list[Lead]
    ids: frozenset[UUID]

    @property
    def count(self) -> int:
        return len(self.ids)

    @property
    def hidden(self) -> int:
        return len(self.ids) - len(self.leads)


@dataclass(slots=True)
class Result:
    changed: int = 0
    same: int = 0
    refused: list[tuple[Lead, Refused]] = field(default_factory=list)


@page("GET", "POST")
def bulk(request: HttpRequest) -> HttpResponse:
    """POST without ``run`` asks for the value, with ``run`` does it; GET shows what the last run refused."""
    user = person(request)
    if request.method != "POST":
        return _done(request, user)
    demand_write(user)
    picked, kind = _picked(request, user), DEEDS.get(request.POST.get("deed", ""))
    if request.POST.get("deed") == "merge":
        return _merge(request, picked)
    if kind is None:
        raise Invalid(_("Выберите, что изменить: владельца, сегмент, шаг или исход."))
    form = kind(request.POST if "run" in request.POST else None, user=user, leads=picked.leads)
    if not form.is_bound:
        return _ask(request, form, picked)
    if not form.is_valid():
        return _ask(request, form, picked, status=422)
    try:
        return only_once(request, lambda: _run(request, form, picked))
    except Invalid as refusal:
        form.take(refusal)
        return _ask(request, form, picked, status=422)


def _picked(request: HttpRequest, user: User) -> Picked:
    """Raises Invalid for none and for too many, naming the number."""
    if request.POST.get("all"):
        asked = ask(request, QueryDict(request.POST.get("filters", "")))
        if asked.problems:
            raise Invalid(" ".join(asked.problems))
        ids = set(asked.rows.order_by().values_list("pk", flat=True)[: MOST + 1])
    else:
        ids = {pk for text in request.POST.getlist("lead") if (pk := _id(text))}
    if not ids:
        raise Invalid(_("Отметьте хотя бы один лид."))
    if len(ids) > MOST:
        text = _("За один раз меняется до %(most)s лидов, а выбрано больше. Сузьте условия или меняйте по частям.")
        raise Invalid(text % {"most": MOST})
    leads = list(Lead.objects.visible_to(user).filter(pk__in=ids).select_related("party").order_by("pk"))
    return Picked(leads, frozenset(ids))


def _merge(request: HttpRequest, picked: Picked) -> HttpResponse:
    """Two leads laid side by side; the one that was touched last is proposed to stay."""
    if picked.count != _TWO or picked.hidden:
        raise Invalid(_("Объединяют два лида: отметьте ровно два."))
    kept, gone = sorted(picked.leads, key=lambda lead: lead.touched_at, reverse=True)
    return goes_to(request, f"{reverse('leads:merge', args=[kept.pk])}?with={gone.pk}")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _ask(request: HttpRequest, form: Deed, picked: Picked, *, status: int = 200) -> HttpResponse:
    closed = sum(1 for lead in picked.leads if form.only_open and not lead.is_open)
    context = {
        "form": form,
        "deed": request.POST["deed"],
        "filters": request.POST.get("filters", ""),
        "picked": picked,
        "closed": closed,
        "will_change": len(picked.leads) - closed,
        "back": _list_address(request),
    }
    return show(request, "leads/list_bulk_form.html", context, fragment="dialog", status=status)


def _run(request: HttpRequest, form: Deed, picked: Picked) -> str:
    """Each row by itself: one that is refused does not hold the others back. Returns where to go on.

    Raises SecondPersonNeeded before the first."""
    result, at = Result(), clock.now()
    if what := form.mass(picked.leads):
        demand(what=what, by=form.user, at=at)
    for lead in picked.leads:
        try:
            with transaction.atomic():
                changed = form.do(lead, at)
        except Refused as refusal:
            result.refused.append((lead, refusal))
        else:
            result.changed += changed.version != lead.version
            result.same += changed.version == lead.version
    _demand_some_sense(result)
    if not (result.refused or picked.hidden):
        if not result.changed:
            messages.info(request, _("Ничего не изменилось: у выбранных лидов так уже и стоит."))
            return _list_address(request)
        text = ngettext("Изменён %(count)s лид.", "Изменено лидов: %(count)s.", result.changed)
        messages.success(request, text % {"count": result.changed})
        return _list_address(request)
    request.session[_KEPT] = {
        "changed": result.changed,
        "same": result.same,
        "hidden": picked.hidden,
        "refused": [[str(lead.pk), refusal.message] for lead, refusal in result.refused],
        "back": _list_address(request),
    }
    return reverse("leads:bulk")


def _demand_some_sense(result: Result) -> None:
    """All refused for the same reason: it is the form that is wrong, and nothing has been written."""
    reasons = {refusal.message for _lead, refusal in result.refused}
    first = result.refused[0][1] if result.refused else None
    if isinstance(first, Invalid) and len(reasons) == 1 and not result.changed and not result.same:
        raise first


def _done(request: HttpRequest, user: User) -> HttpResponse:
    """The last run of this session. Names are read anew: a lead that is hidden by now stays hidden."""
    kept: dict[str, Any] = request.session.get(_KEPT) or {}
    if not kept:
        messages.info(request, _("Отметьте лиды в списке, чтобы изменить их разом."))
        return show(request, "leads/list_bulk_done.html", {"kept": None, "back": reverse("leads:list")})
    reasons = dict(kept["refused"])
    leads = Lead.objects.visible_to(user).filter(pk__in=list(reasons)).select_related("party")
    rows = [(lead, reasons[str(lead.pk)]) for lead in leads]
    return show(request, "leads/list_bulk_done.html", {"kept": kept, "rows": rows, "back": kept["back"]})


def _list_address(request: HttpRequest) -> str:
    query = QueryDict(request.POST.get("filters", "")).urlencode()
    return reverse("leads:list") + (f"?{query}" if query else "")
