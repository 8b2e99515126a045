"""The hypotheses of the demo: written down and started weeks ago, their leads drawn by lot, a few of them decided.

The roads of the leads are drawn before anybody knows of a test, so the lot is weighted by how the road went: that is
what a promise which works better looks like from behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from accounts.models import User
from agents.models import Utp
from agents.services.offers import save_utp
from demo import roads
from demo.drafting import Tale
from demo.hypothesis_data import TESTS, TestPlan
from demo.offers import Offer
from demo.segment_data import SEGMENTS
from funnel.models import Stage
from hypotheses.choices import Decision
from hypotheses.models import Hypothesis
from hypotheses.services.assignment import record_earlier
from hypotheses.services.deciding import decide, look
from hypotheses.services.editing import create_hypothesis, new_edition
from hypotheses.services.running import start

KIND = {plan.code: plan.kind for plan in SEGMENTS}
BRANCH = {plan.code: {plan.code, plan.parent} for plan in SEGMENTS}


@dataclass(frozen=True, slots=True)
class Running:
    plan: TestPlan
    hypothesis: Hypothesis
    since: datetime
    arms: Sequence[tuple[int, UUID]]
    """Arm and UTP ids, in order."""

    def wants(self, tale: Tale) -> bool:
        own = tale.plan.code == self.plan.segment or self.plan.segment in BRANCH[tale.plan.code]
        return own and tale.plan.initiative == self.plan.initiative and tale.road.steps[0][1] >= self.since

    def reached(self, tale: Tale) -> bool:
        return tale.road.furthest >= roads.CODES.index(self.plan.stage)


class Tests:
    """Write the tests, ``draw`` lots for tales before they are taken in, ``join`` them after, ``close`` at last."""

    def __init__(self, seed: int, people: Mapping[str, User], offer: Offer, at: datetime) -> None:
        self.random = Random(seed)  # noqa: S311 - a story, not a secret
        self.people, self.offer, self.at = people, offer, at
        self.lots: list[tuple[Running, Tale, int]] = []
        self.running = [running for plan in TESTS if (running := self._begin(plan))]

    def _begin(self, plan: TestPlan) -> Running | None:
        owner, segment = self.people[plan.by], self.offer.segments[plan.segment]
        stage = Stage.objects.of_kind(KIND[plan.segment]).get(code=plan.stage)
        hypothesis = create_hypothesis(
            by=owner, utps=[self._utp(plan, statement) for statement in plan.arms],
            fields={
                "initiative": self.offer.initiatives[plan.initiative], "segment": segment, "problem": plan.problem,
                "success_stage": stage, "expected_rate": _share(plan.expected), "difference": _share(plan.difference),
                "refuted_below": _share(plan.refuted_below), "sample": plan.sample, "mature_days": plan.mature_days,
            },
        )  # fmt: skip
        if plan.draft:
            return None
        since = self.at - timedelta(weeks=plan.weeks)
        started = start(hypothesis=hypothesis, by=owner, at=since)
        return Running(plan, started, since, list(started.arms.values_list("pk", "utp_id")))

    def _utp(self, plan: TestPlan, statement: str) -> Utp:
        known = next((utp for utp in self.offer.utps.values() if utp.statement == statement), None)
        if known is not None:
            return known
        fields = {"segment": self.offer.segments[plan.segment], "statement": statement}
        return save_utp(by=self.people[plan.by], utp=None, fields=fields)

    def draw(self, tales: Sequence[Tale]) -> None:
        """Each lead of a running test gets an arm, and with it the promise that stands in its log."""
        for tale in tales:
            running = next((test for test in self.running if test.wants(tale)), None)
            if running is None:
                continue
            place = self._lot(running, tale)
            tale.draft = replace(tale.draft, fields={**tale.draft.fields, "utp_id": running.arms[place][1]})
            self.lots.append((running, tale, place))

    def _lot(self, running: Running, tale: Tale) -> int:
        if len(running.arms) == 1:
            return 0
        odds = running.plan.pull**0.5 if running.reached(tale) else running.plan.pull**-0.5
        return int(self.random.random() < odds / (1 + odds))

    def join(self) -> None:
        """The lots of the leads that are known by now, as moved over from where they were drawn."""
        for running in self.running:
            own = [
                (tale.lead.pk, running.arms[place][0], tale.road.steps[0][1])
                for test, tale, place in self.lots
                if test is running
            ]
            record_earlier(hypothesis=running.hypothesis, members=own)
        self.lots.clear()

    def close(self) -> None:
        """What was decided in the last days, with the sample as it stood then."""
        for running in self.running:
            plan, owner = running.plan, self.people[running.plan.by]
            if plan.decision:
                at = self.at - timedelta(days=plan.days_ago)
                winner = running.hypothesis.arms.last() if plan.decision == Decision.CONFIRMED else None
                decide(
                    hypothesis=running.hypothesis, by=owner, at=at, decision=plan.decision, reason=plan.reason,
                    winner=winner,
                )  # fmt: skip
            if plan.decision == Decision.CHANGED:
                new_edition(hypothesis=running.hypothesis, by=owner)
        look(at=self.at)


def _share(percent: int | None) -> Decimal | None:
    return None if percent is None else Decimal(percent) / 100
