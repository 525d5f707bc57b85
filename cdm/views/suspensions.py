"""A member of the Board is suspended for cause, the suspension ends, an absence is justified (para 10)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from cdm import absences, permissions
from cdm.acts import suspensions
from cdm.forms.discipline import EndSuspensionForm, JustifyForm, SuspendForm
from cdm.models import MemberSuspension
from cdm.views.access import now, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.views.members import _back, _membership_or_404

LAW = "3/CMP.1 annex, para 10"


@login_required
@refusals_as_pages
def suspend(request: HttpRequest, key: int) -> HttpResponse:
    """Who presides records that the Board suspends a member."""
    user, at, office = signed_in(request), now(), _membership_or_404(key)
    permissions.require(user, "conduct_meeting", at=at)
    missed = absences.missed_in_a_row([office])[office.pk]
    named = ", ".join(str(one) for one in missed) or "none"
    return act_page(
        request,
        form=SuspendForm(posted(request)),
        act=lambda given: suspensions.suspend(office, **given, by=user, at=at),
        done=lambda made: f"{office} is suspended; the CMP is recommended to end the term.",
        heading="Suspend a member of the Board",
        caption=str(office),
        sentences=[
            "The Board suspends a member in a meeting with a quorum and recommends to the CMP that the term be ended.",
            f"Meetings missed in a row without justification: {named}.",
        ],
        warning="The member takes no part in the work of the Board from now on.",
        button="Record the suspension",
        law=LAW,
        **_back(),
    )


@login_required
@refusals_as_pages
def end(request: HttpRequest, key: int) -> HttpResponse:
    """How a suspension ended."""
    user, at = signed_in(request), now()
    permissions.require(user, "keep_the_board", at=at)
    found = MemberSuspension.objects.select_related("membership__user").filter(pk=key).first()
    if found is None:
        raise Http404("There is no such suspension.")
    suspension = found
    return act_page(
        request,
        form=EndSuspensionForm(posted(request)),
        act=lambda given: suspensions.end(suspension, **given, by=user, at=at),
        done=lambda made: f"{made}: {made.get_ending_display()}.",
        heading="End a suspension",
        caption=str(suspension.membership),
        sentences=[f"{suspension.get_cause_display()}: {suspension.reason}"],
        button="Record it",
        law=LAW,
        **_back(),
    )


@login_required
@refusals_as_pages
def justify(request: HttpRequest, key: int) -> HttpResponse:
    """A proper justification for a meeting that was missed."""
    user, at, office = signed_in(request), now(), _membership_or_404(key)
    permissions.require(user, "keep_the_board", at=at)
    missed = absences.missed_in_a_row([office])[office.pk]
    return act_page(
        request,
        form=JustifyForm(posted(request), meetings=missed),
        act=lambda given: suspensions.justify(office, **given, by=user, at=at),
        done=lambda made: f"The absence from {made.meeting} is justified and does not count.",
        heading="Justify an absence",
        caption=str(office),
        sentences=[] if missed else [f"{office} has missed no meeting since the last one attended."],
        button="Record the justification",
        law=LAW,
        **_back(),
    )
