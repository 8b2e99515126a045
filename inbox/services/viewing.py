"""Looking at a message's body: administrators only, and each look is written down."""

import json
from datetime import datetime

from django.db import transaction

from accounts.access import demand_administrator
from accounts.models import User
from audit import journal
from audit.choices import Fields, Look
from inbox.models import Arrival, BodyView


@transaction.atomic
def body_of(*, arrival: Arrival, by: User, at: datetime) -> str:
    """The body as text, laid out where it is JSON. Raises NotAllowed."""
    demand_administrator(by)
    BodyView.objects.create(arrival=arrival, by=by, at=at)
    journal.look_as(Look.REVEAL)
    journal.note([arrival.pk], Fields.RAW)
    raw = bytes(Arrival.objects.values_list("body", flat=True).get(pk=arrival.pk))
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
