"""The question at a gate: only what is missing, in the same step. Asked by the card, the board and a refused drag."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.errors import Refused
from funnel.gates import GateClosed
from funnel.models import Stage
from leads.access import may_waive_gates
from leads.facts import labels
from leads.models import Lead
from leads.services import moves
from web.leads.dialogs import card_url
from web.leads.facts import forms_for
from web.leads.forms_base import Lines, PageForm
from web.leads.forms_facts import RecordForm
from web.pages import person, show


class ReasonForm(PageForm):
    """Why a lead goes back."""

    reason = Lines(label=gettext_lazy("Причина"), rows=2, max_length=500)


class WaiveForm(PageForm):
    """Why a lead may pass without the facts."""

    waive_reason = Lines(
        label=gettext_lazy("Причина"), rows=2, max_length=500,
        help_text=gettext_lazy("Останется в истории лида рядом с тем, чего не хватало."),
    )  # fmt: skip


class Together:
    """Several forms as one, for the summary of errors above them."""

    def __init__(self, parts: Sequence[forms.BaseForm]) -> None:
        self.parts = parts
        self.is_bound = any(part.is_bound for part in parts)
        self.errors = [part.errors for part in parts if part.errors]

    def __iter__(self) -> Iterator[forms.BoundField]:
        for part in self.parts:
            yield from part

    def non_field_errors(self) -> list[str]:
        return [str(message) for part in self.parts for message in part.non_field_errors()]


@dataclass
class Attempt:
    """One person's attempt to move a lead: what he sent, and where the good answer goes.

    ``answer`` makes the reply of a page that shows the lead in a place of its own (the board); ``action`` and
    ``card`` tell the dialog where to send what is filled in and which element the reply replaces. ``kept`` goes along
    unseen; ``only`` offers nothing beside the move (where the dialog answers a deed that has no other way).
    """

    request: HttpRequest
    lead: Lead
    to: Stage
    answer: Callable[[Lead], HttpResponse] | None = None
    action: str = ""
    card: str = ""
    parts: list[RecordForm] = field(default_factory=list)
    kept: Mapping[str, str] = field(default_factory=dict)
    only: bool = False

    @property
    def back(self) -> bool:
        return self.to.position < self.lead.stage.position

    def sent(self, name: str) -> bool:
        """Whether the dialog sent this mark or button."""
        return name in self.request.POST


def gate_dialog(
    request: HttpRequest,
    lead: Lead,
    to: Stage,
    refusal: Refused | None = None,
    *,
    action: str = "",
    card: str = "",
) -> HttpResponse:
    """The question as a fragment (or a page without scripts): 409 where it answers a refused move, else 200."""
    attempt = Attempt(request, lead, to, action=action, card=card)
    note = refusal.message if refusal is not None and not isinstance(refusal, GateClosed) else ""
    return ask(attempt, note=note, status=200 if refusal is None else 409)


def ask(attempt: Attempt, *, note: str = "", wrong_reason: str = "", status: int) -> HttpResponse:
    """Show the question with what was typed so far; ``wrong_reason`` stands at the field of the reason."""
    request, lead, to = attempt.request, attempt.lead, attempt.to
    missing = [] if attempt.back else moves.missing_for(lead, to)
    parts = attempt.parts or forms_for(missing, lead=lead, user=person(request))
    reason = _with_reason(attempt, ReasonForm, wrong_reason) if attempt.back else None
    waives = bool(missing) and not attempt.only and may_waive_gates(person(request))
    waive = _with_reason(attempt, WaiveForm, wrong_reason) if waives else None
    context = {
        "lead": lead, "to": to, "title": _title(attempt, missing), "sentence": _sentence(attempt, missing),
        "note": note, "parts": parts, "reason": reason, "waive": waive, "only": attempt.only,
        "kept": {"version": lead.version, **attempt.kept},
        "all": Together([*parts, *filter(None, (reason, waive))]),
        "action": attempt.action or f"{reverse('leads:move', args=[lead.pk])}?to={to.code}", "card": attempt.card,
        "next": _next(request), "submit": _("Вернуть") if attempt.back else _("Перевести"), "back_url": card_url(lead),
        "file_again": status != 200 and bool(request.FILES),
    }  # fmt: skip
    return show(request, "leads/dialogs/gate.html", context, status=status)


def _with_reason(attempt: Attempt, form: type[PageForm], wrong: str) -> PageForm:
    """The form of the reason, unjudged until the service judged it."""
    typed = attempt.request.POST
    made = form(typed if wrong else None, initial=typed.dict())
    if wrong:
        made.full_clean()
        made.errors.clear()
        made.add_error(next(iter(made.fields)), wrong)
    return made


def _title(attempt: Attempt, missing: Sequence[str]) -> str:
    names: dict[str, Any] = {"stage": attempt.to.name, "n": len(missing)}
    if attempt.back:
        return _("Вернуть на этап «%(stage)s»") % names
    if missing:
        return _("Для этапа «%(stage)s» не хватает %(n)s") % names
    return _("Перевести на этап «%(stage)s»") % names


def _sentence(attempt: Attempt, missing: Sequence[str]) -> str:
    if attempt.back:
        return _("Возврат останется в истории лида вместе с причиной.")
    if missing:
        return _("Осталось: %(facts)s.") % {"facts": ", ".join(labels(missing))}
    return _("Всё нужное для этапа есть.")


def _next(request: HttpRequest) -> str:
    """Where the person came from: the dialog opens over any page, and the answer leads back to it."""
    htmx = getattr(request, "htmx", None)
    return request.POST.get("next") or request.GET.get("next") or (htmx and htmx.current_url_abs_path) or ""
