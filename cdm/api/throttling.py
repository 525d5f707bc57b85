"""How often an address may be asked where that is not the common rate."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class CommentThrottle(SimpleRateThrottle):
    """Comments of the public: so many from one address."""

    scope = "comment"
    rate = "20/hour"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}
