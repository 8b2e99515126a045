"""The log of messages as one: what went out and what came back, line by line."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agents.choices import ContactType
from agents.models import Party
from outreach.choices import Way
from outreach.models import Message, Reply


@dataclass(frozen=True, slots=True)
class Line:
    """A message or a reply. ``state`` and ``reason`` are None for what came back."""

    id: UUID
    created_at: datetime
    updated_at: datetime
    version: int
    direction: str
    channel: str
    at: datetime
    state: str | None
    reason: str | None
    address: str
    subject: str
    text: str
    in_reply_to: UUID | None
    campaign: UUID | None
    lead: UUID | None
    party: Party | None

    @property
    def pk(self) -> UUID:
        return self.id

    @property
    def type(self) -> str:
        """The kind of contact that the address is."""
        return self.channel if self.channel in ContactType.values else ContactType.PHONE


def line_of(row: Message | Reply) -> Line:
    """Reads no further rows where ``for_log`` fetched this one."""
    same = {name: getattr(row, name) for name in ("id", "created_at", "updated_at", "version", "channel", "address")}
    if isinstance(row, Reply):
        message = row.message
        return Line(
            **same, direction=Way.IN, at=row.at, state=None, reason=None, subject="", text=row.text, party=row.party,
            in_reply_to=row.message_id, campaign=message.campaign_id if message else None,
            lead=message.lead_id if message else None,
        )  # fmt: skip
    return Line(
        **same, direction=Way.OUT, at=row.sent_at or row.due_at or row.created_at, state=row.state,
        reason=row.reason or None, subject=row.subject, text=row.text, party=row.party, in_reply_to=None,
        campaign=row.campaign_id, lead=row.lead_id,
    )  # fmt: skip
