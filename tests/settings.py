"""The registry's own settings, with what only tests want: speed, and a folder that is thrown away."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# what a developer's shell may hold must not change what a test says
for _name in (
    "ALLOWED_HOSTS",
    "BEHIND_TLS",
    "CDM_DEMONSTRATION",
    "CDM_MECHANISM",
    "CDM_ONE_CLICK_SIGN_IN",
    "CDM_RULES",
    "DEBUG",
    "EMAIL_URL",
):
    os.environ.pop(_name, None)
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["CDM_VAR"] = tempfile.mkdtemp(prefix="cdm-tests-")
    atexit.register(shutil.rmtree, os.environ["CDM_VAR"], ignore_errors=True)
os.environ["SECRET_KEY"] = "only for tests"

from cdm.settings import *  # noqa: E402, F403  after what it reads is set
from cdm.settings import DATABASES, REST_FRAMEWORK, STORAGES, VAR  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# real workers are tested as real processes, in tests/smoke/
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
MEDIA_ROOT = Path(VAR) / "media"
(Path(VAR) / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns of a folder that is not there
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": None, "user": None}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # nobody wants the test database back after a power cut
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF"
elif _template := os.environ.get("CDM_TEST_TEMPLATE"):
    DATABASES["default"]["TEST"] = {"TEMPLATE": _template}


class _FromTheModels:
    """Tables are made from the models on SQLite; drawing the past of every model costs each process several seconds.

    On PostgreSQL they are migrated, as the real processes of tests/smoke find them.
    """

    def __contains__(self, app: str) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    MIGRATION_MODULES = _FromTheModels()
