"""The door for ASGI servers. It refuses to open on settings that the safety checks refuse."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")

application = get_asgi_application()

from django.urls import get_resolver  # noqa: E402  these need the apps that the line above loads

from cdm.checks import refuse_unsafe_settings  # noqa: E402

refuse_unsafe_settings()
# before the first request: two threads that load the pages at the same moment would meet half of them
_ = get_resolver().url_patterns
