"""Every setting of the registry, read from environment variables, with safe defaults.

With no variable set the registry runs on one machine without any server: SQLite, and a Celery broker inside
the web process. DATABASE_URL and REDIS_URL move the same code to PostgreSQL, Redis and any number of hosts
(docs/deploy.md lists every variable).
"""

import errno
import os
import secrets
from pathlib import Path

import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from environ import Env

Env.DB_SCHEMES["postgresql"] = Env.DB_SCHEMES["postgres"] = "django.db.backends.postgresql"
env = environ.Env()

ROOT = Path(__file__).resolve().parent.parent

# --- What this system is: the demonstration, or a registry -------------------------------------------------
# "on-a-server" is for a demonstration others can reach; see cdm/checks.py for what is refused, and why.
_DEMONSTRATION = env("CDM_DEMONSTRATION", default="no").strip().lower()
DEMONSTRATION_ON_SERVER = _DEMONSTRATION == "on-a-server"
DEMONSTRATION = DEMONSTRATION_ON_SERVER or _DEMONSTRATION in {"yes", "true", "on", "1"}
if not DEMONSTRATION and _DEMONSTRATION not in {"", "no", "false", "off", "0"}:
    raise ImproperlyConfigured(f"CDM_DEMONSTRATION is {_DEMONSTRATION!r}: it must be yes, no or on-a-server.")
ONE_CLICK_SIGN_IN = env.bool("CDM_ONE_CLICK_SIGN_IN", default=DEMONSTRATION)
# the instant the demonstration opens at, when it is loaded for the first time
DEMONSTRATION_DATE = env("CDM_DEMONSTRATION_DATE", default="2019-06-03")

# --- Where it writes. The demonstration and a registry never share a folder, so neither can spoil the other
VAR = Path(env("CDM_VAR", default=str(ROOT / "var"))).resolve()
PLACE = VAR / ("demonstration" if DEMONSTRATION else "registry")
try:
    PLACE.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(PLACE, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
except OSError as error:
    raise ImproperlyConfigured(
        f"The folder {PLACE} cannot be written ({error.strerror}). "
        "Make it writable, or set CDM_VAR to a folder that is."
    ) from error


def _kept_secret_key() -> str:
    """The secret key of a single machine: made once, readable by its owner only."""
    kept = PLACE / "secret-key"
    if not kept.exists():
        fresh = PLACE / f"secret-key.{os.getpid()}"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(fresh, kept)  # whole or not at all, and the first of two processes wins
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return kept.read_text()


# --- The rules by which it works ---------------------------------------------------------------------------
# an operator's own folder of rule sets beside those of the CDM, and which mechanism this installation is for
RULES_FOLDER = Path(env("CDM_RULES")).resolve() if env("CDM_RULES", default="") else None
MECHANISM = env("CDM_MECHANISM", default="").strip() or "cdm"

# --- The two servers, if there are any ---------------------------------------------------------------------
DATABASE_URL = env("DATABASE_URL", default="")
REDIS_URL = env("REDIS_URL", default="")
# one machine, no server installed: `manage.py up` and nothing else
EMBEDDED = not DATABASE_URL and not REDIS_URL

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env("SECRET_KEY", default="") or (_kept_secret_key() if EMBEDDED else "")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Several processes must share one: "
        "set the same long random text on every host."
    )
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK_HOSTS)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
BEHIND_TLS = env.bool("BEHIND_TLS", default=not set(ALLOWED_HOSTS) <= {*LOOPBACK_HOSTS, "testserver"})
if BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
    SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# how many proxies write X-Forwarded-For in front of us; the rest of that header anyone can write
PROXIES = env.int("PROXIES", default=1 if BEHIND_TLS else 0)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_NAME = "cdm_session"
CSRF_COOKIE_NAME = "cdm_csrf"
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 3600)
CSRF_COOKIE_HTTPONLY = False  # htmx reads it for its header
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "registry",
    "cdm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "cdm.replica.LagMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "cdm.urls"
WSGI_APPLICATION = "cdm.wsgi.application"
ASGI_APPLICATION = "cdm.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "cdm.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "cdm.forms.renderer.GovukRenderer"

# --- Database ----------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{PLACE / 'cdm.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # In-memory SQLite is shared-cache and fails threads at once; a file behaves like the real thing.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"] = {
        # Without IMMEDIATE a read-then-write transaction fails at once, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA cache_size=-32000",
    }
else:
    # Behind PgBouncer in transaction mode a server-side cursor loses its connection.
    _POOLED = env.bool("PGBOUNCER", default=False)
    DATABASES["default"].update(
        CONN_MAX_AGE=0 if _POOLED else env.int("DATABASE_CONNECTION_SECONDS", default=60),
        CONN_HEALTH_CHECKS=True,
        DISABLE_SERVER_SIDE_CURSORS=env.bool("DISABLE_SERVER_SIDE_CURSORS", default=_POOLED),
    )
    # Only for the few cursors that keep arguments apart from the statement (registry/posting/postgresql.py).
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("prepare_threshold", None if _POOLED else 0)
if env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = {
        **env.db_url("DATABASE_REPLICA_URL"),
        "CONN_MAX_AGE": DATABASES["default"].get("CONN_MAX_AGE", 0),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS", False),
        "TEST": {"MIRROR": "default"},
    }
    DATABASE_ROUTERS = ["cdm.replica.ReplicaRouter"]

