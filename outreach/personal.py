"""What this room holds of people: messages, replies, refusals and addresses."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Ages, Holds
from outreach.choices import OUT
from outreach.models import Campaign, KnownAddress, Message, OptOut, Reply, Template

_OF_PARTY = {"party": "agents.Party"}

HOLDS = (
    Holds(
        Message,
        _("Сообщения рассылок"),
        via={"party": "agents.Party", "lead": "leads.Lead"},
        erase="address subject text detail provider_id",
    ),
    Holds(
        Reply,
        _("Ответы на рассылки"),
        via={"party": "agents.Party", "message": "outreach.Message"},
        erase="address text",
        unique="external_id",
        by_value="address",
    ),
    Holds(OptOut, _("Отказы от рассылок"), via=_OF_PARTY, erase="lift_reason", unique="address", by_value="address"),
    Holds(KnownAddress, _("Адреса в мессенджерах"), erase="handle address", by_value="handle address", gone=True),
    Holds(Campaign, _("Рассылки"), mentions="audience"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Template: "name channel subject body",
    Campaign: "name",
    Message: "channel",
    OptOut: "channel",
    Reply: "channel",
    KnownAddress: "channel",
}
AGES = (
    Ages(
        "messages",
        _("Тексты отправленных сообщений"),
        730,
        lambda before: Message.objects.filter(state__in=OUT, sent_at__lt=before).exclude(text="", address=""),
        clear={"address": "", "subject": "", "text": "", "detail": "", "provider_id": ""},
        party=("party",),
    ),
)
