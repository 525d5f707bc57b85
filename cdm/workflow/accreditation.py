"""THE PAGE of an entity's accreditation: applied for, assessed, given, checked, taken away (3/CMP.1 annex, 20-27)."""

from __future__ import annotations

from cdm.workflow.accreditation_moves import MOVES
from cdm.workflow.machine import Clock, Machine, State, Wait
from cdm.workflow.roles import Role

DOE, SECRETARIAT, BOARD = Role.DOE, Role.SECRETARIAT, Role.BOARD_MEMBER

# while an accreditation stands, and while it is suspended, its term runs out by itself
TERM = Clock("accreditation_term", "accreditation.term", then="expire", when="term_has_an_end")
HEARING = Clock("hearing", "accreditation.hearing", then="close_hearing")
ON_SCOPES = Wait(
    SECRETARIAT,
    "Record the CMP's decision on the scopes withdrawn",
    ("confirm_scopes", "set_aside_scopes"),
    when="scopes_await_the_cmp_now",
)

STATES = (
    State(
        "applied",
        "Applied for",
        public="Applicant entity",
        waits=(Wait(SECRETARIAT, "Take up the application for accreditation", ("take_up",)),),
    ),
    State(
        "under_assessment",
        "Under assessment",
        public="Applicant entity",
        waits=(Wait(SECRETARIAT, "Record the assessment of the entity", ("record_assessment",)),),
    ),
    State(
        "assessed",
        "Assessed",
        public="Applicant entity",
    ),
    State("refused", "Accreditation refused", public="Accreditation refused", ending="bad"),
    State("application_withdrawn", "Application withdrawn", public="Application withdrawn", ending="bad"),
    State(
        "accredited",
        "Accredited, provisionally designated",
        public="Accredited and provisionally designated",
        waits=(Wait(SECRETARIAT, "Record the designation by the CMP", ("record_designation",)), ON_SCOPES),
        clocks=(TERM,),
    ),
    State(
        "designated",
        "Designated",
        public="Accredited and designated",
        waits=(ON_SCOPES,),
        clocks=(TERM,),
    ),
    State(
        "under_spot_check",
        "Under spot-check",
        public="Under spot-check",
        waits=(Wait(BOARD, "Conclude the spot-check", ("close_check", "offer_hearing")),),
        clocks=(TERM,),
    ),
    State(
        "hearing_offered",
        "Hearing offered",
        public="Under spot-check",
        waits=(
            Wait(DOE, "Be heard, or decline the hearing", ("be_heard", "decline_hearing"), clock="hearing"),
        ),
        clocks=(HEARING, TERM),
    ),
    State(
        "hearing_over",
        "Hearing over",
        public="Under spot-check",
        clocks=(TERM,),
    ),
    State(
        "suspended",
        "Suspended until the CMP decides",
        public="Suspended",
        waits=(Wait(SECRETARIAT, "Record the CMP's decision on the suspension", ("confirm", "set_aside")),),
        clocks=(TERM,),
    ),
    State(
        "suspension_confirmed",
        "Suspended by the CMP",
        public="Suspended",
        clocks=(TERM,),
    ),
    State(
        "withdrawn",
        "Withdrawn until the CMP decides",
        public="Withdrawn",
        waits=(Wait(SECRETARIAT, "Record the CMP's decision on the withdrawal", ("confirm", "set_aside")),),
    ),
    State("withdrawal_confirmed", "Withdrawn by the CMP", public="Withdrawn", ending="bad"),
    State("reaccredited", "Re-accredited: a new term goes on", public="Re-accredited", ending="good"),
    State("expired", "Expired", public="Expired", ending="bad"),
    State("given_up", "Voluntarily withdrawn", public="Voluntarily withdrawn", ending="bad"),
)

ACCREDITATION = Machine(
    name="accreditation",
    title="Accreditation of an operational entity",
    states=STATES,
    moves=MOVES,
    initial="applied",
    law="3/CMP.1 annex, paras 3, 20-27 and Appendix A",
)
