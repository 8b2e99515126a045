"""ISO weeks as addresses and parameters carry them: 2026-W48."""

import re
from datetime import date

from backlog.services.sprints import YEARS

_CODE = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


def code_of(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def monday_of_code(code: str) -> date | None:
    """The Monday of that week; None for what is no ISO week, or lies out of the plan's reach."""
    found = _CODE.fullmatch(code)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None
    return monday if monday is not None and monday.year in YEARS else None
