"""What the address of a week asks for: which week, whose, which segment, which tab of a phone."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import people
from backlog.services.sprints import monday_of
from backlog.weeks import code_of, monday_of_code
from common.errors import NotFound
from web.pages import person


def monday_from(code: str) -> date:
    """Raises NotFound for what is no ISO week."""
    monday = monday_of_code(code)
    if monday is None:
        raise NotFound(_("Такой недели нет."))
    return monday


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Asked:
    monday: date
    owner: User
    people: list[User]
    segment_id: UUID | None
    tab: str
    day: str
    own: bool
    fact: bool = False

    @property
    def code(self) -> str:
        return code_of(self.monday)

    @property
    def query(self) -> str:
        """Owner and segment as the addresses of this page carry them on, with the mark of a query."""
        asked = {} if self.own else {"owner": str(self.owner.pk)}
        if self.segment_id:
            asked["segment"] = str(self.segment_id)
        return f"?{urlencode(asked)}" if asked else ""

    def url(self, name: str = "week:page", *, weeks: int = 0) -> str:
        return reverse(name, args=[code_of(self.monday + timedelta(weeks=weeks))]) + self.query


def asked_of(request: HttpRequest, code: str) -> Asked:
    """Raises NotFound: no such week, or a person whose work the reader does not see."""
    user, monday = person(request), monday_from(code)
    known = list(people(user))
    wanted = _uuid(request.GET.get("owner", "")) or user.pk
    owner = user if wanted == user.pk else next((one for one in known if one.pk == wanted), None)
    if owner is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    tab = "day" if request.GET.get("tab") == "day" else "list"
    return Asked(
        monday, owner, known, _uuid(request.GET.get("segment", "")), tab, request.GET.get("day", ""), wanted == user.pk,
        fact=request.GET.get("show") == "fact",
    )  # fmt: skip


def this_week(user: User, today: date) -> str:
    return reverse("week:page", args=[code_of(monday_of(today))])
