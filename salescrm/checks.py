"""What ``manage.py check --deploy`` says of this installation besides Django's own."""

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Tags, register

from common.borders import is_named, ways_out


@register(Tags.security, deploy=True)
def what_leaves(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Each host outside that the settings send people's data to, by its variable."""
    return [_told(name, host) for name, host in ways_out(os.environ)]


def _told(name: str, host: str) -> CheckMessage:
    allowed = settings.ALLOWED_OUTSIDE_HOSTS
    if not is_named(host, allowed):
        return Error(
            f"{name}: people's data leaves to {host}, which is not in ALLOWED_OUTSIDE_HOSTS.",
            hint="Name the host there if the law lets the data go to it, or take another one.", id="crm.E001",
        )  # fmt: skip
    hint = None if allowed else "ALLOWED_OUTSIDE_HOSTS is empty: nothing is held back. Name the hosts that may be used."
    return Info(f"{name}: people's data leaves to {host}.", hint=hint, id="crm.I001")
