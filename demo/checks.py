"""What a real installation must not have."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def no_sandbox_among_real_data(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """The sandbox takes requests from everybody and keeps a token in plain text."""
    if settings.WEBHOOK_SANDBOX and not settings.DEMO_MODE:
        return [Error("WEBHOOK_SANDBOX is for the demonstration only.", hint="Turn it off.", id="demo.E001")]
    return []
