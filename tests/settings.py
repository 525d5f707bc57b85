"""The registry's own settings, with what only tests want: speed, and a folder that is thrown away."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("CDM_VAR", tempfile.mkdtemp(prefix="cdm-tests-"))
os.environ.setdefault("SECRET_KEY", "only for tests")

from cdm.settings import *  # noqa: F403
from cdm.settings import REST_FRAMEWORK, STORAGES, VAR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
MEDIA_ROOT = Path(VAR) / "media"
WHITENOISE_USE_FINDERS = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": None, "user": None}
