"""Two answers for load balancers: is this process alive, and can it reach what it needs."""

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse


def alive(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all."""
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database and the cache answer; else 503 naming what does not."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        missing.append("database")
    try:
        cache.set("readyz", "1", 5)
    except Exception:
        missing.append("cache")
    if missing:
        return HttpResponse(f"not ready: {', '.join(missing)}\n", status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")
