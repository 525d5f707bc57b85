"""What Celery runs for the registry: thin, repeatable, ids in."""

from __future__ import annotations

import logging

from celery import shared_task

from registry import outside, verify
from registry.models import BookCheck
from registry.movements import doors

logger = logging.getLogger(__name__)


@shared_task
def verify_book() -> bool:
    """Look at the whole book and keep the result, which is public; a false book is also an error in the
    log.
    """
    result = verify.verify_book()
    BookCheck.objects.create(at=outside.now(), verified=result.ok, result=result.as_json())
    for finding in result.findings:
        logger.error("%s", finding)
    return result.ok


@shared_task
def lapse_movements() -> int:
    """End every movement that was not approved before its reservation ended; its units are free again."""
    return len(doors.lapse(at=outside.now()))
