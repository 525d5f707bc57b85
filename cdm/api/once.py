"""Idempotency-Key: a POST sent again with the same key is not done again; it gets the same answer.

The row that keeps the answer is written before the work. The first record the work appends is noted in the row in
the work's own transaction, so it is known for certain whether the work was done, whatever crashed afterwards. A
process that took longer than LEASE is given up; should it still come to its end, its transaction is refused.

Work that is one transaction has its answer kept in it (`answered_beside`): then either both are there or neither.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import QueryDict
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from cdm.models import KeptAnswer, Record
from cdm.workflow.refusals import NotOpen
from registry.written import insert

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
KEPT_FOR = dt.timedelta(hours=24)
LEASE = dt.timedelta(seconds=120)
WAIT_SECONDS = 10.0
SWEPT_AT_ONCE, SWEPT_EVERY, SWEPT_AFTER = 200, 50, dt.timedelta(minutes=1)
"""Old keys forgotten at once; and after how many new ones of this process, or after what time, it looks for them."""


@dataclass
class _Swept:
    """When this process last looked for old keys."""

    at: dt.datetime


_swept, _new_ones = _Swept(dt.datetime.min.replace(tzinfo=dt.UTC)), itertools.count()
_working_on: ContextVar[KeptAnswer | None] = ContextVar("working_on", default=None)


class KeyReused(APIException):
    """The key came with another request before (422)."""

    slug = "key-reused"
    status_code = 422
    default_detail = (
        "This Idempotency-Key came with another request before. Nothing was done. "
        "Send a new request with a new key."
    )


class KeyInUse(NotOpen):
    """A request with this key is not finished (409)."""

    slug = "key-in-use"


class GivenUp(RuntimeError):
    """This process took too long and another took over; what it did is rolled back."""


def answered(request: Request, act: Callable[[], Response], *, at: dt.datetime) -> Response:
    """The answer of `act`, or the one kept from an earlier request with the same key and the same content."""
    text = _key(request)
    if not text:
        return act()
    asked = _fingerprint(request)
    row, is_new = _row(_owner(request), text, asked, at)
    if row.fingerprint != asked:
        raise KeyReused
    if not is_new:
        return _kept(row)
    with _working(row):
        try:
            response = act()
        except Exception:
            # refused or broken: nothing was done, and the same key may be tried again
            KeptAnswer.objects.filter(pk=row.pk, attempt=row.attempt, record__isnull=True).delete()
            raise
    _keep(row, response)
    return response


Keeping = Callable[[Response], list[KeptAnswer]]
"""The rows that keep an answer, to be written in the transaction of the work; none without a key."""


def answered_beside(request: Request, act: Callable[[Keeping], Response], *, at: dt.datetime) -> Response:
    """As `answered`, for work that writes its answer in its own transaction, all of it or nothing.

    The key is not looked for before the work: where it was used, the row cannot be written a second time, so the work
    is not done, and neither is it where the work refuses what it finds done. Then the earlier answer is looked for.

    Args:
        act: is given what makes the rows to be kept.
    """
    text = _key(request)
    if not text:
        return act(_nothing)
    owner = _owner(request)

    def keeping(response: Response) -> list[KeptAnswer]:
        row = KeptAnswer(
            owner=owner, key=text, fingerprint=_fingerprint(request), attempt=uuid.uuid4(), began_at=at
        )
        _fill(row, response)
        return [row]

    try:
        response = act(keeping)
    except Exception:
        if not KeptAnswer.objects.filter(owner=owner, key=text).exists():
            raise
        return answered(request, lambda: act(_nothing), at=at)
    _sweep(at)
    return response


def _nothing(response: Response) -> list[KeptAnswer]:
    return []


def _key(request: Request) -> str:
    text = request.headers.get(HEADER, "").strip()
    if len(text) > LONGEST_KEY or not text.isprintable():
        raise ValidationError({HEADER: [f"A key has at most {LONGEST_KEY} printable characters."]})
    return text


def _new_row(owner: str, key: str, asked: str, at: dt.datetime) -> KeptAnswer | None:
    """A row for this key, None where there is one."""
    row = KeptAnswer(owner=owner, key=key, fingerprint=asked, attempt=uuid.uuid4(), began_at=at)
    return row if insert([row], unless_there=True) else None


def _row(owner: str, key: str, asked: str, at: dt.datetime) -> tuple[KeptAnswer, bool]:
    """The row of this key, and whether this process is the one to do the work."""
    _sweep(at)
    if (new := _new_row(owner, key, asked, at)) is not None:
        return new, True
    row = _when_finished(owner, key, at)
    if row.fingerprint != asked or row.status is not None or row.record_id is not None:
        return row, False
    mine = uuid.uuid4()
    taken = KeptAnswer.objects.filter(pk=row.pk, attempt=row.attempt, record__isnull=True).update(
        attempt=mine, began_at=at
    )
    if not taken:
        raise KeyInUse("A request with this Idempotency-Key is not finished yet. Ask again in a few seconds.")
    row.attempt = mine
    return row, True


def _when_finished(owner: str, key: str, at: dt.datetime) -> KeptAnswer:
    """The row once its answer is there, or once its process must be given up."""
    until = time.monotonic() + WAIT_SECONDS
    while True:
        row = KeptAnswer.objects.filter(owner=owner, key=key).first()
        if row is None:
            raise KeyInUse("A request with this Idempotency-Key was just refused. Send it again.")
        if row.status is not None or at - row.began_at > LEASE:
            return row
        if time.monotonic() > until or transaction.get_connection().in_atomic_block:
            raise KeyInUse(
                "A request with this Idempotency-Key is not finished yet. Ask again in a few seconds."
            )
        time.sleep(0.1)


def _kept(row: KeptAnswer) -> Response:
    headers = {**row.headers, "Idempotent-Replayed": "true"}
    if row.status is not None:
        return Response(row.body, status=row.status, headers=headers)
    # the work was done, but the process ended before it had answered: say what is on record
    record = row.record
    body = {"record": record.pk if record else None, "detail": str(record)}
    return Response(body, status=200, headers=headers)


def _fill(row: KeptAnswer, response: Response) -> None:
    row.status = response.status_code
    row.body = json.loads(json.dumps(response.data, default=str))
    row.headers = {name: response[name] for name in ("ETag", "Location") if response.has_header(name)}


def _keep(row: KeptAnswer, response: Response) -> None:
    _fill(row, response)
    KeptAnswer.objects.filter(pk=row.pk, attempt=row.attempt).update(
        status=row.status, body=row.body, headers=row.headers
    )


@contextmanager
def _working(row: KeptAnswer) -> Iterator[None]:
    token = _working_on.set(row)
    try:
        yield
    finally:
        _working_on.reset(token)


@receiver(post_save, sender=Record, dispatch_uid="cdm.api.once")
def _note_record(instance: Record, **_: Any) -> None:
    """The first record of the work, noted inside the work's transaction."""
    row = _working_on.get()
    if row is None or row.record_id is not None:
        return
    noted = KeptAnswer.objects.filter(pk=row.pk, attempt=row.attempt, record__isnull=True).update(
        record=instance
    )
    if not noted:
        raise GivenUp("Another process took over this request.")
    row.record = instance


def _sweep(at: dt.datetime) -> None:
    """Forget old keys, after some new ones or some time, so that the table stays small."""
    if next(_new_ones) % SWEPT_EVERY and abs(at - _swept.at) < SWEPT_AFTER:
        return
    _swept.at = at
    old = KeptAnswer.objects.filter(began_at__lt=at - KEPT_FOR).order_by("began_at")
    if keys := list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE]):
        KeptAnswer.objects.filter(pk__in=keys).delete()


def _owner(request: Request) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"


def _fingerprint(request: Request) -> str:
    """Method, address, version and content; the same for the same content however it was written down."""
    content = [request.method, request.path, request.headers.get("If-Match", ""), _plain(request.data)]
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(data: Any) -> Any:
    if isinstance(data, QueryDict):
        return {name: [_plain(value) for value in values] for name, values in data.lists()}
    if isinstance(data, UploadedFile):
        digest = hashlib.sha256()
        for chunk in data.chunks():
            digest.update(chunk)
        data.seek(0)
        return {"name": data.name, "sha256": digest.hexdigest()}
    return data
