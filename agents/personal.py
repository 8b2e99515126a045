"""What this room holds of people: who a party is, and how to reach him."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from agents.models import Agent, Client, Consent, Contact, Initiative, Party, Product, Segment, Utp
from common.personal import Holds

_OF_PARTY = {"party": "agents.Party"}

HOLDS = (
    Holds(
        Party,
        _("Карточка агента или клиента"),
        erase="external_id city tax_id bant client_base_source problem resources",
        anonym="name sort_key",
        keep="source",
    ),
    Holds(Contact, _("Контакты"), via=_OF_PARTY, erase="value key person note", gone=True),
    Holds(Consent, _("Согласия"), via=_OF_PARTY, erase="evidence", keep="text_version text_hash"),
    Holds(Segment, _("Сегменты"), mentions="description"),
)
_PARTY = "source external_id name sort_key city tax_id bant client_base_source problem resources"
PLAIN: Mapping[type[models.Model], str] = {
    Agent: _PARTY,  # the two faces of Party
    Client: _PARTY,
    Product: "code name",
    Segment: "source external_id name city region traits",
    Initiative: "source external_id name description",
    Utp: "source external_id statement promised_metric",
}
