"""The same events to pull: read on from a place in line. Every place below a seen one has been given and seen."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from accounts.models import User
from common.errors import Refused
from webhooks.models import Event, Line
from webhooks.recording import rfc3339


class CursorExpired(Refused):
    """Events after this place were deleted by age: the reader must take stock anew."""

    code: ClassVar[str] = "cursor_expired"
    status: ClassVar[int] = 410


@dataclass(frozen=True, slots=True)
class Page:
    events: list[Event]
    last: int
    """The place to read on from; where nothing more is there now, the end of the line as it was."""
    more: bool


def read(*, user: User, after: int, types: Collection[str] = (), limit: int) -> Page:
    """Events after a place, oldest first, as far as this user sees their objects. Raises CursorExpired."""
    line = Line.objects.first() or Line()
    if after < line.swept and after:
        raise CursorExpired(_("События после этой отметки уже удалены по сроку. Сверьте данные и читайте с начала."))
    rows = Event.objects.visible_to(user).told().filter(position__gt=after, position__lte=line.position)
    if types:
        rows = rows.filter(type__in=types)
    found = list(rows.order_by("position")[: limit + 1])
    more = len(found) > limit
    events = found[:limit]
    return Page(events, events[-1].position if more else max(after, line.position), more)


def body_of(event: Event) -> dict[str, Any]:
    """What is sent and what is pulled: ids, codes and times."""
    about = {"id": str(event.object_id), "sequence": event.number}
    actor = {"actor": str(event.actor_id) if event.actor_id else None}
    return {"type": event.type, "timestamp": rfc3339(event.at), "data": about | actor | event.data}
