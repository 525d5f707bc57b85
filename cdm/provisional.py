"""What the temporary measures say of a request and of an activity now: how it is taken, whether it can move (2.16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from cdm.models.provisional import RiskAcknowledgement
from cdm.models.signing import sha256_of
from cdm.rules import later_reductions
from cdm.rules.days import in_words
from cdm.rules.sets import rule_set_on
from cdm.workflow.provisional import RESTING

if TYPE_CHECKING:
    from cdm.models import BoardRequest, Project

Days = tuple[dt.date | None, dt.date | None]

# Which days decide how a request of a kind is taken; a kind that is not here is not concerned.
DAYS_OF: dict[str, Callable[[BoardRequest], Days]] = {
    later_reductions.REGISTRATION: lambda request: (
        request.project.crediting_starts_on,
        request.project.crediting_ends_on,
    ),
    later_reductions.ISSUANCE: lambda request: (
        getattr(request.monitoring_period, "starts_on", None),
        getattr(request.monitoring_period, "ends_on", None),
    ),
    # the renewed period begins on the one day that decides (EB 108)
    later_reductions.RENEWAL: lambda request: (
        getattr(request.change, "renewed_from", None),
        getattr(request.change, "renewed_from", None),
    ),
}

MEANING = (
    "This request is provisional under the temporary measures of EB 108. If nothing stands against it, it is "
    "provisionally approved, pending CMP 16: the activity is not registered and no unit is issued by it. Under "
    "decision 2/CMP.16 it can only move to the Article 6.4 mechanism; if it does not, the Board rejects it."
)


def how_taken(request: BoardRequest, day: dt.date) -> later_reductions.Answer | None:
    """How a request is taken that is submitted on the day; None where its kind or its days are not concerned."""
    if request.kind not in DAYS_OF:
        return None
    starts_on, ends_on = DAYS_OF[request.kind](request)
    if starts_on is None or ends_on is None:
        return None
    return later_reductions.how_taken(request.kind, starts_on=starts_on, ends_on=ends_on, requested_on=day)


def is_taken_provisionally(request: BoardRequest, day: dt.date) -> bool:
    """Whether a request that is submitted on the day is provisional."""
    answer = how_taken(request, day)
    return answer is not None and answer.mode == later_reductions.PROVISIONAL


def acknowledgement_of(request: BoardRequest) -> RiskAcknowledgement | None:
    """The signed acknowledgement of what the request says now, or None."""
    for signed in request.risk_acknowledgements.filter(state="signed"):
        if signed.content_sha256 == sha256_of(signed.current_content()):
            return signed
    return None


def transition_problems(project: Project, effective_on: dt.date, day: dt.date) -> Iterator[tuple[str, str]]:
    """What stands against a request for transition on the day: the field, and a sentence."""
    rules = rule_set_on(day)
    if (
        not rules.has("article_6_4.request_until", day)
        or later_reductions.mode_on(day) != later_reductions.CLOSED
    ):
        yield (
            "",
            "The transition to the Article 6.4 mechanism cannot be requested yet: its process is not in operation.",
        )
        return
    until = rules.day("article_6_4.request_until", day)
    if day > until:
        yield "", f"The transition could be requested until {in_words(until)}. That day has passed (3/CMA.3)."
        return
    yield from _standing_problems(project)
    if project.is_afforestation and not rules.yes("article_6_4.takes_removals", day):
        yield (
            "",
            "Afforestation and reforestation activities do not move to the Article 6.4 mechanism (3/CMA.3).",
        )
    active_on = rules.day("article_6_4.crediting_active_on", day)
    if project.is_registered and not _was_credited(project, active_on):
        yield (
            "",
            f"Only an activity whose crediting period was active on {in_words(active_on)} can move (7/CMA.4 annex I).",
        )
    earliest = rules.day("article_6_4.effective_from", day)
    if not earliest <= effective_on <= day:
        yield (
            "effective_on",
            f"The transition takes effect on {in_words(earliest)} at the earliest, and not later than today. "
            "Choose another day.",
        )


def _was_credited(project: Project, day: dt.date) -> bool:
    """Whether a crediting period was active on a day, or the renewal that makes it so is provisional."""
    if project.crediting_periods.filter(starts_on__lte=day, ends_on__gte=day).exists():
        return True
    resting = project.requests.filter(kind=later_reductions.RENEWAL, state__in=RESTING).select_related(
        "change"
    )
    return any(one.change.renewed_from is not None and one.change.renewed_from <= day for one in resting)


def _standing_problems(project: Project) -> Iterator[tuple[str, str]]:
    """Registered activities can move, and those whose request for registration is provisional (3/CMA.3)."""
    if project.state == "registered":
        return
    is_listed = project.requests.filter(kind="registration", state="awaiting_transition").exists()
    if project.state != "requesting_registration" or not is_listed:
        yield (
            "",
            f"The activity is “{project.place.label}”. A registered activity can move, and one whose request for "
            "registration is provisional.",
        )
