"""How endpoints fare, by what they answered: quiet when asked for, a pause when nothing gets through."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce, Now

from common import clock
from common.changes import save_changes
from common.events import publish
from webhooks import schedule
from webhooks.choices import EndpointState, Stop
from webhooks.events import EndpointStopped
from webhooks.models import Endpoint
from webhooks.sending import GONE, Result


def note_health(results: Sequence[Result]) -> None:
    """In the transaction of the results. A success among them makes an endpoint healthy: it was heard just now."""
    at = clock.now()
    of_endpoint: dict[UUID, list[Result]] = {}
    for result in results:
        of_endpoint.setdefault(result.parcel.endpoint_id, []).append(result)
    for pk, tries in sorted(of_endpoint.items()):
        rows = Endpoint.objects.filter(pk=pk)
        if any(one.accepted for one in tries):
            rows.update(failures=0, failing_since=None, last_ok_at=Now())
        else:
            rows.update(failures=F("failures") + len(tries), failing_since=Coalesce("failing_since", Now()))
        if pauses := [one.pause for one in tries if one.pause]:
            rows.update(quiet_until=Now() + timedelta(seconds=min(max(pauses), schedule.LONGEST_QUIET)))
        if why := _why_stop(pk, tries, at):
            stop(pk, why, at=at)


def _why_stop(pk: UUID, tries: Sequence[Result], at: datetime) -> Stop | None:
    if any(one.status == GONE for one in tries):
        return Stop.GONE
    if all(one.accepted for one in tries):
        return None
    long_ago = Now() - schedule.GIVE_UP_AFTER
    given_up = Endpoint.objects.filter(pk=pk, failures__gte=schedule.GIVE_UP_FAILURES, failing_since__lte=long_ago)
    return Stop.FAILING if given_up.exists() else None


def stop(pk: UUID, why: Stop, *, at: datetime) -> None:
    """Give an endpoint up: gone for good, or paused until somebody looks. Told once, to whoever asked to be told."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=pk)
    if endpoint.state != EndpointState.ACTIVE:
        return
    state = EndpointState.DISABLED if why == Stop.GONE else EndpointState.PAUSED
    save_changes(endpoint, {"state": state, "stopped_why": why})
    publish(EndpointStopped(pk, endpoint.host, endpoint.owner_id, why, at))
