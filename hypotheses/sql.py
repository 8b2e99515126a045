"""The sample of a test, read from the log: what became of every lead that got its arm by lot.

``reached`` when the lead ever entered the success stage or one further right of the same funnel, ``failed`` when it
did not and its last word is a loss or an archive, ``open`` otherwise. ``mature`` leads joined so long ago that they had
the time to come out either way. What was undone within seconds is as if it had not happened.
"""

from funnel.sql import STANDS

_FATES = f"""
WITH fates AS (
    SELECT m.hypothesis_id, m.arm_id, m.lead_id, m.joined_at,
           m.joined_at <= %(asof)s - h.mature_days * interval '1 day' AS mature,
           min(e.at) FILTER (WHERE e.event IN ('entered', 'returned') AND s.funnel_id = aim.funnel_id
                                   AND s.position >= aim.position) AS reached_at,
           (array_agg(e.event ORDER BY e.at DESC, e.id DESC))[1] IN ('lost', 'archived') AS closed,
           max(e.at) AS last_at,
           (array_agg(e.segment_id ORDER BY e.at, e.id))[1] AS segment_id
      FROM hypotheses_membership m
      JOIN hypotheses_hypothesis h ON h.id = m.hypothesis_id
      JOIN funnel_stage aim ON aim.id = h.success_stage_id
      JOIN funnel_stageentry e ON e.lead_id = m.lead_id AND e.at <= %(asof)s AND {STANDS}
      JOIN funnel_stage s ON s.id = e.stage_id
     WHERE m.hypothesis_id = ANY(%(hypotheses)s)
     GROUP BY m.id, h.mature_days
), judged AS (
    SELECT *, reached_at IS NOT NULL AS reached, reached_at IS NULL AND closed AS failed FROM fates
)
"""

COUNTS = (
    _FATES
    + """
SELECT arm_id, count(*), count(*) FILTER (WHERE reached OR failed), count(*) FILTER (WHERE reached),
       count(*) FILTER (WHERE mature AND (reached OR failed)), count(*) FILTER (WHERE mature AND reached),
       min(joined_at)
  FROM judged GROUP BY arm_id
"""
)

BY_SEGMENT = (
    _FATES
    + """
SELECT judged.segment_id, segment.name, count(*), count(*) FILTER (WHERE reached OR failed),
       count(*) FILTER (WHERE reached)
  FROM judged JOIN agents_segment segment ON segment.id = judged.segment_id
 GROUP BY judged.segment_id, segment.name ORDER BY segment.name
"""
)

BY_DAY = (
    _FATES
    + """
SELECT hypothesis_id, arm_id, (coalesce(reached_at, last_at) AT TIME ZONE %(zone)s)::date AS day,
       count(*), count(*) FILTER (WHERE reached)
  FROM judged WHERE reached OR failed GROUP BY 1, 2, 3 ORDER BY 3
"""
)

MEMBERS = (
    _FATES
    + """
SELECT lead_id FROM judged JOIN hypotheses_arm arm ON arm.id = judged.arm_id
 WHERE (%(place)s::int IS NULL OR arm.position = %(place)s)
   AND %(fate)s IN ('', CASE WHEN reached THEN 'reached' WHEN failed THEN 'failed' ELSE 'open' END)
"""
)

ARRIVALS = """
SELECT count(*) FROM funnel_stageentry e
  JOIN funnel_stage s ON s.id = e.stage_id
 WHERE e.event = 'entered' AND e.from_stage_id IS NULL AND e.at >= %(since)s AND e.at <= %(asof)s
   AND e.initiative_id = %(initiative)s AND e.segment_id = ANY(%(segments)s) AND s.funnel_id = %(funnel)s
   AND (%(product)s::uuid IS NULL OR e.product_id IS NULL OR e.product_id = %(product)s)
   AND (%(teams)s::uuid[] IS NULL OR e.team_id = ANY(%(teams)s))
"""
"""Leads that came into the funnel: their first entry has no stage before it."""

RUNNING = """
WITH RECURSIVE tests AS (
    SELECT id, initiative_id, product_id, segment_id, team_id, seed, started_at, success_stage_id
      FROM hypotheses_hypothesis WHERE status = 'running' AND initiative_id = ANY(%(initiatives)s)
), branch (test, id) AS (
    SELECT id, segment_id FROM tests
    UNION SELECT branch.test, segment.id FROM agents_segment segment JOIN branch ON segment.parent_id = branch.id
), below (test, id) AS (
    SELECT id, team_id FROM tests WHERE team_id IS NOT NULL
    UNION SELECT below.test, team.id FROM accounts_team team JOIN below ON team.parent_id = below.id
)
SELECT tests.id, tests.initiative_id, tests.product_id, aim.funnel_id, tests.seed,
       ARRAY(SELECT id FROM branch WHERE branch.test = tests.id),
       CASE WHEN tests.team_id IS NOT NULL THEN ARRAY(SELECT id FROM below WHERE below.test = tests.id) END,
       ARRAY(SELECT arm.id FROM hypotheses_arm arm WHERE arm.hypothesis_id = tests.id ORDER BY arm.position),
       ARRAY(SELECT arm.utp_id FROM hypotheses_arm arm WHERE arm.hypothesis_id = tests.id ORDER BY arm.position)
  FROM tests JOIN funnel_stage aim ON aim.id = tests.success_stage_id
 ORDER BY tests.started_at, tests.id
"""
"""Running tests of these initiatives with all it takes to match a lead: one query whatever their number."""
