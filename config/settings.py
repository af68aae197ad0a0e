"""All settings, from the environment. docs/deploy.md has the table; config/checks.py says what is wrong or missing."""

import os
import tempfile
import zoneinfo
from datetime import timedelta
from email.utils import formataddr
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from config.checks import stop_if_wrong
from config.machines import DEVELOPMENT_KEY, DEVELOPMENT_SIGN_IN_KEY
from config.school import USUAL_ROLES, names_by_field, pairs
from foundation.portal.brand import PINE, PINE_ON_DARK
from foundation.values.addresses import plain_domain

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
stop_if_wrong(os.environ)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env("SECRET_KEY", default="only-for-development" if DEBUG else "")
PORT = env("PORT", default="8000")
SITE_URL = env("SITE_URL", default=f"http://127.0.0.1:{PORT}" if DEBUG else "").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
SITE_IS_HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [SITE_HOST])

# ---- who runs this portal ----
OFFICE_EMAIL = env("OFFICE_EMAIL", default="training@example.edu" if DEBUG else "")
ACCOUNT_RETURN_EMAIL = env("ACCOUNT_RETURN_EMAIL", default=OFFICE_EMAIL)
PRODUCT_NAME = env("PRODUCT_NAME", default="Quorum")
# On light pages and in mail, and on dark pages: foundation/portal/brand.py
COLOR, COLOR_ON_DARK = env("COLOR", default=PINE), env("COLOR_ON_DARK", default=PINE_ON_DARK)
# Files, for the header of every page; without the second the first stands on white on dark pages.
LOGO, LOGO_ON_DARK = env("LOGO", default="").strip(), env("LOGO_ON_DARK", default="").strip()
OFFICE_NAME = env("OFFICE_NAME", default="Training Office" if DEBUG else "")
INSTITUTION_NAME = env("INSTITUTION_NAME", default="Example School of Medicine" if DEBUG else "")
# Who finds the sessions: public, signed-in or link. A workshop may be stricter, never more open.
CATALOG = env("CATALOG", default="public")
SIGNUP_EMAIL_DOMAINS = [
    plain_domain(domain) for domain in env.list("SIGNUP_EMAIL_DOMAINS", default=["example.edu"] if DEBUG else [])
]
REPLY_MAILBOX_URL = env("REPLY_MAILBOX_URL", default="")
REPLY_AUTHSERV_ID = env("REPLY_AUTHSERV_ID", default="").strip()
REPLY_AUTHENTICATION = env("REPLY_AUTHENTICATION", default="link")
DECLINE_UNDO_MINUTES = env.int("DECLINE_UNDO_MINUTES", 30)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = formataddr((OFFICE_NAME, OFFICE_EMAIL))

