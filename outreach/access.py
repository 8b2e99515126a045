"""The doors to one record of this room."""

from uuid import UUID

from accounts.access import one_visible
from accounts.models import User
from outreach.models import Campaign, Template


def get_template_for(user: User, pk: UUID | str, *, lock: bool = False) -> Template:
    return one_visible(Template.objects.for_list(), user, pk, lock=lock)


def get_campaign_for(user: User, pk: UUID | str, *, lock: bool = False) -> Campaign:
    return one_visible(Campaign.objects.for_list(), user, pk, lock=lock)
