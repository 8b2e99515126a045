"""The bank's antivirus, where one is configured: every uploaded file is shown to it before anything is kept.

``UPLOAD_SCANNER`` is the address of clamd: ``unix:/run/clamav/clamd.sock`` or ``tcp:clamav:3310``. Empty means that no
antivirus is there. One that is configured and does not answer lets nothing through: a file that nobody has looked at is
not taken in.
"""

import socket
import struct
from contextlib import suppress
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _

from common.errors import FieldError, Invalid

PATIENCE_SECONDS = 20.0
_PIECE = 64 * 1024


def demand_clean(file: IO[bytes] | Any, *, field: str = "file") -> None:
    """Raises Invalid where the antivirus found something, or did not answer. The file is left at its start."""
    if not settings.UPLOAD_SCANNER:
        return
    file.seek(0)
    try:
        answer = _ask(settings.UPLOAD_SCANNER, file)
    except (OSError, ValueError) as error:
        message = _("Антивирус сейчас не отвечает, поэтому файл не принят. Повторите через несколько минут.")
        raise Invalid(message, [FieldError(field, "not_scanned", message)]) from error
    finally:
        file.seek(0)
    if not answer.endswith("OK"):
        message = _("Антивирус нашёл в файле угрозу. Файл не принят и не сохранён.")
        raise Invalid(message, [FieldError(field, "infected", message)])


def _ask(address: str, file: IO[bytes]) -> str:
    """The file as INSTREAM: pieces with their lengths, an empty one at the end, then one line back."""
    with _connected(address) as wire:
        wire.sendall(b"zINSTREAM\0")
        # clamd may have seen enough before the end and stop reading: its answer is still there to be read
        with suppress(BrokenPipeError, ConnectionResetError):
            while piece := file.read(_PIECE):
                wire.sendall(struct.pack("!L", len(piece)) + piece)
            wire.sendall(struct.pack("!L", 0))
        answer = b""
        while len(answer) < 4096 and (got := wire.recv(4096)):
            answer += got
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if not text.endswith(("OK", "FOUND")):
        raise ValueError(text)
    return text


def _connected(address: str) -> socket.socket:
    scheme, _colon, where = address.partition(":")
    if scheme == "unix":
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(PATIENCE_SECONDS)
        wire.connect(where)
        return wire
    host, _colon, port = where.rpartition(":")
    return socket.create_connection((host, int(port)), PATIENCE_SECONDS)
