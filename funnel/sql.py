"""The one definition of a passage, used by the view that pages read, by the rollup and by its rebuild.

For every lead and every stage that it ever entered:

- ``entered_at`` and the dimensions come from its first entry into the stage (by time, then by order of writing);
- ``passed`` when it ever entered a stage that stands further right, whenever that was: a backdated import may
  bring a win that is dated before the first contact, and a lead that was moved back did get through;
- else ``done`` on the last active stage of its funnel (or further right), even where the lead was closed later:
  what was delivered stays delivered; ``lost`` when its last word is a loss or an archive; ``open`` otherwise;
- ``passed_at`` is the first entry into any stage further right.

The order of stages is today's order: a stage that an administrator moved counts where it stands now.

The last word comes from a window and not from a join of the log with itself: after a large import the planner, without
statistics yet, would join by comparing every row with every other.
"""

COLUMNS = (
    "id, lead_id, kind, stage_id, position, entered_at, passed_at, state, owner_id, team_id, segment_id, "
    "agent_id, initiative_id, utp_id, product_id, source_channel"
)

_PASSAGES = """
WITH log AS (
    SELECT e.*, s.position, s.funnel_id,
           first_value(e.event) OVER (PARTITION BY e.lead_id ORDER BY e.at DESC, e.id DESC) AS last_event
      FROM {entries} JOIN funnel_stage s ON s.id = e.stage_id
), firsts AS (
    SELECT DISTINCT ON (lead_id, stage_id) * FROM log
     WHERE event IN ('entered', 'returned') ORDER BY lead_id, stage_id, at, id
), ends AS (
    SELECT funnel_id, max(position) AS position FROM funnel_stage WHERE active GROUP BY funnel_id
), roads AS (
    SELECT f.*, max(f.position) OVER road AS furthest,
           min(f.at) OVER (PARTITION BY f.lead_id ORDER BY f.position DESC
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS passed_at
      FROM firsts f WINDOW road AS (PARTITION BY f.lead_id)
)
SELECT r.lead_id::text || ':' || r.stage_id::text AS id, r.lead_id, r.kind, r.stage_id, r.position,
       r.at AS entered_at, r.passed_at,
       CASE WHEN r.position < r.furthest THEN 'passed'
            WHEN r.position >= ends.position THEN 'done'
            WHEN r.last_event IN ('lost', 'archived') THEN 'lost'
            ELSE 'open' END AS state,
       r.owner_id, r.team_id, r.segment_id, r.agent_id, r.initiative_id, r.utp_id, r.product_id, r.source_channel
  FROM roads r LEFT JOIN ends ON ends.funnel_id = r.funnel_id
"""

# From each dirty lead to its entries by the index; OFFSET 0 keeps the planner from turning it round. The marks come and
# go by the thousand, so what it believes of their number is seldom true.
_OF_DIRTY = """funnel_dirtylead dirty CROSS JOIN LATERAL
      (SELECT * FROM funnel_stageentry WHERE lead_id = dirty.lead_id OFFSET 0) e"""

ALL = _PASSAGES.format(entries="funnel_stageentry e")
OF_DIRTY = _PASSAGES.format(entries=_OF_DIRTY)
OF_GIVEN = _PASSAGES.format(entries="(SELECT * FROM funnel_stageentry WHERE lead_id = ANY(%s)) e")

# IS NOT TRUE makes the marks a hash that is asked once a row, and never a join whose plan depends on their number.
VIEW = f"""
CREATE OR REPLACE VIEW funnel_passage AS
SELECT {COLUMNS} FROM funnel_storedpassage p
 WHERE (p.lead_id IN (SELECT lead_id FROM funnel_dirtylead)) IS NOT TRUE
UNION ALL
SELECT {COLUMNS} FROM ({OF_DIRTY}) live
"""
DROP_VIEW = "DROP VIEW IF EXISTS funnel_passage"
