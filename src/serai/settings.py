"""Settings: read once from the environment, which the supervisor (or the test suite) sets for each process.

SERAI_DATABASE         URL of the database in this process's own role
SERAI_OWNER_DATABASE   URL in the owner's role; only migrations and tests have it
SERAI_STATE            the state folder
SERAI_SECRET_KEY       signs sessions and links
SERAI_PUBLIC_ADDRESS   https://… under which people reach this site
SERAI_DEMO             1: the demo world, with its Outbox and "look around as" pages; refused by `serai up`
SERAI_BEHIND_PROXY     name of the proxy's header that says https was used
SERAI_SITE_NAME        what the site calls itself
SERAI_CLOCK            the moment the demo world plays in (ISO 8601), ticking on from the start of the process
SERAI_LOUD             1: reading a protected table with nobody asking raises (tests and the demo)
SERAI_POOL             0: one connection a thread instead of a pool, and no page is kept (tests)
SERAI_MAIL_HOST, SERAI_MAIL_PORT, SERAI_MAIL_FROM   where mail goes out, and in whose name
SERAI_MAIL_USER, SERAI_MAIL_PASSWORD, SERAI_MAIL_TLS   how we sign in there; starttls, tls or nothing
"""

import os
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from serai.db.address import parts

HERE = Path(__file__).parent
POOL = os.environ.get("SERAI_POOL") != "0"
# Statements are prepared: under row security reading a statement anew costs more than running it.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}
POOLED = {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}} if POOL else {}


def database(url: str, *, owner: bool = False) -> dict[str, object]:
    """Django's settings for a postgresql:// URL; what else it says (sslmode, sslrootcert, …) goes to the driver."""
    told = parts(url)
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{setting: told.pop(name, "") for setting, name in names.items()},
        "ATOMIC_REQUESTS": not owner,
        "CONN_HEALTH_CHECKS": False,
        "OPTIONS": told if owner else {**told, **PREPARED, **POOLED},
    }


DEMO = os.environ.get("SERAI_DEMO") == "1"
SITE_NAME = os.environ.get("SERAI_SITE_NAME", "Serai")
PUBLIC_ADDRESS = os.environ.get("SERAI_PUBLIC_ADDRESS", "http://localhost:8000")
CLOCK = datetime.fromisoformat(os.environ["SERAI_CLOCK"]) if DEMO and os.environ.get("SERAI_CLOCK") else None
STATE = Path(os.environ.get("SERAI_STATE", ".serai"))
SECRET_KEY = os.environ.get("SERAI_SECRET_KEY", "")
DEBUG = False
LOUD = DEMO or os.environ.get("SERAI_LOUD") == "1"

_address = urlsplit(PUBLIC_ADDRESS)
SECURE = _address.scheme == "https"
ALLOWED_HOSTS = [_address.hostname or "localhost"] + (["localhost", "127.0.0.1"] if DEMO else [])
CSRF_TRUSTED_ORIGINS = [PUBLIC_ADDRESS]
if os.environ.get("SERAI_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = (os.environ["SERAI_BEHIND_PROXY"], "https")

_url = os.environ.get("SERAI_DATABASE", "postgresql:///serai")
DATABASES = {"default": database(_url)}
# Throttles and caches count outside the request's transaction: a 404 must not roll them back.
DATABASES["apart"] = {**database(_url), "ATOMIC_REQUESTS": False}
DATABASE_ROUTERS = ["serai.db.routing.CacheApart"]
if os.environ.get("SERAI_OWNER_DATABASE"):
    DATABASES["owner"] = database(os.environ["SERAI_OWNER_DATABASE"], owner=True)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "serai",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads by chance against BREACH; the one secret in a page is masked anew
    "serai.web.content_policy.ContentPolicy",
    "serai.web.language.NeverPseudo",
    "serai.web.validators.Validators",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "serai.web.language.ChosenLanguage",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "serai.accounts.signed_in.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "serai.web.middleware.AskerMiddleware",
]

ROOT_URLCONF = "serai.urls"
WSGI_APPLICATION = "serai.wsgi.application"
AUTH_USER_MODEL = "serai.Account"
AUTHENTICATION_BACKENDS = ["serai.accounts.signed_in.AccountBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "serai.web.jinja.environment",
            "context_processors": ["serai.web.jinja.page_context"],
            "extensions": ["jinja2.ext.i18n"],
        },
    }
]
FORM_RENDERER = "serai.web.jinja.FormRenderer"

STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "serai.web.stylesheet.SheetFinder",
]
STATICFILES_DIRS = [HERE / "web" / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STATE / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "en"
# The pseudo-language proves the pages to us; it is shown where it was chosen (web/language.py).
LANGUAGES = [("en", "English"), *([("ar-x-pseudo", "[Pseudo-Arabic]")] if LOUD else [])]
LOCALE_PATHS = [HERE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

CACHES = {"default": {"BACKEND": "serai.db.cache.Cache", "LOCATION": "serai_cache"}}
SESSION_ENGINE = "serai.accounts.signed_in"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Nobody signs up and nobody has a password: a mailed code proves the address at each sign-in.
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "length": 8, "dashed": True}
ACCOUNT_LOGIN_TIMEOUT = 30 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "request_login_code": "20/m/ip,3/m/key,15/h/key",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_ADAPTER = "serai.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "serai.accounts.forms.SignIn",
    "request_login_code": "serai.accounts.forms.AskForCode",
    "confirm_login_code": "serai.accounts.forms.TypeCode",
}
ACCOUNT_TEMPLATE_EXTENSION = "jinja"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_USER_DISPLAY = "serai.accounts.adapter.display"
MFA_ADAPTER = "serai.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = SITE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_FORMS = {
    "authenticate": "serai.accounts.forms.SecondStep",
    "reauthenticate": "serai.accounts.forms.SecondStepAgain",
    "activate_totp": "serai.accounts.forms.StartApp",
    "add_webauthn": "serai.accounts.passkeys.AddPasskey",
    "edit_webauthn": "serai.accounts.passkeys.RenamePasskey",
    "login_webauthn": "serai.accounts.passkeys.PasskeyIn",
    "authenticate_webauthn": "serai.accounts.passkeys.PasskeySecond",
    "reauthenticate_webauthn": "serai.accounts.passkeys.PasskeyAgain",
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/home/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = os.environ.get("SERAI_MAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("SERAI_MAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("SERAI_MAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("SERAI_MAIL_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("SERAI_MAIL_TLS") == "starttls"
EMAIL_USE_SSL = os.environ.get("SERAI_MAIL_TLS") == "tls"
EMAIL_TIMEOUT = 20
MAIL_DOMAIN = _address.hostname or "localhost"  # the second half of each Message-ID
DEFAULT_FROM_EMAIL = os.environ.get("SERAI_MAIL_FROM", f"serai@{MAIL_DOMAIN}")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
SILENCED_SYSTEM_CHECKS = ["fields.W344"]

# A path may hold a one-time link, and what a visitor mistypes is no fault of ours: only what failed is said.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "filters": {"foreign_host": {"()": "serai.web.foreign_host.Said"}},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
        "django.security.DisallowedHost": {"filters": ["foreign_host"]},
    },
}
