"""THE PAGE of excess issuance: a review of an entity's report, and the units it has to replace (3/CMP.1 annex, 22)."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Clock, Machine, Move, State, Wait
from cdm.workflow.roles import Role

DOE, SECRETARIAT, BOARD, PARTICIPANT, ADMINISTRATOR, CONSEQUENCE = (
    Role.DOE,
    Role.SECRETARIAT,
    Role.BOARD_MEMBER,
    Role.PARTICIPANT,
    Role.REGISTRY_ADMINISTRATOR,
    Role.CONSEQUENCE,
)
PARA_22 = "3/CMP.1 annex, para 22"
REPLACE = Wait(
    DOE, "Acquire and cancel units equal to the excess issuance", ("cancel_units",), clock="replacement"
)

STATES = (
    State(
        "under_review",
        "Report under review",
        public="Report under review",
    ),
    State("no_excess", "No excess issuance", public="No excess issuance", ending="good"),
    State(
        "determined",
        "Excess issuance determined",
        public="Excess issuance determined",
    ),
    State(
        "due",
        "Replacement due",
        public="Replacement due",
        waits=(REPLACE,),
        clocks=(Clock("replacement", "excess_issuance.replacement", then="fall_overdue"),),
    ),
    State(
        "overdue",
        "Replacement overdue",
        public="Replacement overdue",
        waits=(Wait(DOE, REPLACE.what, REPLACE.moves),),
    ),
    State("fulfilled", "Replaced in full", public="Replaced in full", ending="good"),
)

UNITS = (
    Ask(
        "holding",
        "holding",
        "Units of yours",
        "Units that lie in an account of the entity: CER, ERU, AAU or RMU.",
    ),
    Ask("quantity", "quantity", "How many units to cancel"),
)


def _cancel(source: str, target: str, when: str) -> Move:
    """A part of what is due leaves the state as it is; the last unit fulfils the obligation."""
    return Move(
        "cancel_units",
        (source,),
        target,
        (DOE,),
        "Cancel units to replace the excess issuance",
        happened="Units cancelled to replace the excess issuance"
        if target == source
        else "Excess issuance replaced in full",
        when=when,
        asks=UNITS,
        needs=("units_replace_what_is_due",),
        then=("cancel_replacement_units",),
        tells=(BOARD, SECRETARIAT, ADMINISTRATOR),
        law=f"{PARA_22}; Appendix D, paras 3(c) and 8",
        warning="Cancelled units never move again.",
    )


MOVES = (
    Move(
        "find_none",
        ("under_review",),
        "no_excess",
        (CONSEQUENCE,),
        "End the review: no excess issuance",
        happened="Review ended: no excess issuance",
        note="required",
        note_label="The Board's reasons",
        tells=(DOE, PARTICIPANT, SECRETARIAT),
        law=PARA_22,
    ),
    Move(
        "determine",
        ("under_review",),
        "determined",
        (CONSEQUENCE,),
        "Determine the excess issuance",
        happened="Significant deficiencies found; excess issuance determined",
        asks=(
            Ask("excess", "quantity", "Units issued in excess", "Whole units of 1 t CO2 equivalent."),
            Ask(
                "participants_could_be_heard",
                "affirm",
                "The participants affected had the possibility of a hearing (para 23)",
            ),
        ),
        needs=("excess_was_issued",),
        then=("keep_excess", "end_review_with_the_finding"),
        note="required",
        note_label="The significant deficiencies found",
        tells=(DOE, PARTICIPANT, SECRETARIAT),
        law="3/CMP.1 annex, paras 22-23",
        warning="The review ends with it, and the time to acquire and cancel an equal amount of units runs.",
    ),
    Move(
        "end_review",
        ("determined",),
        "due",
        (CONSEQUENCE,),
        "End the review",
        happened="Review ended; replacement due",
        then=("keep_end_of_review",),
        tells=(DOE, PARTICIPANT, SECRETARIAT, ADMINISTRATOR),
        law=PARA_22,
        warning="The entity has 30 days from today to acquire and cancel an equal amount of units.",
    ),
    _cancel("due", "due", "replaces_a_part"),
    _cancel("due", "fulfilled", "replaces_all"),
    _cancel("overdue", "overdue", "replaces_a_part"),
    _cancel("overdue", "fulfilled", "replaces_all"),
    Move(
        "fall_overdue",
        ("due",),
        "overdue",
        (Role.CLOCK,),
        "The time for replacement is over",
        tells=(DOE, BOARD, SECRETARIAT),
        law=PARA_22,
    ),
)

EXCESS_ISSUANCE = Machine(
    name="excess_issuance",
    title="Excess issuance",
    states=STATES,
    moves=MOVES,
    initial="under_review",
    law="3/CMP.1 annex, paras 22-24; Appendix D, para 3(c)",
)
