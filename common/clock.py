"""The clock is asked at the door (page, API, job) and handed down as ``at``; the rooms never look at it."""

from datetime import UTC, datetime

from django.utils import timezone


def now() -> datetime:
    return timezone.now()


def at_start_of_day(day_text: str) -> datetime:
    """Midnight of an ISO day in the current time zone. Raises ValueError where the text is no day."""
    naive = datetime.fromisoformat(day_text)
    return naive if naive.tzinfo else timezone.make_aware(naive)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
