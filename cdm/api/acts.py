"""Acts that move nothing, each an address: who may is asked first, then the body is read, then one domain call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions
from cdm.acts import engagement, findings, monitoring, papers, requests
from cdm.api import reading, written
from cdm.api.door import IDEMPOTENCY_KEY, IF_MATCH, Door, tagged
from cdm.api.fields import Amounts, Units
from cdm.api.moves import LONGEST_TEXT, Upload
from cdm.models import Accreditation, Finding, Organisation

Asks = type[serializers.Serializer[Any]]
D = TypeVar("D", bound=type[Door])
DOE = Organisation.objects.filter(kind=Organisation.Kind.DOE)


def text(label: str, **more: Any) -> serializers.CharField:
    """A text of any reasonable length."""
    return serializers.CharField(max_length=LONGEST_TEXT, help_text=label, **more)


def described(
    operation: str,
    tag: str,
    summary: str,
    *,
    asks: Asks | None,
    answers: Any,
    status: int = 201,
    verb: str = "post",
) -> Callable[[D], D]:
    """The OpenAPI description of an act."""
    headers = [IDEMPOTENCY_KEY] if verb == "post" else [IF_MATCH]
    described_method = extend_schema(
        operation_id=operation,
        tags=[tag],
        summary=summary,
        description="",
        parameters=headers,
        request=asks,
        responses={status: answers},
    )
    return extend_schema_view(**{verb: described_method})


class Act(Door):
    """POST does `act` on a subject of `machine`, for who may do `verb`."""

    machine: ClassVar[str] = "project"
    verb: ClassVar[str]
    asks: ClassVar[Asks]

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._made(key))

    def _made(self, key: int) -> Response:
        subject = self.subject(self.machine, key)
        permissions.require(self.person(), self.verb, at=self.at(), subject=subject)
        return Response(self.act(subject, self.read(self.asks)), status=201)

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        """One domain call; answers what is written back."""
        raise TypeError(f"{type(self).__name__} does nothing")

    @property
    def acting(self) -> dict[str, Any]:
        return {"by": self.signed_in(), "at": self.at()}


class AttachAsks(serializers.Serializer[Any]):
    """A file and what it is."""

    kind = serializers.ChoiceField(choices=written.DocumentWriter.Meta.model.Kind.choices)
    title = serializers.CharField(max_length=200, allow_blank=True, default="")
    file = Upload(help_text="The file; multipart/form-data.")
    confidential_because = serializers.CharField(
        max_length=2000,
        allow_blank=True,
        default="",
        help_text="With a reason, only Board, secretariat, the project's DOEs and participants read it.",
    )


def attaching(machine: str) -> type[Act]:
    """The class that attaches a file to a subject of this machine."""

    @described(
        f"{machine}_attach",
        reading.TAGS[machine],
        "Attach a document; the same kind and title again is a new version",
        asks=AttachAsks,
        answers=written.VersionWriter,
    )
    class Attach(Act):
        """Attach a document."""

        verb, asks = "attach_document", AttachAsks

        def act(self, subject: Any, given: dict[str, Any]) -> Any:
            return written.VersionWriter(papers.attach(subject, **given, **self.acting)).data

    Attach.machine = machine
    return Attach


class ProjectPapers(attaching("project"), reading.ProjectDocuments):  # type: ignore[misc]
    """The papers of a project, and a new one among them."""


class EngageAsks(serializers.Serializer[Any]):
    doe = serializers.PrimaryKeyRelatedField(queryset=DOE)
    function = serializers.ChoiceField(choices=Accreditation.Function.choices)


@described("project_engage", "Projects", "Engage a DOE", asks=EngageAsks, answers=written.EngagementWriter)
class Engage(Act):
    """Engage a DOE to validate or verify."""

    verb, asks = "engage_doe", EngageAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return written.EngagementWriter(engagement.engage(subject, **given, **self.acting)).data


class ReasonAsks(serializers.Serializer[Any]):
    reason = text("The reason, for the record.", allow_blank=True)


class WaiveAsks(ReasonAsks):
    doe = serializers.PrimaryKeyRelatedField(queryset=DOE)


class Waived(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    doe = written.OrganisationName()
    reason = serializers.CharField()


@described("project_waive", "Projects", "Let one DOE validate and verify", asks=WaiveAsks, answers=Waived)
class Waive(Act):
    """The Board's leave for one DOE to validate and verify."""

    verb, asks = "waive_doe_independence", WaiveAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return Waived(engagement.waive_independence(subject, **given, **self.acting)).data


class RaiseAsks(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Finding.Kind.choices)
    section = serializers.CharField(max_length=60, allow_blank=True, default="")
    text = text("What was found.")


def raising(machine: str) -> type[Act]:
    """The class that raises a finding on a subject of this machine."""

    @described(
        f"{machine}_raise_finding",
        reading.TAGS[machine],
        "Raise a CAR, CL or FAR",
        asks=RaiseAsks,
        answers=written.FindingWriter,
    )
    class Raise(Act):
        """Raise a finding."""

        verb, asks = "raise_finding", RaiseAsks

        def act(self, subject: Any, given: dict[str, Any]) -> Any:
            return written.FindingWriter(findings.raise_finding(subject, **given, **self.acting)).data

    Raise.machine = machine
    return Raise


