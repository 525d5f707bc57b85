"""The state of a row that goes by a table of moves: django-fsm's field, and a plain text to the migrations."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_fsm import FSMField


class StateField(FSMField):
    """django-fsm's protected field, which migrations see as the text it is in the database.

    Each such field asks to be told of every model class that is made, and migrations make all of them again and again:
    with a dozen machines that alone took most of the half minute in which a database is set up.
    """

    def deconstruct(self) -> Any:
        """As a CharField, without what only the running code needs."""
        name, _, args, kwargs = super().deconstruct()
        kwargs.pop("protected", None)
        return name, f"{models.CharField.__module__}.CharField".replace(".fields", ""), args, kwargs
