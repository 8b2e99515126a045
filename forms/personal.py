"""What this room holds of people: what was typed into a form of the site until the lead is in."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.personal import Ages, Holds
from forms.models import ConsentText, PublicForm, Submission

HOLDS = (
    Holds(
        Submission,
        _("Заявки с сайта"),
        via={"party": "agents.Party", "lead": "leads.Lead"},
        erase="kept error ip_hash digest",
        keep="agent_family",
        by_value="kept error",
    ),
)
PLAIN: Mapping[type[models.Model], str] = {
    PublicForm: "key title fields required languages texts origins",
    ConsentText: "texts",
    Submission: "token",
}
AGES = (
    Ages(
        "forms",
        _("Заявки с сайта, из которых лид не вышел"),
        30,
        lambda before: Submission.objects.filter(at__lt=before).exclude(kept={}),
        clear={"kept": {}, "error": ""},
        party=("party",),
    ),
)
