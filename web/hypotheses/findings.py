"""A decided test as the beginning of a finding: the claim and the counts stand in the form already."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Segment
from backlog.metrics import METRICS
from common import clock
from hypotheses.access import get_hypothesis_for
from hypotheses.choices import Decision
from hypotheses.evidence import ArmCount
from hypotheses.judging import State, state_of

RESULT = "agreed"


def finding_from(pk: str, user: User) -> dict[str, Any]:
    """What a test tells of itself: the promise that won, and how it did beside the best of the others."""
    row = get_hypothesis_for(user, pk)
    state = state_of(row, row.ended_at or clock.now())
    chosen = row.winner or state.leader or row.arms.first()
    code = row.success_stage.code
    fields: dict[str, Any] = {
        "claim": chosen.utp.statement[:300] if chosen else "",
        "segment": Segment.objects.visible_to(user).filter(pk=row.segment_id).first(),
        "metric": code if code in METRICS else RESULT,
        "text": _("Проверка %(code)s: %(verdict)s.") % {"code": row.code, "verdict": _verdict(row.verdict)},
        "action_title": _("Предложить: %(utp)s") % {"utp": chosen.utp.statement[:180]} if chosen else "",
    }
    if chosen is not None:
        fields |= _counts("after", state.count(chosen)) | _counts("before", _beside(state, chosen.pk))
    return fields


def _verdict(verdict: str) -> str:
    return str(Decision(verdict).label).lower() if verdict else _("идёт")


def _beside(state: State, chosen: int) -> ArmCount | None:
    """The strongest of the other arms, if there are any."""
    others = [count for arm, count in state.counts.items() if arm != chosen and count.n]
    return max(others, key=lambda count: count.k / count.n, default=None)


def _counts(when: str, count: ArmCount | None) -> dict[str, int]:
    return {f"{when}_passed": count.k, f"{when}_tries": count.n} if count and count.n else {}
