"""People of the tests with a second factor."""

import time
from datetime import timedelta

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from accounts import second_factor
from accounts.models import User
from common import clock

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(secret: str, at: float | None = None) -> str:
    """What the app shows at this moment, seconds of the epoch; now unless said."""
    return str(format_hotp_value(hotp_value(secret, int(time.time() if at is None else at) // 30)))


def with_app(user: User) -> list[str]:
    """The person has set up his app a while ago. Returns his recovery codes."""
    at = clock.now() - timedelta(minutes=1)
    return second_factor.set_up_totp(user=user, secret=SECRET, code=code_at(SECRET, at.timestamp()), at=at)
