"""An office that bank systems listen to."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest

from accounts.models import Team, User
from accounts.roles import Role
from tests.office import Office
from tests.webhooks.receiver import Receiver, receiving
from webhooks import dispatching, numbering, sending
from webhooks.models import Delivery, Endpoint
from webhooks.services.endpoints import create_endpoint


class Desk:
    """Endpoints with receivers of their own, and a relay's turn by hand."""

    def __init__(self, office: Office, stack: ExitStack) -> None:
        self.office, self._stack = office, stack

    def account(self, team: Team | None = None) -> User:
        name = f"system-{User.objects.filter(role=Role.SERVICE).count()}"
        return User.objects.create_user(f"{name}@service.invalid", name=name, role=Role.SERVICE, team=team)

    def endpoint(
        self, team: Team | None = None, *, types: Sequence[str] = (), receiver: Receiver | None = None
    ) -> tuple[Endpoint, Receiver]:
        line = self._stack.enter_context(receiving(receiver))
        made = create_endpoint(by=self.office.adiba, url=line.url, account=self.account(team), types=types)
        line.secret = made.secret
        return made.endpoint, line

    def turn(self) -> int:
        """What a relay does: number, lease, send, write down. Returns how many were tried."""
        numbering.number_all()
        tried = 0
        while parcels := dispatching.lease(busy={}, room=100):
            dispatching.finish([sending.send(parcel) for parcel in parcels])
            tried += len(parcels)
        return tried


def due_now(*deliveries: Delivery) -> None:
    """The pause is over."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in deliveries]) if deliveries else Delivery.objects.all()
    rows.filter(state="waiting").update(next_at="2020-01-01T00:00Z")


@pytest.fixture
def inside(settings: Any) -> None:
    """The operator lets webhooks go to this machine."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1:*", "localhost:*"]
    settings.WEBHOOK_TIMEOUT = 0.5


@pytest.fixture
def hooks(office: Office, inside: None) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(office, stack)
