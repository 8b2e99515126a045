"""The sign-ins of the demo, for its sign-in page. Outside the demo mode there are none."""

from dataclasses import dataclass

from django.conf import settings

from demo import signins


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    email: str
    who: str
    password: str


def demo_signins() -> list[DemoSignIn]:
    if not settings.DEMO_MODE:
        return []
    return [DemoSignIn(email, who, settings.DEMO_PASSWORD) for email, who in signins.people()]


def demo_signin(email: str) -> dict[str, str]:
    """What a press on one of them puts into the form; only ever a sign-in that the page shows anyway."""
    found = next((entry for entry in demo_signins() if entry.email == email), None)
    return {"login": found.email, "password": found.password} if found else {}
