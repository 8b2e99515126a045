"""A reply becomes an action of whoever should answer."""

import logging

from django.utils.translation import gettext as _

from accounts.models import User
from agents.models import Party
from backlog.choices import ActionKind, ActionStatus, Priority
from backlog.models import Action
from backlog.services.actions import create_action
from common.errors import Refused
from leads.models import Lead
from outreach.events import ReplyReceived

log = logging.getLogger(__name__)


def plan_answer(event: ReplyReceived) -> None:
    """One open action a party, however many lines he sends; the reply is never lost for want of an action."""
    mark = f"reply:{event.party_id}:"
    if Action.objects.filter(sprung_from__startswith=mark, status=ActionStatus.PLANNED).exists():
        return
    owner = User.objects.get(pk=event.owner_id)
    lead = Lead.objects.filter(pk=event.lead_id).first() if event.lead_id else None
    title = _("Ответить: %(name)s") % {"name": event.party_name}
    note = _("Написал: «%(text)s»") % {"text": event.text[:1000]}
    try:
        create_action(
            owner=owner, by=owner, at=event.at, title=title[:200], note=note, kind=ActionKind.MESSAGE, minutes=15,
            priority=Priority.NOW, lead=lead, party=Party.objects.get(pk=event.party_id),
            sprung_from=f"{mark}{event.reply_id}",
        )  # fmt: skip
    except Refused as refusal:  # an owner who may no longer write
        log.warning("No action for reply %s: %s", event.reply_id, refusal.code)
