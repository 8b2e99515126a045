"""The public address by which a recipient refuses further messages. The signature is the right to do so."""

from uuid import UUID

from django.conf import settings
from django.core import signing

_SALT = "outreach.opt-out"


def opt_out_token(message_id: UUID) -> str:
    return signing.Signer(salt=_SALT).sign(message_id.hex)


def opt_out_address(message_id: UUID) -> str:
    return f"{settings.PUBLIC_URL}/o/{opt_out_token(message_id)}/"


def message_of_token(token: str) -> UUID | None:
    """The message that the link came with; None for a link that was changed."""
    try:
        return UUID(hex=signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
