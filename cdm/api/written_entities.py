"""How accreditations and excess issuances are written: the fields of each."""

from __future__ import annotations

from rest_framework import serializers

from cdm.api.fields import WholeText
from cdm.api.written import OrganisationName, SubjectWriter, Writer
from cdm.models import (
    Accreditation,
    AccreditationSuspension,
    AppliedScope,
    CmpDecision,
    EntityAccreditation,
    ExcessIssuance,
    ReplacementCancellation,
)


class AccreditedScopeWriter(Writer[Accreditation]):
    class Meta:
        model = Accreditation
        fields = ["function", "sectoral_scope", "from_on", "until_on", "ended_on"]


class AppliedScopeWriter(Writer[AppliedScope]):
    class Meta:
        model = AppliedScope
        fields = ["function", "sectoral_scope"]


class SuspensionWriter(Writer[AccreditationSuspension]):
    class Meta:
        model = AccreditationSuspension
        fields = ["from_on", "ended_on"]


class CmpDecisionWriter(Writer[CmpDecision]):
    class Meta:
        model = CmpDecision
        fields = ["number", "dated_on", "kind", "scope"]


class AccreditationWriter(SubjectWriter):
    doe = OrganisationName()
    scopes = AccreditedScopeWriter(many=True)
    applied_scopes = AppliedScopeWriter(many=True)
    suspensions = SuspensionWriter(many=True)
    cmp_decisions = CmpDecisionWriter(many=True)

    class Meta:
        model = EntityAccreditation
        fields = [
            "id", "doe", "standing", "follows", "applied_at", "accredited_on", "last_day", "designated_on",
            "scopes", "applied_scopes", "suspensions", "cmp_decisions", "version",
        ]  # fmt: skip


class CancellationWriter(Writer[ReplacementCancellation]):
    entry = serializers.CharField(source="entry.transaction_number")
    quantity = WholeText()

    class Meta:
        model = ReplacementCancellation
        fields = ["entry", "unit_type", "quantity", "serials", "at"]


class ExcessIssuanceWriter(SubjectWriter):
    doe = OrganisationName()
    reviewer = OrganisationName(allow_null=True)
    quantity = WholeText(allow_null=True)
    replaced = WholeText()
    remaining = WholeText()
    cancellations = CancellationWriter(many=True)

    class Meta:
        model = ExcessIssuance
        fields = [
            "id", "doe", "reviewer", "project", "standing", "reason", "quantity", "replaced", "remaining",
            "review_ended_on", "cancellations", "version",
        ]  # fmt: skip


WRITERS: dict[str, type[SubjectWriter]] = {
    "accreditation": AccreditationWriter,
    "excess_issuance": ExcessIssuanceWriter,
}
