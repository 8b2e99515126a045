"""What this room holds of people: what the sandbox's receiver was sent."""

from django.utils.translation import gettext_lazy as _

from common.personal import Holds
from demo.models import Receipt

HOLDS = (
    Holds(Receipt, _("Песочница вебхуков"), erase="body headers", by_value="body headers", by_id="body", keep="key"),
)
