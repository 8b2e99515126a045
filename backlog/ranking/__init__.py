"""The priority engine at work: rates from the log, scores beside the leads, recounted by the clock and on demand.

The arithmetic is ``priority``'s; here are only the roads to it and from it.
"""

from backlog.ranking.rates import recount_rates
from backlog.ranking.runs import rank_all, rank_owner

__all__ = ["rank_all", "rank_owner", "recount_rates"]
