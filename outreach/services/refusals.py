"""«Больше не писать»: by the link in a letter, by a word in a reply, by hand."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.access import demand_write
from accounts.models import User
from agents.models import Party
from outreach.choices import OptOutSource
from outreach.models import Message, OptOut


@transaction.atomic
def opt_out(*, message: Message, source: OptOutSource, at: datetime) -> None:
    """The party of this message is written to no more, by any campaign; said twice, the first counts."""
    refusal = OptOut(
        party_id=message.party_id, channel=message.channel, address=message.address, source=source, at=at,
        message=message,
    )  # fmt: skip
    OptOut.objects.bulk_create([refusal], ignore_conflicts=True)


@transaction.atomic
def opt_out_by_hand(*, party: Party, by: User, at: datetime) -> None:
    """A colleague writes down what he was told by word of mouth. Raises NotAllowed."""
    demand_write(by)
    OptOut.objects.bulk_create([OptOut(party=party, source=OptOutSource.HAND, at=at)], ignore_conflicts=True)


def message_of(message_id: UUID | None) -> Message | None:
    """The message that an opt-out link came with."""
    return Message.objects.filter(pk=message_id).first() if message_id else None
