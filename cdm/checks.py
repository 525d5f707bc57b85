"""System checks that keep the demonstration and a real registry apart."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured


@register("security", "cdm")
def demonstration_is_apart(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse demonstration mode beside a production sign, and its conveniences outside it.

    In demonstration mode anyone who reaches the site can sign in as anyone and move the clock. So by itself
    it is for one machine: loopback hosts, SQLite. CDM_DEMONSTRATION=on-a-server says that strangers may
    reach it or that it uses a database server, and that nothing in it is real. Real e-mail is never sent.
    """
    found: list[CheckMessage] = []
    if settings.ONE_CLICK_SIGN_IN and not settings.DEMONSTRATION:
        found.append(
            Error(
                "One-click sign-in is on outside demonstration mode: anyone could sign in as anyone.",
                hint="Remove CDM_ONE_CLICK_SIGN_IN.",
                id="cdm.E001",
            )
        )
    if not settings.DEMONSTRATION:
        return found
    strangers = [
        host for host in settings.ALLOWED_HOSTS if host not in {*settings.LOOPBACK_HOSTS, "testserver"}
    ]
    if strangers and not settings.DEMONSTRATION_ON_SERVER:
        found.append(
            Error(
                f"Demonstration mode would be served to {', '.join(strangers)}, to sign in as anyone.",
                hint="Use --no-demo for a registry, or set CDM_DEMONSTRATION=on-a-server if nothing is real.",
                id="cdm.E002",
            )
        )
    if (
        not settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        and not settings.DEMONSTRATION_ON_SERVER
    ):
        found.append(
            Error(
                "Demonstration mode would write into a database server, which may hold a real registry.",
                hint="Use --no-demo for a registry, or set CDM_DEMONSTRATION=on-a-server.",
                id="cdm.E003",
            )
        )
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        found.append(
            Error(
                "Demonstration mode would send real e-mail to its invented people.",
                hint="Remove EMAIL_URL or CDM_DEMONSTRATION.",
                id="cdm.E004",
            )
        )
    return found


@register("cdm")
def servers_go_together(app_configs: Sequence[Any] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A database server without Redis still has its worker inside one web process: say so."""
    if settings.EMBEDDED_WORKER and settings.DATABASE_URL:
        return [
            Warning(
                "DATABASE_URL is set but REDIS_URL is not: tasks run inside one web process only.",
                hint="Set REDIS_URL and start `celery -A cdm worker` and `celery -A cdm beat` too.",
                id="cdm.W001",
            )
        ]
    return []


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured with every error above; for servers, which run no checks."""
    errors = [message for message in demonstration_is_apart() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured(" ".join(f"{error.msg} {error.hint}" for error in errors))
