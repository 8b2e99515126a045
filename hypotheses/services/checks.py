"""What a hypothesis must be to make sense: every error at once, each beside its field."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agents.models import Initiative, Segment, Utp
from agents.selectors import sub_segments
from common.errors import FieldError, Invalid
from funnel.models import Stage

MOST_ARMS = 5
SAMPLE = (10, 100_000)
LONGEST_MATURE = 60


def check(fields: Mapping[str, Any], utps: Sequence[Utp]) -> None:
    """Raises Invalid. ``fields`` are all columns as they would stand."""
    errors = [
        *_arms(fields.get("segment"), utps),
        *_stage(fields.get("segment"), fields.get("success_stage")),
        *_rates(fields),
        *_sizes(fields),
        *_present(fields),
    ]
    if errors:
        raise Invalid(errors[0].message, errors)


def _present(fields: Mapping[str, Any]) -> list[FieldError]:
    wanted = {"initiative": Initiative, "segment": Segment, "success_stage": Stage}
    return [
        FieldError(name, "required", _("Это поле обязательно."))
        for name, model in wanted.items()
        if not isinstance(fields.get(name), model)
    ]


def _arms(segment: Segment | None, utps: Sequence[Utp]) -> list[FieldError]:
    if not utps:
        return [
            FieldError(
                "utps", "required", _("Выберите хотя бы одно УТП: одно против порога или несколько между собой.")
            )
        ]
    if len(utps) > MOST_ARMS:
        text = _("Не больше %(most)s УТП сразу: на каждое нужна своя выборка.") % {"most": MOST_ARMS}
        return [FieldError("utps", "too_many", text)]
    if len({utp.pk for utp in utps}) < len(utps):
        return [FieldError("utps", "repeated", _("Одно и то же УТП выбрано дважды."))]
    if segment is None:
        return []
    asked = [segment.pk, *(utp.segment_id for utp in utps if utp.segment_id)]
    branches = sub_segments(asked)
    foreign = [
        utp.statement
        for utp in utps
        if utp.segment_id and segment.pk not in branches[utp.segment_id] and utp.segment_id not in branches[segment.pk]
    ]
    text = _(
        "УТП «%(utp)s» — другого сегмента. Выберите УТП этого сегмента, его подсегментов или того, что он уточняет."
    )
    return [FieldError("utps", "other_segment", text % {"utp": statement[:80]}) for statement in foreign[:1]]


def _stage(segment: Segment | None, stage: Stage | None) -> list[FieldError]:
    if stage is None:
        return []
    if segment is not None and stage.kind != segment.kind:
        return [
            FieldError("success_stage", "other_funnel", _("Этап — из другой воронки. Выберите этап воронки сегмента."))
        ]
    if not stage.active:
        return [FieldError("success_stage", "retired", _("Этот этап больше не действует. Выберите другой."))]
    if not stage.funnel.stages.filter(active=True, position__lt=stage.position).exists():
        text = _("В этот этап входит каждый лид. Выберите один из следующих.")
        return [FieldError("success_stage", "first", text)]
    return []


def _rates(fields: Mapping[str, Any]) -> list[FieldError]:
    rate: Decimal | None = fields.get("expected_rate")
    low: Decimal | None = fields.get("refuted_below")
    difference: Decimal | None = fields.get("difference")
    errors = []
    if rate is None or not 0 < rate < 1:
        errors.append(FieldError("expected_rate", "range", _("Порог — больше 0 и меньше 100 %.")))
    elif low is not None and not 0 < low <= rate:
        errors.append(FieldError("refuted_below", "range", _("Черта опровержения — больше 0 и не выше порога.")))
    if difference is not None and not 0 < difference < 1:
        errors.append(FieldError("difference", "range", _("Разница — больше 0 и меньше 100 п. п.")))
    return errors


def _sizes(fields: Mapping[str, Any]) -> list[FieldError]:
    errors = []
    low, high = SAMPLE
    sample, mature = fields.get("sample"), fields.get("mature_days")
    if sample is not None and not low <= sample <= high:
        text = _("Лидов на вариант — от %(low)s до %(high)s.") % {"low": low, "high": high}
        errors.append(FieldError("sample", "range", text))
    if mature is not None and not 0 <= mature <= LONGEST_MATURE:
        text = _("Дней на созревание — от 0 до %(most)s.") % {"most": LONGEST_MATURE}
        errors.append(FieldError("mature_days", "range", text))
    return errors
