"""What is written of leads: their rows and the log; passages and cells are counted from it (``funnel.rollups``)."""

from typing import Any

import numpy as np

from agents.choices import Kind
from demo.roads import REASONS
from demo.scale.columns import Array, Maybe, Pick
from demo.scale.draws import DAY, HOUR, Draws
from demo.scale.leads import CLOSED_LOST, LOST, OPEN, STAGES, Roads, TooFew, chosen_amounts
from demo.scale.market import KINDS, SOURCE, Market
from demo.scale.people import Staff
from demo.scale.table import Table
from demo.texts import TALKS
from funnel.choices import EntryEvent, Origin
from funnel.models import Stage, StageEntry
from leads.choices import Outcome
from leads.models import Lead, LossReason

OUTCOMES = (Outcome.OPEN, Outcome.WON, Outcome.LOST, Outcome.ARCHIVED)
EVENTS = (EntryEvent.ENTERED, EntryEvent.RETURNED, EntryEvent.LOST, EntryEvent.ARCHIVED)
CHANNELS = ("звонок", "сайт", "выставка", "партнёр", "база", "")
STEPS = (
    "Позвонить и спросить о решении", "Договориться о встрече", "Отправить условия и расчёт", "Провести CustDev",
    "Согласовать текст договора", "Прислать список документов", "Подписать договор", "Спросить о результате",
    "Перезвонить после обеда", "Показать расчёт на примере",
)  # fmt: skip
BACK = "Разговор вернулся на шаг назад: решение ещё не принято"
TAGS: tuple[list[str], ...] = ([], ["тёплый"], ["вип"], ["повтор", "тёплый"])


class LeadTables:
    """The tables of leads drawn by ``leads.draw``."""

    def __init__(self, draws: Draws, roads: Roads, market: Market, staff: Staff, parties: Array) -> None:
        self.draws, self.roads, self.market, self.staff, self.parties = draws, roads, market, staff, parties
        self.channel = draws.choice(len(roads.ids), (5, 4, 1, 3, 4, 2))
        self.stages = _stages()
        self.reasons, self.reason = self._reasons()

    def _dimensions(self, rows: Array) -> dict[str, Any]:
        """A lead's dimensions for these leads; the same for the lead, its log and its passages."""
        roads, market = self.roads, self.market
        segment = roads.segment[rows]
        return {
            "kind": Pick(KINDS, roads.kind[rows]),
            "owner_id": Pick(self.staff.ids, roads.owner[rows]),
            "team_id": Pick(self.staff.teams, roads.team[rows]),
            "segment_id": Pick(market.segments, segment),
            "agent_id": Pick(self.parties, roads.agent[rows]),
            "initiative_id": Pick(market.initiatives, market.initiative_of[segment]),
            "utp_id": Pick(market.utps, roads.utp[rows]),
            "product_id": Pick(market.products, market.product_of[segment]),
            "source_channel": Pick(CHANNELS, self.channel[rows]),
        }

    def leads(self) -> Table:
        roads, draws, count = self.roads, self.draws, len(self.roads.ids)
        every = np.arange(count)
        is_open = roads.outcome == OPEN
        planned = is_open & (roads.owner >= 0) & (draws.random.random(count) < 0.7)
        step_at = draws.working(draws.now + (draws.random.integers(-10, 20, count) * DAY + 13 * HOUR))
        lost = self.reason >= 0
        last_move = roads.log.at[roads.log.first + roads.depth + 2 * roads.bounces - 1]
        problems = [problem for talk in TALKS.values() for problem in talk.problems]
        amounts, amount = chosen_amounts(draws, count)
        columns = self._dimensions(every) | {
            "id": roads.ids,
            "created_at": roads.born,
            "updated_at": roads.touched,
            "party_id": Pick(self.parties, roads.party),
            "lead_generator_id": Pick(self.staff.ids, roads.generator),
            "stage_id": Pick(self.stages, _stage(roads.kind, roads.depth)),
            "stage_entered_at": last_move,
            "outcome": Pick(OUTCOMES, roads.outcome),
            "loss_reason_id": Pick([reason.pk for reason in self.reasons], np.where(lost, self.reason, -1)),
            "closed_at": Maybe(roads.touched, ~is_open),
            "problem": Pick(["", *problems], np.where(roads.depth > 1, 1 + draws.below(count, len(problems)), 0)),
            "next_action": Pick(["", *STEPS], np.where(planned, 1 + draws.below(count, len(STEPS)), 0)),
            "next_action_at": Maybe(step_at, planned),
            "touched_at": roads.touched,
            "amount": Pick(amounts, np.where(draws.random.random(count) < 0.8, amount, -1)),
            "tags": Pick(TAGS, draws.choice(count, (8, 1, 0.3, 0.5))),
            "source": SOURCE,
        }
        return Table(Lead, count, columns)

    def log(self) -> Table:
        roads, log = self.roads, self.roads.log
        moves = log.event < CLOSED_LOST
        stage = _stage(roads.kind[log.lead], log.place)
        before = np.where(moves & (log.number > 0), np.roll(stage, 1), -1)
        words = ["", BACK, *(reason.name for reason in self.reasons), str(Outcome.ARCHIVED.label)]
        closed = np.where(self.reason < 0, len(words) - 1, 2 + self.reason)[log.lead]
        by = np.where(roads.owner < 0, roads.generator, roads.owner)[log.lead]
        gap = np.diff(log.at, prepend=0) / HOUR
        idle = gap * self.draws.random.random(len(gap))
        columns = self._dimensions(log.lead) | {
            "lead_id": Pick(roads.ids, log.lead),
            "event": Pick(EVENTS, log.event),
            "stage_id": Pick(self.stages, stage),
            "from_stage_id": Pick(self.stages, before),
            "at": log.at,
            "recorded_at": log.at,
            "by_id": Pick(self.staff.ids, by),
            "reason_code": Pick(
                ["", *(reason.code for reason in self.reasons)],
                np.where(moves, 0, np.where(self.reason < 0, 0, 1 + self.reason)[log.lead]),
            ),
            "reason": Pick(words, np.where(moves, (log.event == 1).astype(int), closed)),
            "origin": Origin.DEMO,
            "idle_hours": Maybe(np.maximum(idle, 0), log.number > 0),
        }
        return Table(StageEntry, len(log.lead), columns)

    def _reasons(self) -> tuple[list[LossReason], Array]:
        """Why each was lost, by the stage where it stood; -1 for those that were not."""
        reasons = list(LossReason.objects.order_by("position", "code"))
        codes = [reason.code for reason in reasons]
        found = np.full(len(self.roads.ids), -1)
        for place, weights in enumerate(REASONS, start=1):
            known = {code: weight for code, weight in weights.items() if code in codes}
            here = np.flatnonzero((self.roads.outcome == LOST) & (self.roads.depth == place))
            if known:
                own = np.array([codes.index(code) for code in known])
                found[here] = own[self.draws.choice(len(here), list(known.values()))]
        return reasons, found


def _active(kind: Kind) -> list[Stage]:
    return list(Stage.objects.of_kind(kind).active())


def _stages() -> Array:
    """Ids of both funnels' stages, agents' first. Raises TooFew where the bank has made the funnels its own."""
    found = [stage.pk.bytes for kind in KINDS for stage in _active(kind)]
    if any(len(_active(kind)) != STAGES for kind in KINDS):
        raise TooFew(f"each funnel must have its {STAGES} stages in use")
    return np.frombuffer(b"".join(found), np.uint8).reshape(-1, 16)


def _stage(kind: Array, place: Array) -> Array:
    return kind.astype(np.int64) * STAGES + place - 1
