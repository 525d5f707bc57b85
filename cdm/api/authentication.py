"""Who a request is from: a key in the Authorization header, or the session of a page with its CSRF token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

from cdm import clock
from cdm.acts import keys
from cdm.models import ApiKey, User

WORDS = (b"bearer", b"token")
NOT_STANDING = "This key is not known, or it was revoked. Issue another on the page “Keys for programs”."


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer cdm_…` (or `Token cdm_…`)."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() not in WORDS:
            return None
        if len(words) != 2:
            raise AuthenticationFailed(
                "Write the header as “Authorization: Bearer” and the key, nothing else."
            )
        key = keys.holder_of(words[1].decode("latin-1"), at=clock.now())
        if key is None:
            raise AuthenticationFailed(NOT_STANDING)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="CDM Registry"'


class SignedInToWrite(BasePermission):
    """Anyone reads what is public; to change something a person signs in, and a read-only key does not do."""

    message = "This key is only for reading. Issue one that may write, on the page “Keys for programs”."

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return True
        if isinstance(request.auth, ApiKey) and not request.auth.may_write:
            return False
        return request.user.is_authenticated or getattr(view, "is_open_to_the_public", False)


class SignedIn(SignedInToWrite):
    """What is one's own: reading it needs a person, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return request.user.is_authenticated and super().has_permission(request, view)
