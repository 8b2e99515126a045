"""What is there after the run: rows, histories, reminders and deliveries, read from the database itself."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from chaos.accounting import OVERDUE, STEP, Found, Place, digest_of
from chaos.api_writers import SOURCE, lead_digest
from chaos.system import HOOKS, System

_LEADS = "SELECT external_id, id, base, problem FROM leads_lead WHERE source = %s"
_ACTIONS = "SELECT split_part(title, ' ', 2), id, title FROM backlog_action WHERE starts_with(title, %s)"
_RESULTS = """
SELECT split_part(note, ' ', 2), id, note, undone_at IS NOT NULL FROM backlog_actionresult WHERE starts_with(note, %s)
"""
_MOVES = """
SELECT l.external_id, e.id, e.reason FROM funnel_stageentry e JOIN leads_lead l ON l.id = e.lead_id
  JOIN funnel_stage s ON s.id = e.stage_id WHERE l.source = %s AND s.code = 'meeting'
"""
# A line of history counts as a change of what was written only where that differs from the line before.
_LEAD_EVENTS = """
SELECT external_id, base, problem FROM (
  SELECT pgh_id, external_id, base, problem,
         lag(base) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS earlier
    FROM leads_leadevent WHERE source = %s) e
 WHERE earlier IS DISTINCT FROM base ORDER BY pgh_id
"""
_ACTION_EVENTS = """
SELECT split_part(title, ' ', 2), title FROM backlog_actionevent
 WHERE pgh_label = 'insert' AND starts_with(title, %s) ORDER BY pgh_id
"""
_RESULT_EVENTS = """
SELECT split_part(note, ' ', 2), note, undone FROM (
  SELECT pgh_id, note, undone_at IS NOT NULL AS undone,
         lag(undone_at IS NOT NULL) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS earlier
    FROM backlog_actionresultevent WHERE starts_with(note, %s)) e
 WHERE earlier IS DISTINCT FROM undone ORDER BY pgh_id
"""
_MOVE_EVENTS = """
SELECT external_id, id FROM (
  SELECT e.pgh_id, e.external_id, s.code, e.pgh_obj_id AS id,
         lag(s.code) OVER (PARTITION BY e.pgh_obj_id ORDER BY e.pgh_id) AS earlier
    FROM leads_leadevent e JOIN funnel_stage s ON s.id = e.stage_id WHERE e.source = %s) e
 WHERE code = 'meeting' AND earlier IS DISTINCT FROM code ORDER BY pgh_id
"""
_NOTICES = """
SELECT n.kind, l.external_id, n.id FROM notifications_notice n JOIN leads_lead l ON l.id = n.lead_id
 WHERE l.source = %s AND n.kind = ANY(%s)
"""
_EVENTS = "SELECT uid FROM webhooks_event WHERE type = ANY(%s)"
_WAITING = """
SELECT (SELECT count(*) FROM jobs_job WHERE state IN ('ready', 'leased') AND due_at <= now()),
       (SELECT count(*) FROM webhooks_delivery WHERE state NOT IN ('delivered', 'dead')),
       (SELECT count(*) FROM webhooks_event WHERE position IS NULL),
       (SELECT count(*) FROM notifications_delivery WHERE state = 'waiting')
"""


@dataclass
class Evidence:
    found: dict[Place, list[Found]] = field(default_factory=lambda: defaultdict(list))
    events: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[Place, list[str]] = field(default_factory=lambda: defaultdict(list))
    hooks: set[str] = field(default_factory=set)
    dead: int = 0
    jobs: int = 0


def read(system: System) -> Evidence:
    evidence = Evidence()
    with system.connect() as connection:
        _rows(connection, evidence)
        _histories(connection, evidence)
        for kind, key, pk in _all(connection, _NOTICES, [SOURCE, [STEP, OVERDUE]]):
            evidence.lines[kind, key].append(str(pk))
        evidence.hooks = {str(uid) for (uid,) in _all(connection, _EVENTS, [HOOKS])}
        evidence.dead = _all(connection, "SELECT count(*) FROM jobs_job WHERE state = 'dead'")[0][0]
        evidence.jobs = _all(connection, "SELECT count(*) FROM jobs_job WHERE state = 'done'")[0][0]
    return evidence


def _rows(connection: psycopg.Connection[Any], evidence: Evidence) -> None:
    for key, pk, base, problem in _all(connection, _LEADS, [SOURCE]):
        evidence.found["lead", key].append(Found(str(pk), lead_digest(base, problem)))
    for key, pk, title in _all(connection, _ACTIONS, [f"{SOURCE} "]):
        evidence.found["action", key].append(Found(str(pk), digest_of(title=title)))
    for key, pk, note, undone in _all(connection, _RESULTS, [f"{SOURCE} "]):
        evidence.found["result", key].append(Found(str(pk), digest_of(note=note, undone=undone)))
    for key, pk, reason in _all(connection, _MOVES, [SOURCE]):
        evidence.found["move", key].append(Found(str(pk), digest_of(to="meeting", reason=reason)))


def _histories(connection: psycopg.Connection[Any], evidence: Evidence) -> None:
    for key, base, problem in _all(connection, _LEAD_EVENTS, [SOURCE]):
        evidence.events["lead", key].append(lead_digest(base, problem))
    for key, title in _all(connection, _ACTION_EVENTS, [f"{SOURCE} "]):
        evidence.events["action", key].append(digest_of(title=title))
    for key, note, undone in _all(connection, _RESULT_EVENTS, [f"{SOURCE} "]):
        evidence.events["result", key].append(digest_of(note=note, undone=undone))
    # The reason stands in the log of stages alone; of the lead's history the change of stage is counted.
    for key, _pk in _all(connection, _MOVE_EVENTS, [SOURCE]):
        evidence.events["move", key] += [row.digest for row in evidence.found.get(("move", key), ())]


def settle(system: System, patience: float) -> float:
    """Wait until nothing that is due waits any more. Returns the seconds it took; gives up after ``patience``."""
    started = time.monotonic()
    while time.monotonic() - started < patience:
        with system.connect() as connection:
            if not any(_all(connection, _WAITING)[0]):
                break
        time.sleep(1)
    return time.monotonic() - started


def _all(connection: psycopg.Connection[Any], query: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    return list(connection.execute(query, given).fetchall())  # type: ignore[call-overload]
