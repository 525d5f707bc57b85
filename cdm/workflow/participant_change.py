"""THE PAGE of a change of participants after registration: added, renamed, withdrawn (rulebook 2.4, annex 2)."""

from __future__ import annotations

from cdm.workflow.machine import Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, FOCAL_POINT, SECRETARIAT, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.FOCAL_POINT,
    Role.SECRETARIAT,
    Role.CONSEQUENCE,
)

LAW = "Rulebook 2.4; 3/CMP.1 annex, para 33"
# a de-registration is signed and carried out like a change of participants, by a rule of its own
DEREGISTRATION_LAW = "Project cycle procedure, voluntary deregistration (rulebook 2.15)"

STATES = (
    State(
        "being_signed",
        "Being signed",
        stage="registration",
        waits=(
            Wait(FOCAL_POINT, "Sign the change of participants", when="participants_change"),
            Wait(FOCAL_POINT, "Sign the de-registration", when="activity_is_given_up"),
        ),
    ),
    State(
        "submitted",
        "Submitted to the secretariat",
        stage="registration",
        waits=(
            Wait(
                SECRETARIAT,
                "Process the change of participants",
                ("carry_out", "refuse"),
                when="participants_change",
            ),
            Wait(
                SECRETARIAT,
                "Process the de-registration",
                ("carry_out", "refuse"),
                when="activity_is_given_up",
            ),
        ),
    ),
    State("carried_out", "Carried out", public="Carried out", stage="registration", ending="good"),
    State("refused", "Refused", stage="registration", ending="bad"),
    State("withdrawn", "Withdrawn", stage="registration", ending="bad"),
)

MOVES = (
    Move(
        "submit",
        ("being_signed",),
        "submitted",
        (CONSEQUENCE,),
        "Submit to the secretariat",
        happened="Signed as the statement demands: submitted to the secretariat",
        tells=(SECRETARIAT,),
        law="Rulebook 2.4, scope (b)",
        public=False,
    ),
    Move(
        "return_for_signature",
        ("submitted",),
        "being_signed",
        (CONSEQUENCE,),
        "The change was altered and is signed again",
        law="Rulebook 2.4: all sign the same text",
        public=False,
    ),
    Move(
        "carry_out",
        ("submitted",),
        "carried_out",
        (SECRETARIAT,),
        "Carry out the change",
        happened="Change of participants carried out",
        needs=("change_is_in_order",),
        then=("change_participants",),
        tells=(PARTICIPANT, Role.DNA, Role.DOE),
        law=LAW,
    ),
    Move(
        "refuse",
        ("submitted",),
        "refused",
        (SECRETARIAT,),
        "Refuse the change",
        happened="Change of participants refused",
        note="required",
        note_label="Reason",
        then=("stop_asking_for_letter",),
        tells=(PARTICIPANT,),
        public=False,
    ),
    Move(
        "withdraw",
        ("being_signed", "submitted"),
        "withdrawn",
        (PARTICIPANT, FOCAL_POINT),
        "Withdraw the change",
        happened="Change of participants withdrawn",
        note="required",
        note_label="Reason",
        then=("stop_asking_for_letter",),
        tells=(SECRETARIAT,),
        public=False,
    ),
)

PARTICIPANT_CHANGE = Machine(
    name="participant_change",
    title="Change of participants",
    states=STATES,
    moves=MOVES,
    initial="being_signed",
    law=LAW,
)
