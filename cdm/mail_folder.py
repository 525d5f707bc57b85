"""E-mail into a folder, one file for each Message-ID: sending the same letter twice leaves one file."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes each message as an .eml file into settings.EMAIL_FILE_PATH."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write each message that is not there yet; answers how many are in the folder now."""
        folder = Path(settings.EMAIL_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        sent = 0
        for message in email_messages:
            if not message.recipients():
                continue
            letter = message.message()
            name = re.sub(r"[^A-Za-z0-9.@_-]+", "-", letter["Message-ID"].strip("<> "))[:180]
            target = folder / f"{name}.eml"
            if not target.exists():
                # written aside and renamed, so that a reader never sees half a letter
                aside = folder / f".{name}.{os.getpid()}"
                aside.write_bytes(letter.as_bytes(linesep="\n"))
                aside.replace(target)
            sent += 1
        return sent