# Throttles count in the cache. Without Redis there is one web process only, so its memory is shared enough.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cdm",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Celery ------------------------------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default=REDIS_URL or "memory://localhost")
# memory:// lives in one process, so its worker and beat must live in the web process (cdm/embedded.py)
EMBEDDED_WORKER = CELERY_BROKER_URL.startswith("memory:")
CELERY_TASK_ALWAYS_EAGER = False  # tests of single processes set it; then nobody is woken
CELERY_TASK_IGNORE_RESULT = True  # results live in our tables, not in a result backend
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_PUBLISH_RETRY = False  # a message is only a wake-up: the sweep finds what a dead broker lost
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.1}
    if EMBEDDED_WORKER
    else {
        "visibility_timeout": 900,  # above the time limit, or a slow task would run twice
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "global_keyprefix": "cdm:",
        "socket_timeout": 30,
        "socket_connect_timeout": 2,
        # a publish on a dead broker sleeps 6 seconds without these four
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.1,
    }
)
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(PLACE / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "run clocks": {"task": "cdm.tasks.run_clocks", "schedule": env.float("CLOCKS_SECONDS", default=60.0)},
    "assign tasks": {"task": "cdm.tasks.assign_tasks", "schedule": env.float("ASSIGN_SECONDS", default=30.0)},
    "send mail": {"task": "cdm.tasks.send_mail", "schedule": env.float("MAIL_SECONDS", default=30.0)},
    "remind": {"task": "cdm.tasks.remind", "schedule": env.float("REMIND_SECONDS", default=900.0)},
    "end what was not approved in time": {
        "task": "registry.tasks.lapse_movements",
        "schedule": env.float("CLOCKS_SECONDS", default=60.0),
    },
    "verify the book": {"task": "registry.tasks.verify_book", "schedule": crontab(hour="2", minute="0")},
}
TIME_ZONE = CELERY_TIMEZONE = "UTC"
USE_TZ = True

# --- Language ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = True
LOCALE_PATHS = [ROOT / "cdm" / "locale"]

# --- Static files and uploads ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = Path(env("CDM_MEDIA", default=str(PLACE / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=20 * 1024 * 1024)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# --- People ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "cdm.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "cdm:tasks"
ACCOUNT_ADAPTER = "cdm.signing_in.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator made the account, so the address is known
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PREVENT_ENUMERATION = True
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}

# --- E-mail ------------------------------------------------------------------------------------------------
if env("EMAIL_URL", default=""):
    globals().update(env.email_url("EMAIL_URL"))
else:
    EMAIL_BACKEND = (
        "cdm.mail_folder.EmailBackend" if DEMONSTRATION else "django.core.mail.backends.console.EmailBackend"
    )
EMAIL_FILE_PATH = str(PLACE / "mail")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="CDM Registry <registry@localhost>")
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")  # the address in letters; no slash at the end

# --- API ---------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "cdm.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["cdm.api.authentication.SignedInToWrite"],
    "DEFAULT_PARSER_CLASSES": ["cdm.api.parsing.StrictJSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "cdm.api.naming.Schema",
    "EXCEPTION_HANDLER": "cdm.api.problems.answer",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    # an empty API_USER_RATE is none, for a load that is meant
    "DEFAULT_THROTTLE_RATES": {
        "anon": env("API_ANON_RATE", default="120/min"),
        "user": env("API_USER_RATE", default="1200/min") or None,
    },
    "NUM_PROXIES": PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CDM Registry",
    "DESCRIPTION": "Read all you may see and make every move you may make, over the same door as the pages.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "AccountState": "registry.codes.AccountState",
        "AccountRequestState": "registry.account_request_moves.RequestState",
        "OrganisationKind": "cdm.models.Organisation.Kind",
        "DocumentKind": "cdm.models.Document.Kind",
        "FindingKind": "cdm.models.Finding.Kind",
        "RequestKind": "cdm.models.BoardRequest.Kind",
        "InvoiceKind": "cdm.models.Invoice.Kind",
        "DeadlineKind": "cdm.models.Deadline.Kind",
        "CreditingKind": "cdm.models.Project.CreditingKind",
        "Function": "cdm.models.Accreditation.Function",
        "BoardOutcome": "cdm.workflow.board_matter.OUTCOMES",
        "ReviewOutcome": "cdm.workflow.board_matter.OF_A_REVIEW",
        "MatterKind": "cdm.models.BoardMatter.Kind",
        "AssessmentSide": "cdm.models.Assessment.Side",
        "ReplySide": "cdm.models.ReviewReply.Side",
    },
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "cdm.api.describing.complete"],
}

# --- The registry knows no seats, no Parties and no clock: these functions tell it -------------------------
REGISTRY_VIEWER = "cdm.registry_viewer.viewer_of"
REGISTRY_PARTICIPANT = "cdm.units.is_participant"
REGISTRY_ELIGIBILITY = "cdm.registry_viewer.is_eligible"
REGISTRY_PROJECT_TITLES = "cdm.units.project_titles"
REGISTRY_UNITS_TO_REPLACE = "cdm.units.units_to_replace"
REGISTRY_STILL_ASKED = "cdm.units.still_asked_of"
REGISTRY_ADMINISTRATOR = "cdm.registry_viewer.is_administrator"
REGISTRY_ANNEX_I = "cdm.registry_viewer.is_annex_i"
REGISTRY_CLOCK = "cdm.clock.now"
REGISTRY_BENCH_KEYS = "cdm.benching.two_keys"
REGISTRY_BENCH_WORKER = "cdm.web_worker.Worker"

# --- What a page may load: only what this site serves ------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
    },
}
