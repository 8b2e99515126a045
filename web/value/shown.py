"""A promise as pages show it: its numbers in words, how far it has come, its measurements with their verdicts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from leads.choices import PromiseState
from leads.models import Lead, ValueMeasurement, ValuePromise
from leads.value import is_met, progress_of, state_of
from web import formats
from web.ui.registry import language

TONES = {
    PromiseState.SHORT: ("error", "warning"),
    PromiseState.MEASURE: ("warning", "clock"),
    PromiseState.WAITING: ("neutral", "clock"),
    PromiseState.KEPT: ("success", "done"),
    PromiseState.DROPPED: ("neutral", "refused"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the small history."""

    row: ValueMeasurement
    value: str
    progress: str
    met: bool


@dataclass(frozen=True, slots=True)
class Shown:
    promise: ValuePromise
    state: PromiseState
    history: Sequence[Measured] = ()

    @property
    def word(self) -> str:
        """The state; a promise that nobody measured in time says so, one kept late says when."""
        if self.state == PromiseState.SHORT and self.promise.measured is None:
            return _("недокрутили: не измерено")
        if self.state == PromiseState.KEPT and self.late:
            return _("выполнено позже срока")
        return str(self.state.label)

    @property
    def tone(self) -> str:
        return TONES[self.state][0]

    @property
    def mark(self) -> str:
        return TONES[self.state][1]

    @property
    def wants_fact(self) -> bool:
        return self.state in {PromiseState.SHORT, PromiseState.MEASURE, PromiseState.WAITING}

    @property
    def late(self) -> bool:
        return self.promise.kept_on is not None and self.promise.kept_on > self.promise.due_on

    @property
    def title(self) -> str:
        return ", ".join(filter(None, (self.promise.metric, self.promise.unit)))

    @property
    def promised(self) -> str:
        """«1 дн., было 5 дн.»"""
        target = with_unit(self.promise.target, self.promise.unit)
        if self.promise.baseline is None:
            return target
        was = with_unit(self.promise.baseline, self.promise.unit)
        return _("%(target)s, было %(was)s") % {"target": target, "was": was}

    @property
    def share(self) -> Any:
        return progress_of(self.promise, self.promise.measured).share

    @property
    def progress(self) -> str:
        return "" if self.promise.measured is None else progress_text(self.promise, self.promise.measured)


def shown(lead: Lead, promises: Iterable[ValuePromise], today: date,
          measurements: Iterable[ValueMeasurement] = ()) -> list[Shown]:  # fmt: skip
    """Promises of one lead, with their measurements newest first where those are at hand."""
    lines: dict[Any, list[ValueMeasurement]] = {}
    for row in measurements:
        lines.setdefault(row.promise_id, []).append(row)
    return [
        Shown(promise, state_of(promise, lead, today), [_line(promise, row) for row in lines.get(promise.pk, ())])
        for promise in promises
    ]


def _line(promise: ValuePromise, row: ValueMeasurement) -> Measured:
    value = with_unit(row.value, promise.unit)
    return Measured(row, value, progress_text(promise, row.value), is_met(promise, row.value))


def progress_text(promise: ValuePromise, value: Any) -> str:
    """«1,4 дн. из 1 дн.: 71 %», or what stands against a share."""
    found = progress_of(promise, value)
    said = _("%(fact)s из %(target)s") % {
        "fact": with_unit(value, promise.unit), "target": with_unit(promise.target, promise.unit)
    }  # fmt: skip
    if found.share is None:
        return said
    if found.of_way and found.share < 0:
        return _("%(said)s: хуже, чем было") % {"said": said}
    share = formats.percent(found.share, language())
    if found.of_way:
        return _("%(said)s: пройдено %(share)s пути") % {"said": said, "share": share}
    return f"{said}: {share}"


def with_unit(value: Any, unit: str) -> str:
    number = formats.number(value.normalize(), language())
    return f"{number} {unit}" if unit else number
