"""What others count with over rows of their own."""

from django.db.models import Aggregate
from django.db.models.fields import DurationField


class Median(Aggregate):
    """PostgreSQL's interpolating median of an interval."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()
