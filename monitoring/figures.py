"""The figures an operator watches, asked of the database at the moment they are wanted: every web process tells the
same ones, and those of workers and relays are among them. No label names a person."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, connection, transaction

from channels import quarantine
from common import clock
from monitoring import heartbeats
from webhooks.selectors import oldest_unnumbered_seconds

log = logging.getLogger(__name__)
_PATIENCE_MS = 2000
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Figure:
    """One name with its labels and what it counts; ``sql`` answers with the labels' columns and then the value."""

    name: str
    about: str
    sql: str = ""
    labels: tuple[str, ...] = ()
    asked: Callable[[], Rows] | None = None

    def rows(self) -> Rows:
        """Raises DatabaseError, also where it takes longer than an operator's program waits."""
        if self.asked is not None:
            return self.asked()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {_PATIENCE_MS}")
            cursor.execute(self.sql)
            return [row for row in cursor.fetchall() if row[-1] is not None]


def _heartbeats() -> Rows:
    ages = heartbeats.ages(at=clock.now())
    return [(name, age) for name, age in ages.items() if age is not None]


def _unnumbered() -> Rows:
    return [(oldest_unnumbered_seconds(),)]


def _quarantine() -> Rows:
    return [(int(quarantine.state().quarantined),)]


# Tries are looked for by their numbers, the last of them only: there is no index by time.
FIGURES = (
    Figure(
        "crm_job_oldest_due_seconds", "Age of the job that is due longest: alarm above 60",
        "SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0) FROM jobs_job"
        " WHERE state = 'ready' AND due_at <= now()",
    ),
    Figure(
        "crm_jobs", "Jobs that are not done: due, waiting for their time, at work, given up",
        "SELECT 'due', count(*) FROM jobs_job WHERE state = 'ready' AND due_at <= now()"
        " UNION ALL SELECT 'waiting', count(*) FROM jobs_job WHERE state = 'ready' AND due_at > now()"
        " UNION ALL SELECT 'leased', count(*) FROM jobs_job WHERE state = 'leased'"
        " UNION ALL SELECT 'dead', count(*) FROM jobs_job WHERE state = 'dead'",
        ("state",),
    ),
    Figure(
        "crm_jobs_retried", "Jobs that failed and will be tried again",
        "SELECT count(*) FROM jobs_job WHERE state = 'ready' AND attempts > 0",
    ),
    Figure(
        "crm_leases_lost", "Jobs whose worker fell silent and that nobody has taken yet",
        "SELECT count(*) FROM jobs_job WHERE state = 'leased' AND lease_until < now()",
    ),
    Figure(
        "crm_runs_last_hour", "What workers did within the hour, by kind and result",
        "SELECT kind, name, result, total FROM (SELECT kind, name, sum(done) AS done, sum(failed) AS failed"
        " FROM monitoring_taskrun WHERE started_at > now() - interval '1 hour' GROUP BY 1, 2) r"
        " CROSS JOIN LATERAL (VALUES ('done', done), ('failed', failed)) AS v (result, total)",
        ("kind", "name", "result"),
    ),
    Figure(
        "crm_events_oldest_unnumbered_seconds", "Age of the oldest event that no relay has numbered: alarm above 60",
        "", (), _unnumbered,
    ),
    Figure(
        "crm_webhook_attempts_last_hour", "Deliveries tried within the hour, by endpoint and outcome",
        "SELECT d.endpoint_id::text, CASE WHEN a.status BETWEEN 200 AND 299 THEN 'ok' ELSE 'failed' END, count(*)"
        " FROM (SELECT * FROM webhooks_attempt ORDER BY id DESC LIMIT 20000) a"
        " JOIN webhooks_delivery d ON d.id = a.delivery_id WHERE a.at > now() - interval '1 hour' GROUP BY 1, 2",
        ("endpoint", "outcome"),
    ),
    Figure(
        "crm_webhook_p95_seconds", "95 of 100 deliveries within the hour took less, by endpoint",
        "SELECT d.endpoint_id::text, percentile_cont(0.95) WITHIN GROUP (ORDER BY a.milliseconds) / 1000.0"
        " FROM (SELECT * FROM webhooks_attempt ORDER BY id DESC LIMIT 20000) a"
        " JOIN webhooks_delivery d ON d.id = a.delivery_id WHERE a.at > now() - interval '1 hour' GROUP BY 1",
        ("endpoint",),
    ),
    Figure(
        "crm_database_connections", "Connections to this database, by what they are doing",
        "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' GROUP BY 1",
        ("state",),
    ),
    Figure(
        "crm_database_oldest_transaction_seconds", "Age of the longest open transaction: alarm above 300",
        "SELECT coalesce(extract(epoch FROM now() - min(xact_start)), 0) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    ),
    Figure(
        "crm_database_locks_waited_for", "Statements that wait for another's lock",
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    ),
    Figure(
        "crm_token_ends_in_days", "Days until a token of a bank system ends, the next ones",
        "SELECT id::text, extract(epoch FROM expires_at - now()) / 86400 FROM accounts_apitoken"
        " WHERE revoked_at IS NULL AND expires_at > now() AND expires_at < now() + interval '60 days'"
        " ORDER BY expires_at LIMIT 50",
        ("token",),
    ),
    Figure(
        "crm_personal_data_views_last_hour", "Looks at personal data within the hour, by way",
        "SELECT look, count(*) FROM audit_view WHERE at > now() - interval '1 hour' GROUP BY 1",
        ("look",),
    ),
    Figure(
        "crm_exported_people_last_hour", "People whose data left in exports and files within the hour",
        "SELECT coalesce(sum(cardinality(subjects)), 0) FROM audit_view"
        " WHERE at > now() - interval '1 hour' AND look IN ('export', 'file')",
    ),
    Figure(
        "crm_audit_waiting_rows", "Rows of the journals that are not sealed yet",
        "SELECT coalesce(sum(mark - done), 0) FROM audit_reach",
    ),
    Figure(
        "crm_audit_head_lag_seconds", "Since the chain's head was last written down outside: alarm above 7200",
        "SELECT extract(epoch FROM now() - max(at)) FROM audit_anchoring WHERE taken",
    ),
    Figure("crm_heartbeat_age_seconds", "Silence of each part; «backup» is the last backup's age", "", ("part",),
           _heartbeats),
    Figure("crm_quarantine", "1 in a restored copy from which nothing leaves", "", (), _quarantine),
)  # fmt: skip


def read() -> Iterator[tuple[Figure, Rows | None]]:
    """Every figure; None for one that could not be asked for. One that fails takes no other with it."""
    for figure in FIGURES:
        try:
            yield figure, figure.rows()
        except (DatabaseError, InterfaceError) as error:
            log.warning("Figure %s: %s", figure.name, type(error).__name__)
            yield figure, None
