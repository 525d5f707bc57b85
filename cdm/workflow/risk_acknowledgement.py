"""THE PAGE of the risk acknowledgement and acceptance form of a provisional request (CDM-RAA-FORM, rulebook 2.16)."""

from __future__ import annotations

from cdm.workflow.machine import Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, FOCAL_POINT, DOE, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.FOCAL_POINT,
    Role.DOE,
    Role.CONSEQUENCE,
)

STATES = (
    State(
        "being_signed",
        "Being signed",
        waits=(Wait(FOCAL_POINT, "Sign the acknowledgement of risk"),),
    ),
    State("signed", "Signed", public="Signed", ending="good"),
    State("withdrawn", "Withdrawn", ending="bad"),
)

MOVES = (
    Move(
        "be_given",
        ("being_signed",),
        "signed",
        (CONSEQUENCE,),
        "Given",
        happened="Signed as the statement of modalities demands",
        tells=(PARTICIPANT, DOE),
        law="EB 108, temporary measures; rulebook 2.4, scope (c)",
        public=False,
    ),
    Move(
        "withdraw",
        ("being_signed",),
        "withdrawn",
        (PARTICIPANT, FOCAL_POINT, CONSEQUENCE),
        "Withdraw the acknowledgement",
        happened="Acknowledgement withdrawn before it was signed",
        note="required",
        note_label="Reason",
        tells=(DOE,),
        public=False,
    ),
)

RISK_ACKNOWLEDGEMENT = Machine(
    name="risk_acknowledgement",
    title="Acknowledgement of risk",
    states=STATES,
    moves=MOVES,
    initial="being_signed",
    law="EB 108, temporary measures (rulebook 2.16)",
)
