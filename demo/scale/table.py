"""One table's worth of rows, drawn and not yet written."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from demo.scale.columns import copy_in


@dataclass(frozen=True, slots=True)
class Table:
    """``columns`` as ``columns.copy_in`` takes them."""

    model: type[models.Model]
    count: int
    columns: Mapping[str, Any]

    def write(self, at: datetime) -> dict[str, object]:
        """COPY the rows; returns the figure to print."""
        started = time.perf_counter()
        rows = copy_in(self.model, self.count, self.columns, at=at)
        return {"step": self.model._meta.db_table, "rows": rows, "seconds": round(time.perf_counter() - started, 2)}
