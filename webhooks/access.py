"""Doors to endpoints and their deliveries, and who may manage them."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from common.errors import NotAllowed, NotFound
from webhooks.models import Delivery, Endpoint


def get_endpoint_for(user: User, pk: UUID | str, *, lock: bool = False) -> Endpoint:
    """Raises NotFound, the same for hidden and missing."""
    number = _as_uuid(pk)
    if lock:  # without joins, before the row is read
        list(Endpoint.objects.select_for_update(no_key=True).filter(pk=number).values_list("pk"))
    found: Endpoint | None = Endpoint.objects.visible_to(user).for_list().filter(pk=number).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def get_delivery_for(user: User, pk: UUID | str, *, of: Endpoint | None = None) -> Delivery:
    """A delivery, of this endpoint where one is named. Raises NotFound."""
    rows = Delivery.objects.visible_to(user).for_list().select_related("endpoint__account")
    found: Delivery | None = rows.filter(pk=_as_uuid(pk)).first()
    if found is None or (of is not None and found.endpoint_id != of.pk):
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def demand_manager(by: User, account: User) -> None:
    """Administrators manage all endpoints, a bank system its own. Raises NotAllowed."""
    own = by.role == Role.SERVICE and by.pk == account.pk
    if not (by.is_administrator or own):
        raise NotAllowed(_("Вебхуками управляет администратор."))


def _as_uuid(pk: UUID | str) -> UUID:
    try:
        return pk if isinstance(pk, UUID) else UUID(str(pk))
    except ValueError as error:
        raise NotFound(_("Такой записи нет, или она вам не видна.")) from error
