"""THE PAGE of a monitoring period: report, verification, certification (3/CMP.1 annex, paras 53-64)."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DNA, DOE, CONSEQUENCE = Role.PARTICIPANT, Role.DNA, Role.DOE, Role.CONSEQUENCE

STATES = (
    State(
        "being_prepared",
        "Monitoring report being prepared",
        stage="verification",
        waits=(Wait(PARTICIPANT, "Complete the monitoring report and hand it to the DOE", ("submit",)),),
    ),
    State(
        "submitted",
        "Monitoring report with the DOE",
        stage="verification",
        waits=(
            Wait(DOE, "Publish the monitoring report", ("publish_report", "hand_back")),
            Wait(PARTICIPANT, "Engage a DOE to verify the project", when="nobody_is_engaged_to_verify"),
        ),
    ),
    State(
        "in_verification",
        "In verification",
        public="Monitoring report published",
        stage="verification",
        waits=(
            Wait(DOE, "Verify and certify the reductions", ("certify", "refuse_certification")),
            Wait(PARTICIPANT, "Engage a DOE to verify the project", when="nobody_is_engaged_to_verify"),
        ),
    ),
    State(
        "certified",
        "Certified",
        public="Certified",
        stage="issuance",
        waits=(Wait(DOE, "Request issuance", when="no_request_is_being_prepared"),),
    ),
    State("requesting_issuance", "Requesting issuance", public="Requesting Issuance", stage="issuance"),
    State("issued", "Issued", public="Issued", stage="issuance", ending="good"),
    State(
        "transitioned",
        "Moved to the Article 6.4 mechanism",
        public="Transitioned",
        stage="issuance",
        ending="good",
    ),
    State("rejected", "Issuance rejected", public="Rejected", stage="issuance", ending="bad"),
    State(
        "verification_negative",
        "Negative verification opinion",
        public="Negative verification opinion",
        stage="verification",
        ending="bad",
    ),
    State("withdrawn", "Withdrawn", public="Withdrawn", stage="verification", ending="bad"),
)

OPINION = Ask(
    "opinion", "text", "Verification opinion", "The reasons for the opinion, as in the verification report."
)

MOVES = (
    Move(
        "submit",
        ("being_prepared",),
        "submitted",
        (PARTICIPANT,),
        "Hand the monitoring report to the DOE",
        happened="Monitoring report handed to the DOE",
        needs=(
            "monitoring_period_is_in_order",
            "monitoring_report_is_complete",
            "small_scale_claims_are_capped",
            "verifier_is_engaged",
        ),
        tells=(DOE,),
        law="3/CMP.1 annex, para 60",
        public=False,
    ),
    Move(
        "hand_back",
        ("submitted", "in_verification"),
        "being_prepared",
        (DOE,),
        "Hand the monitoring report back",
        happened="Monitoring report handed back",
        note="required",
        note_label="What has to be put right",
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, para 62(g)",
        public=False,
    ),
    Move(
        "publish_report",
        ("submitted",),
        "in_verification",
        (DOE,),
        "Publish the monitoring report",
        happened="Monitoring report published",
        needs=("verifier_is_accredited", "verifier_is_independent"),
        then=("keep_report_publication",),
        tells=(PARTICIPANT, DNA),
        law="3/CMP.1 annex, paras 27(e) and 62",
    ),
    Move(
        "certify",
        ("in_verification",),
        "certified",
        (DOE,),
        "Certify the verified reductions",
        happened="Reductions verified and certified",
        needs=(
            "verifier_is_accredited",
            "verifier_is_independent",
            "findings_are_closed",
            "verification_report_is_attached",
            "certified_equals_verified",
            "small_scale_claims_are_capped",
            "removals_fit_the_unit",
            "site_visit_is_stated",
        ),
        then=("keep_certification",),
        asks=(
            Ask("verified", "amounts", "Verified reductions", "Whole tonnes of CO2 equivalent."),
            Ask(
                "certified",
                "amounts",
                "Certified reductions",
                "Must equal what was verified (paras 61-64); split the period where part is not wanted.",
            ),
            Ask(
                "removed_since_start",
                "quantity",
                "Net removals since the start of the project",
                "For afforestation and reforestation, in whole tonnes of CO2 equivalent. tCERs are issued for all of "
                "them, lCERs for what was not certified before.",
                required=False,
            ),
            Ask(
                "visited_on",
                "date",
                "Day on which the site was inspected",
                "The last day of the inspection. The site is inspected at the first verification, and again when the "
                "time or the amount that the rules name has passed since the last inspection.",
                required=False,
            ),
            Ask(
                "no_visit_because",
                "text",
                "Why the site was not inspected",
                "Where there was no inspection: the justification in the verification report.",
                required=False,
            ),
            OPINION,
        ),
        tells=(PARTICIPANT, DNA),
        law="3/CMP.1 annex, paras 61-64",
    ),
    Move(
        "refuse_certification",
        ("in_verification",),
        "verification_negative",
        (DOE,),
        "Give a negative verification opinion",
        happened="Negative verification opinion given",
        needs=("verification_report_is_attached",),
        then=("keep_verification_opinion",),
        asks=(OPINION,),
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, paras 62-63",
    ),
    Move(
        "request_issuance",
        ("certified",),
        "requesting_issuance",
        (CONSEQUENCE,),
        "Issuance requested",
        tells=(PARTICIPANT,),
        law="3/CMP.1 annex, para 64",
    ),
    Move(
        "return_from_request",
        ("requesting_issuance",),
        "certified",
        (CONSEQUENCE,),
        "The request for issuance was withdrawn",
        tells=(PARTICIPANT,),
    ),
    Move(
        "complete",
        ("requesting_issuance",),
        "issued",
        (CONSEQUENCE,),
        "Issued",
        law="3/CMP.1 annex, para 66",
    ),
    Move(
        "transition",
        ("requesting_issuance",),
        "transitioned",
        (CONSEQUENCE,),
        "Moved to the Article 6.4 mechanism",
        law="2/CMP.16; 3/CMA.3 annex, chapter XI.A (rulebook 2.16)",
    ),
    Move(
        "reject",
        ("requesting_issuance",),
        "rejected",
        (CONSEQUENCE,),
        "Issuance rejected by the Board",
        law="3/CMP.1 annex, para 65",
    ),
    Move(
        "reopen",
        ("verification_negative", "rejected"),
        "being_prepared",
        (PARTICIPANT,),
        "Revise the monitoring report and start again",
        happened="Revision of the monitoring report started",
        note="required",
        note_label="How the reasons will be addressed",
        law="Rulebook 2.12, point 7",
    ),
    Move(
        "withdraw",
        ("being_prepared", "submitted", "in_verification", "certified", "verification_negative", "rejected"),
        "withdrawn",
        (PARTICIPANT, Role.FOCAL_POINT),
        "Withdraw the monitoring period",
        happened="Monitoring period withdrawn",
        needs=("focal_point_for_scope_c_speaks",),
        note="required",
        note_label="Reason",
        then=("close_prepared_requests",),
        tells=(DOE,),
        law="Project cycle procedure (rulebook 2.11)",
    ),
)

MONITORING_PERIOD = Machine(
    name="monitoring_period",
    title="Monitoring period",
    states=STATES,
    moves=MOVES,
    initial="being_prepared",
    law="3/CMP.1 annex, paras 53-64",
)
