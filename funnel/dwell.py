"""Time in a stage on a fixed grid, so that stored cells and single rows give the same figure.

A quantile is interpolated within its bucket: it is right to the width of that bucket (an hour within the first four,
a day within two weeks, a sixth of its value or less beyond).
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

EDGES: Sequence[float] = (
    0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 30, 36, 42, 48, 60, 72, 84, 96, 108, 120, 132, 144, 156, 168, 180,
    192, 216, 240, 264, 288, 312, 336, 384, 432, 504, 576, 672, 768, 864, 1008, 1176, 1344, 1560, 1800, 2160, 2520,
    2880, 3360, 3960, 4680, 5520, 6480, 7560, 8760, 10200, 12000, 14040, 16400, 19200,
)  # fmt: skip
"""Hours at which one bucket ends and the next begins; bucket 0 lies before the first, the last one has no end."""

_ARRAY = f"ARRAY[{', '.join(map(str, EDGES))}]::float8[]"
BUCKET = f"width_bucket((extract(epoch FROM {{}}) / 3600)::float8, {_ARRAY})::smallint"
"""The bucket of an interval, as an expression of SQL."""


def bucket_of(hours: float) -> int:
    """As PostgreSQL's ``width_bucket(hours, EDGES)`` has it."""
    return bisect_right(EDGES, hours)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """Hours within which ``share`` of the counted passages lie; None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    wanted, before = share * total, 0
    for bucket in sorted(counts):
        if before + counts[bucket] >= wanted:
            low = EDGES[bucket - 1] if bucket else 0.0
            high = EDGES[bucket] if bucket < len(EDGES) else low
            return low + (high - low) * (wanted - before) / counts[bucket]
        before += counts[bucket]
    raise AssertionError("a share lies between nought and one")
