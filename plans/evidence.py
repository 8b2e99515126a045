"""What is known of the steps between stages: leads that passed or were lost, as the reports count them.

A lead that still stands on a stage says nothing yet and is left out. The weight of a lead is 0.5^(days since it entered
the stage / half-life): the half-life of the ranking. What is older than a year weighs a hundredth and is left out.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, FloatField, Func, Q, Sum, Value

from funnel.choices import PassageState
from funnel.models import Stage, StoredPassage
from plans.needed import Evidence
from priority.settings import EngineSettings

YEAR = timedelta(days=365)
RESOLVED = (PassageState.PASSED, PassageState.LOST)


class Faded(Func):
    """What a lead weighs that entered at the first argument, seen from the second, with a half-life in days."""

    template = "power(0.5, date_part('epoch', %(expressions)s) / 86400 / %(days)s)"
    arg_joiner = " - "
    output_field = FloatField()


def evidence(
    stages: Sequence[Stage], *, segment_ids: Collection[UUID], asof: datetime, settings: EngineSettings | None = None
) -> list[Evidence]:
    """For each stage, as of a moment: of the segment (with all that narrow it) and of the bank. One query.

    Counted over the whole bank, as the rates of the ranking are: a share tells nothing of whose leads they were.
    """
    days = (settings or EngineSettings()).evidence_half_life_days
    here, passed = Q(segment_id__in=list(segment_ids)), Q(state=PassageState.PASSED)
    weight = Faded(Value(asof), F("entered_at"), days=days)
    rows = (
        StoredPassage.objects.filter(stage__in=[stage.pk for stage in stages], state__in=RESOLVED)
        .filter(entered_at__gt=asof - YEAR, entered_at__lte=asof)
        .order_by()
        .values("stage_id")
        .annotate(
            stage_trials=Count("pk"), stage_n=Sum(weight), stage_y=Sum(weight, filter=passed, default=0.0),
            trials=Count("pk", filter=here), passed=Count("pk", filter=here & passed),
            n=Sum(weight, filter=here, default=0.0), y=Sum(weight, filter=here & passed, default=0.0),
        )
    )  # fmt: skip
    found: dict[UUID, dict[str, Any]] = {row.pop("stage_id"): row for row in rows}
    nothing = {"stage_trials": 0, "stage_n": 0.0, "stage_y": 0.0, "trials": 0, "passed": 0, "n": 0.0, "y": 0.0}
    return [Evidence(guess=stage.pass_guess, **found.get(stage.pk, nothing)) for stage in stages]
