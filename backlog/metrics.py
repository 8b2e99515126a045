"""What a goal may count. A counted metric is read from what happened and never typed; an own metric is typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Source(StrEnum):
    """Where the values come from."""

    ENTRIES = "entries"  # first entries of leads into a stage, from the funnel's log
    RESULTS = "results"  # results written down on the result bar
    TYPED = "typed"  # values that a person logs


@dataclass(frozen=True, slots=True)
class Metric:
    """``stage`` is the stage's code for entries, ``kinds`` and ``outcomes`` restrict results."""

    code: str
    name: Any
    unit: Any
    source: Source
    stage: str = ""
    kinds: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    leading: bool = False
    """Grows early in the chain: a harder framing of a goal at its end."""


_LEADS, _TIMES = _("лидов"), _("раз")


def _entries(stage: str, name: Any, *, leading: bool = False) -> Metric:
    return Metric(stage, name, _LEADS, Source.ENTRIES, stage=stage, leading=leading)


METRICS: Mapping[str, Metric] = {
    metric.code: metric
    for metric in (
        _entries("contact", _("Новые контакты"), leading=True),
        _entries("meeting", _("Созвоны и встречи"), leading=True),
        _entries("custdev", _("CustDev проведены"), leading=True),
        _entries("verbal_contract", _("Устные контракты")),
        _entries("signed_contract", _("Подписанные контракты")),
        _entries("value_delivered", _("Ценность доставлена")),
        Metric("calls", _("Звонки с ответом"), _TIMES, Source.RESULTS, kinds=frozenset({"call"}), leading=True,
               outcomes=frozenset({"agreed", "meeting", "refused", "verbal_contract", "clause_missing", "objection",
                                   "contradiction", "other"})),
        Metric("agreed", _("Договорились"), _TIMES, Source.RESULTS, outcomes=frozenset({"agreed", "meeting"}),
               leading=True),
        Metric("done", _("Сделанные действия"), _TIMES, Source.RESULTS),
        Metric("own", _("Своя метрика"), "", Source.TYPED, leading=True),
    )
}  # fmt: skip
OWN = "own"


def metric_of(code: str) -> Metric:
    """Unknown codes (a metric that was retired) are read as typed ones, so that old goals can still be shown."""
    return METRICS.get(code, METRICS[OWN])
