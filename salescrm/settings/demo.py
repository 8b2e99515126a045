"""One command on one machine: embedded services, the demo story, a banner that says so."""

import os
import secrets
from pathlib import Path

from salescrm.settings import env
from salescrm.settings.base import *
from salescrm.settings.base import DATA_DIR, MAIL_FROM, SMTP_URL, STORAGES, WEBHOOK_HOSTS


def _kept_secret(path: Path) -> str:
    """A random key kept beside the data, so that a restart does not sign everybody out."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


DEMO_MODE = True
GREETING = "demo.signins.lines"
API_TOKEN_ENV = os.environ.get("API_TOKEN_ENV") or "demo"
SERVER_TIMING_FOR_ALL = True
WEBHOOK_SANDBOX = True
# The sandbox's receiver is this very server: allowed by name and port, as nothing else inside is.
_PORT = os.environ.get("PORT") or "8000"
WEBHOOK_HOSTS = [*WEBHOOK_HOSTS, f"127.0.0.1:{_PORT}", f"localhost:{_PORT}"]
SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret(DATA_DIR / "secret_key")
AUDIT_KEY = os.environ.get("AUDIT_KEY") or _kept_secret(DATA_DIR / "audit_key")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD") or "demo-demo-demo"
# Letters of the demo go to nobody: they are kept as files.
SMTP_URL = SMTP_URL or f"file://{DATA_DIR}/outbox"
SMTP_OPTIONS = env.smtp(SMTP_URL)
MAIL_FROM = MAIL_FROM or "CRM <crm@localhost>"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "runner.staticfiles.QuickManifestStorage"}}
SESSION_IDLE_MINUTES = int(os.environ.get("SESSION_IDLE_MINUTES") or "240")
# The demonstration offers a second factor and demands it of nobody: its sign-ins stay one press.
SECOND_FACTOR_ROLES = frozenset()
