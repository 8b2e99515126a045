"""The engine over lines of JSON: one request a line, one reply a line.

Requests: ``reset``, ``rank``, ``score``, ``verdict``, ``forecast``. A request that cannot be answered gets
``{"error": words}`` and changes nothing that was learnt before.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from priority.forecast import Outcomes, forecast
from priority.ranking import rank
from priority.session import Session, days
from priority.settings import EngineSettings
from priority.verdict import Arm, verdict

Request = dict[str, Any]
Reply = dict[str, Any]


class BadRequest(ValueError):
    """The line is no request of this protocol; the words say why."""


class Protocol:
    """One conversation: what was learnt since the last reset."""

    def __init__(self) -> None:
        self._session = Session(EngineSettings())
        self._answers: dict[str, Callable[[Request], Reply]] = {
            "reset": self._reset,
            "rank": self._rank,
            "score": self._score,
            "verdict": _verdict,
            "forecast": _forecast,
        }

    def reply(self, line: str) -> str:
        """The reply to one line, without its line end; never raises for what a line may hold."""
        try:
            return json.dumps(self._answer(line), separators=(",", ":"), allow_nan=False)
        except KeyError as error:
            return json.dumps({"error": f"missing: {error.args[0]}"})
        except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError) as error:
            return json.dumps({"error": f"{type(error).__name__}: {error}"})

    def _answer(self, line: str) -> Reply:
        request = json.loads(line)
        command = request.get("cmd") if isinstance(request, dict) else None
        if command not in self._answers:
            raise BadRequest(f"cmd must be one of {', '.join(self._answers)}")
        return self._answers[command](request)

    def _reset(self, request: Request) -> Reply:
        config = request.get("config", {})
        self._session = Session(read_settings(config), config.get("extra_fields") or ())
        return {"ok": True}

    def _rank(self, request: Request) -> Reply:
        leads, at = request["leads"], days(request["at"])
        scores = self._session.scores(leads, request["resolved"], at)
        one_list = np.zeros(len(leads), np.int64)
        names = np.array([str(lead["id"]) for lead in leads])
        order = rank(one_list, scores.score, names, scores.hours).order
        return {"order": [leads[row]["id"] for row in order.tolist()]}

    def _score(self, request: Request) -> Reply:
        leads, at = request["leads"], days(request["at"])
        rates = self._session.scores(leads, request["resolved"], at).rates
        stage = np.array([int(lead["stage"]) for lead in leads], np.int64)
        p = rates.p[rates.row, stage].tolist()
        return {"p": {str(lead["id"]): rate for lead, rate in zip(leads, p, strict=True)}}


def read_settings(config: Request) -> EngineSettings:
    """Settings from a reset. What it leaves out keeps its default; a list may go on beyond ``stages``, not end before.

    Raises BadRequest or ValueError for stages, rates or hours that make no sense.
    """
    usual = EngineSettings()
    names = ("prior_pass_rate", "half_life_hours", "stage_hours")
    given = {name: tuple(map(float, config[name])) for name in names if config.get(name) is not None}
    stages = int(config.get("stages") or min(map(len, given.values()), default=usual.stages))
    if not given.keys() >= set(names) and stages > usual.stages:
        raise BadRequest("more than four stages want pass rates, half-lives and hours of their own")
    columns = {name: given.get(name, getattr(usual, name))[:stages] for name in names}
    if any(len(column) != stages for column in columns.values()):
        raise BadRequest("pass rates, half-lives and hours must be given for every stage")
    return EngineSettings(**columns)


def _verdict(request: Request) -> Reply:
    at, arms = days(request["at"]), {"A": Arm(0, 0), "B": Arm(0, 0)}
    started = at
    for row in request["trials"]:
        when = days(row["date"])
        if when > at:
            continue
        arms[row["arm"]] = arms[row["arm"]].plus(int(row["n"]), int(row["k"]))
        started = min(started, when)
    found = verdict(arms["A"], arms["B"], running_days=at - started)
    return {"verdict": found.word, "better": found.better, "p": found.chance_b_better, "needed": found.needed}


def _forecast(request: Request) -> Reply:
    at, rows = days(request["at"]), request["outcomes"]
    outcomes = Outcomes(
        created=np.array([days(row["created_at"]) for row in rows]),
        won=np.array([days(row["won_at"]) if row["won_at"] else np.inf for row in rows]),
        lost=np.array([days(row["lost_at"]) if row["lost_at"] else np.inf for row in rows]),
        margin=np.array([float(row["margin"]) for row in rows]),
    )
    said = [forecast(outcomes, at, int(horizon)) for horizon in request["horizons_days"]]
    return {
        "forecast": [
            {"days": one.days, "wins": one.wins, "low80": one.low80, "high80": one.high80, "margin": one.margin}
            | {"enough_history": one.enough_history}
            for one in said
        ]
    }


def replies(lines: Iterable[str]) -> Iterator[str]:
    """A reply for each line that holds anything."""
    conversation = Protocol()
    for line in lines:
        if line.strip():
            yield conversation.reply(line)
