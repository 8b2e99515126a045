"""What this room holds of people: nothing by design, since events carry ids; what a receiver answered may."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from webhooks.models import Attempt, Endpoint, Event

HOLDS = (
    Holds(Attempt, _("Ответы приёмников"), erase="body error", by_value="body error"),
    Holds(Event, _("События для внешних систем"), erase="data", by_value="data"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Endpoint: "url description types secret old_secret",
    Event: "type",
}
