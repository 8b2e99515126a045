"""Requests a line, replies a line; what cannot be answered is said so and does no harm."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from priority.protocol import Protocol, replies

ROOT = Path(__file__).resolve().parent.parent.parent
JUDGE = ROOT.parent / "shared" / "lab" / "judge.py"
AT = "2026-03-02T09:00:00Z"
LEAD = {
    "id": "x", "owner": "o1", "segment": "s", "utp": "u", "stage": 0, "margin": 1.0, "hours": [1, 1, 1, 1],
    "idle_hours": 0, "created_at": AT,
}  # fmt: skip
TRY = {
    "lead": "y", "segment": "s", "utp": "u", "stage": 0, "attempted_at": "2026-03-01T09:00:00Z", "idle_hours": 0,
    "passed": True,
}  # fmt: skip


def ask(engine: Protocol, **request: Any) -> dict[str, Any]:
    return json.loads(engine.reply(json.dumps(request)))


def rate(engine: Protocol, *resolved: dict[str, Any], at: str = AT) -> float:
    return ask(engine, cmd="score", at=at, leads=[LEAD], resolved=list(resolved))["p"]["x"]


def test_what_is_told_is_learnt_and_a_reset_forgets_it() -> None:
    engine = Protocol()
    before = rate(engine)
    assert rate(engine, TRY) > before
    assert rate(engine) > before
    assert ask(engine, cmd="reset", config={}) == {"ok": True}
    assert rate(engine) == before


def test_an_attempt_from_the_future_waits_for_its_day() -> None:
    engine = Protocol()
    before = rate(engine, {**TRY, "attempted_at": "2026-03-05T09:00:00Z"})
    assert before == rate(Protocol())
    assert rate(engine, at="2026-03-06T09:00:00Z") > before


def test_the_order_holds_each_id_once_best_first() -> None:
    leads = [{**LEAD, "id": f"l{n}", "margin": n + 1.0} for n in range(5)]
    said = ask(Protocol(), cmd="rank", at=AT, leads=leads, resolved=[])
    assert said == {"order": ["l4", "l3", "l2", "l1", "l0"]}
    assert ask(Protocol(), cmd="rank", at=AT, leads=[], resolved=[TRY]) == {"order": []}


def test_further_fields_are_learnt_where_they_were_announced() -> None:
    young, old = {**LEAD, "id": "young", "age": "18-25"}, {**LEAD, "id": "old", "age": "60+"}
    tries = [{**TRY, "age": "60+" if n % 2 else "18-25", "passed": n % 2 == 1} for n in range(200)]

    def rates(extra: list[str]) -> dict[str, float]:
        engine = Protocol()
        ask(engine, cmd="reset", config={"extra_fields": extra})
        return ask(engine, cmd="score", at=AT, leads=[young, old], resolved=tries)["p"]

    told, untold = rates(["age"]), rates([])
    assert told["old"] > told["young"] + 0.3
    assert untold["old"] == untold["young"]


def test_a_reset_may_name_fewer_stages_than_its_lists_hold() -> None:
    engine = Protocol()
    assert ask(engine, cmd="reset", config={"stages": 2, "prior_pass_rate": [0.2, 0.4, 0.6]}) == {"ok": True}
    leads = [{**LEAD, "id": f"at {stage}", "stage": stage, "hours": [1.0] * (2 - stage)} for stage in range(2)]
    said = ask(engine, cmd="score", at=AT, leads=leads, resolved=[])["p"]
    assert said == pytest.approx({"at 0": 0.2, "at 1": 0.4})
    short = {"stages": 4, "prior_pass_rate": [0.2, 0.4]}
    assert "error" in ask(engine, cmd="reset", config=short)


def test_a_verdict_and_a_forecast_are_given_in_the_agreed_words() -> None:
    trials = [{"arm": arm, "date": "2026-02-01", "n": 300, "k": k} for arm, k in (("A", 30), ("B", 60))]
    said = ask(Protocol(), cmd="verdict", at=AT, trials=trials)
    assert (said["verdict"], said["better"], said["needed"]) == ("confirmed", "B", 0)
    outcome = {"lead": "x", "created_at": "2026-01-01T00:00:00Z", "won_at": None, "lost_at": None, "margin": 9.5}
    said = ask(Protocol(), cmd="forecast", at=AT, outcomes=[outcome], horizons_days=[7, 28])
    assert [one["days"] for one in said["forecast"]] == [7, 28]
    assert {"wins", "low80", "high80", "margin"} <= said["forecast"][0].keys()


@pytest.mark.parametrize(
    "line",
    [
        "no json", "[]", "{}", '{"cmd":"dance"}',
        '{"cmd":"rank"}', '{"cmd":"rank","at":"soon","leads":[],"resolved":[]}', "7",
        '{"cmd":"reset","config":{"stages":5}}', '{"cmd":"reset","config":{"prior_pass_rate":[2]}}',
        '{"cmd":"verdict","at":"2026-03-02","trials":[{"arm":"A","date":"2026-01-01","n":1,"k":2}]}',
        '{"cmd":"verdict","at":"2026-03-02","trials":[{"arm":"C","date":"2026-01-01","n":1,"k":1}]}',
        '{"cmd":"forecast","at":"2026-03-02","outcomes":[],"horizons_days":[0]}',
        json.dumps({"cmd": "rank", "at": AT, "leads": [{**LEAD, "stage": 4}], "resolved": []}),
        json.dumps({"cmd": "rank", "at": AT, "leads": [{**LEAD, "hours": [1, 1, 1, 1, 1]}], "resolved": []}),
        json.dumps({"cmd": "rank", "at": AT, "leads": [{**LEAD, "margin": None}], "resolved": []}),
        json.dumps({"cmd": "rank", "at": AT, "leads": [{**LEAD, "margin": float("nan")}], "resolved": []}),
        json.dumps({"cmd": "rank", "at": AT, "leads": [{**LEAD, "hours": [0, 1, 1, 1]}], "resolved": []}),
        json.dumps({"cmd": "rank", "at": AT, "leads": [], "resolved": [{**TRY, "stage": 9}]}),
    ],
)  # fmt: skip
def test_what_is_no_request_gets_words_and_changes_nothing(line: str) -> None:
    engine = Protocol()
    before = rate(engine)
    said = json.loads(engine.reply(line))
    assert said.keys() == {"error"}
    assert said["error"]
    assert rate(engine) == before


def test_empty_lines_get_no_reply() -> None:
    assert list(replies(["\n", '{"cmd":"reset","config":{}}\n', "  \n"])) == ['{"ok":true}']


def _environment() -> dict[str, str]:
    """No services: the command must not want any."""
    return {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}


def test_the_command_answers_without_any_service() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "priority_serve"], input='{"cmd":"reset","config":{}}\nno json\n', text=True,
        capture_output=True, cwd=ROOT, env=_environment(), timeout=60, check=True,
    )  # fmt: skip
    first, second = done.stdout.splitlines()
    assert json.loads(first) == {"ok": True}
    assert "error" in json.loads(second)


@pytest.mark.skipif(not JUDGE.exists(), reason="the judge of the engine is not beside this repository")
def test_the_judge_finds_every_property() -> None:
    done = subprocess.run(
        [sys.executable, str(JUDGE), "properties", "--engine", f"{sys.executable} manage.py priority_serve"],
        capture_output=True, text=True, cwd=ROOT, env=_environment(), timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
