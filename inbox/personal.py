"""What this room holds of people: messages of other systems, as they came."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Ages, Holds
from inbox.choices import State
from inbox.models import Arrival, InboundSource

HOLDS = (
    Holds(
        Arrival,
        _("Входящие сообщения систем"),
        erase="object body error",
        by_value="body object error",
        by_id="body",
        keep="type",
    ),
)
PLAIN: Mapping[type[models.Model], str] = {
    InboundSource: "name code key types secret old_secret",
    Arrival: "message_id",
}
AGES = (
    Ages(
        "inbox",
        _("Тела входящих сообщений"),
        365,
        lambda before: Arrival.objects.filter(at__lt=before).exclude(state=State.RECEIVED).exclude(body=b""),
        clear={"body": b"", "error": ""},
    ),
)
