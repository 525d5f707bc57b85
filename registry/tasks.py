"""What Celery runs for the registry: thin, repeatable, ids in."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from registry import verify
from registry.models import BookCheck

logger = logging.getLogger(__name__)


@shared_task
def verify_book() -> bool:
    """Look at the whole book and keep the result, which is public; a false book is also an error in the
    log.
    """
    result = verify.verify_book()
    BookCheck.objects.create(at=timezone.now(), verified=result.ok, result=result.as_json())
    for finding in result.findings:
        logger.error("%s", finding)
    return result.ok
