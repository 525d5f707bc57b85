"""Notice of prior consideration, given from a project's draft."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cdm.acts import prior_consideration
from cdm.api import reading, written
from cdm.api.acts import Act, described, text


class NotifyAsks(serializers.Serializer[Any]):
    """What form F-CDM-Prior Consideration asks for."""

    host_party = serializers.CharField(max_length=2, help_text="ISO code of the host Party.")
    location = serializers.CharField(max_length=prior_consideration.NOT_LONGER_THAN)
    description = text("Brief description of the activity.")
    started_on = serializers.DateField(
        help_text="Earliest day of implementation, construction or real action."
    )


@described(
    "project_notify_prior_consideration",
    reading.TAGS["prior_consideration"],
    "Give notice of prior consideration to the host Party's authority and the secretariat",
    asks=NotifyAsks,
    answers=written.PriorConsiderationWriter,
)
class Notify(Act):
    """Give notice of prior consideration."""

    verb, asks = "notify_prior_consideration", NotifyAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        notice = prior_consideration.notify(subject, **given, **self.acting)
        return written.PriorConsiderationWriter(notice, context={"shows_all": True}).data
