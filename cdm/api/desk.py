"""Reading what is on one's desk: open windows, engagements, tasks, notices, and who one is."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions, queries
from cdm.api import visible, written
from cdm.api.authentication import SignedIn
from cdm.api.door import Door, Filter, Listing
from cdm.api.reading import OF_PROJECT, SEEN
from cdm.models import Deadline, Engagement, Notice, Task


@extend_schema(tags=["Projects"], summary="Open windows", description=SEEN)
class Deadlines(Listing):
    """Windows that are open."""

    serializer_class = written.DeadlineWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "machine": Filter("machine_name", written.MACHINE_NAMES, ""),
        "kind": Filter(
            "kind", tuple(Deadline.Kind.values), "`law` closes by itself, `target` turns overdue."
        ),
        "last_day_until": Filter("last_day__lte", dt.date, "Closing on this day or earlier."),
    }

    def rows(self) -> QuerySet[Deadline]:
        return visible.deadlines(self.person(), self.at())


@extend_schema(tags=["Projects"], summary="Engagements of DOEs", description=SEEN)
class Engagements(Listing):
    """Which DOE is engaged for what."""

    serializer_class = written.EngagementWriter
    filters: ClassVar = {
        "project": OF_PROJECT,
        "function": Filter("function", ("validation", "verification"), ""),
        "is_standing": Filter("until_at__isnull", bool, "Only those standing (true) or ended (false)."),
    }

    def rows(self) -> QuerySet[Engagement]:
        mine = Q(project__in=queries.visible_projects(self.person(), self.at()).values("pk"))
        return Engagement.objects.filter(mine).select_related("doe")


@extend_schema(tags=["My desk"], summary="What waits for you", description="Tasks of your organisations.")
class Tasks(Listing):
    """Open tasks."""

    permission_classes = (SignedIn,)
    serializer_class = written.TaskWriter
    queryset = Task.objects.none()
    filters: ClassVar = {"project": OF_PROJECT, "due_until": Filter("due_on__lte", dt.date, "Due until.")}

    def rows(self) -> QuerySet[Task]:
        return queries.inbox_for(self.signed_in(), self.at())


@extend_schema(tags=["My desk"], summary="What you were told", description="Newest first.")
class Notices(Listing):
    """Notices to oneself."""

    permission_classes = (SignedIn,)
    serializer_class = written.NoticeWriter
    filters: ClassVar = {"is_unread": Filter("read_at__isnull", bool, "Only unread ones (true).")}

    def rows(self) -> QuerySet[Notice]:
        return self.signed_in().notices.all()


class Myself(Door):
    """Who is asking."""

    permission_classes = (SignedIn,)

    @extend_schema(
        operation_id="me",
        tags=["My desk"],
        summary="Who you are, and your seats",
        responses={200: written.Me},
    )
    def get(self, request: Request) -> Response:
        user, at = self.signed_in(), self.at()
        seats = permissions.seats_of(user, permissions.day_of(at))
        facts = {"id": user.pk, "name": user.name, "email": user.email, "seats": seats, "now": at}
        return Response(written.Me(facts).data)
