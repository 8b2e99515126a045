"""Figures of a funnel: one door for pages, the API, mails and files. Every answer is as of ``rollups.as_of()``."""

from funnel.figures.behind import IN_ORDER, REVERSED, rows, rows_count
from funnel.figures.cohorts import CohortRow, cohort_rows, cohorts, step_query
from funnel.figures.grids import BY, LossLine, MatrixCell, compare, losses, matrix, sources
from funnel.figures.query import FunnelQuery, Source, Tally
from funnel.figures.table import FunnelRow, dwell_times, funnel_table, over_norm_before
from funnel.figures.teams import Compared
from funnel.figures.trends import TrendPoint, trend, trends

__all__ = [
    "BY", "IN_ORDER", "REVERSED", "CohortRow", "Compared", "FunnelQuery", "FunnelRow", "LossLine", "MatrixCell",
    "Source", "Tally", "TrendPoint", "cohort_rows", "cohorts", "compare", "dwell_times", "funnel_table", "losses",
    "matrix", "over_norm_before", "rows", "rows_count", "sources", "step_query", "trend", "trends",
]  # fmt: skip
