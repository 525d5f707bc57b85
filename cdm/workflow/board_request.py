"""THE PAGE of a request to the Executive Board, of every kind (3/CMP.1 annex, paras 40-41, 64-66; rulebook 2.9)."""

from __future__ import annotations

from cdm.workflow.board_review import REVIEW_MOVES, REVIEW_STATES
from cdm.workflow.machine import Ask, Clock, Machine, Move, State, Wait
from cdm.workflow.payments import (
    PUT_OFF_FEE,
    RECORD_FEE_PUT_OFF,
    STILL_TO_PAY,
    TO_PAY_BACK,
    record_fee,
    record_refund,
    record_share,
)
from cdm.workflow.provisional import PROVISIONAL_MOVES, PROVISIONAL_STATES, RESTING, with_closing
from cdm.workflow.roles import Role

PARTICIPANT, DNA, DOE, SECRETARIAT, BOARD_MEMBER, REGISTRY_ADMINISTRATOR, CLOCK, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.DNA,
    Role.DOE,
    Role.SECRETARIAT,
    Role.BOARD_MEMBER,
    Role.REGISTRY_ADMINISTRATOR,
    Role.CLOCK,
    Role.CONSEQUENCE,
)


STATES = (
    State(
        "being_prepared",
        "Being prepared by the DOE",
        waits=(Wait(DOE, "Complete and submit the request", ("submit",)),),
    ),
    State(
        "awaiting_fee",
        "Awaiting the registration fee",
        public="Awaiting registration fee",
        waits=(
            Wait(SECRETARIAT, "Record the registration fee when it has been received", ("record_fee",)),
            Wait(PARTICIPANT, "Pay the registration fee"),
        ),
    ),
    State(
        "completeness_check",
        "Completeness check",
        public="Completeness Check",
        waits=(
            Wait(
                SECRETARIAT,
                "Check the request for completeness",
                ("pass_completeness", "return"),
                "completeness",
            ),
        ),
        clocks=(Clock("completeness", "{kind}.completeness"),),
    ),
    State(
        "information_check",
        "Information and reporting check",
        public="Info Report Check",
        waits=(
            Wait(
                SECRETARIAT, "Check information and reporting", ("pass_information", "return"), "information"
            ),
        ),
        clocks=(Clock("information", "{kind}.information"),),
    ),
    State(
        "returned",
        "Returned as incomplete",
        public="Submission incomplete",
        waits=(Wait(DOE, "Put the submission right and submit it again", ("submit",)),),
    ),
    State(
        "published",
        "Published: open for requests for review",
        public="Requesting registration, issuance or approval",
        clocks=(Clock("review_window", "{kind}.request_for_review", then="close_window"),),
    ),
    *REVIEW_STATES,
    State(
        "awaiting_instruction",
        "Awaiting the Board's instruction to issue",
        public="Awaiting issuance",
        waits=(Wait(BOARD_MEMBER, "Approve the issuance and instruct the registry", ("instruct_issuance",)),),
    ),
    State(
        "awaiting_share_of_proceeds",
        "Awaiting the administrative share of proceeds",
        public="Awaiting issuance (payment)",
        waits=(
            Wait(
                SECRETARIAT,
                "Record the administrative share of proceeds when it has been received",
                ("record_share_of_proceeds",),
            ),
            Wait(PARTICIPANT, "Pay the administrative share of proceeds"),
        ),
    ),
    State(
        "instructed",
        "Instructed: ready to be issued",
        public="Awaiting issuance",
        waits=(Wait(REGISTRY_ADMINISTRATOR, "Issue the units", ("issue",)), *STILL_TO_PAY),
    ),
    *PROVISIONAL_STATES,
    State("registered", "Registered", public="Registered", ending="good"),
    State("approved", "Approved", public="Approved", ending="good"),
    State("issued", "Issued", public="Issued", ending="good", waits=(*STILL_TO_PAY, *PUT_OFF_FEE)),
    State("rejected", "Rejected", public="Rejected", ending="bad", waits=TO_PAY_BACK),
    State("withdrawn", "Withdrawn", public="Withdrawn", ending="bad", waits=TO_PAY_BACK),
)

RETURN = (
    Ask("sections", "sections", "Sections that are incomplete or not in order"),
    Ask("reasons", "text", "Reasons", "Say for each section what is missing. The reasons are published."),
)
BEFORE_DECISION = (
    "being_prepared",
    "awaiting_fee",
    "completeness_check",
    "information_check",
    "returned",
    "published",
    "review_requested",
    "under_review",
    "corrections_requested",
    "corrections_check",
)

SUBMIT_NEEDS = (
    "request_papers_are_complete",
    "registration_can_be_requested",
    "modalities_are_in_force",
    "issuance_can_be_requested",
    "changes_leave_issuance_open",
    "approval_can_be_requested",
    "requested_units_fit_the_unit",
    "rules_still_take_this_request",
    "risk_is_acknowledged",
    "requesting_entity_is_accredited",
)
SUBMIT_LAW = "3/CMP.1 annex, paras 40(f) and 64; project cycle procedure (rulebook 2.4, 2.6, 2.12)"


def _submit(target: str, when: str) -> Move:
    return Move(
        "submit",
        ("being_prepared", "returned"),
        target,
        (DOE,),
        "Submit the request",
        happened="Request submitted",
        when=when,
        needs=SUBMIT_NEEDS,
        then=(
            "keep_submission",
            "keep_how_it_is_taken",
            *(("open_review_window",) if target == "published" else ()),
        ),
        tells=(PARTICIPANT, SECRETARIAT),
        law=SUBMIT_LAW,
    )


