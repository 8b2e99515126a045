"""Static files of the one-command demo."""

from __future__ import annotations

from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage


class QuickManifestStorage(CompressedManifestStaticFilesStorage):
    """Without Brotli: on the way to the first page it costs 5 s, for browsers on the same machine."""

    def create_compressor(self, **options: object) -> Compressor:
        return super().create_compressor(**{**options, "use_brotli": False})
