"""The moves of an accreditation once it is given, and how each ends; `accreditation` is the page they stand on."""

from __future__ import annotations

from cdm.workflow.accreditation_application import APPLICATION, CMP_DECISION, REASONS
from cdm.workflow.machine import Ask, Move
from cdm.workflow.roles import Role

DOE, SECRETARIAT, BOARD, CLOCK, CONSEQUENCE = (
    Role.DOE,
    Role.SECRETARIAT,
    Role.BOARD_MEMBER,
    Role.CLOCK,
    Role.CONSEQUENCE,
)

STANDING = ("accredited", "designated")
IN_CHECK = ("under_spot_check", "hearing_offered", "hearing_over")
SUSPENDED = ("suspended", "suspension_confirmed")
SCOPES = Ask("scopes", "scopes", "Functions and sectoral scopes", "Only those held now are listed.")
PARA_21 = "3/CMP.1 annex, para 21"
AT_ONCE = (
    "It takes effect at once, until the CMP's final decision. Open engagements end, and the participants and "
    "national authorities of their projects are told. Registered projects are not affected (para 22)."
)


def _back(
    name: str, label: str, happened: str, source: tuple[str, ...], by: Role, **more: object
) -> tuple[Move, Move]:
    """Two rows: back to where the accreditation stood, with the CMP's designation or still without it."""
    return (
        Move(name, source, "accredited", (by,), label, happened=happened, when="is_not_designated", **more),  # type: ignore[arg-type]
        Move(name, source, "designated", (by,), label, happened=happened, when="is_designated", **more),  # type: ignore[arg-type]
    )


CHECKS = (
    Move(
        "order_spot_check",
        STANDING,
        "under_spot_check",
        (BOARD,),
        "Order a spot-check",
        happened="Spot-check ordered",
        then=("begin_check",),
        note="required",
        note_label="What is checked, and why",
        tells=(DOE, SECRETARIAT),
        law="3/CMP.1 annex, para 20(e)",
        warning="The entity may work on while it is checked.",
    ),
    # a check that found nothing is closed by the member who may order one; once a hearing was offered the Board decides
    *(
        row
        for source, by in (("under_spot_check", BOARD), ("hearing_over", CONSEQUENCE))
        for row in _back(
            "close_check",
            "Close the spot-check: the standards are met",
            "Spot-check closed: the standards are met",
            (source,),
            by,
            note="required",
            note_label=REASONS,
            tells=(DOE, SECRETARIAT),
            law="3/CMP.1 annex, para 20(d)-(e)",
        )
    ),
    Move(
        "offer_hearing",
        ("under_spot_check",),
        "hearing_offered",
        (BOARD,),
        "Offer the entity a hearing",
        happened="Standards found no longer met; hearing offered",
        then=("keep_hearing_offer",),
        note="required",
        note_label="Which standards the review found no longer met",
        tells=(DOE, SECRETARIAT),
        law=PARA_21,
        public=False,
    ),
    Move(
        "be_heard",
        ("hearing_offered",),
        "hearing_over",
        (DOE,),
        "Be heard",
        happened="Entity heard",
        asks=(
            Ask("statement", "text", "What you say to the findings", "It goes to every member of the Board."),
        ),
        then=("keep_hearing", "bring_entity_before_the_board"),
        tells=(BOARD, SECRETARIAT),
        law=PARA_21,
        public=False,
    ),
    Move(
        "decline_hearing",
        ("hearing_offered",),
        "hearing_over",
        (DOE,),
        "Decline the hearing",
        happened="Hearing declined",
        then=("settle_hearing", "bring_entity_before_the_board"),
        tells=(BOARD, SECRETARIAT),
        law=PARA_21,
        public=False,
    ),
    Move(
        "close_hearing",
        ("hearing_offered",),
        "hearing_over",
        (CLOCK,),
        "The time for the hearing is over",
        then=("settle_hearing", "bring_entity_before_the_board"),
        tells=(DOE, BOARD, SECRETARIAT),
        law=PARA_21,
        public=False,
    ),
    # only from here: the entity has had the possibility of a hearing (para 21)
    Move(
        "suspend",
        ("hearing_over",),
        "suspended",
        (CONSEQUENCE,),
        "Suspend the entity and recommend it to the CMP",
        happened="Suspended; recommended to the CMP",
        then=("begin_suspension", "stop_work"),
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law=PARA_21,
        warning=AT_ONCE,
    ),
    Move(
        "withdraw",
        ("hearing_over", *SUSPENDED),
        "withdrawn",
        (CONSEQUENCE,),
        "Withdraw the designation and recommend it to the CMP",
        happened="Designation withdrawn; recommended to the CMP",
        then=("begin_withdrawal", "stop_work"),
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law=PARA_21,
        warning=AT_ONCE,
    ),
    *_back(
        "withdraw_scopes",
        "Withdraw the designation for some sectoral scopes",
        "Designation withdrawn for some sectoral scopes",
        ("hearing_over",),
        CONSEQUENCE,
        needs=("scopes_are_a_part",),
        asks=(SCOPES,),
        then=("end_chosen_scopes", "stop_work"),
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law=PARA_21,
        warning="It takes effect at once. Engagements that need these scopes end; the other scopes stay.",
    ),
)

