"""How a project and its design document are written."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cdm import money, permissions
from cdm.api.fields import SignedText, WholeText
from cdm.api.written import EngagementWriter, OrganisationName, ProjectLine
from cdm.models import AnnualEstimate, Participation, Project, Site


class SiteWriter(serializers.ModelSerializer[Site]):
    class Meta:
        model = Site
        fields = ["name", "region", "latitude", "longitude"]


class EstimateWriter(serializers.ModelSerializer[AnnualEstimate]):
    baseline_t, project_t, leakage_t = WholeText(), WholeText(), SignedText()
    reductions_t = SignedText()

    class Meta:
        model = AnnualEstimate
        fields = ["year", "baseline_t", "project_t", "leakage_t", "reductions_t"]


class ParticipationWriter(serializers.ModelSerializer[Participation]):
    organisation = OrganisationName()

    class Meta:
        model = Participation
        fields = ["organisation", "party", "party_name"]

    party_name = serializers.CharField()


class MethodologyApplied(serializers.Serializer[Any]):
    code = serializers.CharField()
    version = serializers.CharField(source="methodology_version")


class SectionText(serializers.Serializer[Any]):
    key = serializers.CharField()
    text = serializers.CharField()
    saved_at = serializers.DateTimeField()


class DesignDocument(serializers.ModelSerializer[Project]):
    """The project design document as filed."""

    parties = serializers.SerializerMethodField(help_text="Codes of the Parties involved, the host first.")
    participants = ParticipationWriter(many=True, source="participations")
    sites = SiteWriter(many=True)
    methodologies = MethodologyApplied(many=True)
    estimates = EstimateWriter(many=True)
    estimated_total_t = serializers.SerializerMethodField()
    estimated_average_annual_t = serializers.SerializerMethodField()
    sections = SectionText(many=True)

    class Meta:
        model = Project
        fields = [
            "small_scale_type", "capacity_mw", "savings_gwh", "removal_unit", "started_on",
            "operational_lifetime_years", "crediting_kind", "has_public_funding", "public_funding_affirmed",
            "parties", "participants", "sites", "methodologies", "estimates", "estimated_total_t",
            "estimated_average_annual_t", "sections",
        ]  # fmt: skip

    def get_parties(self, project: Project) -> list[str]:
        return permissions.party_codes(project)

    @extend_schema_field(WholeText)
    def get_estimated_total_t(self, project: Project) -> str:
        return str(money.estimated(project).total_t)

    @extend_schema_field(WholeText)
    def get_estimated_average_annual_t(self, project: Project) -> str:
        return str(money.average_annual_t(project))


class ProjectWhole(ProjectLine):
    """A project with its design document; the document is null while outsiders may not read it."""

    design_document = serializers.SerializerMethodField()
    engagements = EngagementWriter(many=True)

    class Meta(ProjectLine.Meta):
        fields = [*ProjectLine.Meta.fields, "round", "rule_set_key", "engagements", "design_document"]

    @extend_schema_field(DesignDocument(allow_null=True))
    def get_design_document(self, project: Project) -> Any:
        return DesignDocument(project).data if self.context["shows_document"] else None
