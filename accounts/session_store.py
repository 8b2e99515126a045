"""The session engine: sessions are rows of ours, so that each knows whose it is, since when, and when it was last used.

Both clocks are looked at where a session is loaded, whatever the address: no page and no call can forget to ask.
Names kept inside a session: when it was signed in and how, when the person last proved who he is, where the browser is.
They are set on the server only.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as RowStore

from accounts.models import Session
from common import clock

BEGAN, CONFIRMED = "_began_at", "_confirmed_at"
DEVICE, ADDRESS, METHOD = "_device", "_address", "_method"


class SessionStore(RowStore):
    """``ended`` says why a session that the browser still names is no more: "idle", "age", or nothing."""

    row: Session | None = None
    ended: str = ""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Any:
        row = super()._get_session_from_db()  # type: ignore[misc]
        if row is None:
            return None
        self.ended = _over(row, clock.now())
        if self.ended:
            row.delete()
            self._session_key = None
            return None
        self.row = row
        return row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to write. A sign-in is stamped the first time that it is saved, whichever way it came about."""
        at = clock.now()
        if SESSION_KEY in data and BEGAN not in data:
            data[BEGAN] = at.timestamp()
            data.setdefault(CONFIRMED, at.timestamp())
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.user_id = data.get(SESSION_KEY)
        row.started_at = datetime.fromtimestamp(data[BEGAN], at.tzinfo) if BEGAN in data else at
        row.seen_at = at
        if self.row is not None:
            row.ref = self.row.ref
        row.address, row.device, row.method = data.get(ADDRESS), data.get(DEVICE, ""), data.get(METHOD, "")
        self.row = row
        return row

    def flush(self) -> None:
        super().flush()
        self.row = None


def _over(row: Session, at: datetime) -> str:
    if row.user_id is None:
        return ""
    if at >= row.seen_at + timedelta(minutes=settings.SESSION_IDLE_MINUTES):
        return "idle"
    return "age" if at >= row.started_at + timedelta(hours=settings.SESSION_HOURS) else ""
