"""What is sold to whom: products, initiatives, segments with sub-segments, and a few promises for each segment.

How well a promise works in a segment (``pull``) is drawn once: that is what the priority engine has to find out.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np

from agents.choices import Kind
from agents.models import Initiative, InitiativeMember, InitiativeSegment, Product, Segment, Utp
from demo.offer_data import INITIATIVES as PLANS
from demo.offer_data import MILLION, PRODUCTS, UTPS
from demo.scale.columns import EPOCH_DAY, Array, Maybe, Pick
from demo.scale.draws import DAY, Draws
from demo.scale.people import REGIONS, Staff
from demo.scale.table import Table
from demo.segment_data import SEGMENTS as SEGMENT_PLANS

SEGMENTS, PROMISES, INITIATIVES = 200, 300, 20
MEMBERS = 8
SOURCE = "scale"
KINDS = (Kind.AGENT, Kind.CLIENT)


@dataclass(frozen=True, slots=True)
class Market:
    """Places throughout: ``kind_of`` 0 agents, 1 clients; ``utps_of`` two promises a segment (twice the same: one)."""

    products: Array
    initiatives: Array
    segments: Array
    utps: Array
    kind_of: Array
    initiative_of: Array
    product_of: Array
    utps_of: Array
    pull: Array  # by segment and by which of its promises
    cities: list[str]


def open_market(draws: Draws, staff: Staff) -> tuple[Market, list[Table]]:
    plans = len(SEGMENT_PLANS)
    place = np.arange(SEGMENTS)
    plan_of = np.where(place < plans, place, (place * 7) % plans)
    product_of = np.array([_product(plan) for plan in range(plans)])[plan_of]
    round_of = draws.below(SEGMENTS, -(-INITIATIVES // len(PLANS)))
    initiative_of = np.minimum(product_of + round_of * len(PLANS), INITIATIVES - 1)
    initiative_of = np.where(initiative_of % len(PLANS) == product_of, initiative_of, product_of)
    second = np.arange(PROMISES - SEGMENTS)
    utps_of = np.stack([place, np.where(place < len(second), place + SEGMENTS, place)], axis=1)
    born = draws.now - 390 * DAY
    market = Market(
        products=draws.born(len(PRODUCTS), born),
        initiatives=draws.born(INITIATIVES, born),
        segments=draws.born(SEGMENTS, born),
        utps=draws.born(PROMISES, born),
        kind_of=np.array([KINDS.index(Kind(plan.kind)) for plan in SEGMENT_PLANS])[plan_of],
        initiative_of=initiative_of,
        product_of=product_of,
        utps_of=utps_of,
        pull=np.array([plan.pull for plan in SEGMENT_PLANS])[plan_of][:, None]
        * draws.random.lognormal(0, 0.18, (SEGMENTS, 2)),
        cities=[REGIONS[number % len(REGIONS)] for number in range(SEGMENTS)],
    )
    return market, [*_offer(draws, market, staff), *_segments(market, plan_of), _promises(market, plan_of)]


def _product(plan: int) -> int:
    wanted = next(p.product for p in PLANS if p.code == SEGMENT_PLANS[plan].initiative)
    return next(place for place, product in enumerate(PRODUCTS) if product.code == wanted)


def _offer(draws: Draws, market: Market, staff: Staff) -> list[Table]:
    place = np.arange(INITIATIVES)
    names = [f"{PLANS[n % 6].name}{f', волна {n // 6 + 1}' if n >= 6 else ''}" for n in range(INITIATIVES)]
    owners = staff.owners[draws.below(INITIATIVES, len(staff.owners))]
    drawn = staff.owners[draws.below(INITIATIVES * MEMBERS, len(staff.owners))]
    members = np.unique(np.stack([np.repeat(place, MEMBERS), drawn]), axis=1)
    product = Pick([product.margin for product in PRODUCTS], np.arange(len(PRODUCTS)))
    starts = (draws.today - EPOCH_DAY - timedelta(days=365)).days
    products = {
        "id": market.products,
        "code": Pick([product.code for product in PRODUCTS], product.index),
        "name": Pick([product.name for product in PRODUCTS], product.index),
        "margin": product,
    }
    initiatives = {
        "id": market.initiatives,
        "name": Pick(names, place),
        "description": Pick([plan.description for plan in PLANS], place % len(PLANS)),
        "product_id": Pick(market.products, place % len(PRODUCTS)),
        "owner_id": Pick(staff.ids, owners),
        "team_id": Pick(staff.teams, staff.team_of[owners]),
        "margin_goal": Pick([Decimal(plan.goal * 40) for plan in PLANS], place % len(PLANS)),
        "starts_on": np.full(INITIATIVES, starts),
        "ends_on": np.full(INITIATIVES, starts + 365 + 91),
        "source": SOURCE,
    }
    return [
        Table(Product, len(PRODUCTS), products),
        Table(Initiative, INITIATIVES, initiatives),
        Table(InitiativeMember, members.shape[1], {"initiative_id": Pick(market.initiatives, members[0]),
                                                   "user_id": Pick(staff.ids, members[1])}),
    ]  # fmt: skip


def _segments(market: Market, plan_of: Array) -> list[Table]:
    """The plans come first with their own parents; every other segment is a plan's part in one city."""
    plans, place = len(SEGMENT_PLANS), np.arange(SEGMENTS)
    codes = [plan.code for plan in SEGMENT_PLANS]
    own = [codes.index(plan.parent) if plan.parent else -1 for plan in SEGMENT_PLANS]
    names = [plan.name for plan in SEGMENT_PLANS]
    names += [f"{names[plan_of[n]]}: {REGIONS[(n // plans) % len(REGIONS)]}" for n in range(plans, SEGMENTS)]
    drawn = [SEGMENT_PLANS[n] for n in plan_of]
    segments = {
        "id": market.segments,
        "kind": Pick(KINDS, market.kind_of),
        "name": Pick(names, place),
        "city": Pick(market.cities, place),
        "reach": np.array([plan.reach for plan in drawn]),
        "parent_id": Pick(market.segments, np.where(place < plans, np.array(own)[place % plans], plan_of)),
        "abc_class": Pick([plan.abc for plan in drawn], place),
        "problem_sharpness": np.array([plan.sharpness for plan in drawn]),
        "money_mass": Pick([Decimal(plan.reach * plan.sharpness * MILLION) for plan in drawn], place),
        "traits": Pick([plan.traits for plan in drawn], place),
        "source": SOURCE,
    }
    linked = {"initiative_id": Pick(market.initiatives, market.initiative_of), "segment_id": market.segments}
    return [Table(Segment, SEGMENTS, segments), Table(InitiativeSegment, SEGMENTS, linked)]


def _promises(market: Market, plan_of: Array) -> Table:
    """Every segment gets a promise of its product, the first hundred a second one."""
    place = np.arange(PROMISES)
    segment = place % SEGMENTS
    statements, metrics = [], []
    for number in place:
        product = PRODUCTS[market.product_of[segment[number]]]
        fitting = [utp for utp in UTPS if utp.product == product.code]
        own = [utp for utp in fitting if utp.segment == SEGMENT_PLANS[plan_of[segment[number]]].code]
        chosen = (own or fitting)[0] if number < SEGMENTS else fitting[-1]
        statements.append(chosen.statement)
        metrics.append(chosen.metric)
    columns = {
        "id": market.utps,
        "segment_id": Maybe(market.segments[segment], np.ones(PROMISES, bool)),
        "product_id": Pick(market.products, market.product_of[segment]),
        "statement": Pick(statements, place),
        "promised_metric": Pick(metrics, place),
        "source": SOURCE,
    }
    return Table(Utp, PROMISES, columns)
