"""Agents and clients, each with a phone. A client is made for one lead, so what that says of him stands here too."""

from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from agents.choices import AgentStatus, ContactType, Grade, LegalForm, Partnership
from agents.models import Contact, Party
from common.text import fold
from demo.names import MOBILE, RU_WOMEN, UZ_MEN, UZ_WOMEN, Names
from demo.scale.columns import Array, Maybe, Pick
from demo.scale.draws import DAY, Draws, phones
from demo.scale.leads import Roads
from demo.scale.market import KINDS, SOURCE, Market
from demo.scale.people import Staff
from demo.scale.table import Table

PERSONS, FIRMS = 60_000, 6_000  # different names; beyond that they repeat, as people's do
TRADES = ("Avto", "Motors", "Mebel", "Texnika", "Market", "Taʼlim", "Travel", "Med", "Dent", "Uylar", "Savdo")
FATHERS = (
    "Сергеев", "Алексеев", "Дмитриев", "Андреев", "Игорев", "Викторов", "Павлов", "Романов", "Олегов", "Максимов",
    "Евгеньев", "Владимиров", "Николаев", "Антонов",
)  # fmt: skip
FIRM_SHARE, BUSY_DEPTH = 0.45, 4
_WOMEN = frozenset({*UZ_WOMEN, *RU_WOMEN})


@dataclass(frozen=True, slots=True)
class _Known:
    """What leads say of their parties, by place of the party; -1 where no lead does."""

    segment: Array
    owner: Array
    team: Array
    agent: Array
    depth: Array
    born: Array


def meet(draws: Draws, roads: Roads, market: Market, staff: Staff, agents: int) -> tuple[Array, list[Table]]:
    """Ids of all parties, agents first, and their tables."""
    known = _known(draws, roads, market, staff, agents)
    count = len(known.born)
    ids = draws.ids(known.born)
    firm = np.arange(count) < agents
    firm &= draws.random.random(count) < FIRM_SHARE
    persons, firms = _names(draws, count)
    names = [*persons, *firms]
    name = np.where(firm, len(persons) + draws.below(count, len(firms)), draws.below(count, len(persons)))
    party = {
        "id": ids,
        "created_at": known.born,
        "updated_at": known.born,
        "kind": Pick(KINDS, (np.arange(count) >= agents).astype(np.int8)),
        "legal_form": Pick([LegalForm.PERSON, LegalForm.FIRM], firm.astype(np.int8)),
        "name": Pick(names, name),
        "sort_key": Pick([fold(text) for text in names], name),
        "segment_id": Pick(market.segments, known.segment),
        "city": Pick(market.cities, known.segment),
        "owner_id": Pick(staff.ids, known.owner),
        "team_id": Pick(staff.teams, known.team),
        "agent_id": Pick(ids, known.agent),
        "source": SOURCE,
    } | _as_agents(draws, known, agents)  # fmt: skip
    numbers = phones(np.arange(count), MOBILE)
    contact = {
        "party_id": ids,
        "type": ContactType.PHONE,
        "value": numbers,
        "key": numbers,
        "preferred": True,
    }
    return ids, [Table(Party, count, party), Table(Contact, count, contact)]


def _known(draws: Draws, roads: Roads, market: Market, staff: Staff, agents: int) -> _Known:
    """Agents without a lead get a segment and an owner of their own."""
    count = agents + int(roads.kind.sum())
    own = np.flatnonzero(market.kind_of == 0)
    segment = own[draws.below(count, len(own))]
    owner = staff.owners[draws.below(count, len(staff.owners))]
    born = draws.working(draws.now - draws.random.integers(2 * DAY, 370 * DAY, count))
    born[:agents].sort()
    agent, depth, team = np.full(count, -1), np.zeros(count, np.int64), staff.team_of[owner]
    segment[roads.party], owner[roads.party], team[roads.party] = roads.segment, roads.owner, roads.team
    agent[roads.party], depth[roads.party], born[roads.party] = roads.agent, roads.depth, roads.born
    return _Known(segment, owner, team, agent, depth, born)


def _names(draws: Draws, count: int) -> tuple[list[str], list[str]]:
    """Persons with their fathers' names, and firms. Fewer where fewer are needed, for a small run's sake."""
    random = Random(int(draws.random.integers(2**31)))  # noqa: S311 - names, no secret
    names = Names(random)
    persons = [_full(random, names.person()) for _n in range(min(PERSONS, count + 1))]
    firms = [names.firm(random.choice(TRADES)) for _n in range(min(FIRMS, count + 1))]
    return persons, firms


def _full(random: Random, name: str) -> str:
    """Karimova Nodira Rustam qizi; Соколов Игорь Павлович."""
    woman = name.rsplit(maxsplit=1)[-1] in _WOMEN
    if name[0].isascii():
        return f"{name} {random.choice(UZ_MEN)} {'qizi' if woman else 'oʻgʻli'}"
    return f"{name} {random.choice(FATHERS)}{'на' if woman else 'ич'}"


def _as_agents(draws: Draws, known: _Known, agents: int) -> dict[str, Any]:
    """Those who came to a contract work with us, with a grade and a base of clients."""
    count = len(known.born)
    is_agent = np.arange(count) < agents
    busy = is_agent & (known.depth >= BUSY_DEPTH)
    grade = np.where(busy, draws.choice(count, (6, 3, 1)), 0)
    form = np.where(is_agent, 1 + draws.below(count, len(Partnership)), 0)
    return {
        "status": Pick([AgentStatus.CANDIDATE, AgentStatus.ACTIVE], busy.astype(np.int8)),
        "grade": Pick([Grade.BASIC, Grade.SILVER, Grade.GOLD], grade),
        "partnership": Pick(["", *Partnership.values], form),
        "client_base_size": Maybe(draws.random.integers(5, 400, count), busy),
    }
