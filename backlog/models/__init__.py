from backlog.models.community import Borrowing, Finding, FindingLike
from backlog.models.plan import Action, Goal, GoalValue, PriorityChange, Sprint
from backlog.models.results import ActionResult, MorningAnswer
from backlog.models.scores import ActionScore, LeadScore, RankRun, RateCell, StageCooling

__all__ = [
    "Action",
    "ActionResult",
    "ActionScore",
    "Borrowing",
    "Finding",
    "FindingLike",
    "Goal",
    "GoalValue",
    "LeadScore",
    "MorningAnswer",
    "PriorityChange",
    "RankRun",
    "RateCell",
    "Sprint",
    "StageCooling",
]
