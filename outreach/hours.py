"""When somebody may be written to: the campaign's weekdays and hours, by the recipient's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from agents.models import Party
from outreach.models import Campaign
from outreach.zones import zone_of

_WEEK = 8


def recipients_zone(party: Party, campaign: Campaign) -> ZoneInfo:
    return zone_of(party.city, campaign.owner.zone)


def owners_day(campaign: Campaign, at: datetime) -> date:
    """The day to whose quota a moment belongs."""
    return at.astimezone(campaign.owner.zone).date()


def window_on(campaign: Campaign, zone: ZoneInfo, day: date) -> tuple[datetime, datetime] | None:
    """The hours of a day by the recipient's clock, in UTC; None where the campaign rests or is over."""
    over = campaign.ends_on is not None and day > campaign.ends_on
    if over or day < campaign.starts_on or day.isoweekday() not in campaign.weekdays:
        return None
    start, end = (
        datetime.combine(day, hour, zone).astimezone(UTC) for hour in (campaign.hours_from, campaign.hours_to)
    )
    return (start, end) if start < end else None


def next_moment(campaign: Campaign, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The first moment from ``at`` on when the recipient may be written to; None when the campaign ends before."""
    first = max(at.astimezone(zone).date(), campaign.starts_on)
    for count in range(_WEEK):
        window = window_on(campaign, zone, first + timedelta(days=count))
        if window is not None and at < window[1]:
            return max(at, window[0])
    return None
