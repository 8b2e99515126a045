"""The community of the demo: findings, who liked them, who took them, and what came of it in the weeks before."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from accounts.models import User
from backlog.choices import ResultOutcome
from backlog.models import Finding
from backlog.services.findings import borrow, publish_finding, set_liked
from backlog.services.results import record_result
from demo.finding_data import FINDINGS, FindingPlan
from demo.offers import Offer

OUTCOMES = {
    "A": ResultOutcome.AGREED,
    "M": ResultOutcome.MEETING,
    "V": ResultOutcome.VERBAL_CONTRACT,
    "O": ResultOutcome.OBJECTION,
    "R": ResultOutcome.REFUSED,
}
WEEK = timedelta(weeks=1)


def share(people: Mapping[str, User], offer: Offer, at: datetime) -> int:
    """Everybody by himself, as on the page. Returns how many were published."""
    for plan in reversed(FINDINGS):  # the first of the list is the newest of the feed
        finding = _publish(plan, people[plan.author], offer)
        for code in plan.likes:
            set_liked(finding=finding, liked=True, by=people[code], at=at)
        for code, outcomes in plan.taken:
            _take(finding, people[code], outcomes, at)
    return len(FINDINGS)


def _publish(plan: FindingPlan, by: User, offer: Offer) -> Finding:
    before, after = plan.before or (None, None), plan.after or (None, None)
    return publish_finding(
        by=by, claim=plan.claim, text=plan.text, segment=offer.segments[plan.segment], metric=plan.metric,
        metric_name=plan.metric_name, action_title=plan.action, action_kind=plan.kind, action_minutes=plan.minutes,
        before_passed=before[0], before_tries=before[1], after_passed=after[0], after_tries=after[1],
        bank_wide=plan.bank_wide,
    )  # fmt: skip


def _take(finding: Finding, by: User, outcomes: str, at: datetime) -> None:
    """One a week, this week's last; what is not done yet stands in this week."""
    for weeks, sign in enumerate(reversed(outcomes)):
        moment = at - weeks * WEEK
        taken = borrow(finding=finding, by=by, at=moment)
        if sign in OUTCOMES:
            done = min(moment + timedelta(hours=2), at)
            record_result(action=taken.action, by=by, at=done, outcome=OUTCOMES[sign])
