"""What this room holds of people: nothing, but for a name or a number that somebody wrote into a text."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from hypotheses.models import Hypothesis, Look, Verdict

HOLDS = (
    Holds(Hypothesis, _("Гипотезы"), mentions="problem"),
    Holds(Verdict, _("Решения по гипотезам"), mentions="reason"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Hypothesis: "source external_id seed",
    Verdict: "counts",
    Look: "counts",
}
