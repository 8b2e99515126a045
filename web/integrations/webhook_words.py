"""Words for what came of a try."""

from django.utils.translation import gettext as _

from webhooks.models import Attempt

_PRIVATE = frozenset({"private_address", "address_private"})
_BROKEN = frozenset({"RemoteDisconnected", "ConnectionResetError", "BadStatusLine", "IncompleteRead"})


def words_of(tried: Attempt) -> str:
    """What a person understands; the technical name stands where there are no words for it."""
    if tried.status is not None:
        return _("ответ %(status)s") % {"status": tried.status}
    error = tried.error
    if error == "TimeoutError":
        return _("не ответил вовремя")
    if error == "ConnectionRefusedError":
        return _("соединение отклонено")
    if error in _BROKEN:
        return _("соединение оборвано")
    if error == "gaierror":
        return _("имя узла не находится")
    if error.startswith("SSL"):
        return _("сертификат не подтверждён")
    if error in _PRIVATE:
        return _("адрес внутренней сети: не разрешён")
    if error.startswith("address_"):
        return _("адрес больше не разрешён")
    if error == "secret_lost":
        return _("секрет не читается: смените его")
    return _("не доставлено: %(error)s") % {"error": error}
