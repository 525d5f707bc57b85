"""Rows of the temporary measures on THE PAGE of a request to the Board: provisional, then moved on or ended (2.16)."""

from __future__ import annotations

from dataclasses import replace

from cdm.workflow.machine import Clock, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, FOCAL_POINT, DNA, DOE, SECRETARIAT, BOARD_MEMBER, CLOCK, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.FOCAL_POINT,
    Role.DNA,
    Role.DOE,
    Role.SECRETARIAT,
    Role.BOARD_MEMBER,
    Role.CLOCK,
    Role.CONSEQUENCE,
)
LAW = "EB 108, temporary measures (rulebook 2.16)"
CMP_LAW = "2/CMP.16; 3/CMA.3 annex, chapter XI.A (rulebook 2.16)"

# The days on which a provisional request is carried on; after the last of them it can only move to Article 6.4.
CLOSING = Clock("closing", then="await_transition", when="is_provisional", until="later_reductions.mode")
END_OF_RETURNED = replace(CLOSING, then="end_provisional")

IN_PROCESS = (
    "awaiting_fee",
    "completeness_check",
    "information_check",
    "published",
    "review_requested",
    "under_review",
    "corrections_requested",
    "corrections_check",
)
RESTING = ("provisional", "awaiting_transition", "in_transition")

TO_ACKNOWLEDGE = Wait(
    FOCAL_POINT,
    "Acknowledge the risk of the provisional request, so that the DOE can submit it",
    when="risk_is_still_to_be_acknowledged",
)

PROVISIONAL_STATES = (
    State(
        "provisional",
        "Provisionally approved, pending CMP 16",
        public="Provisional",
        clocks=(CLOSING,),
    ),
    State(
        "awaiting_transition",
        "Provisional: can only move to the Article 6.4 mechanism",
        public="Provisional",
        waits=(
            Wait(
                FOCAL_POINT,
                "Request the transition to the Article 6.4 mechanism, or the request is rejected",
                clock="transition_request",
            ),
        ),
        clocks=(Clock("transition_request", then="end_provisional", until="article_6_4.request_until"),),
    ),
    State("in_transition", "Provisional: transition requested", public="Provisional"),
    State(
        "transitioned",
        "Moved to the Article 6.4 mechanism",
        public="Transitioned",
        ending="good",
    ),
)

PROVISIONAL_MOVES = (
    Move(
        "close_window",
        ("published",),
        "provisional",
        (CLOCK,),
        "No review was requested: provisionally approved, pending CMP 16",
        when="is_provisional",
        needs=("review_was_not_requested", "host_letter_of_registration_is_issued"),
        then=("keep_provisional_decision",),
        tells=(PARTICIPANT, DOE, DNA, BOARD_MEMBER),
        law=LAW,
    ),
    Move(
        "approve",
        ("under_review",),
        "provisional",
        (CONSEQUENCE,),
        "The Board decided to approve provisionally, pending CMP 16",
        when="is_provisional",
        needs=("host_letter_of_registration_is_issued",),
        then=("keep_provisional_decision",),
        tells=(PARTICIPANT, DOE, DNA),
        law=LAW,
    ),
    Move(
        "accept_corrections",
        ("corrections_check",),
        "provisional",
        (SECRETARIAT,),
        "Accept the corrections",
        happened="Corrections accepted: provisionally approved, pending CMP 16",
        when="is_provisional",
        needs=("host_letter_of_registration_is_issued",),
        then=("keep_provisional_decision",),
        tells=(PARTICIPANT, DOE, DNA),
        law=LAW,
    ),
    Move(
        "await_transition",
        (*IN_PROCESS, "provisional"),
        "awaiting_transition",
        (CLOCK,),
        "The temporary measures are over: it can only move to the Article 6.4 mechanism",
        then=("tell_board_that_measures_are_over",),
        tells=(PARTICIPANT, DOE, DNA, SECRETARIAT),
        law=CMP_LAW,
    ),
    Move(
        "join_transition",
        ("awaiting_transition",),
        "in_transition",
        (CONSEQUENCE,),
        "The participants requested the transition to the Article 6.4 mechanism",
        law=CMP_LAW,
    ),
    Move(
        "leave_transition",
        ("in_transition",),
        "awaiting_transition",
        (CONSEQUENCE,),
        "The transition to the Article 6.4 mechanism did not come about",
        tells=(PARTICIPANT, DOE),
        law=CMP_LAW,
    ),
    Move(
        "move_to_article_6_4",
        ("in_transition",),
        "transitioned",
        (CONSEQUENCE,),
        "Moved to the Article 6.4 mechanism",
        then=("tell_period_of_transition",),
        tells=(PARTICIPANT, DOE, SECRETARIAT),
        law=CMP_LAW,
    ),
    Move(
        "end_provisional",
        ("returned", "awaiting_transition", "in_transition"),
        "rejected",
        (CLOCK, CONSEQUENCE),
        "Rejected: it did not move to the Article 6.4 mechanism in time",
        then=("keep_end_of_provisional", "tell_subject_of_rejection", "owe_refund"),
        tells=(PARTICIPANT, DOE, DNA, SECRETARIAT),
        law=CMP_LAW,
    ),
)


def with_closing(states: tuple[State, ...]) -> tuple[State, ...]:
    """The states of the page, those of a request under way with the clock that closes the temporary measures."""
    return tuple(_with_closing(state) for state in states)


def _with_closing(state: State) -> State:
    if state.name in IN_PROCESS:
        return replace(state, clocks=(*state.clocks, CLOSING))
    if state.name == "being_prepared":
        return replace(state, waits=(*state.waits, TO_ACKNOWLEDGE))
    if state.name == "returned":
        return replace(state, clocks=(*state.clocks, END_OF_RETURNED), waits=(*state.waits, TO_ACKNOWLEDGE))
    return state
