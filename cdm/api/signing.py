"""Stating modalities, asking for changes of participants, and signing, for programs."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from cdm.acts import focal_points, forwarding, modalities, participants, signing
from cdm.api import written
from cdm.api.acts import Act, Edit, described, text
from cdm.api.forwarding import ForwardAsks, shares_of
from cdm.api.reading import TAGS
from cdm.api.written_signing import (
    FocalPointWithdrawalWriter,
    ModalitiesWriter,
    ParticipantChangeWriter,
    SignatureWriter,
)
from cdm.models import Organisation, ParticipantChange
from cdm.rules import modalities as rules

BODIES = Organisation.objects.filter(kind=Organisation.Kind.PARTICIPANT)
STATEMENTS, CHANGES = TAGS["modalities_statement"], TAGS["participant_change"]


class ScopeAsks(serializers.Serializer[Any]):
    """A scope of authority: forwarding (a), participants (b) or other (c)."""

    scope = serializers.ChoiceField(choices=list(rules.SCOPES.items()))
    held = serializers.ChoiceField(choices=list(rules.HELD.items()))
    focal_points = serializers.PrimaryKeyRelatedField(queryset=BODIES, many=True)


class StateAsks(serializers.Serializer[Any]):
    scopes = ScopeAsks(many=True, max_length=3)


class ChangeStatementAsks(StateAsks):
    reason = text("What is changed, for the record.", allow_blank=True)


def _scopes(given: dict[str, Any]) -> dict[str, tuple[str, tuple[Organisation, ...]]]:
    return {row["scope"]: (row["held"], tuple(row["focal_points"])) for row in given["scopes"]}


@described(
    "project_state_modalities",
    STATEMENTS,
    "State the modalities of communication",
    asks=StateAsks,
    answers=ModalitiesWriter,
)
class StateModalities(Act):
    """Put a statement of modalities forward for signature."""

    verb, asks = "state_modalities", StateAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ModalitiesWriter(modalities.state(subject, scopes=_scopes(given), **self.acting)).data


@described(
    "modalities_statement_change",
    STATEMENTS,
    "Change a statement that is being signed; its signatures are void",
    asks=ChangeStatementAsks,
    answers=ModalitiesWriter,
    status=200,
    verb="put",
)
class ChangeModalities(Edit):
    """Change a statement that is being signed."""

    machine, verb, asks = "modalities_statement", "state_modalities", ChangeStatementAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        modalities.change(subject, scopes=_scopes(given), reason=given["reason"], **acting)

    def written(self, subject: Any) -> Any:
        return ModalitiesWriter(subject).data


class LeaveOfficeAsks(serializers.Serializer[Any]):
    organisation = serializers.PrimaryKeyRelatedField(queryset=BODIES, help_text="The focal point; yours.")
    reason = text("The reason, for the record.", allow_blank=True)


@described(
    "modalities_statement_withdraw_as_focal_point",
    STATEMENTS,
    "Withdraw from the office of focal point",
    asks=LeaveOfficeAsks,
    answers=FocalPointWithdrawalWriter,
)
class LeaveOffice(Act):
    """A focal point withdraws."""

    machine, verb, asks = "modalities_statement", "withdraw_as_focal_point", LeaveOfficeAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return FocalPointWithdrawalWriter(focal_points.withdraw(subject, **given, **self.acting)).data


class WhatCounts(serializers.Serializer[Any]):
    """What a change asks for; `party` counts when adding, `new_name` when renaming, `has_ceased` when withdrawing."""

    party = serializers.CharField(max_length=2, allow_blank=True, default="")
    new_name = serializers.CharField(max_length=200, allow_blank=True, default="")
    has_ceased = serializers.BooleanField(default=False)
    reason = text("The reason; it is part of what is signed.", allow_blank=True)


class ParticipantChangeAsks(WhatCounts):
    kind = serializers.ChoiceField(choices=ParticipantChange.Kind.choices)
    organisation = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all())


@described(
    "project_ask_for_participant_change",
    CHANGES,
    "Ask for a participant to be added, renamed or withdrawn",
    asks=ParticipantChangeAsks,
    answers=ParticipantChangeWriter,
)
class AskForParticipantChange(Act):
    """Ask for a change of participants."""

    verb, asks = "ask_for_participant_change", ParticipantChangeAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ParticipantChangeWriter(participants.ask(subject, **given, **self.acting)).data


@described(
    "participant_change_alter",
    CHANGES,
    "Change what is asked for; its signatures are void",
    asks=WhatCounts,
    answers=ParticipantChangeWriter,
    status=200,
    verb="put",
)
class AlterParticipantChange(Edit):
    """Change what is asked for, before it is carried out."""

    machine, verb, asks = "participant_change", "change_signed", WhatCounts

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        participants.alter(subject, **given, **acting)

    def written(self, subject: Any) -> Any:
        return ParticipantChangeWriter(subject).data


class ChangeForwardingAsks(ForwardAsks):
    reason = text("What is changed, for the record.", allow_blank=True)


@described(
    "forwarding_request_change",
    TAGS["forwarding_request"],
    "Ask for something else in the same request; its signatures are void",
    asks=ChangeForwardingAsks,
    answers=written.ForwardingWriter,
    status=200,
    verb="put",
)
class ChangeForwarding(Edit):
    """Change a forwarding request before it is carried out."""

    machine, verb, asks = "forwarding_request", "change_signed", ChangeForwardingAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        shares = shares_of(subject.request, given, acting["at"])
        forwarding.change(subject, shares=shares, reason=given["reason"], **acting)

    def written(self, subject: Any) -> Any:
        return written.ForwardingWriter(subject).data


class SignAsks(serializers.Serializer[Any]):
    content_sha256 = serializers.CharField(
        max_length=64, help_text="SHA-256 of the text you read; another text is not signed."
    )


def signing_of(name: str) -> type[Act]:
    """The class that signs a text of this machine."""

    @described(f"{name}_sign", TAGS[name], "Sign the text", asks=SignAsks, answers=SignatureWriter)
    class Sign(Act):
        """Sign for your organisation."""

        verb, asks = "sign", SignAsks

        def act(self, subject: Any, given: dict[str, Any]) -> Any:
            return SignatureWriter(signing.sign(subject, **given, **self.acting)).data

    Sign.machine = name
    return extend_schema(tags=[TAGS[name]])(Sign)
