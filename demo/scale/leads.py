"""Leads and their roads: how far each got, what became of it, every entry of the log."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from demo.scale.columns import Array
from demo.scale.draws import DAY, HOUR, SECOND, Draws
from demo.scale.market import Market
from demo.scale.people import Staff

STAGES = 6
CHANCES = np.array([0.80, 0.76, 0.66, 0.74, 0.72])
# A better promise opens doors; lawyers are the same for all.
FELT = np.array([1.0, 1.0, 1.0, 0.5, 0.5])
OPEN, WON, LOST, ARCHIVED = range(4)
ENTERED, RETURNED, CLOSED_LOST, CLOSED_ARCHIVED = range(4)
AGENT_SHARE, OWN_LIST = 0.3, 2000
AMOUNTS = [Decimal(round(1.6**step)) * 100_000 for step in range(2, 18)]


class Sizes(NamedTuple):
    """How much of what; ``open`` is the share of leads that are still worked."""

    leads: int = 10_000
    users: int = 100
    agents: int = 2_000
    entries: int = 50_000
    actions: int = 30_000
    open: float = 0.8


class TooFew(ValueError):
    """The numbers asked for cannot be had together; the text says which to raise."""


@dataclass(frozen=True, slots=True)
class Log:
    """Every entry, lead by lead, in order of time; ``place`` is the stage from 1 on. ``first`` is a lead's first."""

    lead: Array
    number: Array
    place: Array
    event: Array
    at: Array
    first: Array


@dataclass(frozen=True, slots=True)
class Roads:
    """One entry an array for each lead, oldest first. Places of others (owner, segment) are -1 where there is none."""

    ids: Array
    kind: Array
    segment: Array
    promise: Array
    utp: Array
    party: Array
    agent: Array
    depth: Array
    bounces: Array
    outcome: Array
    owner: Array
    generator: Array
    team: Array
    born: Array
    touched: Array
    log: Log = field(repr=False)


def draw(draws: Draws, sizes: Sizes, market: Market, staff: Staff) -> Roads:
    """Raises TooFew."""
    count = sizes.leads
    born = np.sort(draws.now - DAY - (364 * DAY * draws.random.random(count) ** 1.3).astype(np.int64))
    kind, party, agent = _parties(draws, sizes)
    segment = _segment(draws, market, kind)
    promise = (draws.random.random(count) < 0.4).astype(np.int8)
    depth = _depth(draws, market.pull[segment, promise])
    outcome = _outcome(draws, depth, sizes.open)
    bounces = _fit(draws, depth, outcome, sizes.entries)
    owner, generator, team = _owners(draws, staff, depth, outcome)
    touched, last = _touched(draws, born, outcome)
    log = _log(draws, depth, bounces, outcome, born, last)
    ends = log.first + depth + 2 * bounces + (outcome >= LOST) - 1
    return Roads(
        ids=draws.ids(log.at[log.first]),
        kind=kind, segment=segment, promise=promise, utp=market.utps_of[segment, promise], party=party, agent=agent,
        depth=depth, bounces=bounces, outcome=outcome, owner=owner, generator=generator, team=team,
        born=log.at[log.first], touched=np.maximum(draws.working(touched), log.at[ends]), log=log,
    )  # fmt: skip


def _parties(draws: Draws, sizes: Sizes) -> tuple[Array, Array, Array]:
    """Kind, party and bringing agent: an agent has one lead at most, every other lead has a client of its own."""
    agents = min(sizes.agents, int(sizes.leads * AGENT_SHARE))
    client = np.ones(sizes.leads, bool)
    client[draws.random.choice(sizes.leads, agents, replace=False)] = False
    party = np.where(client, sizes.agents + np.cumsum(client) - 1, np.cumsum(~client) - 1)
    # A few agents bring most of the clients; a quarter of those come straight from the bank.
    bringing = (sizes.agents * draws.random.random(sizes.leads) ** 3).astype(np.int32)
    direct = ~client | (draws.random.random(sizes.leads) < 0.25)
    return client.astype(np.int8), party, np.where(direct, -1, bringing) if sizes.agents else np.full(sizes.leads, -1)


def _segment(draws: Draws, market: Market, kind: Array) -> Array:
    found = np.empty(len(kind), np.int16)
    for code in (0, 1):
        own = np.flatnonzero(market.kind_of == code)
        here = kind == code
        found[here] = own[draws.choice(int(here.sum()), 1 / np.arange(3, 3 + len(own)))]  # type: ignore[arg-type]
    return found


def _depth(draws: Draws, pull: Array) -> Array:
    odds = np.minimum(0.95, CHANCES * pull[:, None] ** FELT)
    through = np.cumprod(draws.random.random(odds.shape) < odds, axis=1, dtype=np.int8)
    return 1 + through.sum(axis=1, dtype=np.int64)


