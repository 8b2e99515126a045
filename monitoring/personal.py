"""What this room holds of people: nothing."""

from collections.abc import Mapping

from django.db import models

from monitoring.models import Deed, Heartbeat, TaskRun

PLAIN: Mapping[type[models.Model], str] = {Heartbeat: "name detail", TaskRun: "name error", Deed: "subject"}