MOVES = (
    _submit("awaiting_fee", "fee_is_due"),
    _submit("completeness_check", "no_fee_is_due_and_secretariat_checks"),
    _submit("published", "no_fee_is_due_and_nobody_checks"),
    record_fee("completeness_check", "secretariat_checks"),
    record_fee("published", "nobody_checks"),
    RECORD_FEE_PUT_OFF,
    Move(
        "pass_completeness",
        ("completeness_check",),
        "information_check",
        (SECRETARIAT,),
        "Pass the completeness check",
        happened="Completeness check passed",
        then=("keep_passed_check",),
        law="Project cycle procedure, completeness check (rulebook 2.6)",
    ),
    Move(
        "pass_information",
        ("information_check",),
        "published",
        (SECRETARIAT,),
        "Pass the information and reporting check and publish the request",
        happened="Information and reporting check passed; request published",
        then=("keep_passed_check", "open_review_window"),
        tells=(PARTICIPANT, DOE, DNA, BOARD_MEMBER),
        law="Project cycle procedure, information and reporting check (rulebook 2.6)",
        warning="The request is published and the window for requests for review opens today.",
    ),
    Move(
        "return",
        ("completeness_check", "information_check"),
        "returned",
        (SECRETARIAT,),
        "Return as incomplete",
        happened="Returned as incomplete",
        asks=RETURN,
        then=("keep_returned_check",),
        tells=(PARTICIPANT, DOE),
        law="Project cycle procedure (rulebook 2.6)",
    ),
    *PROVISIONAL_MOVES,
    Move(
        "close_window",
        ("published",),
        "registered",
        (CLOCK,),
        "No review was requested: registered",
        when="is_registration",
        needs=("review_was_not_requested", "host_letter_is_issued"),
        then=("register_project",),
        law="3/CMP.1 annex, para 41",
    ),
    Move(
        "close_window",
        ("published",),
        "approved",
        (CLOCK,),
        "No review was requested: approved",
        when="asks_about_the_registered_project",
        needs=("review_was_not_requested",),
        then=("grant_what_was_asked",),
        law="Rulebook 2.9, 2.10 (as for registration)",
    ),
    Move(
        "close_window",
        ("published",),
        "awaiting_instruction",
        (CLOCK,),
        "No review was requested",
        when="is_issuance",
        needs=("review_was_not_requested",),
        then=("approve_changes_with_it",),
        tells=(PARTICIPANT, DOE, BOARD_MEMBER),
        law="3/CMP.1 annex, para 65",
    ),
    *REVIEW_MOVES,
    Move(
        "instruct_issuance",
        ("awaiting_instruction",),
        "awaiting_share_of_proceeds",
        (BOARD_MEMBER,),
        "Approve and instruct the registry to issue",
        happened="The Board approved the issuance and instructed the registry",
        needs=("you_are_a_member",),
        when="administrative_share_is_due",
        then=("keep_board_decision", "invoice_administrative_share"),
        tells=(PARTICIPANT, SECRETARIAT),
        law="3/CMP.1 annex, paras 65-66; 7/CMP.1 para 37: issued after the share is received",
    ),
    Move(
        "instruct_issuance",
        ("awaiting_instruction",),
        "instructed",
        (BOARD_MEMBER,),
        "Approve and instruct the registry to issue",
        happened="The Board approved the issuance and instructed the registry",
        needs=("you_are_a_member",),
        when="administrative_share_is_not_due",
        then=("keep_board_decision", "invoice_administrative_share"),
        tells=(PARTICIPANT, REGISTRY_ADMINISTRATOR),
        law="3/CMP.1 annex, paras 65-66",
    ),
    record_share("awaiting_share_of_proceeds", "instructed"),
    record_share("instructed", "instructed", "part_of_the_share_is_open"),
    record_share("issued", "issued", "part_of_the_share_is_open"),
    Move(
        "issue",
        ("instructed",),
        "issued",
        (REGISTRY_ADMINISTRATOR,),
        "Issue the units",
        happened="Units issued",
        needs=("administrative_share_is_paid", "nobody_issued_for_this_period"),
        then=("issue_units", "invoice_fee_put_off"),
        tells=(PARTICIPANT, DOE, DNA),
        law="3/CMP.1 annex, para 66; Kyoto Protocol, Art. 12.8",
        warning="The units are given their serial numbers. This cannot be undone.",
    ),
    Move(
        "withdraw",
        (*BEFORE_DECISION, *RESTING),
        "withdrawn",
        (DOE, PARTICIPANT, Role.FOCAL_POINT, CONSEQUENCE),
        "Withdraw the request",
        happened="Request withdrawn",
        needs=("focal_point_for_scope_c_speaks",),
        note="required",
        note_label="Reason",
        then=(
            "tell_subject_of_withdrawal",
            "owe_refund",
            "tell_board_of_withdrawal",
            "withdraw_risk_acknowledgement",
        ),
        tells=(PARTICIPANT, DOE, SECRETARIAT),
        law="Project cycle procedure, withdrawal (rulebook 2.8)",
    ),
    Move(
        "end_with_registration",
        ("awaiting_instruction", "awaiting_share_of_proceeds", "instructed"),
        "withdrawn",
        (CONSEQUENCE,),
        "Ended: the activity was de-registered",
        then=("tell_subject_of_withdrawal",),
        tells=(PARTICIPANT, DOE, SECRETARIAT, REGISTRY_ADMINISTRATOR),
        law="Project cycle procedure, voluntary deregistration (rulebook 2.15)",
    ),
    record_refund("rejected"),
    record_refund("withdrawn"),
)

BOARD_REQUEST = Machine(
    name="board_request",
    title="Request to the Executive Board",
    states=with_closing(STATES),
    moves=MOVES,
    initial="being_prepared",
    law="3/CMP.1 annex, paras 40-41 and 64-66",
)
