"""Bodies of requests that end before they should: half a form must not be taken for the whole of it."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.core.exceptions import BadRequest

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Body(Protocol):
    def read(self, size: int = -1) -> bytes: ...

    def readline(self, size: int = -1) -> bytes: ...


class CutBody(BadRequest):
    """The connection ended, or the client was too slow, before as much had come as was announced."""


class Whole:
    """A body that is announced by its length and read no further than that, as Django does."""

    def __init__(self, body: Body) -> None:
        self._body = body

    def read(self, size: int = -1) -> bytes:
        return self._demand(self._body.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._demand(self._body.readline, size, b"\n")

    @staticmethod
    def _demand(read: Callable[[int], bytes], size: int, enough: bytes | None = None) -> bytes:
        """Raises CutBody. What is shorter than was asked for ends early, unless it is a whole line."""
        try:
            found = read(size)
        except OSError as error:
            raise CutBody from error
        if len(found) < size and not (enough and found.endswith(enough)):
            raise CutBody
        return found


def whole(application: Application) -> Application:
    """A server hands on what came before the connection ended without a word; here it becomes an error."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        environ["wsgi.input"] = Whole(environ["wsgi.input"])
        return application(environ, start_response)

    return answer
