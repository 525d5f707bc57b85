"""The door for WSGI servers. It refuses to open on settings that the safety checks refuse."""

import os
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")

pages = get_wsgi_application()

from django.urls import get_resolver  # noqa: E402  these need the apps that the line above loads

from cdm.checks import refuse_unsafe_settings  # noqa: E402
from cdm.programs import Programs, is_a_program  # noqa: E402

refuse_unsafe_settings()
# before the first request: two threads that load the pages at the same moment would meet half of them
_ = get_resolver().url_patterns

programs = Programs()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """Programs that sign with a key are answered without what only pages need."""
    return (programs if is_a_program(environ) else pages)(environ, start_response)
