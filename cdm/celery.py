"""The Celery application: `celery -A cdm worker` and `celery -A cdm beat` start from here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")

app = Celery("cdm")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
