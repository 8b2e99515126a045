"""Settings common to every mode. Modes: ``demo`` (one command), ``test``, ``prod`` (refuses to start insecure)."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from salescrm.settings import directory, env
from salescrm.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / ".data").resolve()
DEBUG = False
DEMO_MODE = False
GREETING = ""
"""Who greets a visitor when `manage.py up` has started everything: the dotted name of a function of lines."""
SERVER_TIMING_FOR_ALL = False
SECRET_KEY = os.environ.get("SECRET_KEY", "")
# Former keys, which still open what they sealed: the secrets of webhooks, sessions.
SECRET_KEY_FALLBACKS = env.names("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_filters",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "runner",
    "common",
    "jobs",
    "accounts",
    "approvals",
    "audit",
    "worktime",
    "channels",
    "agents",
    "funnel",
    "hypotheses",
    "plans",
    "leads",
    "backlog",
    "dashboards",
    "documents",
    "imports",
    "notifications",
    "outreach",
    "calls",
    "forms",
    "webhooks",
    "inbox",
    "privacy",
    "monitoring",
    "demo",
    "web",
    "api",
    "salescrm.apps.SalesCrmConfig",
]

MIDDLEWARE = [
    # Outermost, so that an answer of any of the others carries their headers too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "salescrm.guards.RefuseOddMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "salescrm.guards.KeepNothing",
    "common.middleware.RequestId",
    "monitoring.metrics.Measure",
    "api.health.middleware.AnswerProbes",
    "api.access_log.RecordCalls",
    "api.limits.TellLimits",
    "audit.middleware.JournalOfViews",
    "common.middleware.ServerTiming",
    "common.middleware.RefuseLargeBodies",
    "common.middleware.RefuseControlCharacters",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.UserLocale",
    "salescrm.guards.Seal",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionLife",
    "accounts.middleware.SecondFactorDoor",
    "accounts.middleware.UserPreferences",
    "accounts.middleware.AuditContext",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "salescrm.urls"
WSGI_APPLICATION = "salescrm.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.context.shell",
            ],
            "builtins": [
                "web.templatetags.ui",
                "web.templatetags.formats",
                "template_partials.templatetags.partials",
            ],
        },
    }
]

DATABASE_URL = env.service_url("DATABASE_URL", "database_url", DATA_DIR)
REDIS_URL = env.service_url("REDIS_URL", "redis_url", DATA_DIR)
DATABASES = {"default": env.database(DATABASE_URL, pool=os.environ.get("CRM_PROCESS") == "web")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Redis only speeds things up: a cache that is down is a miss, never an error (see common.cache).
CACHES = {"default": {"BACKEND": "common.cache.SoftRedisCache", "LOCATION": REDIS_URL or "redis://127.0.0.1:1/0"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedSignup"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_FORMS = {"login": "web.account.forms.SignInForm", "change_password": "web.account.forms.PasswordForm"}
# Guesses are counted by accounts.guesses, in PostgreSQL: allauth would count in the cache, which may be away.
ACCOUNT_RATE_LIMITS = False
MFA_RATE_LIMITS = False
MFA_ADAPTER = "accounts.mfa_adapter.Sealed"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
# Whoever holds one of these roles sets up a second factor before he does anything else.
SECOND_FACTOR_ROLES = frozenset(env.names("SECOND_FACTOR_ROLES", "administrator,sales_head,product_owner"))
# How many failed tokens an address may show in a quarter of an hour before the answer is 429.
API_GUESSES: int = int(os.environ.get("API_GUESSES") or "5")
PASSWORD_RESET_TIMEOUT = 3600
# Single sign-on: the issuer exactly as its service calls itself; the claim that names a person's mail here. Nobody is
# made by it, unless OIDC_CREATES_USERS names the role of those who are.
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "")
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET", "")
OIDC_NAME = os.environ.get("OIDC_NAME") or _("учётную запись банка")
OIDC_SCOPES = os.environ.get("OIDC_SCOPES") or "openid email profile"
OIDC_LINK_CLAIM = os.environ.get("OIDC_LINK_CLAIM") or "email"
OIDC_CREATES_USERS = os.environ.get("OIDC_CREATES_USERS", "")
LDAP_URL = os.environ.get("LDAP_URL", "")
if LDAP_URL:
    AUTHENTICATION_BACKENDS.append("accounts.directory_backend.Directory")
    globals().update(directory.settings_of(LDAP_URL))
TRUSTED_PROXIES: int = int(os.environ.get("TRUSTED_PROXIES", "0"))
SESSION_ENGINE = "accounts.session_store"
# Half an hour without a press ends a session, and so do twelve hours of them; told by our clock, not by the browser.
SESSION_IDLE_MINUTES: int = int(os.environ.get("SESSION_IDLE_MINUTES") or "30")
SESSION_HOURS = 12
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "web.views.errors.csrf_failure"

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", _("Русский")), ("uz", _("Oʻzbekcha")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Tashkent"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "assets" / "dist"]
STORAGES = {
    "default": {"BACKEND": "common.files.Kept"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
IMPORT_MAX_BYTES = 40 * 1024 * 1024
# The bank's antivirus: unix:/run/clamav/clamd.sock or tcp:clamav:3310. Empty: there is none.
UPLOAD_SCANNER = os.environ.get("UPLOAD_SCANNER", "")
# Who sees contacts and tax ids only after «Показать» (agents.masking): "role=all|own|masked", separated by commas.
MASKING = dict(
    pair.split("=", 1) for pair in env.names("MASKING", "administrator=masked,auditor=masked") if "=" in pair
)
# For how long a consent holds where nobody named a day: "purpose=days" (processing, marketing, transfer), separated by
# commas. A purpose that is not named has no term: its consent holds until it is withdrawn.
# No law names the 1095: the bank's lawyer decides (docs/operations.md).
CONSENT_DAYS = env.days("CONSENT_DAYS", "marketing=1095", of=("processing", "marketing", "transfer"))
# Without which consents a file of leads is not taken: purposes, separated by commas. Empty: a file may say nothing.
IMPORT_CONSENTS = env.names("IMPORT_CONSENTS", "")
# Whom a restored copy must forget again: ids, outside the database. Keep it with the backups (docs/operations.md).
ERASURES_LIST: str = os.environ.get("ERASURES_LIST") or str(DATA_DIR / "erasures.txt")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

# How a message leaves the house: a plug-in each; one whose variables are not set is refused where it is chosen.
CHANNELS = ("channels.smtp.Smtp", "channels.telegram.Telegram", "channels.webhook.Webhook")
CHANNEL_TIMEOUT: float = float(os.environ.get("CHANNEL_TIMEOUT") or "10")
SMTP_URL = os.environ.get("SMTP_URL", "")
SMTP_OPTIONS = env.smtp(SMTP_URL)
MAIL_FROM = os.environ.get("MAIL_FROM", "")
TELEGRAM_BOT_TOKEN = os.environ.get("TELEGRAM_BOT_TOKEN", "")
TELEGRAM_BOT_NAME: str = os.environ.get("TELEGRAM_BOT_NAME", "").lstrip("@")
TELEGRAM_API_URL = (os.environ.get("TELEGRAM_API_URL") or "https://api.telegram.org").rstrip("/")
TELEGRAM_HOOK_SECRET = os.environ.get("TELEGRAM_HOOK_SECRET", "")
WEBHOOK_URL = os.environ.get("WEBHOOK_URL", "")
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET", "")
WEBHOOK_ALLOW_PRIVATE = os.environ.get("WEBHOOK_ALLOW_PRIVATE") == "1"
# Where events may be sent: "*" is every public host over https; a named one ("gateway.bank.local:8080") may be inside.
WEBHOOK_HOSTS = env.names("WEBHOOK_HOSTS", "*")
# To which hosts outside people's data may go, of all that is sent by any way (common.borders): names, or ".bank.uz"
# for all below one. Empty: no such rule.
ALLOWED_OUTSIDE_HOSTS = env.names("ALLOWED_OUTSIDE_HOSTS", "")
# A receiver inside that shows what webhooks bring: for the demonstration, refused elsewhere (demo.checks).
WEBHOOK_SANDBOX = False
# Longest silence of a receiver in seconds; all of a delivery may take twice as long.
WEBHOOK_TIMEOUT: float = float(os.environ.get("WEBHOOK_TIMEOUT") or "7")
EVENTS_KEPT_DAYS: int = int(os.environ.get("EVENTS_KEPT_DAYS") or "30")
# Where people outside reach us: links in messages are made of it.
PUBLIC_URL = (os.environ.get("PUBLIC_URL") or "http://localhost:8000").rstrip("/")

# Stands in every token, so that one of another stand is refused: letters and digits, at most twelve.
API_TOKEN_ENV: str = os.environ.get("API_TOKEN_ENV") or "prod"
# Calls a minute for each token, where its service account has no limit of its own.
API_RATE_LIMIT: int = int(os.environ.get("API_RATE_LIMIT") or "600")
# How long the access log is kept.
API_LOG_DAYS: int = int(os.environ.get("API_LOG_DAYS") or "90")

BACKUP_DIR = Path(os.environ.get("BACKUP_DIR") or DATA_DIR / "backups")
# What these open is shut while they are empty: /health/detail/ and /metrics.
HEALTH_TOKEN: str = os.environ.get("HEALTH_TOKEN", "")
METRICS_TOKEN: str = os.environ.get("METRICS_TOKEN", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.permissions.ScopedPermission"],
    "DEFAULT_PAGINATION_CLASS": "api.paging.Cursor",
    "DEFAULT_FILTER_BACKENDS": ["api.filtering.StrictFilterBackend"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.OnlyJson",
    # The contract is the OpenAPI document; OPTIONS would tell it a second time, and differently.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "api.schema.AutoSchema",
    "EXCEPTION_HANDLER": "api.problems.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

SPECTACULAR_SETTINGS = {
    "TITLE": _("CRM продаж: REST API"),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.schema.finish", "api.examples.illustrate", "api.tags.order"],
    "SERVE_INCLUDE_SCHEMA": False,
}

PGHISTORY_APPEND_ONLY = True
# Seals the chain of the audit. Former keys still prove what they sealed; a new one goes on from there.
AUDIT_KEY = os.environ.get("AUDIT_KEY", "")
AUDIT_OLD_KEYS = env.names("AUDIT_OLD_KEYS")
# Where the head of the chain is written down hourly: a file, a folder, or an http(s) address outside.
AUDIT_ANCHOR = os.environ.get("AUDIT_ANCHOR", "")
# More different cards than these in an hour are told to auditors and administrators.
UNUSUAL_CARDS_AN_HOUR: int = int(os.environ.get("UNUSUAL_CARDS_AN_HOUR") or "200")
# Files and reassignments of more rows wait for a second person's consent; 0: never, which production refuses.
FOUR_EYES_OVER: int = int(os.environ.get("FOUR_EYES_OVER") or "1000")

CELERY_BROKER_URL = REDIS_URL or "redis://127.0.0.1:1/0"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 8
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# Who only publishes gives up at once when Redis is away or hangs: a page never waits for a hint, the duty is a
# row. Who consumes is patient: a slow answer must not look to a worker like a lost connection.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_keepalive": True,
    "health_check_interval": 25,
} | (
    {"socket_timeout": 5, "socket_connect_timeout": 1}
    if os.environ.get("CRM_PROCESS") in {"worker", "beat"}
    else {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0}
)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = TIMETABLE

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "common.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        # Below that it tells whose mail was typed.
        "django_auth_ldap": {"level": "WARNING"},
    },
}
