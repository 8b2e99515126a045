"""What a submission need not remember for ever."""

from datetime import datetime, timedelta

from forms.choices import KEPT_DAYS
from forms.models import Submission


def forget_addresses(*, at: datetime) -> int:
    """Drop the hashes of addresses and the kinds of browser after half a year. Returns of how many rows."""
    old = Submission.objects.filter(at__lt=at - timedelta(days=KEPT_DAYS)).exclude(ip_hash="")
    return old.update(ip_hash="", agent_family="", digest="")
