"""What this room holds of people: what was planned and done with somebody, and words in goals and findings."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from backlog.models import Action, ActionResult, Finding, Goal, GoalValue, LeadScore, PriorityChange, RankRun, Sprint
from common.personal import Holds

HOLDS = (
    Holds(
        Action,
        _("Действия"),
        via={"lead": "leads.Lead", "party": "agents.Party"},
        erase="title location note priority_reason external_id",
        keep="source",
    ),
    Holds(PriorityChange, _("Смены приоритета"), via={"action": "backlog.Action"}, erase="reason"),
    Holds(
        ActionResult,
        _("Итоги действий"),
        via={"lead": "leads.Lead", "action": "backlog.Action"},
        erase="note next_text before",
    ),
    Holds(Sprint, _("Недели"), mentions="worked failed"),
    Holds(Goal, _("Цели"), mentions="statement metric_name"),
    Holds(GoalValue, _("Значения целей"), mentions="note"),
    Holds(Finding, _("Находки"), mentions="claim text metric_name action_title segment_name"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Action: "sprung_from",
    Finding: "source external_id",
    Goal: "unit source external_id",
    LeadScore: "parts",
    RankRun: "cause",
}
