"""What this room holds of people: search words and reasons may name somebody; ids lead to nobody by themselves."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.models import Approval
from common.personal import Holds

HOLDS = (Holds(Approval, _("Запросы согласия"), mentions="conditions words reason note"),)
PLAIN: Mapping[type[models.Model], str] = {Approval: "digest"}
