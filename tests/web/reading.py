"""Reads an answer as a person does: its words without markup, and what a refusal left behind."""

from __future__ import annotations

import html
import re
from typing import Any

from django.db.models import Model

from cdm.models import Record
from cdm.models.subject import Subject


def words(answer: Any) -> str:
    """The text of a page, markup and entities gone, one space between words."""
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def standing(subject: Subject) -> tuple[str, int, int]:
    """What a refusal must leave alone: state, version, and how many records there are."""
    fresh: Any = type(subject)._default_manager.get(pk=subject.pk)
    return fresh.state, fresh.version, Record.objects.count()


def count(model: type[Model]) -> int:
    return model._default_manager.count()
