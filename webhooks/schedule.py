"""When a failed delivery is tried again, and when an endpoint is given up. Times are seconds."""

import random
from datetime import timedelta

RETRIES: tuple[float, ...] = (5, 60, 300, 1800, 7200, 21600, 43200, 86400, 86400)
"""Pauses after the first, second ... failed try: ten tries in three days."""
JITTER = 0.1
"""So that what failed together does not come back together."""
LONGEST_QUIET = 3600.0
"""How long a receiver may ask for quiet at a time."""
GIVE_UP_AFTER = timedelta(hours=24)
GIVE_UP_FAILURES = 20
"""An endpoint pauses itself after so many failures in a row over so long a time."""
SECRET_OVERLAP = timedelta(hours=24)


def pause_after(tries: int) -> float | None:
    """Seconds until the next try after so many failed ones; None when it was the last."""
    if tries > len(RETRIES):
        return None
    return RETRIES[tries - 1] * random.uniform(1, 1 + JITTER)  # noqa: S311 - not a secret
