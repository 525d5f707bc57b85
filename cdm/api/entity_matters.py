"""Bringing an accreditation or an excess issuance before the Board, for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cdm.acts import entity_matters
from cdm.api.acts import Act, described, text
from cdm.api.reading import TAGS
from cdm.api.written_matters import MatterWriter


class BringAsks(serializers.Serializer[Any]):
    reason = text("Why it comes before the Board.", allow_blank=True)


def bringing(machine: str) -> type[Act]:
    """The class that brings a subject of this machine before the Board."""

    @described(
        f"{machine}_bring_before_board",
        TAGS[machine],
        "Bring it before the Board",
        asks=BringAsks,
        answers=MatterWriter,
    )
    class Bring(Act):
        """Bring it before the Board."""

        verb, asks = "bring_before_board", BringAsks

        def act(self, subject: Any, given: dict[str, Any]) -> Any:
            return MatterWriter(entity_matters.bring(subject, **given, **self.acting)).data

    Bring.machine = machine
    return Bring
