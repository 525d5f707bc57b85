"""Renewals of crediting periods and post-registration changes: how they are written, begun and stated."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from cdm.acts import registered_changes as acts
from cdm.api import visible
from cdm.api.acts import DOE, Act, NoAsks, described, text
from cdm.api.door import Filter, Listing
from cdm.api.fields import WholeText
from cdm.api.written import OrganisationName, SubjectWriter, Writer
from cdm.models import ChangeEstimate, CreditingPeriod, MonitoringPeriod, RegisteredChange

TAG = "Renewal and changes"
Kind = RegisteredChange.Kind


class RenewedEstimateWriter(Writer[ChangeEstimate]):
    reductions_t = WholeText()

    class Meta:
        model = ChangeEstimate
        fields = ["year", "reductions_t"]


class CreditingPeriodWriter(Writer[CreditingPeriod]):
    methodologies = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))

    class Meta:
        model = CreditingPeriod
        fields = ["number", "starts_on", "ends_on", "credited_from", "renewal", "methodologies"]


class ChangeWriter(SubjectWriter):
    """A renewal or a change, with what is stated of it."""

    doe = OrganisationName(allow_null=True)
    methodologies = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    estimates = RenewedEstimateWriter(many=True)

    class Meta:
        model = RegisteredChange
        fields = [
            "id", "project", "number", "kind", "track", "standing", "doe", "description", "created_at", "applies_from",
            "applies_until", "monitoring_period", "new_starts_on", "capacity_mw", "savings_gwh", "expires_on",
            "is_late", "baseline", "methodologies", "estimates", "effective_on", "version",
        ]  # fmt: skip


@extend_schema(
    tags=[TAG], summary="Renewals and post-registration changes", description="Only what you may see."
)
class Changes(Listing):
    """Renewals and changes."""

    serializer_class = ChangeWriter
    filters: ClassVar = {
        "project": Filter("project", int, "Only of this project."),
        "kind": Filter("kind", tuple(Kind.values), ""),
        "state": Filter("state", RegisteredChange.machine.state_names, "Only in this state."),
    }

    def rows(self) -> Any:
        rows = visible.subjects(RegisteredChange, self.person(), self.at())
        return rows.select_related("project", "doe").prefetch_related("estimates")


@extend_schema(tags=[TAG], summary="Crediting periods of a project", description="Both days are inside.")
class CreditingPeriods(Listing):
    """Crediting periods."""

    serializer_class = CreditingPeriodWriter
    queryset = CreditingPeriod.objects.none()

    def rows(self) -> Any:
        return self.project(self.kwargs["key"]).crediting_periods.all()


@described("project_prepare_renewal", TAG, "Notify the intention to renew", asks=None, answers=ChangeWriter)
class PrepareRenewal(Act):
    """Notify the intention to renew the crediting period."""

    verb, asks = "prepare_change", NoAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ChangeWriter(acts.prepare_renewal(subject, **self.acting)).data


class Stated(serializers.Serializer[Any]):
    """What is stated of a change."""

    description = text("What changes, and why.")
    doe = serializers.PrimaryKeyRelatedField(queryset=DOE, allow_null=True, default=None)
    applies_from = serializers.DateField(allow_null=True, default=None)
    applies_until = serializers.DateField(allow_null=True, default=None)
    monitoring_period = serializers.PrimaryKeyRelatedField(
        queryset=MonitoringPeriod.objects.all(), allow_null=True, default=None
    )
    new_starts_on = serializers.DateField(allow_null=True, default=None)
    capacity_mw = serializers.DecimalField(
        max_digits=10, decimal_places=3, min_value=0, allow_null=True, default=None
    )
    savings_gwh = serializers.DecimalField(
        max_digits=10, decimal_places=3, min_value=0, allow_null=True, default=None
    )


class NewChange(Stated):
    """A change that is begun."""

    kind = serializers.ChoiceField(choices=[kind for kind in Kind.values if kind != Kind.RENEWAL])
    track = serializers.ChoiceField(choices=RegisteredChange.Track.values)


@described(
    "project_prepare_change", TAG, "Begin a post-registration change", asks=NewChange, answers=ChangeWriter
)
class PrepareChange(Act):
    """Begin a change."""

    verb, asks = "prepare_change", NewChange

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ChangeWriter(acts.prepare_change(subject, **given, **self.acting)).data


@described("registered_change_state", TAG, "State a change", asks=Stated, answers=ChangeWriter, status=201)
class StateChange(Act):
    """State a change that is being prepared."""

    machine, verb, asks = "registered_change", "prepare_change", Stated

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ChangeWriter(acts.state_change(subject, **given, **self.acting)).data


class MethodologyAsks(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=20)
    version = serializers.CharField(max_length=12)


class RenewedYearAsks(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2200)
    reductions_t = serializers.IntegerField(min_value=0, max_value=10**12)


class RenewalAsks(serializers.Serializer[Any]):
    """What is stated of a renewal."""

    baseline = serializers.ChoiceField(choices=RegisteredChange.Baseline.values)
    description = text("What the assessment of the baseline found.")
    methodologies = MethodologyAsks(many=True)
    estimates = RenewedYearAsks(many=True)
    doe = serializers.PrimaryKeyRelatedField(queryset=DOE, allow_null=True, default=None)


@described("registered_change_renewal", TAG, "State a renewal", asks=RenewalAsks, answers=ChangeWriter)
class StateRenewal(Act):
    """State a renewal that is being prepared."""

    machine, verb, asks = "registered_change", "prepare_change", RenewalAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return ChangeWriter(
            acts.state_renewal(
                subject,
                baseline=given["baseline"],
                description=given["description"],
                applied=[(row["code"], row["version"]) for row in given["methodologies"]],
                estimates={row["year"]: row["reductions_t"] for row in given["estimates"]},
                doe=given["doe"],
                **self.acting,
            )
        ).data


LISTS: dict[str, type[Listing]] = {"registered_change": Changes}
WRITERS: dict[str, type[SubjectWriter]] = {"registered_change": ChangeWriter}
