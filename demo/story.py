"""The story from the first to the last line: who works there, what they sell, to whom, and how far they got."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pghistory
from django.db import connection, transaction

from accounts.models import User
from agents.choices import Kind
from backlog.ranking.rates import recount_rates
from backlog.ranking.runs import rank_all
from demo import (
    calling,
    cast,
    commitments,
    consents,
    deeds,
    documents,
    findings,
    hours,
    hypotheses,
    letters,
    offers,
    plans,
    show_ups,
    weeks,
)
from demo.drafting import VERBAL, Drafter, Tale
from demo.evidence import Evidence, record_past
from demo.offer_data import INITIATIVES
from demo.segment_data import SEGMENTS
from funnel import rollups
from funnel.choices import Origin
from funnel.product_funnels import create_funnel
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead
from leads.services.intake import take_in

SEED = 20_261_122
LIVE_DAYS, LIVE_LEADS = 9, 50
QUEUE_DAYS, QUEUE = 6, 45
REVERSED = 3
AGAIN = 32
OWN_PRODUCT, OWN_ROAD = "mortgage", 24
"""A product with a funnel of its own, and how many came by it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What stands now, for the one who asked."""

    agents: int
    leads: int
    facts: int
    moves: int

    def __str__(self) -> str:
        return f"{self.agents} agents, {self.leads} leads, {self.facts} facts, {self.moves} moves through the gates"


def tell(*, password: str, at: datetime, seed: int = SEED, scale: float = 1.0) -> Told:
    """Write the whole story, or nothing of it. The same seed and moment tell the same story."""
    random = Random(seed)  # noqa: S311 - a story, not a secret
    with transaction.atomic(), pghistory.context(job="demo_story"):
        people = cast.gather(password)
        hours.keep(people, at)
        offer = offers.make(people, at.date())
        drafter = Drafter(random, people, offer, at)
        agents = _tales(drafter, Kind.AGENT, scale, {})
        _prepare(random, agents, people, at, scale)
        tests = hypotheses.Tests(seed, people, offer, at)
        tests.draw(agents)
        _take_in(agents, at)
        second = _again(drafter, agents, int(AGAIN * scale))
        _take_in(second, at)
        clients = _tales(drafter, Kind.CLIENT, scale, _sellers(agents))
        _prepare(random, clients, people, at, scale)
        tests.draw(clients)
        _take_in(clients, at)
        tests.join()
        tales, evidence = [*agents, *second, *clients], Evidence(random)
        facts = record_past(tales, evidence, at)
        consents.record([*agents, *clients], at, seed)
        findings.share(people, offer, at)
        moves = deeds.work(random, tales, evidence, people, offer, at)
        weeks.plan(Random(seed), people, offer, at)  # noqa: S311 - a story, not a secret
        letters.prepare(people, at)
        calling.log(Random(seed), tales, at, scale)  # noqa: S311 - a story, not a secret
        tests.close()
        own = _own_road(drafter, people, round(OWN_ROAD * scale))
        _take_in(own, at)
        facts += record_past(own, evidence, at)
        rollups.refresh(at=at)
        plans.write(people, at)
        recount_rates(at=at)
        rank_all(at=at, cause="demo")
        show_ups.miss(Random(seed), at)  # noqa: S311 - a story, not a secret
        commitments.give(people, at)
        documents.write(people, at)
    _analyze()
    return Told(len(agents), len(tales) + len(own), facts, moves)


def _tales(drafter: Drafter, kind: str, scale: float, sellers: dict[str, list[UUID]]) -> list[Tale]:
    """Tales of one funnel, the oldest first, so that the newest stand on top of the lists."""
    plans = [plan for plan in SEGMENTS if plan.kind == kind]
    tales = [
        drafter.tale(plan, sellers.get(plan.initiative, ()))
        for plan in plans
        for _n in range(max(1, round(plan.leads * scale)))
    ]
    return sorted(tales, key=lambda tale: tale.road.steps[0][1])


def _sellers(agents: Iterable[Tale]) -> dict[str, list[UUID]]:
    """Agents who got as far as a verbal contract bring clients; a few of them bring most."""
    found: dict[str, list[UUID]] = defaultdict(list)
    for tale in agents:
        if tale.road.furthest >= VERBAL:
            found[tale.plan.initiative] += [tale.lead.party_id] * (1 + tale.road.furthest % 3)
    return found


def _prepare(random: Random, tales: Sequence[Tale], people: dict[str, User], at: datetime, scale: float) -> None:
    """Choose whose last days are lived through the gates, who still waits in the queue, whose dates are reversed."""
    since = at - timedelta(days=LIVE_DAYS)
    lately = [tale for tale in tales if len(tale.road.steps) > 1 and tale.road.last_at > since]
    for tale in random.sample(lately, min(len(lately), round(LIVE_LEADS * scale / 2))):
        tale.live = tuple(step for step in tale.road.steps[1:] if step[1] > since)
        tale.draft = replace(tale.draft, history=_history(tale.past))
    fresh = at - timedelta(days=QUEUE_DAYS)
    waiting = [t for t in tales if len(t.road.steps) == 1 and not t.road.end and t.road.last_at > fresh]
    for tale in waiting[-round(QUEUE * scale / 2) :]:
        _put_in_queue(tale, people)
    for tale in [t for t in tales if len(t.past) > 2 and not t.live][: max(1, round(REVERSED * scale))]:
        _reverse(tale)


def _history(steps: Iterable[tuple[str, datetime]]) -> tuple[HistoryStep, ...]:
    return tuple(HistoryStep(code, moment) for code, moment in steps)


def _put_in_queue(tale: Tale, people: dict[str, User]) -> None:
    """The lead generator found him; nobody took him yet."""
    taker = people["leadgen" if tale.plan.initiative in {"appraisal", "car_loan"} else "litvinov"]
    if taker.team_id == tale.owner.team_id:
        tale.taker = taker
        fields = {**tale.draft.fields, "lead_generator_id": taker.pk, "next_action": "", "next_action_at": None}
        tale.draft = replace(tale.draft, owner=None, fields=fields)


def _reverse(tale: Tale) -> None:
    """Somebody wrote the first contact down a day after the meeting: such dates come, and are shown as they are."""
    contact, meeting, *rest = tale.past
    steps = ((contact[0], meeting[1] + timedelta(days=1)), meeting, *rest)
    tale.road = replace(tale.road, steps=steps)
    tale.draft = replace(tale.draft, history=_history(steps))


def _take_in(tales: Sequence[Tale], at: datetime) -> None:
    """Everybody takes in his own, as by import; the road comes as history."""
    by_taker: dict[UUID, list[Tale]] = defaultdict(list)
    for tale in tales:
        by_taker[tale.taker.pk].append(tale)
    for own in by_taker.values():
        taken = take_in(drafts=[t.draft for t in own], by=own[0].taker, at=at, origin=Origin.DEMO)
        for tale, answer in zip(own, taken, strict=True):
            if answer.refusal is not None:
                raise answer.refusal
            tale.lead.pk = answer.lead_id
    found = Lead.objects.in_bulk([t.lead.pk for t in tales])
    for tale in tales:
        tale.lead = found[tale.lead.pk]


def _again(drafter: Drafter, agents: Sequence[Tale], count: int) -> list[Tale]:
    """Agents at work are offered a second product: the same party, a lead of another initiative."""
    pairs = {"appraisal": "car_loan", "car_loan": "appraisal", "mortgage": "deposit", "deposit": "mortgage"}
    proven = [t for t in agents if t.road.furthest > VERBAL and t.plan.initiative in pairs][:count]
    tales = []
    for tale in proven:
        plan = replace(tale.plan, initiative=pairs[tale.plan.initiative])
        new = drafter.tale(plan)
        draft = LeadDraft(
            kind=plan.kind, party_id=tale.lead.party_id, owner=new.owner, fields=new.draft.fields,
            history=new.draft.history,
        )  # fmt: skip
        tales.append(replace(new, draft=draft))
    return tales


def _own_road(drafter: Drafter, people: dict[str, User], count: int) -> list[Tale]:
    """The mortgage has had steps of its own since this season: who comes for it now goes by them, the others go on by
    the common ones."""
    product = drafter.offer.products[OWN_PRODUCT]
    create_funnel(by=people["admin"], kind=Kind.CLIENT, product=product, name=product.name)
    sold = {one.code for one in INITIATIVES if one.product == OWN_PRODUCT}
    plans = [plan for plan in SEGMENTS if plan.kind == Kind.CLIENT and plan.initiative in sold]
    return [drafter.tale(plans[number % len(plans)]) for number in range(count)]


def _analyze() -> None:
    """Fresh statistics, so that the first pages after a bulk load are planned as well as the later ones."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
