"""The last days, deed by deed: moves through the gates, refusals, hand-overs, blockers, notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from accounts.models import User
from agents.choices import Kind
from agents.services.contacts import ContactDraft
from agents.services.parties import PartyDraft, create_party
from demo import texts
from demo.drafting import SIGNED, VERBAL, Tale
from demo.evidence import Evidence, contract_file
from demo.names import Names
from demo.offers import Offer
from demo.roads import CODES, working
from funnel.choices import Origin
from funnel.models import Stage
from leads.choices import Outcome
from leads.models import LossReason
from leads.services import blockers, editing, moves, outcomes

KEEPERS = {"appraisal": "kam", "car_loan": "kam", "instalment": "karimova", "card": "karimova"}
"""Account managers look after agents who signed."""
BACK, REOPEN, KEEP, TAKE, NOTE, HELD, HELD_LOST = 0.08, 0.15, 0.7, 0.5, 0.09, 0.12, 0.4
LISTED = 60
CUSTDEV = CODES.index("custdev")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scene:
    """What every deed needs at hand."""

    random: Random
    evidence: Evidence
    people: dict[str, User]
    offer: Offer
    at: datetime
    stages: dict[tuple[str, str], Stage]
    reasons: dict[str, LossReason]

    def happens(self, chance: float) -> bool:
        return self.random.random() < chance

    def between(self, start: datetime, end: datetime) -> datetime:
        """A working hour between two moments."""
        return max(start, min(working(self.random, start + (end - start) * self.random.random()), self.at))


def work(
    random: Random, tales: Sequence[Tale], evidence: Evidence, people: dict[str, User], offer: Offer, at: datetime
) -> int:
    """Live through the last days in the order of the tales. Returns how many moves went through the gates."""
    stages = {(stage.kind, stage.code): stage for stage in Stage.objects.filter(funnel__product=None)}
    reasons = {reason.code: reason for reason in LossReason.objects.all()}
    scene = Scene(random, evidence, people, offer, at, stages, reasons)
    moved = sum(_move(scene, tale) for tale in tales)
    _close(scene, tales)
    _hand_over(scene, tales)
    _hold_back(scene, tales)
    _write_notes(scene, tales)
    _list_clients(scene, [t for t in tales if t.plan.kind == Kind.AGENT and t.road.furthest >= VERBAL])
    return moved


def _move(scene: Scene, tale: Tale) -> int:
    count = len(tale.live)
    for code, moment in tale.live:
        facts = scene.evidence.facts(code, tale.talk, moment)
        if "contract" in facts:
            facts["contract"]["file"] = contract_file(facts["contract"]["number"])
        to = scene.stages[tale.plan.kind, code]
        tale.lead = moves.move(lead=tale.lead, to=to, by=tale.owner, at=moment, facts=facts, origin=Origin.DEMO)
    if count and not tale.road.end and tale.lead.is_open and scene.happens(BACK):
        return count + _step_back(scene, tale)
    return count


def _step_back(scene: Scene, tale: Tale) -> int:
    to = scene.stages[tale.plan.kind, CODES[tale.road.furthest - 1]]
    moment = scene.between(tale.road.last_at, scene.at)
    reason = scene.random.choice(texts.BACK_REASONS)
    tale.lead = moves.move(lead=tale.lead, to=to, by=tale.owner, at=moment, reason=reason, origin=Origin.DEMO)
    return 1


def _close(scene: Scene, tales: Sequence[Tale]) -> None:
    ended = [tale for tale in tales if tale.road.end and tale.road.ended_at is not None]
    closed = outcomes.close_many(closings=[_closing(scene, tale) for tale in ended], origin=Origin.DEMO)
    for tale, lead in zip(ended, closed, strict=True):
        tale.lead = lead
        if tale.road.reason == "postponed" and scene.happens(REOPEN):
            _reopen(scene, tale)


def _closing(scene: Scene, tale: Tale) -> outcomes.Closing:
    note = scene.random.choice(texts.ARCHIVE_NOTES) if tale.road.end == Outcome.ARCHIVED else ""
    reason = scene.reasons.get(tale.road.reason)
    return outcomes.Closing(tale.lead, tale.road.end, tale.owner, tale.road.last_at, reason, note)


def _reopen(scene: Scene, tale: Tale) -> None:
    moment = scene.between(tale.road.last_at, scene.at)
    tale.lead = outcomes.reopen(
        lead=tale.lead, by=tale.owner, at=moment, reason="Вернулся сам: сезон начался", origin=Origin.DEMO
    )


def _hand_over(scene: Scene, tales: Sequence[Tale]) -> None:
    """The head gives queued leads to owners, and agents who signed to account managers."""
    head = scene.people["head"]
    for tale in tales:
        keeper = KEEPERS.get(tale.plan.initiative) if tale.plan.kind == Kind.AGENT else None
        if tale.taker is not tale.owner and scene.happens(TAKE):
            moment = scene.between(tale.road.last_at, scene.at)
            tale.lead = editing.assign(lead=tale.lead, owner=tale.owner, by=head, at=moment)
        elif keeper and tale.road.furthest >= SIGNED and not tale.road.end and scene.happens(KEEP):
            moment = scene.between(tale.road.last_at, scene.at)
            tale.lead = editing.assign(lead=tale.lead, owner=scene.people[keeper], by=head, at=moment)


def _hold_back(scene: Scene, tales: Sequence[Tale]) -> None:
    """What on the bank's side holds people back; one of it is removed already."""
    for category, product, description, responsible, initiatives in texts.BLOCKERS:
        blocker = None
        for tale in tales:
            lost = tale.road.reason == "bank_blocker"
            chance = HELD_LOST if lost else HELD if not tale.road.end and tale.road.furthest >= CUSTDEV else 0
            if tale.plan.initiative in initiatives and scene.happens(chance):
                blocker = blockers.add_blocker(
                    party=tale.lead.party, by=tale.owner, at=tale.road.last_at, description=description,
                    category=category, product=scene.offer.products[product], responsible=responsible,
                )  # fmt: skip
        if blocker is not None and category == "technology":
            blockers.remove_blocker(blocker=blocker, by=scene.people["head"], at=scene.at - DAY)


def _write_notes(scene: Scene, tales: Sequence[Tale]) -> None:
    for tale in tales:
        if not tale.road.end and scene.happens(NOTE):
            moment = scene.between(tale.road.last_at, scene.at)
            editing.add_note(lead=tale.lead, by=tale.owner, at=moment, text=scene.random.choice(texts.NOTES))


def _list_clients(scene: Scene, agents: Sequence[Tale]) -> None:
    """Clients that agents named: on his list, not yet worked as leads."""
    names = Names(scene.random)
    for tale in scene.random.sample(agents, min(len(agents), LISTED)):
        talk = texts.TALKS[tale.plan.initiative, str(Kind.CLIENT)]
        draft = PartyDraft(
            kind=Kind.CLIENT, name=names.person(), contacts=(ContactDraft("phone", names.phone()),),
            agent_id=tale.lead.party_id, problem=scene.random.choice(talk.problems),
            resources=scene.random.choice(talk.resources), source="Список агента",
        )  # fmt: skip
        create_party(by=tale.owner, draft=draft)
