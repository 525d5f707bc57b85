"""THE PAGE of a request to the Board, its part under review: replies, the Board's decision, corrections (2.6, 2.7)."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Clock, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DNA, DOE, SECRETARIAT, BOARD_MEMBER, CLOCK, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.DNA,
    Role.DOE,
    Role.SECRETARIAT,
    Role.BOARD_MEMBER,
    Role.CLOCK,
    Role.CONSEQUENCE,
)

REVIEW_STATES = (
    State(
        "review_requested",
        "Review requested",
        public="Review requested",
        waits=(
            Wait(
                PARTICIPANT,
                "Reply to the requests for review",
                clock="replies",
                when="participants_have_not_replied",
            ),
            Wait(DOE, "Reply to the requests for review", clock="replies", when="doe_has_not_replied"),
        ),
        clocks=(Clock("replies", "review.reply", then="start_review"),),
    ),
    # what waits while it is under review waits on the page of the Board's matter
    State("under_review", "Under review", public="Under review"),
    State(
        "corrections_requested",
        "Corrections required by the Board",
        public="Corrections requested",
        waits=(
            Wait(
                DOE,
                "Submit the corrected documents",
                ("submit_corrections",),
                clock="corrections",
            ),
            Wait(PARTICIPANT, "Correct the documents with the DOE", clock="corrections"),
        ),
        clocks=(Clock("corrections", "review.corrections", when="corrections_have_days"),),
    ),
    State(
        "corrections_check",
        "Corrections being checked",
        public="Corrections submitted",
        waits=(
            Wait(
                SECRETARIAT,
                "Check the corrected documents against the decision",
                ("accept_corrections", "send_back_corrections"),
            ),
        ),
    ),
)

REVIEW_MOVES = (
    Move(
        "open_review",
        ("published",),
        "review_requested",
        (CONSEQUENCE,),
        "A review was requested",
        tells=(PARTICIPANT, DOE, DNA, BOARD_MEMBER, SECRETARIAT),
        law="3/CMP.1 annex, paras 41 and 65: a Party involved or at least three Board members",
    ),
    Move(
        "start_review",
        ("review_requested",),
        "under_review",
        (CLOCK, CONSEQUENCE),
        "The review has started",
        then=("bring_review_before_the_board",),
        tells=(PARTICIPANT, DOE, BOARD_MEMBER),
        law="3/CMP.1 annex, paras 41(b) and 65; rulebook 2.7",
    ),
    Move(
        "approve",
        ("under_review",),
        "registered",
        (CONSEQUENCE,),
        "The Board decided to register",
        when="is_registration",
        needs=("host_letter_is_issued",),
        then=("keep_board_decision", "register_project"),
        law="3/CMP.1 annex, para 41(b)",
    ),
    Move(
        "approve",
        ("under_review",),
        "awaiting_instruction",
        (CONSEQUENCE,),
        "The Board decided to approve the issuance",
        when="is_issuance",
        then=("keep_board_decision",),
        tells=(PARTICIPANT, DOE),
        law="3/CMP.1 annex, para 65",
    ),
    Move(
        "ask_for_corrections",
        ("under_review",),
        "corrections_requested",
        (CONSEQUENCE,),
        "The Board decided to approve with corrections",
        then=("keep_board_decision",),
        tells=(PARTICIPANT, DOE, SECRETARIAT),
        law="4/CMP.1 annexes III and IV; EB 55 (rulebook 1.T, 2.7)",
    ),
    Move(
        "submit_corrections",
        ("corrections_requested",),
        "corrections_check",
        (DOE,),
        "Submit the corrected documents",
        happened="Corrected documents submitted",
        needs=("corrected_documents_are_attached", "corrected_amounts_are_in_order"),
        then=("keep_corrections",),
        asks=(
            Ask(
                "corrected",
                "amounts",
                "Corrected reductions",
                "Only for an issuance whose amount is corrected: never more than was certified.",
                required=False,
            ),
        ),
        note="required",
        note_label="What was corrected, and where",
        tells=(SECRETARIAT, PARTICIPANT),
        law="Rulebook 2.6, point 13, and 2.12, point 5",
    ),
    Move(
        "send_back_corrections",
        ("corrections_check",),
        "corrections_requested",
        (SECRETARIAT,),
        "Send the corrections back",
        happened="Corrections sent back",
        note="required",
        note_label="What the decision requires and is still missing",
        tells=(DOE, PARTICIPANT),
        law="Rulebook 1.T, 2.7",
    ),
    Move(
        "accept_corrections",
        ("corrections_check",),
        "registered",
        (SECRETARIAT,),
        "Accept the corrections",
        happened="Corrections accepted: registered",
        when="is_registration",
        needs=("host_letter_is_issued",),
        then=("register_project",),
        law="Rulebook 2.6, points 12 and 13",
    ),
    Move(
        "accept_corrections",
        ("corrections_check",),
        "awaiting_instruction",
        (SECRETARIAT,),
        "Accept the corrections",
        happened="Corrections accepted",
        when="is_issuance",
        tells=(PARTICIPANT, DOE, BOARD_MEMBER),
        law="Rulebook 2.12, point 5",
    ),
    Move(
        "reject",
        ("under_review",),
        "rejected",
        (CONSEQUENCE,),
        "The Board decided to reject",
        then=("keep_board_decision", "tell_subject_of_rejection", "owe_refund"),
        tells=(PARTICIPANT, DOE, DNA),
        law="3/CMP.1 annex, paras 41-42 and 65",
    ),
)
