"""Who can sign in to the demo: printed when the system starts."""

from django.conf import settings

from accounts.roles import Role
from demo.cast import PARTS, REGION, TEAMS
from demo.sandbox import known_token


def lines() -> list[str]:
    """One line a person, and where the password comes from. Nothing at all outside the demo mode."""
    if not settings.DEMO_MODE:
        return []
    width = max(len(email) for email, _place in people())
    shown = [f"  {email:<{width}}  {place}" for email, place in people()]
    said = ["Входы в демо:", *shown, f"Пароль у всех один: {settings.DEMO_PASSWORD} (задаётся в DEMO_PASSWORD)."]
    token = known_token()
    return [*said, f"Ключ REST для проб: {token}", "Что приходит вебхуком: /sandbox/webhooks/"] if token else said


def people() -> list[tuple[str, str]]:
    """E-mail and place of those whose work a visitor tries first."""
    return [(part.email, _who(part.role, part.team)) for part in PARTS if part.signs_in]


def _who(role: str, team: str) -> str:
    where = REGION if team == "region" else TEAMS.get(team, "")
    return f"{Role(role).label}, «{where}»" if where else str(Role(role).label)
