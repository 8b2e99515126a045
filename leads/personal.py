"""What this room holds of people: everything that was written about the work on somebody."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from leads.models import (
    Agreement,
    Blocker,
    BlockerHold,
    Contract,
    Interview,
    Lead,
    LeadMerge,
    LossReason,
    Meeting,
    Note,
    ValueMeasurement,
    ValuePromise,
)

_OF_LEAD = {"lead": "leads.Lead"}

HOLDS = (
    Holds(
        Lead,
        _("Лиды"),
        via={"party": "agents.Party"},
        erase="external_id problem resources next_action tags",
        keep="source source_channel base",
    ),
    Holds(Note, _("Заметки"), via=_OF_LEAD, erase="text"),
    Holds(Meeting, _("Звонки и встречи"), via=_OF_LEAD, erase="place note external_id", keep="source"),
    Holds(Interview, _("Интервью"), via=_OF_LEAD, erase="problem quotes external_id", keep="source"),
    Holds(
        Agreement,
        _("Устные договорённости"),
        via=_OF_LEAD,
        erase="agent_gives bank_gives external_id",
        keep="source",
    ),
    Holds(
        Contract,
        _("Контракты"),
        via=_OF_LEAD,
        erase="provides terms bank_service file file_name external_id",
        keep="number source",
    ),
    Holds(
        ValuePromise,
        _("Обещанная ценность"),
        via=_OF_LEAD,
        erase="external_id",
        keep="metric unit source",
        mentions="metric",
    ),
    Holds(
        ValueMeasurement,
        _("Замеры ценности"),
        via={"promise": "leads.ValuePromise"},
        erase="taken_from external_id",
        keep="source",
    ),
    Holds(BlockerHold, _("Что мешает"), via={"party": "agents.Party"}),
    Holds(Blocker, _("Блокеры"), mentions="description responsible"),
    Holds(LeadMerge, _("Слияния лидов"), via={"kept": "leads.Lead", "merged": "leads.Lead"}, keep="moved filled"),
)
PLAIN: Mapping[type[models.Model], str] = {
    Blocker: "source external_id",
    LossReason: "code name",
}
