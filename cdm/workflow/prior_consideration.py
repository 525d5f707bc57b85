"""THE PAGE of a notice of prior consideration of the CDM (EB 48 annex 61; project cycle procedure, 4.1)."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Clock, Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DNA, SECRETARIAT, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.DNA,
    Role.SECRETARIAT,
    Role.CONSEQUENCE,
)

STATES = (
    State(
        "notified",
        "Notified: to be acknowledged",
        public="Notified",
        stage="proposal",
        waits=(
            Wait(SECRETARIAT, "Acknowledge the notice of prior consideration", ("acknowledge", "find_late")),
        ),
    ),
    State(
        "acknowledged",
        "Acknowledged",
        public="Acknowledged",
        stage="proposal",
        waits=(Wait(PARTICIPANT, "Report how the activity stands", ("report_status",), "status_update"),),
        clocks=(Clock("status_update", "prior_consideration.status"),),
    ),
    State(
        "taken_up",
        "Followed by the publication of the project",
        public="Published for comments",
        stage="validation",
        ending="good",
    ),
    State("late", "Too late", public="Too late", stage="proposal", ending="bad"),
    State("withdrawn", "Withdrawn", public="Withdrawn", stage="proposal", ending="bad"),
)

LAW = "EB 48 annex 61, paras 2-3; project cycle procedure, section 4.1 (rulebook 2.1)"


def _acknowledge(target: str, when: str) -> Move:
    return Move(
        "acknowledge",
        ("notified",),
        target,
        (SECRETARIAT,),
        "Acknowledge the notice",
        happened="Notice of prior consideration acknowledged",
        when=when,
        then=("keep_acknowledgement",),
        tells=(PARTICIPANT, DNA),
        law=LAW,
    )


MOVES = (
    _acknowledge("acknowledged", "project_was_not_published"),
    _acknowledge("taken_up", "project_was_published"),
    Move(
        "find_late",
        ("notified", "acknowledged"),
        "late",
        (SECRETARIAT,),
        "Find that the notice came too late",
        happened="Notice of prior consideration found to be too late",
        needs=("notice_came_too_late",),
        then=("keep_earlier_start",),
        asks=(
            Ask(
                "started_on",
                "date",
                "Start date that the documents show",
                "The earliest day of implementation, construction or real action.",
            ),
        ),
        note="required",
        note_label="What shows the earlier start",
        tells=(PARTICIPANT, DNA),
        law="EB 48 annex 61, paras 2-3; the start date: EB 41",
        warning="The notice does not count any more, and a positive validation opinion cannot rest on it.",
    ),
    Move(
        "report_status",
        ("acknowledged",),
        "acknowledged",
        (PARTICIPANT,),
        "Report how the activity stands",
        happened="Status of the activity reported",
        then=("keep_status_report",),
        asks=(Ask("progress", "text", "How the activity stands", "What was done since, and what is next."),),
        tells=(SECRETARIAT,),
        law="EB 48 annex 61, para 5: every two years while nothing else follows",
        public=False,
    ),
    Move(
        "take_up",
        ("acknowledged",),
        "taken_up",
        (CONSEQUENCE,),
        "The project was published for comments",
        law="EB 48 annex 61, para 5",
    ),
    Move(
        "withdraw",
        ("notified", "acknowledged"),
        "withdrawn",
        (PARTICIPANT,),
        "Withdraw the notice",
        happened="Notice of prior consideration withdrawn",
        note="required",
        note_label="Reason",
        tells=(SECRETARIAT, DNA),
    ),
)

PRIOR_CONSIDERATION = Machine(
    name="prior_consideration",
    title="Notice of prior consideration",
    states=STATES,
    moves=MOVES,
    initial="notified",
    law=LAW,
)
