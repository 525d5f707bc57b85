"""The door for WSGI servers. It refuses to open on settings that the safety checks refuse."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")

application = get_wsgi_application()

from cdm.checks import refuse_unsafe_settings  # noqa: E402  needs the apps that the line above loads

refuse_unsafe_settings()
