"""How acknowledgements of risk and transitions to the Article 6.4 mechanism are written to programs."""

from __future__ import annotations

from rest_framework import serializers

from cdm.api.written import SubjectWriter
from cdm.api.written_signing import SIGNED, SignedWriter
from cdm.models import RiskAcknowledgement, Transition


class RiskAcknowledgementWriter(SignedWriter):
    class Meta:
        model = RiskAcknowledgement
        fields = ["id", "project", "request", "standing", "form", *SIGNED, "version"]


class TransitionWriter(SignedWriter):
    effective_on = serializers.DateField(help_text="From this day the activity is no longer one of the CDM.")

    class Meta:
        model = Transition
        fields = [
            "id", "project", "standing", "effective_on", "remarks", "asked_at", "requested_on", *SIGNED, "version",
        ]  # fmt: skip


WRITERS: dict[str, type[SubjectWriter]] = {
    "risk_acknowledgement": RiskAcknowledgementWriter,
    "transition": TransitionWriter,
}
