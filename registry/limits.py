"""How often one address may ask for what is worth guessing or costly to make."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def is_within(request: HttpRequest, what: str, *, most: int, seconds: int = 60) -> bool:
    """Count this request; whether its address has asked at most `most` times since its first of `seconds`.

    The address is the one that signing in is limited by, so trusted proxies are set in one place.
    """
    key = f"registry:{what}:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return bool(cache.incr(key) <= most)
    except ValueError:
        # it ended between the two lines: this is the first request of the next stretch
        cache.set(key, 1, timeout=seconds)
        return True
