"""Reading hypotheses: the list, and one with its arms, voices and history."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agents.models import Segment
from backlog.models import Action, Finding
from common import clock
from hypotheses import evidence
from hypotheses.access import get_hypothesis_for
from hypotheses.choices import ENDED, Status
from hypotheses.filters import HypothesisFilter
from hypotheses.judging import State, Together, decidable_first, state_of, states_of, together
from hypotheses.models import Hypothesis, Membership, Verdict
from hypotheses.planning import plan_of
from leads.hypothesis_evidence import changed_promise, hidden_members, voices
from leads.models import Lead
from web.hypotheses.lines import line_of
from web.listing import Listing, listing
from web.pages import page, person, show

VIEWS = (
    (Status.RUNNING, _("Идут")),
    (Status.DRAFT, _("Черновики")),
    (Status.DECIDED, _("Решённые")),
    (Status.STOPPED, _("Остановленные")),
)
MOST_RUNNING = 300
"""Running tests are put in order by what the rule says, so they come on one page."""


@page("GET")
def hypothesis_list(request: HttpRequest) -> HttpResponse:
    user, at = person(request), clock.now()
    asked = listing(
        request, HypothesisFilter, Hypothesis.objects.visible_to(user).for_list(),
        named=("segment", "initiative", "owner"), default={"status": Status.RUNNING},
    )  # fmt: skip
    view = asked.filterset.data["status"]
    states, overall = _in_order(asked, view, user, at)
    reasons = reasons_of(states) if view in ENDED else {}
    context = {
        "listing": asked,
        "lines": [
            line_of(
                state,
                may_write=user.may_write,
                holds=bool(overall and state.hypothesis.pk in overall.holding),
                reason=reasons.get(state.hypothesis.pk, ""),
            )
            for state in states
        ],
        "overall": overall,
        "ready": sum(state.final or state.complete for state in states) if view == Status.RUNNING else 0,
        "view": view,
        "views": VIEWS,
    }
    return show(request, "hypotheses/list.html", context, fragment="results")


def _in_order(asked: Listing, view: str, user: User, at: Any) -> tuple[list[State], Together | None]:
    if view != Status.RUNNING:
        return states_of(list(asked.page), at), None
    rows = list(asked.filterset.qs[:MOST_RUNNING])
    # How many false alarms to expect is asked of all that one may see, not only of what a filter left.
    every = (
        rows if not asked.narrowed else list(Hypothesis.objects.visible_to(user).running().for_list()[:MOST_RUNNING])
    )
    return decidable_first(states_of(rows, at)), together(every, at)


def reasons_of(states: list[State]) -> dict[UUID, str]:
    """The last word of each. One query."""
    rows = Verdict.objects.filter(hypothesis__in=[state.hypothesis.pk for state in states]).order_by("at", "id")
    return dict(rows.values_list("hypothesis_id", "reason"))


@page("GET")
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    user, at = person(request), clock.now()
    row = get_hypothesis_for(user, pk)
    state = state_of(row, at)
    context = {
        "line": line_of(state, may_write=user.may_write),
        "hypothesis": row,
        "segment": Segment.objects.visible_to(user).filter(pk=row.segment_id).first(),
        "plan": plan_of(row, at),
        "by_segment": evidence.by_segment(row, row.ended_at or at),
        "verdicts": row.verdicts.select_related("by", "leader"),
        "later": Hypothesis.objects.visible_to(user).filter(replaces=row).first(),
        "earlier": Hypothesis.objects.visible_to(user).filter(pk=row.replaces_id).first(),
        **_of_leads(row, user),
    }
    return show(request, "hypotheses/detail.html", context)


def _of_leads(row: Hypothesis, user: User) -> dict[str, Any]:
    """What stands on the leads and beside them; only what the reader may see, but for plain counts."""
    leads = Lead.objects.visible_to(user)
    members = Membership.objects.filter(hypothesis=row).values("lead_id")
    changed = changed_promise(row)
    return {
        "voices": voices(row, leads),
        "changed": sum(changed.values()),
        "hidden": hidden_members(row, leads),
        "actions": Action.objects.visible_to(user).filter(lead__in=members).count(),
        "findings": Finding.objects.visible_to(user).filter(segment_id=row.segment_id, retired=False).count(),
    }
