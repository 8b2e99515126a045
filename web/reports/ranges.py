"""Ranges on one scale: from where to where a figure lies, a point within it, a tick of the norm; in percent of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Range:
    """Ready for drawing; ``tick`` is None where there is no norm."""

    low: str
    width: str
    point: str
    tick: str | None = None


def drawn(low: float, high: float, point: float, *, top: float, tick: float | None = None) -> Range:
    """``top`` is the right end of the scale, the same for all lines of one figure."""
    return Range(
        _part(low, top),
        _part(max(high - low, top / 200), top),
        _part(point, top),
        None if tick is None else _part(min(tick, top), top),
    )


def _part(value: float, top: float) -> str:
    return f"{min(100.0, 100 * value / top) if top else 0:.2f}"
