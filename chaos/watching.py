"""When it was over: the clock of every fault, by requests that were answered and jobs that were done."""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg

from chaos.caller import Seen, Tally
from chaos.faults import Fault
from chaos.system import System

FACES = ("api", "page")
LOOK_SECONDS = 0.1
REQUESTS_LIMIT = 10.0
# A web server that is started anew reads its code first; where that must not show, two of them stand behind a proxy.
START_LIMIT = 60.0
JOBS_LIMIT = 60.0
GIVE_UP = 120.0

_DONE = """
SELECT (SELECT count(*) FROM jobs_job WHERE id = ANY(%s) AND state IN ('ready', 'leased')),
       (SELECT extract(epoch FROM max(done_at)) FROM jobs_job WHERE id = ANY(%s)),
       (SELECT extract(epoch FROM min(done_at)) FROM jobs_job WHERE done_at > to_timestamp(%s))
"""


@dataclass(slots=True)
class Struck:
    """One fault. Times are seconds since the epoch; the last two are seconds after it was lifted (after the database
    answered again, where it was away), None where it never happened."""

    fault: Fault
    at: float
    lifted: float = 0.0
    back: float = 0.0
    requests: float | None = None
    jobs: float | None = None
    leased: Sequence[str] = field(default_factory=list)

    @property
    def over(self) -> float:
        """Until when answers may speak of a database that is away."""
        return self.back + REQUESTS_LIMIT


def strike(system: System, tally: Tally, fault: Fault, hold: float) -> Struck:
    struck = Struck(fault, time.time(), leased=_leased(system) if fault.group == "worker" else [])
    fault.strike(system, hold)
    struck.lifted = time.time()
    struck.back = _database_back(system) if fault.takes_database else struck.lifted
    _recovery(system, tally, struck)
    return struck


def _recovery(system: System, tally: Tally, struck: Struck) -> None:
    deadline = time.time() + GIVE_UP
    while time.time() < deadline and (struck.requests is None or struck.jobs is None):
        if struck.requests is None:
            times = [tally.works_again(face, struck.back) for face in FACES]
            known = [one for one in times if one is not None]
            struck.requests = max(known) - struck.back if len(known) == len(times) else None
        if struck.jobs is None:
            done = _jobs_done(system, struck)
            struck.jobs = None if done is None else max(0.0, done - struck.back)
        time.sleep(LOOK_SECONDS)


def _database_back(system: System) -> float:
    deadline = time.time() + GIVE_UP
    while time.time() < deadline:
        with suppress(psycopg.Error), system.connect(seconds=2) as connection:
            connection.execute("SELECT 1")
            return time.time()
        time.sleep(LOOK_SECONDS)
    return time.time()


def _jobs_done(system: System, struck: Struck) -> float | None:
    """When a job was done again, and all those that the struck worker held."""
    rows = asked(system, _DONE, [list(struck.leased), list(struck.leased), struck.back])
    held, last, first = rows[0] if rows else (1, None, None)
    return None if held or first is None else float(max(first, last or first))


def _leased(system: System) -> list[str]:
    return [str(pk) for (pk,) in asked(system, "SELECT id FROM jobs_job WHERE state = 'leased'")]


def asked(system: System, query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Empty where the database does not answer."""
    with suppress(psycopg.Error), system.connect() as connection:
        return list(connection.execute(query, given).fetchall())  # type: ignore[call-overload]
    return []


def wrong_answers(seen: Sequence[Seen], struck: Sequence[Struck]) -> list[str]:
    """Answers of 500 and above that nothing excuses: only 503 with Retry-After while the database is away."""
    away = [(one.at, one.over) for one in struck if one.fault.takes_database]
    wrong = []
    for answer in seen:
        if answer.status is None or answer.status < 500:
            continue
        excused = any(answer.ended >= start and answer.started <= end for start, end in away)
        if answer.status != 503 or not answer.retry_after or not excused:
            wrong.append(
                f"{answer.status} {answer.face} {_shape(answer.path)} after {answer.ended - answer.started:.1f} s"
            )
    return wrong


def _shape(path: str) -> str:
    """The address without ids, so that the same trouble reads the same."""
    return "/".join("*" if len(part) > 30 else part for part in path.split("/"))


def slow_recoveries(struck: Sequence[Struck]) -> list[str]:
    late = []
    for one in struck:
        if one.requests is None or one.requests > (START_LIMIT if one.fault.group == "web" else REQUESTS_LIMIT):
            late.append(f"{one.fault.name}: requests {one.requests}")
        if one.jobs is None or one.jobs > JOBS_LIMIT:
            late.append(f"{one.fault.name}: jobs {one.jobs}")
    return late
