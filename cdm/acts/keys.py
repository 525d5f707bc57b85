"""Keys for programs: a person issues and revokes their own. A key acts as the person, and never as more."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets

from django.db import transaction
from django.db.models import CharField

from cdm.acts.acting import NotOpen, Problem, refuse
from cdm.models import ApiKey, User
from cdm.workflow import recording
from cdm.workflow.roles import Role
from registry.prepared import Prepared

CHAIN = "keys"
MOST_KEYS = 20
PREFIX_BYTES, SECRET_BYTES = 4, 32
KEY = re.compile(r"cdm_(?P<prefix>[0-9a-f]{8})_[A-Za-z0-9_-]{43}")
USE_NOTED_EVERY = dt.timedelta(minutes=1)

# asked at every request of a program; a prefix is one key's only
_STANDING = Prepared(
    lambda prefix: ApiKey.objects.select_related("user").filter(prefix=prefix, revoked_at__isnull=True),
    prefix=CharField(),
)


def issue(*, name: str, may_write: bool = True, by: User, at: dt.datetime) -> tuple[ApiKey, str]:
    """Make a key for `by`. Answers the row and the key's text, which is shown once and kept nowhere."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        refuse(
            None
            if name.strip()
            else Problem("Say what the key is for, so that you know it again later.", "name"),
            Problem(f"You have {MOST_KEYS} keys already. Revoke one that is not used any more.")
            if by.api_keys.filter(revoked_at__isnull=True).count() >= MOST_KEYS
            else None,
        )
        prefix = secrets.token_hex(PREFIX_BYTES)
        text = f"cdm_{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
        key = ApiKey.objects.create(
            user=by,
            name=name.strip(),
            prefix=prefix,
            hash=hash_of(text),
            may_write=may_write,
            created_at=at,
        )
        _record("issue_key", f"Key issued: {key}", by, at, key)
    return key, text


def revoke(key: ApiKey, *, by: User, at: dt.datetime) -> ApiKey:
    """End a key of one's own; the next request with it is refused. Raises NotOpen where it has ended already."""
    with transaction.atomic():
        key = ApiKey.objects.select_for_update(no_key=True, of=("self",)).get(pk=key.pk, user=by)
        if key.revoked_at is not None:
            raise NotOpen("This key is revoked already.")
        key.revoked_at = at
        key.save(update_fields=["revoked_at"])
        _record("revoke_key", f"Key revoked: {key}", by, at, key)
    return key


def holder_of(text: str, *, at: dt.datetime) -> ApiKey | None:
    """The standing key with this text, its person included; None where there is none. Notes the use."""
    form = KEY.fullmatch(text)
    if form is None:
        return None
    key = _STANDING.first(prefix=form["prefix"])
    if key is None or not hmac.compare_digest(key.hash, hash_of(text)) or not key.user.is_active:
        return None
    if key.last_used_at is None or at - key.last_used_at > USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=at)
    return key


def hash_of(text: str) -> str:
    """SHA-256 in hex. A key is 256 random bits, so a slow hash would add nothing."""
    return hashlib.sha256(text.encode()).hexdigest()


def _record(verb: str, sentence: str, by: User, at: dt.datetime, key: ApiKey) -> None:
    recording.append(
        verb=verb,
        sentence=sentence,
        by=by,
        role=Role.PUBLIC,
        at=at,
        chain_name=CHAIN,
        data={"key": key.pk},
        is_public=False,
    )