class ProjectFindings(raising("project"), reading.Findings):  # type: ignore[misc]
    """The findings register of a project, and a new one in it."""


class NoAsks(serializers.Serializer[Any]):
    """Nothing is asked."""


def preparing(machine: str) -> type[Act]:
    """The class that opens a request about a project, a monitoring period, or a renewal or change."""
    kind = {"project": "registration", "monitoring_period": "issuance"}.get(machine, "renewal or approval")

    @described(
        f"{machine}_prepare_request",
        "Requests to the Board",
        f"Prepare a request for {kind}",
        asks=None,
        answers=written.RequestWriter,
    )
    class Prepare(Act):
        """Prepare a request."""

        verb, asks = "prepare_request", NoAsks

        def act(self, subject: Any, given: dict[str, Any]) -> Any:
            return written.RequestWriter(requests.prepare(subject, **self.acting)).data

    Prepare.machine = machine
    return Prepare


class AskForReviewAsks(serializers.Serializer[Any]):
    grounds = serializers.ListField(
        child=serializers.CharField(max_length=100), help_text="Codes of the grounds, see /api/rule-sets/."
    )
    reasons = text("The reasons.", allow_blank=True)


@described(
    "board_request_ask_for_review",
    "Requests to the Board",
    "Ask for a review",
    asks=AskForReviewAsks,
    answers=written.ReviewRequestWriter,
)
class AskForReview(Act):
    """Ask for a review while the window is open."""

    machine, verb, asks = "board_request", "request_review", AskForReviewAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return written.ReviewRequestWriter(requests.ask_for_review(subject, **given, **self.acting)).data


class TextAsks(serializers.Serializer[Any]):
    text = text("The text.", allow_blank=True)


@described(
    "board_request_reply",
    "Requests to the Board",
    "Reply to the requests for review",
    asks=TextAsks,
    answers=written.ReviewReplyWriter,
)
class Reply(Act):
    """Reply to the requests for review."""

    machine, verb, asks = "board_request", "reply_to_review", TextAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return written.ReviewReplyWriter(requests.reply(subject, **given, **self.acting)).data


class DaysAsks(serializers.Serializer[Any]):
    starts_on = serializers.DateField(help_text="First day, inside.")
    ends_on = serializers.DateField(help_text="Last day, inside.")


@described(
    "project_open_period",
    "Monitoring periods",
    "Open a monitoring period",
    asks=DaysAsks,
    answers=written.PeriodWriter,
)
class OpenPeriod(Act):
    """Open the next monitoring period."""

    verb, asks = "open_monitoring_period", DaysAsks

    def act(self, subject: Any, given: dict[str, Any]) -> Any:
        return written.PeriodWriter(monitoring.open_period(subject, **given, **self.acting)).data


class Edit(Door):
    """PUT changes a part of a subject; with If-Match only the version that was read."""

    machine: ClassVar[str]
    verb: ClassVar[str]
    asks: ClassVar[Asks]

    def put(self, request: Request, key: int) -> Response:
        subject = self.subject(self.machine, key)
        permissions.require(self.person(), self.verb, at=self.at(), subject=subject)
        given = self.read(self.asks)
        acting = {"by": self.signed_in(), "at": self.at(), "expected_version": self.expected_version()}
        self.edit(subject, given, acting)
        subject.refresh_from_db()
        return tagged(Response(self.written(subject)), subject)

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        """One domain call."""
        raise TypeError(f"{type(self).__name__} edits nothing")

    def written(self, subject: Any) -> Any:
        """The subject after it."""
        return written.PeriodWriter(subject).data


def _edit(operation: str, summary: str, asks: Asks) -> Callable[[type[Edit]], type[Edit]]:
    return described(
        operation,
        "Monitoring periods",
        summary,
        asks=asks,
        answers=written.PeriodWriter,
        status=200,
        verb="put",
    )


@_edit("monitoring_period_days", "Change the days of a period being prepared", DaysAsks)
class PeriodDays(Edit):
    """Change the days of a period."""

    machine, verb, asks = "monitoring_period", "edit_monitoring_period", DaysAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        monitoring.change_days(subject, **given, **acting)


class ReportedYearAsks(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    reported_t = Units(help_text="Reductions of the year.")
    output = serializers.DecimalField(
        max_digits=12,
        decimal_places=3,
        min_value=0,
        allow_null=True,
        required=False,
        help_text="Greatest output in MW (type I) or energy saved in GWh (type II) in the year.",
    )


class AmountsAsks(serializers.Serializer[Any]):
    reported = Amounts(help_text="Reductions the report claims, for each commitment period.")
    years = ReportedYearAsks(
        many=True,
        required=False,
        help_text="By calendar year, for small scale: needed where more is claimed than was estimated for a year.",
    )


@_edit("monitoring_period_amounts", "State the reductions that the report claims", AmountsAsks)
class PeriodAmounts(Edit):
    """State the amounts of a period."""

    machine, verb, asks = "monitoring_period", "edit_monitoring_period", AmountsAsks

    def edit(self, subject: Any, given: dict[str, Any], acting: dict[str, Any]) -> None:
        years = [monitoring.Year(**row) for row in given.pop("years", [])]
        monitoring.state_amounts(subject, years=years, **given, **acting)
