"""A session in words: which browser, on what, from where."""

from dataclasses import dataclass

from accounts.models import Session

_BROWSERS = (
    ("YaBrowser/", "Яндекс Браузер"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """``here``: the session that asks."""

    session: Session
    device: str
    here: bool


def seen(session: Session, *, own: str | None = None) -> Seen:
    return Seen(session, device_of(session.device), session.session_key == own)


def device_of(agent: str) -> str:
    """«Chrome, Windows»; "" where the browser does not say."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system))) or agent[:40]
