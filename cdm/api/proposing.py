"""Filing a project and saving its design document, part by part, while it is a draft."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions
from cdm.acts import proposal
from cdm.api import reading
from cdm.api.acts import Asks, Edit, described
from cdm.api.designed import ProjectWhole
from cdm.api.door import IDEMPOTENCY_KEY, IF_MATCH, tagged
from cdm.api.fields import SignedUnits, Units
from cdm.api.moves import LONGEST_TEXT
from cdm.models import Organisation, Project
from cdm.rules import design_document, methodologies, parties

CODES = [party.code for party in parties.ALL]
METHODOLOGIES = [methodology.code for methodology in methodologies.ALL]
PARTICIPANTS = Organisation.objects.filter(kind=Organisation.Kind.PARTICIPANT)
MOST_ROWS = 200


class FileAsks(serializers.Serializer[Any]):
    """A new draft."""

    title = serializers.CharField(max_length=250)
    developer = serializers.PrimaryKeyRelatedField(
        queryset=PARTICIPANTS, help_text="Number of the participant organisation you sit for."
    )


class Projects(reading.Projects):
    """Projects, and a new draft among them."""

    @extend_schema(
        operation_id="project_file",
        tags=["Projects"],
        summary="File a project: a new draft",
        description="",
        parameters=[IDEMPOTENCY_KEY],
        request=FileAsks,
        responses={201: ProjectWhole},
    )
    def post(self, request: Request) -> Response:
        return self.do(self._filed)

    def _filed(self) -> Response:
        permissions.require(self.person(), "file_project", at=self.at())
        given = self.read(FileAsks)
        project = proposal.file_project(**given, by=self.signed_in(), at=self.at())
        return tagged(Response(reading.whole(project, self), status=201), project)


class DetailsAsks(serializers.ModelSerializer[Project]):
    """Plain fields of the draft; what is left out stays as it is."""

    class Meta:
        model = Project
        fields = sorted(proposal.DETAILS)
        extra_kwargs = {
            "title": {"required": False},
            "operational_lifetime_years": {"max_value": 200, "min_value": 1},
        }


class ProjectPage(reading.ProjectPage):
    """One project; its plain fields are changed while it is a draft."""

    @extend_schema(
        operation_id="project_details",
        tags=["Projects"],
        summary="Save plain fields of the draft",
        parameters=[IF_MATCH],
        request=DetailsAsks,
        responses={200: ProjectWhole},
    )
    def patch(self, request: Request, key: int) -> Response:
        project = self.project(key)
        permissions.require(self.person(), "edit_design_document", at=self.at(), subject=project)
        reader = DetailsAsks(project, data=request.data, partial=True)
        reader.is_valid(raise_exception=True)
        proposal.save_details(
            project,
            by=self.signed_in(),
            at=self.at(),
            expected_version=self.expected_version(),
            **reader.validated_data,
        )
        project = self.project(key)
        return tagged(Response(reading.whole(project, self)), project)


class DraftEdit(Edit):
    """PUT replaces one part of the draft."""

    machine, verb = "project", "edit_design_document"

    def written(self, subject: Any) -> Any:
        return reading.whole(self.project(subject.pk), self)


def _edit(operation: str, summary: str, asks: Asks) -> Callable[[type[DraftEdit]], type[DraftEdit]]:
    return described(operation, "Projects", summary, asks=asks, answers=ProjectWhole, status=200, verb="put")


class ParticipantAsks(serializers.Serializer[Any]):
    organisation = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all())
    party = serializers.CharField(
        max_length=2, allow_blank=True, default="", help_text="Party asked to authorise it."
    )


class PartiesAsks(serializers.Serializer[Any]):
    host_party = serializers.CharField(max_length=2, help_text="ISO code of the host Party.")
    other_parties = serializers.ListField(
        child=serializers.CharField(max_length=2), max_length=MOST_ROWS, default=list
    )
    participants = ParticipantAsks(many=True, max_length=MOST_ROWS)


@_edit("project_parties", "Save the Parties and participants", PartiesAsks)
class Parties(DraftEdit):
    """The Parties involved and the participants."""

    asks: ClassVar[Asks] = PartiesAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        pairs = [(row["organisation"], row["party"]) for row in given.pop("participants")]
        proposal.save_parties(subject, **given, participants=pairs, **acting)


class SiteAsks(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    region = serializers.CharField(max_length=150, allow_blank=True)
    latitude = serializers.DecimalField(
        max_digits=7, decimal_places=5, min_value=-90, max_value=90, help_text="WGS 84, decimal degrees."
    )
    longitude = serializers.DecimalField(max_digits=8, decimal_places=5, min_value=-180, max_value=180)


class SitesAsks(serializers.Serializer[Any]):
    sites = SiteAsks(many=True, max_length=MOST_ROWS)


@_edit("project_sites", "Save the places", SitesAsks)
class Sites(DraftEdit):
    """The places of the project."""

    asks: ClassVar[Asks] = SitesAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        proposal.save_sites(subject, sites=[proposal.Place(**row) for row in given["sites"]], **acting)


class AppliedAsks(serializers.Serializer[Any]):
    code = serializers.ChoiceField(choices=METHODOLOGIES)
    version = serializers.CharField(max_length=12)


class MethodologiesAsks(serializers.Serializer[Any]):
    methodologies = AppliedAsks(many=True, max_length=20)


@_edit("project_methodologies", "Save the methodologies", MethodologiesAsks)
class Methodologies(DraftEdit):
    """The methodologies applied."""

    asks: ClassVar[Asks] = MethodologiesAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        applied = [(row["code"], row["version"]) for row in given["methodologies"]]
        proposal.save_methodologies(subject, applied=applied, **acting)


class YearAsks(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=1990, max_value=2150)
    baseline_t = Units()
    project_t = Units()
    leakage_t = SignedUnits(default=0)


class EstimatesAsks(serializers.Serializer[Any]):
    estimates = YearAsks(many=True, max_length=MOST_ROWS)


@_edit("project_estimates", "Save the table of estimated reductions", EstimatesAsks)
class Estimates(DraftEdit):
    """The yearly estimates, whole tonnes."""

    asks: ClassVar[Asks] = EstimatesAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        years = [proposal.Year(**row) for row in given["estimates"]]
        proposal.save_estimates(subject, years=years, **acting)


class SectionAsks(serializers.Serializer[Any]):
    key = serializers.ChoiceField(
        choices=[(section.key, section.title) for section in design_document.SECTIONS]
    )
    text = serializers.CharField(max_length=LONGEST_TEXT, allow_blank=True)


@_edit("project_section", "Save the text of one section", SectionAsks)
class Section(DraftEdit):
    """One section of the design document."""

    asks: ClassVar[Asks] = SectionAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        proposal.save_section(subject, **given, **acting)