# ---- apps: ours from left to right along the chain; allauth first, so that accounts can replace its admin ----
INSTALLED_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "foundation",
    "foundation.kept",
    "accounts",
    "catalog",
    "sessions_app",
    "registrations",
    "library",
    "outcomes",
    "notifications",
    "operations",
    "office",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "django_include_bootstrap",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "foundation.middleware.pages.SecurityHeadersMiddleware",
    "foundation.middleware.readable.ReadableMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "foundation.middleware.pages.NoStoreMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "catalog.doors.DoorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "foundation.middleware.pages.NotAllowedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "foundation.middleware.outages.OutageMiddleware",
    "foundation.middleware.overtaken.OvertakenMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "foundation.context_processors.portal",
            ],
            "builtins": ["foundation.templatetags.product"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

# ---- database, cache, browser sessions ----
DATABASES = {
    "default": env.db(
        "DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'quorum.sqlite3'}" if DEBUG else "sqlite://"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE takes the write lock at BEGIN: without it a verb's lock() locks nothing on SQLite.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": env.int("SQLITE_TIMEOUT", 3),
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    DATABASES["default"]["TEST"] = {"NAME": str(Path(tempfile.gettempdir()) / f"quorum-test-{os.getpid()}.sqlite3")}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 600
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # A server that is gone without a word must hold no web process, no beat and no worker: seconds, then milliseconds.
    limits = {"connect_timeout": 5, "tcp_user_timeout": 15_000}
    limits |= {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
    DATABASES["default"]["OPTIONS"] = limits | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Room enough that throttles of a busy morning are not culled to make place for others.
CACHES = {
    "default": {
        "BACKEND": "config.cache.OneStatementCache",
        "LOCATION": "django_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "accounts.browser_sessions.store"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30  # from signing in; a person signs in once more after it
OFFICE_IDLE = timedelta(hours=env.int("OFFICE_IDLE_HOURS", 12))

# ---- broker: it wakes workers and nothing else ----
CELERY_BROKER_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0" if DEBUG else "")
if CELERY_BROKER_URL.startswith("unix://"):
    CELERY_BROKER_URL = "redis+socket://" + CELERY_BROKER_URL.removeprefix("unix://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    # A wake-up is tried once: without these kombu tries again, and sleeps, for four seconds and more.
    "max_retries": 0,
    "connect_retries_timeout": 2,
}
CELERY_TIMEZONE = "UTC"

# ---- mail ----
EMAIL_URL = env("EMAIL_URL", default="")
EMAIL_TIMEOUT = 20
if EMAIL_URL:
    vars().update(env.email_url("EMAIL_URL"))
elif DEBUG:
    EMAIL_BACKEND = "django_mail_preview.backends.EmailBackend"
    INSTALLED_APPS.append("django_mail_preview")
    MAIL_PREVIEW_ROOT = BASE_DIR / "var" / "mail"
    MAIL_PREVIEW_MAX_MESSAGES = 1000

# ---- sign-in: one form, one six-digit code, no passwords ----
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"
ACCOUNT_ADAPTER = "notifications.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # entering the mailed code is the verification
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_FORMS = {"request_login_code": "accounts.forms.SignInForm", "confirm_login_code": "accounts.forms.CodeForm"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"length": 6, "numeric": True, "dashed": False}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 5
ACCOUNT_LOGIN_TIMEOUT = 60 * 60  # longer than a code lives, so that an expired one can be told from none
# A whole department may sign in from one address, so addresses are generous and guesses are not.
ACCOUNT_RATE_LIMITS = {
    "school": "100/m/ip",
    "school_answer": "100/m/ip",
    "request_login_code": "100/m/ip,3/m/key,10/h/key",  # sent again counts like asked for
    "wrong_login_code": "20/m/ip",
    "nominate": "10/d/user",
    "request": "10/d/user",
    "roster": "30/h/user",  # as files
    "wrong_code_of_the_day": "10/h/user,200/h/ip",  # a whole room may share one address
    "outside": "30/h/user",  # with a file each
    "own_export": "10/h/user",
    "wrong_certificate_code": "20/m/ip",
}

# ---- calendar feeds: some programs ask every few minutes, and one person may have several ----
CALENDAR_FEED_MOST_AN_HOUR = 120

# ---- certificates: wrong codes of one client ----
CERTIFICATE_GUESSES_A_MINUTE = 20

# ---- what is sealed: of each purpose the first key encrypts, and all of them decrypt ----
SIGN_IN_KEYS = [key.strip() for key in env.list("SIGN_IN_KEY", default=[DEVELOPMENT_SIGN_IN_KEY] if DEBUG else [])]
ACCOMMODATION_KEYS = [key.strip() for key in env.list("ACCOMMODATION_KEY", default=[DEVELOPMENT_KEY] if DEBUG else [])]
ACCOMMODATION_LIFE = timedelta(days=30)  # after the end of the session
EVALUATION_LIFE = timedelta(days=21)  # from the end of the session: so long people may answer

# ---- what people have a record of, and how long it is kept ----
ACADEMIC_YEAR_MONTH = env.int("ACADEMIC_YEAR_MONTH", 7)  # each begins on the first of it
DIRECTORY_MAY_LOSE = env.int("DIRECTORY_MAY_LOSE", 10)  # percent of its people, from one import to the next
ATTENDANCE_YEARS = env.int("ATTENDANCE_YEARS", 3)  # and then counts only
CREDIT_YEARS = env.int("CREDIT_YEARS", 6)  # credit with the attendance it rests on, certificates, outside activities

# ---- how long the rest is kept (operations/forgetting/kinds.py has the whole list) ----
MAIL_DAYS = env.int("MAIL_DAYS", 30)  # the words of mail that was sent
WAITLIST_DAYS = env.int("WAITLIST_DAYS", 180)  # who waited, withdrew or was proposed, from the end of the session
REQUEST_DAYS = env.int("REQUEST_DAYS", 365)  # requests for a session, from their end
AUDIT_YEARS = env.int("AUDIT_YEARS", 3)  # who changed what
IDLE_YEARS = env.int("IDLE_YEARS", 3)  # accounts that nobody uses

# ---- the office's second factor ----
OFFICE_SECOND_FACTOR = not DEBUG
MFA_ADAPTER = "accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.second_factor.AppForm",
    "authenticate_webauthn": "accounts.second_factor.PasskeyForm",
    "reauthenticate": "accounts.second_factor.AppAgainForm",
    "reauthenticate_webauthn": "accounts.second_factor.PasskeyAgainForm",
    "add_webauthn": "accounts.second_factor.NewPasskeyForm",
}
MFA_TOTP_ISSUER = PRODUCT_NAME  # what an authenticator app shows beside its code
MFA_TOTP_TOLERANCE = 1

# ---- the school's sign-in: docs/sign-in.md ----
SIGN_IN_BY_CODE = env.bool("SIGN_IN_BY_CODE", True)
OPENID_URL = env("OPENID_URL", default="").strip().rstrip("/")
OPENID_CLIENT_ID = env("OPENID_CLIENT_ID", default="")
OPENID_CLIENT_SECRET = env("OPENID_CLIENT_SECRET", default="")
OPENID_SCOPES = env("OPENID_SCOPES", default="openid profile email").split()
# Each that is set up, with what its button says.
SCHOOL_PROVIDERS = {"openid": env("OPENID_NAME", default=INSTITUTION_NAME)} if OPENID_URL else {}
SAML_METADATA = env("SAML_METADATA", default="").strip()
SAML_ENTITY_ID = env("SAML_ENTITY_ID", default="").strip()
SAML_KEY, SAML_CERTIFICATE = env("SAML_KEY", default="").strip(), env("SAML_CERTIFICATE", default="").strip()
if SAML_METADATA:
    SCHOOL_PROVIDERS["saml"] = env("SAML_NAME", default=INSTITUTION_NAME)
SCHOOL_VOUCHES_FOR = [plain_domain(domain) for domain in env.list("SCHOOL_VOUCHES_FOR", default=[])]
SCHOOL_ATTRIBUTES = names_by_field(env("SCHOOL_ATTRIBUTES", default=""))
SCHOOL_ROLES = pairs(env("SCHOOL_ROLES", default=USUAL_ROLES))
SCHOOL_LEFT = env("SCHOOL_LEFT", default="other")
SCHOOL_NEW_UNITS = env.bool("SCHOOL_NEW_UNITS", False)
SCHOOL_SECOND_FACTOR = env("SCHOOL_SECOND_FACTOR", default="").split()
SOCIALACCOUNT_ADAPTER = "accounts.school.adapter.SchoolAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds, in a web process

# ---- time and language ----
LANGUAGE_CODE = "en-us"
TIME_ZONE = env("TIME_ZONE", default="America/Chicago")
HOLIDAYS = env("HOLIDAYS", default="US").strip()  # a country, or a part of one (US-MN), by ISO 3166; empty for none
# The zones of the pinned package tzdata, in every process: those of a system may be years old, and then pages and
# calendars say another hour than people's own calendars do.
zoneinfo.reset_tzpath(to=())
zoneinfo.ZoneInfo.clear_cache()
USE_TZ = True
USE_I18N = True

# ---- static files ----
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ---- what is sent here: a form, or one with a file of 5 MB, which is held in memory and on no disk; what is somewhat
# larger is still read, so that the form can say so ----
DATA_UPLOAD_MAX_MEMORY_SIZE = FILE_UPLOAD_MAX_MEMORY_SIZE = 8_000_000

# ---- security ----
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if SITE_IS_HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# ---- logs carry ids, never addresses, names or keys ----
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"tokens_out": {"()": "config.logs.TokensOut"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["tokens_out"]}},
    # It tells which letters stand in a file that is drawn, and those are somebody's name.
    "loggers": {"fontTools": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