def _outcome(draws: Draws, depth: Array, share_open: float) -> Array:
    """Those at the end are won, as many as closed ones allow: the others still wait one stage before it."""
    closed = round(len(depth) * (1 - share_open))
    ends = draws.random.permutation(np.flatnonzero(depth == STAGES))
    won = ends[: closed // 3]
    depth[ends[closed // 3 :]] = STAGES - 1
    others = draws.random.permutation(np.flatnonzero(depth < STAGES))[: closed - len(won)]
    outcome = np.full(len(depth), OPEN, np.int8)
    outcome[won] = WON
    outcome[others] = np.where(draws.random.random(len(others)) < 0.15, ARCHIVED, LOST)
    return outcome


def _fit(draws: Draws, depth: Array, outcome: Array, entries: int) -> Array:
    """Make the entries come to the number asked for: leads get less far, or go back and forth. Returns the bounces.

    A bounce is two entries, so one stage less of somebody makes an odd remainder even.
    """
    spare = entries - int(depth.sum() + (outcome >= LOST).sum())
    cut = max(-spare, spare % 2)
    if cut:
        able = draws.random.permutation(np.flatnonzero((outcome != WON) & (depth > 1)))
        room = np.cumsum(depth[able] - 1)
        if not able.size or room[-1] < cut:
            raise TooFew(f"{entries} entries are too few for {len(depth)} leads: every lead has one, a closed one two")
        whole = int(np.searchsorted(room, cut))
        left = cut - (int(room[whole - 1]) if whole else 0)
        depth[able[:whole]] = 1
        depth[able[whole]] -= left
    able = np.flatnonzero((depth > 1) & (depth < STAGES))
    pairs = (spare + cut) // 2
    if pairs and not able.size:
        raise TooFew("so many entries need more leads: none of these got far enough to go back")
    chosen = able[draws.random.integers(0, len(able), pairs)] if pairs else able[:0]
    return np.bincount(chosen, minlength=len(depth))


def _owners(draws: Draws, staff: Staff, depth: Array, outcome: Array) -> tuple[Array, Array, Array]:
    """Owner, lead generator and team. The one who signs in has his own list of open leads; new ones wait in a queue."""
    count = len(depth)
    others = staff.owners[staff.owners != staff.owner]
    owner = others[(len(others) * draws.random.random(count) ** 1.2).astype(np.int32)]
    still_open = draws.random.permutation(np.flatnonzero(outcome == OPEN))
    owner[still_open[: min(OWN_LIST, len(still_open) // 2)]] = staff.owner
    generator = np.full(count, -1)
    if staff.generators.size:
        waiting = (owner != staff.owner) & (outcome == OPEN) & (depth == 1) & (draws.random.random(count) < 0.1)
        found = waiting | (draws.random.random(count) < 0.2)
        generator[found] = staff.generators[draws.below(int(found.sum()), len(staff.generators))]
        owner[waiting] = -1
    return owner, generator, staff.team_of[np.where(owner < 0, generator, owner)]


def _touched(draws: Draws, born: Array, outcome: Array) -> tuple[Array, Array]:
    """The last touch (of open ones two weeks ago in the mean, so some are hot and some are cold) and the last entry."""
    age = draws.now - born
    idle = np.where(
        outcome == OPEN, draws.random.exponential(14 * DAY, len(born)), age * draws.random.random(len(born))
    )
    touched = draws.now - np.clip(idle, 2 * HOUR, 0.95 * age).astype(np.int64)
    share = np.where(outcome == OPEN, 0.4 + 0.6 * draws.random.random(len(born)), 1.0)
    return touched, born + ((touched - born) * share).astype(np.int64)


def _log(draws: Draws, depth: Array, bounces: Array, outcome: Array, born: Array, last: Array) -> Log:
    length = depth + 2 * bounces + (outcome >= LOST)
    first = np.cumsum(length) - length
    lead = np.repeat(np.arange(len(depth), dtype=np.int32), length)
    number = (np.arange(len(lead)) - first[lead]).astype(np.int16)
    reached, moves = depth[lead], (depth + 2 * bounces)[lead]
    back = (number >= reached) & (number < moves) & ((number - reached) % 2 == 0)
    place = np.where(number < reached, number + 1, reached - back).astype(np.int8)
    closing = np.where(outcome == ARCHIVED, CLOSED_ARCHIVED, CLOSED_LOST)[lead]
    event = np.where(number >= moves, closing, np.where(back, RETURNED, ENTERED)).astype(np.int8)
    steps = draws.random.exponential(1.0, len(lead))
    steps[first] = 0
    gone = np.cumsum(steps)
    gone -= gone[first][lead]
    road = gone[first + length - 1]
    share = gone / np.where(road > 0, road, 1)[lead]
    at = draws.working(born[lead] + ((last - born)[lead] * share).astype(np.int64)) + number * np.int64(SECOND)
    return Log(lead, number, place, event, at, first)


def chosen_amounts(draws: Draws, count: int) -> tuple[list[Any], Array]:
    return AMOUNTS, draws.below(count, len(AMOUNTS))
