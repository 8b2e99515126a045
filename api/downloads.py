"""Files in answers: always as a download, never as something that a browser would run."""

from typing import IO

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes

from common.files import FILE_POLICY


def download(file: IO[bytes], *, name: str, kind: str) -> FileResponse:
    """``kind`` is the media type, ``name`` what the reader saves it as."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = FILE_POLICY
    return response


def described(*kinds: str) -> dict[tuple[int, str], OpenApiTypes]:
    """The answers of a download for the document, one a media type."""
    return {(200, kind): OpenApiTypes.BINARY for kind in kinds}
