"""Django settings. Every number that law or policy may change lives in packs, not here."""

import os
from pathlib import Path

from gongzhi import __version__
from gongzhi.config import environment as env

PACKAGE = Path(__file__).resolve().parent.parent
VERSION = __version__

DATA_DIR = env.data_folder()
KEYS_DIR = DATA_DIR / "keys"
MEDIA_DIR = DATA_DIR / "media"
DEMO = env.flag("GONGZHI_DEMO")
HOST_URL = env.text("GONGZHI_URL", "http://127.0.0.1:8000").rstrip("/")

DATABASES = {"default": env.database(env.text("DATABASE_URL", "postgresql:///gongzhi"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def _secret_key() -> str:
    """The signing key: from the environment, else kept beside the master keys with mode 0600."""
    if given := env.text("GONGZHI_SECRET_KEY"):
        return given
    path = KEYS_DIR / "signing.key"
    if not path.exists():
        KEYS_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
    return path.read_text()


SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = env.text("GONGZHI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [HOST_URL]
SECURE = HOST_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "gongzhi.common",
    "gongzhi.packs",
    "gongzhi.audit",
    "gongzhi.places",
    "gongzhi.people",
    "gongzhi.documents",
    "gongzhi.notifications",
    "gongzhi.duties",
    "gongzhi.sheets",
    "gongzhi.publications",
    "gongzhi.ballots",
    "gongzhi.ledger",
    "gongzhi.registers",
    "gongzhi.cases",
    "gongzhi.exchange",
    "gongzhi.gatherings",
    "gongzhi.partnerships",
    "gongzhi.volunteering",
    "gongzhi.deliberation",
    "gongzhi.projects",
    "gongzhi.disclosure",
    "gongzhi.privacy",
    "gongzhi.api",
    "gongzhi.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gongzhi.web.middleware.SecurityHeaders",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gongzhi.web.middleware.CurrentActor",
    "gongzhi.web.middleware.Refusals",
]

ROOT_URLCONF = "gongzhi.config.urls"
WSGI_APPLICATION = "gongzhi.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gongzhi.web.shell.context",
            ]
        },
    }
]

AUTH_USER_MODEL = "people.Person"
LOGIN_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

SESSION_COOKIE_NAME = "gz_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = "gz_csrf"
CSRF_FAILURE_VIEW = "gongzhi.web.views.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_HSTS_SECONDS = 31536000 if SECURE else 0
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 12_000_000

# Mail and messages; without a server named, nothing leaves the machine.
EMAIL_HOST = env.text("GONGZHI_SMTP_HOST")
EMAIL_PORT = env.number("GONGZHI_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("GONGZHI_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("GONGZHI_SMTP_PASSWORD")
EMAIL_USE_TLS = env.flag("GONGZHI_SMTP_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("GONGZHI_MAIL_FROM", "gongzhi@localhost")
SMS_URL = env.text("GONGZHI_SMS_URL")
SMS_SECRET = env.text("GONGZHI_SMS_SECRET")
PAPER_FONT = env.text("GONGZHI_PAPER_FONT")  # a TrueType font with Chinese, embedded into PDF papers
WEBHOOK_LOCAL = env.flag("GONGZHI_WEBHOOK_LOCAL")  # webhooks inside the network; for trials on one machine

# Tiles are optional; name a licensed provider together with its approval number (审图号).
MAP_TILES = env.text("GONGZHI_MAP_TILES")
MAP_CREDIT = env.text("GONGZHI_MAP_CREDIT")

RATE_LIMIT = env.text("GONGZHI_RATE_LIMIT", "on")
TRUSTED_PROXIES = [ip for ip in env.text("GONGZHI_TRUSTED_PROXIES").split(",") if ip]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal": {"()": "gongzhi.common.logs.WithoutPersonalValues"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["personal"]}},
    "root": {"handlers": ["stderr"], "level": env.text("GONGZHI_LOG_LEVEL", "WARNING")},
}
