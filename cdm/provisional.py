"""What the temporary measures say of a request and of an activity now: how it is taken, whether it can move (2.16)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from cdm.models.provisional import RiskAcknowledgement
from cdm.models.signing import sha256_of
from cdm.rules import commitment, later_reductions
from cdm.rules.days import in_words
from cdm.rules.sets import rule_set_on
from cdm.workflow.provisional import RESTING

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cdm.models import BoardRequest, MonitoringPeriod, Project

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

PUBLIC_WORD = "Provisional"
"""The word of the UNFCCC's own list of projects for an activity whose request for registration rests (2.13)."""

TAKEN = "This request is provisional under the temporary measures of EB 108."
WAS_TAKEN = "This request was provisional under the temporary measures of EB 108."
NOTHING_BY_IT = "No activity is registered and no unit is issued by it."
MEANINGS = {
    "being_prepared": (
        "Submitted now, this request is provisional (EB 108): the focal point acknowledges the risk first. If nothing "
        f"stands against it, it is provisionally approved, pending CMP 16. {NOTHING_BY_IT}"
    ),
    "provisional": (f"This request is provisionally approved, pending CMP 16 (EB 108). {NOTHING_BY_IT}"),
    "awaiting_transition": (
        "The temporary measures of EB 108 are over. This request can only move to the Article 6.4 mechanism with its "
        f"activity; if the transition is not requested in time, it is rejected (2/CMP.16). {NOTHING_BY_IT}"
    ),
    "in_transition": (
        "This provisional request waits for the host Party to approve the transition of its activity to the Article "
        f"6.4 mechanism; without that it is rejected (2/CMP.16). {NOTHING_BY_IT}"
    ),
    "transitioned": (
        f"This provisional request moved to the Article 6.4 mechanism with its activity. {NOTHING_BY_IT}"
    ),
    "rejected": f"{WAS_TAKEN} {NOTHING_BY_IT}",
    "withdrawn": f"{WAS_TAKEN} {NOTHING_BY_IT}",
}
UNDER_WAY = (
    f"{TAKEN} If nothing stands against it, it is provisionally approved, pending CMP 16. {NOTHING_BY_IT}"
)
STILL_TO_BE_DECIDED = "What becomes of it is for CMP 16 to decide."


def meaning(request: BoardRequest, day: dt.date) -> str:
    """What being provisional means for the request as it stands; empty where it is not, or would not be today."""
    if request.state in ("being_prepared", "returned"):
        return MEANINGS["being_prepared"] if is_taken_provisionally(request, day) else ""
    return meaning_of_state(request.state, day) if request.is_provisional else ""


def meaning_of_state(state: str, day: dt.date) -> str:
    """What a state of a provisional request means on the day, by what has been decided until then."""
    if state in MEANINGS and state != "provisional":
        return MEANINGS[state]
    found, decision = MEANINGS.get(state, UNDER_WAY), later_reductions.decision_on(day)
    if not decision:
        return f"{found} {STILL_TO_BE_DECIDED}"
    only = f"Under decision {decision} it can only move to the Article 6.4 mechanism, or it is rejected in the end."
    return f"{found} {only} {transition_not_open(day)}".strip()


def knowing_the_listed(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Projects that also know, as `is_listed_as_provisional`, whether their request for registration rests so."""
    from cdm.models import BoardRequest

    listed = BoardRequest.objects.filter(
        project=OuterRef("pk"), kind=later_reductions.REGISTRATION, state__in=RESTING
    )
    return projects.annotate(is_listed_as_provisional=Exists(listed))


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


def sentence_on_period(period: MonitoringPeriod, day: dt.date) -> str:
    """What follows for a period with days after 2020 that is not over yet; empty for every other period."""
    if period.place.ending or not period.amounts.filter(commitment_period=commitment.LATER).exists():
        return ""
    if period.state == "requesting_issuance":
        return ""
    if later_reductions.takes_provisionally(day):
        return (
            "Issuance for this period is requested provisionally (EB 108), because it ends after 31 December 2020: no "
            "unit is issued for any part of it. To have the reductions up to that day issued, end a period on that day."
        )
    return (
        "Issuance can no longer be requested for a period that ends after 31 December 2020 (2/CMP.16). Withdraw it and "
        "open one that ends on that day; units for the reductions up to it can still be issued."
    )


def acknowledgement_of(request: BoardRequest) -> RiskAcknowledgement | None:
    """The signed acknowledgement of what the request says now, or None."""
    for signed in request.risk_acknowledgements.filter(state="signed"):
        if signed.content_sha256 == sha256_of(signed.current_content()):
            return signed
    return None


def transition_not_open(day: dt.date) -> str:
    """Why the transition cannot be requested yet, and from when on it can; empty once its process is in operation."""
    opens_on = later_reductions.transition_opens_on(day)
    mode = later_reductions.mode_on(day)
    if opens_on is not None and mode == later_reductions.CLOSED:
        return ""
    sentence = "The transition to the Article 6.4 mechanism cannot be requested yet: its process is not in operation."
    if opens_on is None or mode == later_reductions.OPEN:
        return sentence
    return f"{sentence} Requests can be made from {in_words(opens_on)} on."


def transition_problems(project: Project, effective_on: dt.date, day: dt.date) -> Iterator[tuple[str, str]]:
    """What stands against a request for transition on the day: the field, and a sentence."""
    if closed := transition_not_open(day):
        yield "", closed
        return
    rules = rule_set_on(day)
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
    begin = [one.change.renewed_from for one in resting if one.change is not None]
    return any(first is not None and first <= day for first in begin)


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
