"""A mail server and a stub of the Bot API, real ones on this machine."""

from tests.channels.conftest import bot, mailbox

__all__ = ["bot", "mailbox"]
