"""Every lead's road as columns: when it came, was won, was lost, and whose it was at the entry that counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from accounts.models import Team, User
from agents.models import Initiative, Product
from backlog.ranking.columns import places, read
from backlog.ranking.hours import microseconds
from dashboards.wins import win_stages
from funnel.choices import CLOSING, MOVES
from funnel.models import Stage
from funnel.sql import STANDS
from priority.chances import Floats, Ints
from priority.hazards import Outcomes

_DAY = 86_400e6
_NOBODY = UUID(int=0)
_COLUMNS = {
    "created": "big", "at": "big", "kind": "int", "stage": "uuid", "owner": "uuid", "team": "uuid",
    "product": "uuid", "initiative": "uuid",
}  # fmt: skip
OPEN, WON, LOST = 0, 1, 2
# The entry that counts of each lead: its first into the win, else its last word. The index on (lead_id, at, id) gives
# leads one after another, so only a lead's own entries are put in order. A win keeps its owner and team for good.
_ROADS = f"""
SELECT created, CASE WHEN kind = 0 THEN created ELSE at END, kind, stage_id, owner, team, product, initiative
  FROM (
    SELECT DISTINCT ON (lead_id) min(at) OVER (PARTITION BY lead_id) AS created, at, stage_id,
           CASE WHEN win THEN 1 WHEN event = ANY(%(closing)s) THEN 2 ELSE 0 END AS kind,
           coalesce(owner_id, %(none)s::uuid) AS owner, coalesce(team_id, %(none)s::uuid) AS team,
           coalesce(product_id, %(none)s::uuid) AS product, coalesce(initiative_id, %(none)s::uuid) AS initiative
      FROM (SELECT e.*, stage_id = ANY(%(wins)s::uuid[]) AND event = ANY(%(moves)s) AS win
              FROM funnel_stageentry e WHERE e.at < %(asof)s AND {STANDS}) log
     ORDER BY lead_id, win DESC, CASE WHEN win THEN at END, at DESC, id DESC
  ) roads
"""


@dataclass(frozen=True)
class Known:
    """All leads of the log. Places are those in the lists of ids, -1 for none; moments in days since 2000.

    ``margins`` has a row a currency, in the order of ``currencies``: 0 where a product says no margin.
    """

    outcomes: Outcomes
    margins: Floats
    currencies: tuple[str, ...]
    funnel: Ints
    owner: Ints
    team: Ints
    funnel_ids: tuple[UUID, ...]
    owner_ids: tuple[UUID, ...]
    team_ids: tuple[UUID, ...]

    def __len__(self) -> int:
        return len(self.funnel)


def known_before(asof: datetime) -> Known:
    """What the log said before a moment. One pass over it, five small queries; inside a transaction."""
    wins = win_stages()
    given: dict[str, Any] = {
        "asof": asof, "none": _NOBODY, "wins": [stage.pk for stage in wins.values()],
        "moves": [str(event) for event in MOVES], "closing": [str(event) for event in CLOSING],
    }  # fmt: skip
    rows = read(_ROADS, given, _COLUMNS)
    created, at, kind = (rows[name].astype(np.int64) for name in ("created", "at", "kind"))
    stages = dict(Stage.objects.values_list("pk", "funnel_id"))
    funnel_ids = tuple(sorted(set(stages.values())))
    owner_ids = tuple(User.objects.order_by("pk").values_list("pk", flat=True))
    team_ids = tuple(Team.objects.order_by("pk").values_list("pk", flat=True))
    currencies, margins = _margins(rows)
    return Known(
        outcomes=Outcomes(
            created / _DAY,
            np.where(kind == WON, at / _DAY, np.inf),
            np.where(kind == LOST, at / _DAY, np.inf),
            np.zeros(len(rows)),
        ),
        margins=margins,
        currencies=currencies,
        funnel=_coded(list(stages), [funnel_ids.index(funnel) for funnel in stages.values()], rows["stage"]),
        owner=places(owner_ids, rows["owner"]),
        team=places(team_ids, rows["team"]),
        funnel_ids=funnel_ids,
        owner_ids=owner_ids,
        team_ids=team_ids,
    )


def days_of(moment: datetime) -> float:
    """On the scale of ``Known``."""
    return microseconds(moment) / _DAY


def _coded(ids: list[UUID], codes: list[int], column: NDArray[Any]) -> Ints:
    found = places(ids, column)
    return np.where(found >= 0, np.array(codes or [0], np.int64)[np.maximum(found, 0)], -1)


def _margins(rows: NDArray[Any]) -> tuple[tuple[str, ...], Floats]:
    """What the sale of each lead would earn: its product's margin, else that of its initiative's product."""
    priced: Mapping[UUID, tuple[float, str]] = {
        pk: (float(margin), currency)
        for pk, margin, currency in Product.objects.filter(margin__gt=0).values_list("pk", "margin", "currency")
        if margin is not None
    }
    led = [(pk, product) for pk, product in Initiative.objects.values_list("pk", "product_id") if product in priced]
    currencies = tuple(sorted({currency for _margin, currency in priced.values()}))
    products, initiatives = places(list(priced), rows["product"]), places([pk for pk, _p in led], rows["initiative"])
    own = np.array([list(priced).index(product) for _pk, product in led] or [0], np.int64)[np.maximum(initiatives, 0)]
    product = np.where(products >= 0, products, np.where(initiatives >= 0, own, -1))
    values = np.array([margin for margin, _currency in priced.values()] or [0.0])[np.maximum(product, 0)]
    code = np.array([currencies.index(currency) for _m, currency in priced.values()] or [0])[np.maximum(product, 0)]
    known = product >= 0
    margins = [np.where(known & (code == place), values, 0.0) for place in range(len(currencies))]
    return currencies, np.array(margins).reshape(len(currencies), len(rows))
