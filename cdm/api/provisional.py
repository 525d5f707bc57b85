"""Acknowledging the risk of a provisional request, and requesting the transition to Article 6.4, for programs."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cdm.acts import provisional
from cdm.api.acts import Act, NoAsks, described, text
from cdm.api.reading import TAGS
from cdm.api.written_provisional import RiskAcknowledgementWriter, TransitionWriter

MEASURES = TAGS["transition"]


@described(
    "board_request_acknowledge_risk",
    MEASURES,
    "Put the acknowledgement of risk of a provisional request forward and sign it",
    asks=None,
    answers=RiskAcknowledgementWriter,
)
class AcknowledgeRisk(Act):
    """Acknowledge the risk of a provisional request (EB 108)."""

    machine, verb, asks = "board_request", "acknowledge_risk", NoAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return RiskAcknowledgementWriter(provisional.acknowledge_risk(subject, **self.acting)).data


class TransitionAsks(serializers.Serializer[Any]):
    effective_on = serializers.DateField(help_text="From 1 January 2021 on, and not later than today.")
    remarks = text("Remarks for the host Party; part of what is signed.", allow_blank=True, default="")


@described(
    "project_request_transition",
    MEASURES,
    "Request that the activity move to the Article 6.4 mechanism, and sign it",
    asks=TransitionAsks,
    answers=TransitionWriter,
)
class RequestTransition(Act):
    """Request the transition to the Article 6.4 mechanism (3/CMA.3)."""

    verb, asks = "request_transition", TransitionAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return TransitionWriter(provisional.request_transition(subject, **given, **self.acting)).data
