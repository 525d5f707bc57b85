"""Sends waiting mail: claimed in one step, sent in the next, settled in a third, so no lock is held while sending.

A worker that dies between sending and settling leaves a claim that lapses; the mail is sent again with the same
Message-ID, which the demonstration's folder and mail programs recognise as the same letter.
"""

from __future__ import annotations

import datetime as dt
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet

from cdm.models import Notice, PendingMail

log = logging.getLogger(__name__)

CLAIM_LAPSES = dt.timedelta(minutes=5)
MOST_ATTEMPTS = 10
BATCH = 200

Letter = Notice | PendingMail


def send_waiting(*, at: dt.datetime) -> int:
    """Send what is waiting, oldest first; returns how many letters went out. `at` only stamps the rows."""
    sent = 0
    for model in (PendingMail, Notice):
        for letter in _claim(model.objects.all(), at):
            sent += _send(letter, at)
    return sent


def _claim(rows: QuerySet[Letter], at: dt.datetime) -> list[Letter]:
    with transaction.atomic():
        free = rows.filter(
            Q(mail_claimed_at__isnull=True) | Q(mail_claimed_at__lt=at - CLAIM_LAPSES),
            mailed_at__isnull=True,
            mail_attempts__lt=MOST_ATTEMPTS,
        )
        keys = list(
            free.select_for_update(no_key=True, skip_locked=True)
            .order_by("id")
            .values_list("pk", flat=True)[:BATCH]
        )
        rows.filter(pk__in=keys).update(mail_claimed_at=at)
    return list(rows.filter(pk__in=keys).order_by("id"))


def _send(letter: Letter, at: dt.datetime) -> int:
    try:
        _message(letter).send()
    except Exception as error:  # one bad address must not hold up the others
        log.exception("mail %s was not sent", letter.message_id)
        letter.mail_attempts += 1
        letter.mail_error = str(error)
        letter.mail_claimed_at = at
        letter.save(update_fields=["mail_attempts", "mail_error", "mail_claimed_at"])
        return 0
    letter.mailed_at = at
    letter.mail_error = ""
    letter.save(update_fields=["mailed_at", "mail_error"])
    return 1


def _message(letter: Letter) -> EmailMessage:
    if isinstance(letter, Notice):
        to, subject = letter.user.email, letter.sentence
        body = f"{letter.sentence}\n\n{settings.SITE_URL}{letter.url}\n"
    else:
        to, subject, body = letter.address, letter.subject, letter.body
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return EmailMessage(
        subject=" ".join(subject.split())[:200],
        body=body,
        to=[to],
        headers={"Message-ID": f"<{letter.message_id}@{host}>"},
    )
