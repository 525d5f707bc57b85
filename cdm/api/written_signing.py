"""How signed texts are written to programs: statements of modalities, changes of participants, signatures."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cdm.api.written import OrganisationName, PersonName, SubjectWriter, Writer
from cdm.models import (
    FocalPointWithdrawal,
    ModalitiesStatement,
    ParticipantChange,
    ScopeOfAuthority,
    Signature,
    Signed,
)


class SignatureWriter(Writer[Signature]):
    """A signature; void ones stay on record."""

    organisation = OrganisationName()
    by = PersonName()

    class Meta:
        model = Signature
        fields = ["organisation", "by", "at", "content_number", "content_sha256", "voided_at", "void_because"]


class SignedWriter(SubjectWriter):
    """What every signed text says: its content, its SHA-256 to sign with, and who still has to."""

    content = serializers.JSONField(help_text="The text that is signed.")
    content_sha256 = serializers.CharField(help_text="Give this back when you sign.")
    still_to_sign = OrganisationName(many=True)
    signatures = serializers.SerializerMethodField()

    @extend_schema_field(SignatureWriter(many=True))
    def get_signatures(self, text: Signed) -> Any:
        return SignatureWriter(text.signatures, many=True).data


class ScopeWriter(Writer[ScopeOfAuthority]):
    focal_points = OrganisationName(many=True)

    class Meta:
        model = ScopeOfAuthority
        fields = ["scope", "held", "focal_points"]


SIGNED = ["content", "content_number", "content_sha256", "still_to_sign", "signatures"]


class FocalPointWithdrawalWriter(Writer[FocalPointWithdrawal]):
    organisation, by = OrganisationName(), PersonName()

    class Meta:
        model = FocalPointWithdrawal
        fields = ["organisation", "reason", "by", "at"]


class ModalitiesWriter(SignedWriter):
    scopes = ScopeWriter(many=True)
    withdrawals_of_focal_points = FocalPointWithdrawalWriter(many=True)

    class Meta:
        model = ModalitiesStatement
        fields = [
            "id",
            "project",
            "standing",
            "form",
            "scopes",
            "withdrawals_of_focal_points",
            "in_force_from",
            *SIGNED,
            "version",
        ]


class ParticipantChangeWriter(SignedWriter):
    organisation = OrganisationName()

    class Meta:
        model = ParticipantChange
        fields = [
            "id", "project", "standing", "kind", "organisation", "party", "new_name", "has_ceased", "reason",
            "asked_at", *SIGNED, "version",
        ]  # fmt: skip


WRITERS: dict[str, type[SubjectWriter]] = {
    "modalities_statement": ModalitiesWriter,
    "participant_change": ParticipantChangeWriter,
}
