"""An antivirus that knows one virus: enough of clamd's INSTREAM to be spoken to."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@contextmanager
def clamd() -> Iterator[str]:
    """Its address, as ``UPLOAD_SCANNER`` takes it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_serve, args=(door,), daemon=True).start()
        yield f"tcp:127.0.0.1:{door.getsockname()[1]}"


def _serve(door: socket.socket) -> None:
    while True:
        try:
            wire, _address = door.accept()
        except OSError:
            return
        with wire, wire.makefile("rb") as said:
            said.read(len(b"zINSTREAM\0"))
            content = b""
            while length := struct.unpack("!L", said.read(4))[0]:
                content += said.read(length)
            wire.sendall(b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0")
