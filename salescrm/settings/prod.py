"""Production: refuses to start without its secrets, hosts and TLS."""

import os

from salescrm.settings import env
from salescrm.settings.base import *
from salescrm.settings.base import LOGGING
from salescrm.settings.refusals import refuse_insecure

SECRET_KEY = env.required("SECRET_KEY")
AUDIT_KEY = env.required("AUDIT_KEY")
env.required("DATABASE_URL")
env.required("REDIS_URL")
env.required("ALLOWED_HOSTS")
refuse_insecure()
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS") or [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$", r"^api/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
# One object a line, for whatever collects logs; LOG_FORMAT=line for people.
if os.environ.get("LOG_FORMAT", "json") == "json":
    LOGGING = LOGGING | {"formatters": {"line": {"()": "common.logs.json_formatter"}}}
