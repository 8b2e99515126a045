"""Clock faces and moments. People name a time of day; what is kept and compared is the moment in UTC."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which the clocks of this zone show this time.

    A time that the clocks jump over is the next minute that they do show; of an hour that comes twice, the first
    counts. So every day has exactly one such moment.
    """
    wall = datetime.combine(day, clock)
    while True:
        moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == wall:
            return moment
        wall = wall.replace(second=0, microsecond=0) + MINUTE


def face_of(moment: datetime, zone: ZoneInfo) -> str:
    """What the clocks of the zone show, as it is kept beside the moment: «2026-11-22T09:00»."""
    return moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
