"""What every address of the interface shares: at what time it is asked, by whom, about what, and how it answers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter
from rest_framework import generics, pagination, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cdm import clock, queries
from cdm.api import once
from cdm.models import Project, User
from cdm.models.subject import Subject
from cdm.workflow.machines import MACHINES, model_of

MOST_ROWS, MOST_OFFSET = 200, 1_000_000
ANYTHING, JSON = "*/*", "application/json"
LARGEST_KEY = 2**63 - 1
# the address of each machine's rows
COLLECTIONS: dict[str, str] = {
    "project": "projects",
    "letter_of_approval": "letters-of-approval",
    "board_request": "board-requests",
    "board_matter": "board-matters",
    "monitoring_period": "monitoring-periods",
    "forwarding_request": "forwarding-requests",
    "prior_consideration": "prior-considerations",
    "accreditation": "accreditations",
    "excess_issuance": "excess-issuances",
    "modalities_statement": "modalities-statements",
    "participant_change": "participant-changes",
    "registered_change": "registered-changes",
    "risk_acknowledgement": "risk-acknowledgements",
    "transition": "transitions",
}
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The version you read, as in its ETag. If it has been changed since, nothing is done: 409.",
)
IDEMPOTENCY_KEY = OpenApiParameter(
    once.HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of your own, at most 200 characters. Sent again with the same body within 24 hours, the "
    "request is not done again and gets the same answer.",
)


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a key is sent."""

    target_class = "cdm.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A key issued on the page /keys/. It acts as the person who issued it.",
        }


@cache
def _reader(asks: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """One that validates and keeps nothing of what it validated, so that all requests may share it."""
    return asks()


class Door(APIView):
    """An address of the interface."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """There is one form of answer; only who asks for another has to be told that there is none."""
        if request.META.get("HTTP_ACCEPT", ANYTHING) in (ANYTHING, JSON) and not request.META["QUERY_STRING"]:
            renderer = self.get_renderers()[0]
            return renderer, str(renderer.media_type)
        return super().perform_content_negotiation(request, force)

    def at(self) -> dt.datetime:
        return clock.now()

    def person(self) -> User | None:
        return self.request.user if self.request.user.is_authenticated else None

    def signed_in(self) -> User:
        """The person of an act; the permission class has let nobody else in."""
        user = self.person()
        if user is None:
            raise TypeError("an act needs a person, and nobody is signed in")
        return user

    def project(self, key: int) -> Project:
        if key > LARGEST_KEY:
            raise Http404("There is no such project, or it is not yours to see.")
        try:
            return queries.project_for(self.person(), key, self.at())
        except Project.DoesNotExist as error:
            raise Http404("There is no such project, or it is not yours to see.") from error

    def subject(self, machine_name: str, key: int) -> Any:
        """A row of a machine the person may see; 404 where there is none, or it is not theirs to see."""
        found: Subject | None = None
        if key <= LARGEST_KEY:
            found = model_of(machine_name)._default_manager.filter(pk=key).first()
        if found is None or not queries.may_see(self.person(), found, self.at()):
            title = MACHINES[machine_name].title.lower()
            raise Http404(f"There is no such {title}, or it is not yours to see.")
        return found

    def expected_version(self) -> int | None:
        """The version of the If-Match header; None where there is none, or where any will do."""
        text = self.request.headers.get("If-Match", "").strip()
        if text in ("", "*"):
            return None
        form = re.fullmatch(r'(?:W/)?"?([0-9]{1,9})"?', text)
        if form is None:
            raise serializers.ValidationError(
                {"If-Match": ['Give the version as in the ETag you read, for example "7".']}
            )
        return int(form[1])

    def read(self, asks: type[serializers.Serializer[Any]], **context: Any) -> dict[str, Any]:
        """The body, cleaned; raises with every sentence where it is not what is asked for."""
        reader = asks(data=self.request.data, context={"request": self.request, **context})
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)

    def read_plain(
        self,
        asks: type[serializers.Serializer[Any]],
        *,
        or_else: type[serializers.Serializer[Any]] | None = None,
    ) -> dict[str, Any]:
        """As `read`, for what asks nothing of the request: the reader is made once, not for every request.

        Args:
            or_else: says every sentence where `asks` finds one amiss, if that looks at less than is to be said.
        """
        try:
            return dict(_reader(asks).run_validation(self.request.data))
        except serializers.ValidationError:
            return self.read(or_else or asks)

    def do(self, act: Callable[[], Response]) -> Response:
        """Make an act that is done once for each Idempotency-Key."""
        return once.answered(self.request, act, at=self.at())


def tagged(response: Response, subject: Subject) -> Response:
    """With the version of the subject as its ETag."""
    response["ETag"] = f'"{subject.version}"'
    return response


@dataclass(frozen=True)
class Filter:
    """One query parameter of a list: which rows it leaves, of what kind its value is, and what it is for."""

    lookup: str
    kind: type | tuple[str, ...]
    words: str = ""

    def parameter(self, name: str) -> OpenApiParameter:
        if isinstance(self.kind, tuple):
            return OpenApiParameter(name, str, description=self.words, enum=self.kind)
        return OpenApiParameter(name, self.kind, description=self.words)

    def clean(self, text: str) -> Any:
        """The value; serializers.ValidationError with a sentence where it is none."""
        field: serializers.Field[Any, Any, Any, Any]
        if isinstance(self.kind, tuple):
            field = serializers.ChoiceField(choices=self.kind)
        elif self.kind is int:
            field = serializers.IntegerField(min_value=0, max_value=LARGEST_KEY)
        elif self.kind is bool:
            field = serializers.BooleanField()
        elif self.kind is dt.date:
            field = serializers.DateField()
        else:
            field = serializers.CharField(max_length=200)
        return field.run_validation(text)


class Pages(pagination.LimitOffsetPagination):
    """limit and offset, both bounded."""

    default_limit = 50
    max_limit = MOST_ROWS

    def get_offset(self, request: Request) -> int:
        return min(super().get_offset(request), MOST_OFFSET)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "limit",
                "in": "query",
                "required": False,
                "description": f"How many rows at once; 50 where it is not given, at most {MOST_ROWS}.",
                "schema": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
            },
            {
                "name": "offset",
                "in": "query",
                "required": False,
                "description": "How many rows to leave out at the beginning.",
                "schema": {"type": "integer", "minimum": 0, "maximum": MOST_OFFSET},
            },
        ]


def refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """A filter that means nothing is refused, not ignored: the answer would seem to be to it."""
    unknown = sorted(set(request.query_params) - set(known))
    if unknown:
        raise serializers.ValidationError({name: [f"There is no filter “{name}” here."] for name in unknown})


class Listing(Door, generics.ListAPIView[Any]):
    """A list with filters: `rows` gives what the person may see, `filters` what may be asked of it."""

    pagination_class = Pages
    filters: ClassVar[Mapping[str, Filter]] = {}
    # what else its address may ask
    further: ClassVar[tuple[str, ...]] = ()

    if TYPE_CHECKING:

        def rows(self) -> QuerySet[Any]: ...

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return self.serializer_class.Meta.model._default_manager.none()  # type: ignore[union-attr]
        refuse_unknown(self.request, (*self.filters, *self.further, "limit", "offset", "format"))
        rows, problems = self.rows(), {}
        for name, one in self.filters.items():
            if name not in self.request.query_params:
                continue
            try:
                value = one.clean(self.request.query_params[name])
            except serializers.ValidationError as error:
                problems[name] = error.detail
            else:
                rows = rows.filter(**{one.lookup: value})
        if problems:
            raise serializers.ValidationError(problems)
        return rows