ENDINGS = (
    Move(
        "confirm",
        ("suspended",),
        "suspension_confirmed",
        (SECRETARIAT,),
        "Record that the CMP suspends the entity",
        happened="Suspension decided by the CMP",
        asks=CMP_DECISION,
        needs=("cmp_decision_is_in_order",),
        then=("keep_cmp_decision",),
        tells=(DOE, BOARD),
        law=PARA_21,
    ),
    Move(
        "confirm",
        ("withdrawn",),
        "withdrawal_confirmed",
        (SECRETARIAT,),
        "Record that the CMP withdraws the designation",
        happened="Withdrawal decided by the CMP",
        asks=CMP_DECISION,
        needs=("cmp_decision_is_in_order",),
        then=("keep_cmp_decision",),
        tells=(DOE, BOARD),
        law=PARA_21,
    ),
    *_back(
        "set_aside",
        "Record that the CMP does not follow the recommendation",
        "The CMP did not follow the recommendation",
        ("suspended", "withdrawn"),
        SECRETARIAT,
        asks=CMP_DECISION,
        needs=("cmp_decision_is_in_order",),
        then=("keep_cmp_decision", "restore", "lapse_matters_of_entity"),
        tells=(DOE, BOARD),
        law=PARA_21,
    ),
    *(
        Move(
            name,
            (place,),
            place,
            (SECRETARIAT,),
            label,
            happened=happened,
            asks=CMP_DECISION,
            needs=("scopes_await_the_cmp", "cmp_decision_is_in_order"),
            then=("keep_cmp_decision", effect),
            tells=(DOE, BOARD),
            law=PARA_21,
        )
        for place in STANDING
        for name, label, happened, effect in (
            (
                "confirm_scopes",
                "Record that the CMP withdraws the designation for the scopes",
                "Withdrawal for some sectoral scopes decided by the CMP",
                "settle_scopes",
            ),
            (
                "set_aside_scopes",
                "Record that the CMP leaves the scopes to the entity",
                "The CMP did not follow the recommendation on the scopes",
                "restore_scopes",
            ),
        )
    ),
    *_back(
        "lift_suspension",
        "Lift the suspension",
        "Suspension lifted",
        SUSPENDED,
        CONSEQUENCE,
        then=("restore",),
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law="3/CMP.1 annex, paras 20(d) and 21",
    ),
    *(
        Move(
            "give_up_scopes",
            (place,),
            place,
            (DOE,),
            "Give up some sectoral scopes",
            happened="Some sectoral scopes given up",
            needs=("scopes_are_a_part",),
            asks=(SCOPES,),
            then=("end_chosen_scopes", "stop_work"),
            note="required",
            note_label="Reason",
            tells=(BOARD, SECRETARIAT),
            law="Accreditation procedure (rulebook 7.4)",
            warning="Engagements that need these scopes end, and their participants are told.",
        )
        for place in STANDING
    ),
    Move(
        "give_up",
        (*STANDING, *IN_CHECK, *SUSPENDED),
        "given_up",
        (DOE,),
        "Withdraw from the accreditation",
        happened="Voluntarily withdrawn",
        then=("end_all_scopes", "stop_work", "lapse_matters_of_entity"),
        note="required",
        note_label="Reason",
        tells=(BOARD, SECRETARIAT),
        law="Accreditation procedure (rulebook 7.4); EB 56 annex 2, paras 166-168",
        warning="All open engagements end, and their participants and national authorities are told.",
    ),
    Move(
        "expire",
        (*STANDING, *IN_CHECK, *SUSPENDED),
        "expired",
        (CLOCK,),
        "The term of the accreditation is over",
        happened="Expired",
        then=("end_all_scopes", "stop_work", "lapse_matters_of_entity"),
        tells=(DOE, BOARD, SECRETARIAT),
        law="3/CMP.1 annex, para 20(d); EB 56 annex 2, paras 166-168",
    ),
    Move(
        "continue_in_new_term",
        STANDING,
        "reaccredited",
        (CONSEQUENCE,),
        "Re-accredited: continued in a new term",
        happened="Re-accredited: continued in a new term",
        then=("end_all_scopes", "stop_work"),
        law="3/CMP.1 annex, para 20(d)",
    ),
)

MOVES = (*APPLICATION, *CHECKS, *ENDINGS)
