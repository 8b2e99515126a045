"""The doors to sources and to what came from them: administrators and auditors read, administrators change."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.access import demand_settings
from accounts.models import User
from common.errors import NotFound
from inbox.models import Arrival, InboundSource


def get_source_for(user: User, pk: UUID | str) -> InboundSource:
    """Raises NotAllowed, NotFound."""
    demand_settings(user)
    found: InboundSource = _one(InboundSource.objects.select_related("account"), pk)
    return found


def get_arrival_for(user: User, pk: UUID | str) -> Arrival:
    """Without its body. Raises NotAllowed, NotFound."""
    demand_settings(user)
    found: Arrival = _one(Arrival.objects.for_list().visible_to(user), pk)
    return found


def _one(rows: "QuerySet[Any]", pk: UUID | str) -> Any:
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found
