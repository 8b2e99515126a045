"""What this room holds of people: figures only."""

from collections.abc import Mapping

from django.db import models

from dashboards.models import ForecastRow, MeetingThen

PLAIN: Mapping[type[models.Model], str] = {ForecastRow: "points checked", MeetingThen: "status kind"}
