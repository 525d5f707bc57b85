"""THE PAGE of a renewal of the crediting period or a post-registration change (3/CMP.1 annex, paras 49 and 57)."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Clock, Machine, Move, State, Wait
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

# a renewal has to be requested by this day; a change has none
LATEST = (
    Clock("latest_request", "renewal.latest_after_expiry", then="lapse", when="renewal_has_a_last_day"),
)

STATES = (
    State(
        "being_prepared",
        "Being prepared by the participants",
        stage="verification",
        waits=(
            Wait(PARTICIPANT, "Complete it and hand it to a DOE", ("submit",), when="change_is_validated"),
            Wait(PARTICIPANT, "Notify the secretariat of it", ("notify",), when="change_is_only_notified"),
        ),
        clocks=LATEST,
    ),
    State(
        "in_validation",
        "With the DOE for validation",
        public="Being validated",
        stage="verification",
        waits=(
            Wait(
                DOE,
                "Give the validation opinion",
                ("give_positive_opinion", "give_negative_opinion", "hand_back"),
            ),
        ),
        clocks=LATEST,
    ),
    State(
        "validated",
        "Validated: positive opinion",
        public="Validated",
        stage="verification",
        waits=(Wait(DOE, "Request the Board's approval", when="approval_is_requested_by_itself"),),
        clocks=LATEST,
    ),
    State(
        "requesting_approval",
        "Requesting approval",
        public="Requesting approval",
        stage="verification",
    ),
    State("approved", "Approved", public="Approved", stage="verification", ending="good"),
    State("rejected", "Rejected", public="Rejected", stage="verification", ending="bad"),
    State(
        "validation_negative",
        "Negative validation opinion",
        public="Negative validation opinion",
        stage="verification",
        ending="bad",
    ),
    State("transitioned", "Moved to the Article 6.4 mechanism", public="Transitioned", ending="good"),
    State("lapsed", "Not requested in time", public="Lapsed", stage="verification", ending="bad"),
    State("withdrawn", "Withdrawn", public="Withdrawn", stage="verification", ending="bad"),
)

BEFORE_THE_REQUEST = ("being_prepared", "in_validation", "validated")
OPINION = Ask(
    "opinion", "text", "Validation opinion", "The reasons for the opinion, as in the validation report."
)
# what the DOE confirms with a positive opinion (3/CMP.1 annex, para 49(a); EB 63 annex 29)
CONFIRMED_OF_RENEWAL = "The original baseline is still valid, or has been updated"
CONFIRMED_OF_CHANGE = (
    "Additionality, the scale of the activity and the applicability of its methodology are not affected"
)
CONFIRMED = Ask(
    "confirmed",
    "affirm",
    f"For a renewal: {CONFIRMED_OF_RENEWAL.lower()}. For a change: {CONFIRMED_OF_CHANGE.lower()}.",
)

MOVES = (
    Move(
        "submit",
        ("being_prepared",),
        "in_validation",
        (PARTICIPANT, FOCAL_POINT),
        "Hand it to the DOE",
        happened="Handed to the DOE",
        when="change_is_validated",
        needs=(
            "change_is_complete",
            "rules_know_this_change",
            "chosen_doe_is_accredited",
            "focal_point_for_scope_c_speaks",
        ),
        tells=(DOE,),
        law="3/CMP.1 annex, paras 49(a) and 57; rulebook 2.9, 2.10",
    ),
    Move(
        "notify",
        ("being_prepared",),
        "approved",
        (PARTICIPANT, FOCAL_POINT),
        "Notify the secretariat of the change",
        happened="The secretariat was notified of the change",
        when="change_is_only_notified",
        needs=("change_is_complete", "rules_know_this_change", "focal_point_for_scope_c_speaks"),
        then=("carry_out_change",),
        tells=(SECRETARIAT, DNA, DOE),
        law="EB 52 annex 59 (rulebook 2.9)",
        warning="The crediting period starts on the new day from now on.",
    ),
    Move(
        "hand_back",
        ("in_validation",),
        "being_prepared",
        (DOE, CONSEQUENCE),
        "Hand it back",
        happened="Handed back to the participants",
        note="required",
        note_label="What has to be put right",
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, para 37",
    ),
    Move(
        "give_positive_opinion",
        ("in_validation",),
        "validated",
        (DOE,),
        "Give a positive validation opinion",
        happened="Positive validation opinion given",
        needs=("validator_is_accredited", "report_on_the_change_is_attached"),
        then=("keep_opinion_on_the_change",),
        asks=(OPINION, CONFIRMED),
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, paras 49(a) and 57; EB 63 annex 29 (rulebook 2.9, 2.10)",
    ),
    Move(
        "give_negative_opinion",
        ("in_validation",),
        "validation_negative",
        (DOE,),
        "Give a negative validation opinion",
        happened="Negative validation opinion given",
        needs=("report_on_the_change_is_attached",),
        then=("keep_opinion_on_the_change",),
        asks=(OPINION,),
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, paras 49(a) and 57",
    ),
    Move(
        "request_approval",
        ("validated",),
        "requesting_approval",
        (CONSEQUENCE,),
        "Approval requested",
        tells=(PARTICIPANT,),
        law="Rulebook 2.9, 2.10",
    ),
    Move(
        "return_from_request",
        ("requesting_approval",),
        "validated",
        (CONSEQUENCE,),
        "The request was withdrawn",
        tells=(PARTICIPANT,),
        law="Project cycle procedure, withdrawal (rulebook 2.8)",
    ),
    Move(
        "approve",
        ("requesting_approval",),
        "approved",
        (CONSEQUENCE,),
        "Approved by the Board",
        then=("carry_out_change",),
        tells=(PARTICIPANT, DOE, DNA),
        law="3/CMP.1 annex, para 49(a); rulebook 2.9, 2.10",
    ),
    Move(
        "transition",
        ("requesting_approval",),
        "transitioned",
        (CONSEQUENCE,),
        "Moved to the Article 6.4 mechanism with its activity",
        tells=(PARTICIPANT, DOE),
        law="2/CMP.16 (rulebook 2.16)",
    ),
    Move(
        "reject",
        ("requesting_approval",),
        "rejected",
        (CONSEQUENCE,),
        "Rejected by the Board",
        tells=(PARTICIPANT, DOE, DNA),
        law="3/CMP.1 annex, paras 41-42",
    ),
    Move(
        "reopen",
        ("rejected", "validation_negative"),
        "being_prepared",
        (PARTICIPANT, FOCAL_POINT),
        "Revise it and start again",
        happened="Revision started",
        note="required",
        note_label="How the reasons will be addressed",
        needs=("nothing_like_it_is_under_way", "focal_point_for_scope_c_speaks"),
        law="Rulebook 2.8",
    ),
    Move(
        "withdraw",
        BEFORE_THE_REQUEST,
        "withdrawn",
        (PARTICIPANT, FOCAL_POINT, CONSEQUENCE),
        "Withdraw it",
        happened="Withdrawn",
        note="required",
        note_label="Reason",
        needs=("focal_point_for_scope_c_speaks",),
        then=("close_requests_about_the_change",),
        tells=(DOE,),
        law="Project cycle procedure, withdrawal (rulebook 2.8)",
    ),
    Move(
        "lapse",
        BEFORE_THE_REQUEST,
        "lapsed",
        (CLOCK,),
        "Renewal was not requested in time and is no longer possible",
        then=("close_requests_about_the_change",),
        tells=(PARTICIPANT, DOE, DNA),
        law="EB 100, para 32 (rulebook 2.10)",
    ),
)

REGISTERED_CHANGE = Machine(
    name="registered_change",
    title="Renewal or post-registration change",
    states=STATES,
    moves=MOVES,
    initial="being_prepared",
    law="3/CMP.1 annex, paras 49 and 57; project cycle procedure (rulebook 2.9, 2.10)",
)
