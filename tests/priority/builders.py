"""Small engines, attempts and leads for the tests: a line each, everything else ordinary."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from priority.evidence import Attempts, Evidence, from_attempts
from priority.rates import Rates, fit_rates
from priority.score import Leads
from priority.settings import EngineSettings

TODAY = 100.0
FOUR = EngineSettings()
ONE = EngineSettings(prior_pass_rate=(0.3,), half_life_hours=(1e6,), stage_hours=(1.0,))

Try = tuple[Any, ...]


def attempts(*tries: Try) -> Attempts:
    """Tries as (stage, segment, utp, passed, days ago = 0, idle hours = 0)."""
    rows = [(*one, *(0.0, 0.0)[len(one) - 4 :]) for one in tries]
    stage, segment, utp, passed, ago, idle = zip(*rows, strict=True) if rows else ((),) * 6
    return Attempts(
        np.array(stage, np.int64),
        np.array(segment, np.int64),
        np.array(utp, np.int64),
        TODAY - np.array(ago, float),
        np.array(idle, float),
        np.array(passed, np.bool_),
    )


def seen(tries: Sequence[Try], settings: EngineSettings = ONE) -> Evidence:
    return from_attempts(attempts(*tries), TODAY, settings)


def learnt(tries: Sequence[Try], settings: EngineSettings = ONE) -> Rates:
    return fit_rates(seen(tries, settings), settings)


def rate(rates: Rates, segment: int, utp: int, stage: int = 0) -> float:
    """The honest rate of one cell."""
    rows = rates.rows(np.array([segment]), np.array([utp]))
    return float(rows.p[rows.row[0], stage])


def leads(*rows: dict[str, float], settings: EngineSettings = FOUR) -> Leads:
    """Open leads; each row may set id, owner, segment, utp, stage, margin, idle."""

    def column(name: str, default: float) -> np.ndarray:
        return np.array([row.get(name, default) for row in rows])

    return Leads(
        id=np.array([row.get("id", place) for place, row in enumerate(rows)], np.int64),
        owner=column("owner", 1).astype(np.int64),
        segment=column("segment", 1).astype(np.int64),
        utp=column("utp", 1).astype(np.int64),
        stage=column("stage", 0).astype(np.int64),
        margin=column("margin", 1.0).astype(float),
        hours=np.tile(np.array(settings.stage_hours), (len(rows), 1)),
        idle_hours=column("idle", 0.0).astype(float),
    )
