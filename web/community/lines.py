"""A finding as its card shows it: evidence in words, what came of it with others."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.scope import may_see_owner
from backlog.community import effect_of
from funnel.statistics import FEW, Rate


@dataclass(frozen=True, slots=True)
class Line:
    """``finding`` is a row of ``backlog.community.with_figures``."""

    finding: Any
    before: Rate | None
    after: Rate | None
    effect: Rate
    mine: bool
    """Whether the reader may change it."""

    @property
    def metric(self) -> str:
        return str(self.finding.metric_name or self.finding.get_metric_display())

    @property
    def change(self) -> float | None:
        """Growth of the share, where both samples are large enough to speak of one."""
        if self.before is None or self.after is None or min(self.before.n, self.after.n) < FEW:
            return None
        return (self.after.value or 0.0) - (self.before.value or 0.0)


def line_of(finding: Any, user: User) -> Line:
    return Line(
        finding=finding,
        before=_rate(finding.before_passed, finding.before_tries),
        after=_rate(finding.after_passed, finding.after_tries),
        effect=effect_of(finding),
        mine=user.may_write and may_see_owner(user, finding.owner),
    )


def _rate(passed: int | None, tries: int | None) -> Rate | None:
    return None if passed is None or not tries else Rate(passed, tries)
