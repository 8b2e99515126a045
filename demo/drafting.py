"""Turning plans into lead drafts: who he is, which road he went, who took him in."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from agents.choices import AgentStatus, Grade, Kind, Partnership
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft
from demo import roads, texts
from demo.names import Names
from demo.offer_data import INITIATIVES, MILLION
from demo.offers import Offer
from demo.segment_data import SegmentPlan
from leads.drafts import HistoryStep, LeadDraft
from leads.models import Lead

VERBAL, SIGNED = roads.CODES.index("verbal_contract"), roads.CODES.index("signed_contract")
DISTRICTS = ("Ташкент", "Ташкент", "Ташкент", "Чирчик", "Ангрен", "Янгиюль")
GENERATORS = {"appraisal": "leadgen", "car_loan": "leadgen", "instalment": "litvinov", "card": "litvinov"}
PARTNERSHIPS = {"dealers": Partnership.DEALERSHIP, "electronics": Partnership.DEALERSHIP}


@dataclass(slots=True)
class Tale:
    """One lead of the story. ``live`` steps are moved through the gates, the others arrive as its history."""

    plan: SegmentPlan
    road: roads.Road
    owner: User
    taker: User
    draft: LeadDraft
    live: tuple[tuple[str, datetime], ...] = ()
    lead: Lead = field(default_factory=Lead)

    @property
    def talk(self) -> texts.Talk:
        return texts.TALKS[self.plan.initiative, str(self.plan.kind)]

    @property
    def past(self) -> tuple[tuple[str, datetime], ...]:
        return self.road.steps[: len(self.road.steps) - len(self.live)]


class Drafter:
    """Draws tales; the same random source tells the same ones."""

    def __init__(self, random: Random, people: dict[str, User], offer: Offer, at: datetime) -> None:
        self.random, self.people, self.offer, self.at = random, people, offer, at
        self.names = Names(random)
        self.initiatives = {plan.code: plan for plan in INITIATIVES}

    def tale(self, plan: SegmentPlan, agents: Sequence[UUID] = ()) -> Tale:
        """A new person or firm of the segment and the work on him; ``agents`` may have brought a client."""
        road = roads.draw(self.random, kind=plan.kind, pull=plan.pull, at=self.at)
        owners = self.initiatives[plan.initiative].owners
        owner = self.people[self.random.choices([o for o, _w in owners], [w for _o, w in owners])[0]]
        channels = texts.CHANNELS[str(plan.kind)]
        channel = self.random.choices(list(channels), list(channels.values()))[0]
        agent_id = self.random.choice(agents) if agents and channel == "Агент" else None
        fields = self._fields(plan, road, channel) | {"agent_id": agent_id}
        draft = LeadDraft(
            kind=plan.kind, party=self._party(plan, road, agent_id), owner=owner, fields=fields,
            history=tuple(HistoryStep(code, moment) for code, moment in road.steps),
        )  # fmt: skip
        return Tale(plan, road, owner, owner, draft)

    def _party(self, plan: SegmentPlan, road: roads.Road, agent_id: UUID | None) -> PartyDraft:
        firm = bool(plan.trade) or (plan.code.startswith("makers") and self.random.random() < 0.2)
        person = self.names.person()
        known = self.random.random() < (0.6 if firm else 0.25) or road.furthest >= SIGNED
        return PartyDraft(
            kind=plan.kind,
            name=self.names.firm(plan.trade or "Servis") if firm else person,
            legal_form="firm" if firm else "person",
            contacts=tuple(self._contacts(person if firm else "")),
            city=self.random.choice(DISTRICTS),
            tax_id=self.names.tax_id(firm=firm) if known else "",
            segment_id=self.offer.segments[plan.code].pk,
            agent_id=agent_id,
            partnership=self._partnership(plan),
            extra=self._agent_side(road) if plan.kind == Kind.AGENT else {},
        )

    def _contacts(self, person: str) -> list[ContactDraft]:
        found = [ContactDraft("phone", self.names.phone(), person, preferred=True)]
        if self.random.random() < 0.25:
            found[0] = replace(found[0], note=self.random.choice(("после 18:00", "по выходным", "лучше писать")))
        if self.random.random() < 0.3:
            found.append(ContactDraft("telegram", f"@uz{self.random.randrange(10**7, 10**8)}", person))
        return found

    def _partnership(self, plan: SegmentPlan) -> str:
        if plan.kind == Kind.CLIENT:
            return ""
        return PARTNERSHIPS.get(plan.parent or plan.code, Partnership.REFERRAL)

    def _agent_side(self, road: roads.Road) -> dict[str, object]:
        """An agreement yields at least the size of his base; a signed contract makes him an agent at work."""
        side: dict[str, object] = {}
        if road.furthest >= VERBAL:
            known_on = timezone.localdate(road.steps[VERBAL][1])
            side |= {"client_base_size": self.random.randrange(20, 400, 5), "client_base_at": known_on}
            side |= {"client_base_source": "со слов, при договорённости"}
        if road.furthest >= SIGNED:
            side["status"] = AgentStatus.ENDED if road.end else AgentStatus.ACTIVE
            side["grade"] = self.random.choices((Grade.BASIC, Grade.SILVER, Grade.GOLD), (6, 3, 1))[0]
        return side

    def _fields(self, plan: SegmentPlan, road: roads.Road, channel: str) -> dict[str, object]:
        talk, initiative = texts.TALKS[plan.initiative, str(plan.kind)], self.initiatives[plan.initiative]
        utp = self.offer.utp_for(plan)
        known = road.furthest >= roads.CODES.index("custdev")
        low, high = talk.amounts
        generator = GENERATORS.get(plan.initiative) if self.random.random() < 0.35 else None
        fields: dict[str, object] = {
            "segment_id": self.offer.segments[plan.code].pk,
            "initiative_id": self.offer.initiatives[plan.initiative].pk,
            "product_id": self.offer.products[initiative.product].pk,
            "utp_id": utp.pk if utp and (known or self.random.random() < 0.5) else None,
            "lead_generator_id": self.people[generator].pk if generator else None,
            "problem": self.random.choice(talk.problems) if known or self.random.random() < 0.3 else "",
            "resources": self.random.choice(talk.resources) if known else "",
            "amount": Decimal(self.random.randint(low * 2, high * 2) * MILLION // 2),
            "source_channel": channel,
            "base": self._base(plan, channel, road.steps[0][1]),
            "tags": ["партнёр конкурента"] if self.random.random() < 0.04 else [],
        }
        return fields | self._next_step(plan, road)

    @staticmethod
    def _base(plan: SegmentPlan, channel: str, moment: datetime) -> str:
        """Bases are named by convention: what, where from, month."""
        what = plan.name.partition(":")[0].partition(" (")[0]
        return f"{what} · {channel} · {moment:%m.%Y}"

    def _next_step(self, plan: SegmentPlan, road: roads.Road) -> dict[str, object]:
        """Of the open leads more than half have a step ahead, a fifth is overdue, the rest have none."""
        lot, stage = self.random.random(), road.steps[-1][0]
        if road.end or stage not in texts.NEXT_STEPS or lot > 0.76:
            return {}
        text = self.random.choice(texts.NEXT_STEPS[stage])
        if plan.initiative == "appraisal" and plan.kind == Kind.AGENT and stage == "custdev":
            text = texts.THURSDAY
        ahead = self.random.uniform(0.1, 9) if lot < 0.56 else -self.random.uniform(0.1, 12)
        moment = self.at + timedelta(days=ahead)
        if ahead < 0:
            moment = max(moment, road.steps[-1][1] + timedelta(hours=1))
        step_at = roads.working(self.random, moment)
        return {"next_action": text, "next_action_at": step_at}
