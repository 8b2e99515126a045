"""The plug-ins, named in ``settings.CHANNELS``, and the one door by which a message leaves."""

from functools import cache
from typing import ClassVar, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from channels.messages import Outgoing, Sent
from channels.quarantine import demand_open
from common.errors import Refused


class Channel(Protocol):
    """A way out. A plug-in is one class; its methods read the settings when asked, so nothing is held between."""

    code: str
    label: str
    has_subject: bool

    def missing(self) -> tuple[str, ...]:
        """The environment variables that must be set before it works; empty when it does."""
        ...

    def accepts(self, address: str) -> bool:
        """Whether this looks like an address that the channel can write to."""
        ...

    def send(self, outgoing: Outgoing) -> Sent:
        """Raises TryLater, Rejected."""
        ...


class NotConfigured(Refused):
    """The channel is known but not set up here, or nobody ever heard of it."""

    code: ClassVar[str] = "channel_not_configured"


@cache
def _known(paths: tuple[str, ...]) -> dict[str, Channel]:
    found: list[Channel] = [import_string(path)() for path in paths]
    return {channel.code: channel for channel in found}


def channels() -> dict[str, Channel]:
    """Every known channel by its code, whether set up or not."""
    return _known(tuple(settings.CHANNELS))


def channel(code: str) -> Channel:
    """A channel that is ready to send. Raises NotConfigured with words for whoever chose it."""
    found = channels().get(code)
    if found is None:
        raise NotConfigured(_("Такого канала нет: «%(code)s».") % {"code": code[:40]})
    if missing := found.missing():
        raise NotConfigured(
            _("Канал «%(name)s» не настроен. Попросите администратора задать %(variables)s.")
            % {"name": found.label, "variables": ", ".join(missing)}
        )
    return found


def send(channel_code: str, outgoing: Outgoing) -> Sent:
    """Hand the message to the channel; may take as long as ``CHANNEL_TIMEOUT`` allows.

    Raises NotConfigured, TryLater, Rejected, Quarantined in a restored copy; RuntimeError inside a transaction, which
    would hold its locks for as long as the other side is silent.
    """
    ready = channel(channel_code)
    with transaction.atomic(durable=True):
        pass
    demand_open()
    return ready.send(outgoing)
