"""The one definition of a passage, used by the view that is always current, by the rollup and by its rebuild.

For every lead and every stage that it ever entered:

- ``entered_at`` and the dimensions come from its first entry into the stage (by time, then by order of writing), whose
  id is the passage's;
- ``passed`` when it ever entered a stage of the same funnel that stands further right, whenever that was: a backdated
  import may bring a win that is dated before the first contact, and a lead that was moved back did get through;
- else ``done`` on the last active stage of its funnel (or further right), even where the lead was closed later:
  what was delivered stays delivered; ``lost`` when its last word is a loss or an archive; ``open`` otherwise;
- ``passed_at`` is the first entry into any stage further right; ``dwell`` the bucket of the time until then, where
  that is not before the entry;
- ``came`` marks the lead's first passage in the funnel: there ``furthest_id`` and ``outcome`` tell how far the lead
  got and what it is there.

What was undone within seconds, and what took it back (``StageEntry.undoes``), is not read at all: as if neither had
happened.

The order of stages is today's order: a stage that an administrator moved counts where it stands now.
"""

from funnel.dwell import BUCKET

COLUMNS = (
    "id, lead_id, kind, stage_id, position, entered_at, passed_at, state, dwell, loss_reason, came, furthest_id, "
    "outcome, owner_id, team_id, segment_id, agent_id, initiative_id, utp_id, product_id, source_channel"
)
NAMES = tuple(COLUMNS.split(", "))
FATE = ("position", "passed_at", "state", "dwell", "loss_reason", "came", "furthest_id", "outcome")
"""What may change of a passage."""
OWN = tuple(name for name in NAMES if name not in {*FATE, "id"})
"""The rest: that of its entry, which never changes."""

STANDS = """e.undoes_id IS NULL AND NOT EXISTS
      (SELECT FROM funnel_stageentry u WHERE u.undoes_id = e.id AND u.at <= %(asof)s)"""
"""A condition on an entry ``e``: as of a moment nobody had undone it, and it undoes nothing itself."""

# The same of the whole log. Undone entries are few and stand in an index of their own: their ids are a hash that is
# asked once a row.
_NEVER_UNDONE = """e.undoes_id IS NULL AND
       (e.id IN (SELECT undoes_id FROM funnel_stageentry WHERE undoes_id IS NOT NULL)) IS NOT TRUE"""

# Narrow rows until the end: the sorts of five million are what a rebuild costs. The log comes by its index, lead by
# lead in order of time, so that the last word needs no sort at all.
_ROADS = f"""
WITH stages AS (
    SELECT id, position, funnel_id, row_number() OVER ()::int4 AS number FROM funnel_stage
), funnels AS (
    SELECT funnel_id, array_agg(number) AS numbers, max(position) FILTER (WHERE active) AS last
      FROM stages JOIN funnel_stage USING (id, position, funnel_id) GROUP BY funnel_id
), moves AS (
    SELECT e.id, e.lead_id, e.stage_id, e.at, s.position, s.funnel_id, s.number,
           e.event IN ('entered', 'returned') AS moved,
           last_value(e.event) OVER whole AS last_event, last_value(e.reason_code) OVER whole AS last_reason,
           array_agg(s.number) FILTER (WHERE e.event IN ('entered', 'returned')) OVER earlier AS before
      FROM {{entries}} JOIN stages s ON s.id = e.stage_id
     WHERE {_NEVER_UNDONE}
    WINDOW whole AS (PARTITION BY e.lead_id ORDER BY e.at, e.id
                     ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING),
           earlier AS (PARTITION BY e.lead_id ORDER BY e.at, e.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
), roads AS (
    SELECT m.*, first_value(position) OVER back AS furthest, first_value(stage_id) OVER back AS furthest_id,
           min(at) OVER (PARTITION BY lead_id, funnel_id ORDER BY position DESC
                         ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS passed_at
      FROM moves m WHERE moved AND (number = ANY(before)) IS NOT TRUE
    WINDOW back AS (PARTITION BY lead_id, funnel_id ORDER BY position DESC)
), told AS (
    SELECT r.*, r.position < r.furthest AS passed, (r.before && f.numbers) IS NOT TRUE AS came,
           CASE WHEN r.furthest >= f.last THEN 'done'
                WHEN r.last_event IN ('lost', 'archived') THEN 'lost'
                ELSE 'open' END AS ended
      FROM roads r JOIN funnels f ON f.funnel_id = r.funnel_id
)
"""
_FATE = f"""t.position::int2 AS position, t.passed_at,
       CASE WHEN passed THEN 'passed' ELSE ended END AS state,
       CASE WHEN passed_at >= t.at THEN {BUCKET.format("passed_at - t.at")} END AS dwell,
       CASE WHEN NOT passed AND ended = 'lost' THEN last_reason ELSE '' END AS loss_reason,
       came, CASE WHEN came THEN furthest_id END AS furthest_id, CASE WHEN came THEN ended ELSE '' END AS outcome
"""
_PASSAGES = f"""{_ROADS}
SELECT e.id, e.lead_id, e.kind, e.stage_id, e.at AS entered_at, e.owner_id, e.team_id, e.segment_id, e.agent_id,
       e.initiative_id, e.utp_id, e.product_id, e.source_channel, {_FATE}
  FROM told t {{dimensions}}
"""

# From each dirty lead to its entries by the index, and from each passage to its entry; OFFSET 0 keeps the planner from
# turning it round. The marks come and go by the thousand, so what it believes of their number is seldom true.
_ENTRIES_OF = "CROSS JOIN LATERAL (SELECT * FROM funnel_stageentry WHERE lead_id = {}.lead_id OFFSET 0) e"
_BY_INDEX = "CROSS JOIN LATERAL (SELECT * FROM funnel_stageentry WHERE id = t.id OFFSET 0) e"
_OF_DIRTY = f"funnel_dirtylead dirty {_ENTRIES_OF.format('dirty')}"
_OF_GIVEN = f"unnest(%s::uuid[]) given (lead_id) {_ENTRIES_OF.format('given')}"

OF_DIRTY = _PASSAGES.format(entries=_OF_DIRTY, dimensions=_BY_INDEX)
_FATES = f"{_ROADS} SELECT t.id, {_FATE} FROM told t"
FATES, FATES_OF_GIVEN = _FATES.format(entries="funnel_stageentry e"), _FATES.format(entries=_OF_GIVEN)
"""What became of all passages, and of those of given leads, by id: without what stands in the entry that began each."""
_OWN = ", ".join("at AS entered_at" if name == "entered_at" else name for name in OWN)
BEGUN = f"SELECT id, {_OWN} FROM funnel_stageentry"
"""The rest, of any entry."""

# IS NOT TRUE makes the marks a hash that is asked once a row, and never a join whose plan depends on their number.
VIEW = f"""
CREATE OR REPLACE VIEW funnel_passage AS
SELECT {COLUMNS} FROM funnel_storedpassage p
 WHERE (p.lead_id IN (SELECT lead_id FROM funnel_dirtylead)) IS NOT TRUE
UNION ALL
SELECT {COLUMNS} FROM ({OF_DIRTY}) live
"""
DROP_VIEW = "DROP VIEW IF EXISTS funnel_passage"
