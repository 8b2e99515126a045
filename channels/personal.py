"""What this room holds of people: nothing."""

from collections.abc import Mapping

from django.db import models

from channels.models import Stand

PLAIN: Mapping[type[models.Model], str] = {Stand: "home cleared"}
