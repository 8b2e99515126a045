"""The doors to one record of this room."""

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.access import one_visible
from accounts.models import User
from common.errors import NotFound
from outreach.models import Campaign, Message, OptOut, Reply, Template


def get_template_for(user: User, pk: UUID | str, *, lock: bool = False) -> Template:
    return one_visible(Template.objects.for_list(), user, pk, lock=lock)


def get_campaign_for(user: User, pk: UUID | str, *, lock: bool = False) -> Campaign:
    return one_visible(Campaign.objects.for_list(), user, pk, lock=lock)


def get_refusal_for(user: User, pk: int) -> OptOut:
    """Raises NotFound, the same for hidden and missing."""
    found: OptOut | None = OptOut.objects.for_list().visible_to(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("Такой записи нет, или она вам не видна."))
    return found


def get_message_for(user: User, pk: UUID | str) -> Message | Reply:
    """A message or a reply, whichever has the id. Raises NotFound, the same for hidden and missing."""
    hidden = _("Такой записи нет, или она вам не видна.")
    try:
        known = UUID(str(pk))
    except ValueError as error:
        raise NotFound(hidden) from error
    for table in (Message, Reply):
        found: Message | Reply | None = table.objects.for_log().visible_to(user).filter(pk=known).first()
        if found is not None:
            return found
    raise NotFound(hidden)
