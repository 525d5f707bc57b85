"""THE PAGE of the transition of an activity to the Article 6.4 mechanism, as far as it touches the CDM (2.16)."""

from __future__ import annotations

from cdm.workflow.machine import Clock, Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, FOCAL_POINT, DNA, DOE, SECRETARIAT, CLOCK, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.FOCAL_POINT,
    Role.DNA,
    Role.DOE,
    Role.SECRETARIAT,
    Role.CLOCK,
    Role.CONSEQUENCE,
)
LAW = "3/CMA.3 annex, chapter XI.A; 7/CMA.4 annex I (rulebook 2.16)"

STATES = (
    State(
        "being_signed",
        "Being signed",
        waits=(Wait(FOCAL_POINT, "Sign the request for transition", clock="transition_request"),),
        clocks=(Clock("transition_request", then="lapse", until="article_6_4.request_until"),),
    ),
    State(
        "requested",
        "Requested: awaiting the host Party",
        public="Transition requested",
        waits=(
            Wait(
                DNA,
                "Approve or refuse the transition to the Article 6.4 mechanism",
                ("approve", "refuse"),
                "host_approval",
            ),
        ),
        clocks=(Clock("host_approval", then="lapse", until="article_6_4.host_approval_until"),),
    ),
    State("approved", "Approved by the host Party", public="Transition approved", ending="good"),
    State("refused", "Refused by the host Party", public="Transition refused", ending="bad"),
    State("lapsed", "Lapsed: not in time", public="Transition lapsed", ending="bad"),
    State("withdrawn", "Withdrawn", public="Transition withdrawn", ending="bad"),
)

MOVES = (
    Move(
        "submit",
        ("being_signed",),
        "requested",
        (CONSEQUENCE,),
        "Request the transition",
        happened="Signed as the statement of modalities demands: transition requested",
        needs=("transition_is_in_order",),
        then=("keep_transition_request", "hold_provisional_requests"),
        tells=(DNA, SECRETARIAT, DOE, PARTICIPANT),
        law=LAW,
    ),
    Move(
        "approve",
        ("requested",),
        "approved",
        (DNA,),
        "Approve the transition",
        happened="The host Party approved the transition",
        needs=("activity_can_still_move",),
        then=("carry_out_transition",),
        tells=(PARTICIPANT, DOE, SECRETARIAT),
        law=LAW,
        warning="The activity leaves the CDM with this: it is de-registered, and provisional requests move with it.",
    ),
    Move(
        "refuse",
        ("requested",),
        "refused",
        (DNA,),
        "Refuse the transition",
        happened="The host Party refused the transition",
        note="required",
        note_label="Reason",
        then=("release_provisional_requests",),
        tells=(PARTICIPANT, DOE, SECRETARIAT),
        law=LAW,
    ),
    Move(
        "withdraw",
        ("being_signed", "requested"),
        "withdrawn",
        (PARTICIPANT, FOCAL_POINT),
        "Withdraw the request for transition",
        happened="Request for transition withdrawn",
        note="required",
        note_label="Reason",
        then=("release_provisional_requests",),
        tells=(DNA, DOE, SECRETARIAT),
        law=LAW,
    ),
    Move(
        "lapse",
        ("being_signed", "requested"),
        "lapsed",
        (CLOCK,),
        "Lapsed: the last day has passed",
        then=("end_held_requests",),
        tells=(PARTICIPANT, DNA, DOE, SECRETARIAT),
        law=LAW,
    ),
)

# spliced into the page of the project activity (state TRANSITIONED_A6_4 of the rulebook, 7.4)
TRANSITIONED = State(
    "transitioned",
    "De-registered: moved to the Article 6.4 mechanism",
    public="De-registered",
    stage="verification",
    ending="good",
)
TRANSITION_OF_THE_PROJECT = Move(
    "transition",
    ("registered", "requesting_registration"),
    "transitioned",
    (CONSEQUENCE,),
    "Moved to the Article 6.4 mechanism",
    tells=(PARTICIPANT, DOE, DNA),
    law=LAW,
)

TRANSITION = Machine(
    name="transition",
    title="Transition to the Article 6.4 mechanism",
    states=STATES,
    moves=MOVES,
    initial="being_signed",
    law="2/CMP.16; 3/CMA.3 annex, chapter XI.A; 7/CMA.4 annex I",
)
