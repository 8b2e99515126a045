"""Who opens more cards than a working person does."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from audit.choices import Look
from audit.events import UnusualViewing
from audit.models import View
from common.events import publish

HOUR = timedelta(hours=1)


def look(*, at: datetime) -> int:
    """Tell of everybody who opened more different cards within the last hour than is usual. Returns how many people.

    Tokens read by the thousand and have limits of their own; this is about people. Told again at each tick: whoever
    makes a notice of it does so once an hour and person.
    """
    since = at - HOUR
    cards = View.objects.filter(at__gte=since, at__lte=at, look=Look.CARD, user_id__isnull=False, token_key="")
    counted = cards.values_list("user_id").annotate(cards=Count("object_id", distinct=True))
    found = list(counted.filter(cards__gt=settings.UNUSUAL_CARDS_AN_HOUR).order_by("user_id"))
    with transaction.atomic():
        for user_id, count in found:
            if user_id is not None:
                publish(UnusualViewing(user_id=user_id, cards=count, at=at, since=since))
    return len(found)
