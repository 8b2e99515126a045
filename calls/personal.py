"""What this room holds of people: the numbers that called and were called, and where the talk is recorded."""

from django.utils.translation import gettext_lazy as _

from calls.models import Call
from common.personal import Ages, Holds

HOLDS = (
    Holds(
        Call,
        _("Звонки"),
        via={"party": "agents.Party", "lead": "leads.Lead"},
        erase="phone recording_url external_id",
        keep="source",
        by_value="phone",
    ),
)
AGES = (
    Ages(
        "calls",
        _("Номера и записи в журнале звонков"),
        1095,
        lambda before: Call.objects.filter(at__lt=before).exclude(phone="", recording_url=""),
        clear={"phone": "", "recording_url": ""},
        party=("party", "lead__party"),
    ),
)
