"""Keeping the table of meetings up with what people write down. Safe to run twice, at once, and to kill."""

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from dashboards.models import MeetingRun, MeetingThen

LIVE_MEETINGS = 20_000
"""Up to so many every page asks for the owner of the hour by itself, and is of this minute."""
OVERLAP = timedelta(minutes=30)
"""Longer than any transaction: what was written before the last run may have been committed after it."""

THEN = """
JOIN LATERAL (SELECT e.owner_id, e.team_id, e.segment_id, e.kind FROM funnel_stageentry e
               WHERE e.lead_id = m.lead_id ORDER BY (e.at <= m.planned_at) DESC,
                     CASE WHEN e.at <= m.planned_at THEN e.at END DESC, e.at, e.id DESC LIMIT 1) then_ ON true
"""
_TAKE = """
INSERT INTO dashboards_meetingthen AS known
       (meeting_id, lead_id, planned_at, status, kind, owner_id, team_id, segment_id)
SELECT m.id, m.lead_id, m.planned_at, m.status, then_.kind, then_.owner_id, then_.team_id, then_.segment_id
  FROM leads_meeting m THEN_ WHERE m.updated_at >= %s
    ON CONFLICT (meeting_id) DO UPDATE SET lead_id = excluded.lead_id, planned_at = excluded.planned_at,
       status = excluded.status, kind = excluded.kind, owner_id = excluded.owner_id, team_id = excluded.team_id,
       segment_id = excluded.segment_id
 WHERE (known.planned_at, known.status, known.kind, known.owner_id, known.team_id, known.segment_id)
       IS DISTINCT FROM (excluded.planned_at, excluded.status, excluded.kind, excluded.owner_id, excluded.team_id,
       excluded.segment_id)
""".replace("THEN_", THEN)
_GONE = """
DELETE FROM dashboards_meetingthen t WHERE NOT EXISTS (SELECT 1 FROM leads_meeting m WHERE m.id = t.meeting_id)
"""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_ROOM = 0x4D454554  # «MEET», so that no other advisory lock meets it


@transaction.atomic
def refresh(*, at: datetime, whole: bool = False) -> int:
    """Take in what was written since the last run; ``whole`` looks at every meeting again (an import may have brought
    entries of the past, or have been taken back). Returns how many meetings the table holds."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '240s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ROOM])
        run = MeetingRun.objects.filter(pk=1).first()
        since = EVER if whole or run is None else run.finished_at - OVERLAP
        cursor.execute(_TAKE, [since])
        if whole:
            cursor.execute(_GONE)
    held = MeetingThen.objects.count()
    MeetingRun.objects.update_or_create(pk=1, defaults={"finished_at": at, "meetings": held})
    return held


def kept_as_of() -> datetime | None:
    """When the table was brought up to date, where pages read it; None where they ask afresh."""
    run = MeetingRun.objects.filter(pk=1).first()
    return run.finished_at if run and run.meetings > LIVE_MEETINGS else None
