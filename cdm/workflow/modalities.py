"""THE PAGE of the statement of modalities of communication: who speaks for the participants (rulebook 2.4)."""

from __future__ import annotations

from cdm.workflow.machine import Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, FOCAL_POINT, CONSEQUENCE = Role.PARTICIPANT, Role.FOCAL_POINT, Role.CONSEQUENCE

STATES = (
    State(
        "being_signed",
        "Being signed",
        stage="registration",
        waits=(Wait(FOCAL_POINT, "Sign the statement of modalities of communication"),),
    ),
    State("in_force", "In force", public="In force", stage="registration", ending="good"),
    State("superseded", "Superseded", public="Superseded", stage="registration", ending="good"),
    State("withdrawn", "Withdrawn", stage="registration", ending="bad"),
)

MOVES = (
    Move(
        "enter_into_force",
        ("being_signed",),
        "in_force",
        (CONSEQUENCE,),
        "Enter into force",
        happened="Signed by all: in force",
        then=("supersede_earlier_statement",),
        tells=(PARTICIPANT, Role.SECRETARIAT),
        law="Rulebook 2.4: signed by all participants and by the new focal points",
    ),
    Move(
        "be_superseded",
        ("in_force",),
        "superseded",
        (CONSEQUENCE,),
        "Superseded by a newer statement",
        law="Rulebook 2.4",
    ),
    Move(
        "withdraw",
        ("being_signed",),
        "withdrawn",
        (PARTICIPANT, FOCAL_POINT),
        "Withdraw the statement",
        happened="Statement withdrawn before it was signed by all",
        note="required",
        note_label="Reason",
        tells=(PARTICIPANT,),
        public=False,
        warning="The signatures given to it end with it. A statement already in force stays so.",
    ),
)

MODALITIES_STATEMENT = Machine(
    name="modalities_statement",
    title="Statement of modalities",
    states=STATES,
    moves=MOVES,
    initial="being_signed",
    law="Rulebook 2.4 (F-CDM-MOC, EB 45 annex 59; CDM-MOC-FORM, EB 65)",
)
