"""Whose hidden contacts the reader has asked to see: ids in his session, for a quarter of an hour."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest

FOR = timedelta(minutes=15)
_KEY = "_shown_people"


def remember(request: HttpRequest, party_id: UUID, *, at: datetime) -> None:
    """Those whose time is over are forgotten on the way."""
    kept = {pk: until for pk, until in request.session.get(_KEY, {}).items() if until > at.timestamp()}
    request.session[_KEY] = kept | {str(party_id): (at + FOR).timestamp()}


def is_shown(request: HttpRequest, party_id: UUID | None, *, at: datetime) -> bool:
    """Costs no query: the session is read by then."""
    until = request.session.get(_KEY, {}).get(str(party_id), 0)
    return bool(until > at.timestamp())
