"""The test suite: the same code on throw-away services; cheap password hashes, files in a temporary folder."""

import tempfile
from pathlib import Path

from salescrm.settings import env
from salescrm.settings.base import *
from salescrm.settings.base import DATABASES

SECRET_KEY = "only-for-tests-" + "x" * 40
AUDIT_KEY = "only-for-tests-" + "a" * 40
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "common.files.Kept"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = Path(tempfile.mkdtemp(prefix="crm-test-media-"))
DATABASES["default"]["CONN_MAX_AGE"] = 0
SMTP_URL = f"file://{tempfile.mkdtemp(prefix='crm-test-mail-')}"
SMTP_OPTIONS = env.smtp(SMTP_URL)
MAIL_FROM = "CRM <crm@bank.test>"
TELEGRAM_HOOK_SECRET = "only-for-tests-" + "h" * 20
API_TOKEN_ENV = "test"
# Tests of limits set their own; all others call as often as they like.
API_RATE_LIMIT = 1_000_000
WHITENOISE_AUTOREFRESH = True
SERVER_TIMING_FOR_ALL = True
DEMO_PASSWORD = "demo-demo-demo"
# Tests that travel in time stay signed in; those of the sessions set their own minutes.
SESSION_IDLE_MINUTES = 1_000_000
# Nobody must set up a second factor but in the tests of it, and tests show as many bad tokens as they like.
SECOND_FACTOR_ROLES = frozenset()
API_GUESSES = 1_000_000
