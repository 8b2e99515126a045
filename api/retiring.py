"""What is to go says so in time: ``Deprecation`` (RFC 9745) and ``Sunset`` (RFC 8594) on every answer, «deprecated» in
the document. A view names it in ``deprecated``; the changelog of the document tells of it too."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.utils.http import http_date


@dataclass(frozen=True, slots=True)
class Deprecated:
    """Out of favour ``since`` a day, gone on ``sunset`` (None: no day yet). ``instead`` is the address to go to.

    ``actions`` are those of a resource that it is about; none means all.
    """

    since: date
    sunset: date | None = None
    instead: str = ""
    actions: frozenset[str] = frozenset()

    def headers(self) -> dict[str, str]:
        found = {"Deprecation": f"@{_seconds(self.since)}"}
        if self.sunset is not None:
            found["Sunset"] = http_date(_seconds(self.sunset))
        if self.instead:
            found["Link"] = f'<{self.instead}>; rel="successor-version"'
        return found


def deprecated_of(view: Any) -> Deprecated | None:
    """What is said of the view in this action."""
    said: Deprecated | None = getattr(view, "deprecated", None)
    about_all = said is None or not said.actions
    return said if about_all or getattr(view, "action", "") in said.actions else None  # type: ignore[union-attr]


def _seconds(day: date) -> int:
    return int(datetime.combine(day, time.min, UTC).timestamp())
