"""The moves of an application for accreditation, up to the CMP's designation; `accreditation` is their page."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Move
from cdm.workflow.roles import Role

DOE, SECRETARIAT, BOARD, CONSEQUENCE = Role.DOE, Role.SECRETARIAT, Role.BOARD_MEMBER, Role.CONSEQUENCE

BEFORE_ACCREDITATION = ("applied", "under_assessment", "assessed")
CMP_DECISION = (
    Ask("number", "line", "Number of the CMP's decision", "For example, 9/CMP.7."),
    Ask("dated_on", "date", "Date of the decision"),
)
REASONS = "The Board's reasons"

APPLICATION = (
    Move(
        "take_up",
        ("applied",),
        "under_assessment",
        (SECRETARIAT,),
        "Take up the application for assessment",
        happened="Assessment begun",
        tells=(DOE,),
        law="3/CMP.1 annex, para 20(a) and Appendix A",
        public=False,
    ),
    Move(
        "record_assessment",
        ("under_assessment",),
        "assessed",
        (SECRETARIAT,),
        "Record the assessment",
        happened="Assessment recorded",
        asks=(
            Ask("standards_are_met", "yes_no", "The entity meets the standards of Appendix A"),
            Ask(
                "assessment",
                "text",
                "What the assessment found",
                "Document review, office visit and witnessing; the recommendation of the accreditation panel.",
            ),
        ),
        then=("keep_assessment", "bring_entity_before_the_board"),
        tells=(DOE, BOARD),
        law="3/CMP.1 annex, paras 18, 20(a) and Appendix A",
        public=False,
    ),
    Move(
        "assess_again",
        ("assessed",),
        "under_assessment",
        (CONSEQUENCE,),
        "Ask for a further assessment",
        happened="Further assessment asked for",
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law="3/CMP.1 annex, para 20(a)",
        public=False,
    ),
    *(
        Move(
            "accredit",
            ("assessed",),
            target,
            (CONSEQUENCE,),
            "Accredit the entity",
            happened=happened,
            when=when,
            needs=("assessment_is_positive", "former_term_is_settled"),
            then=("begin_term", "end_former_term"),
            note="required",
            note_label=REASONS,
            tells=(DOE, SECRETARIAT),
            law="3/CMP.1 annex, para 20(a)-(b); 17/CP.7 for the provisional designation",
        )
        for target, when, happened in (
            ("accredited", "continues_no_designation", "Accredited and provisionally designated"),
            ("designated", "continues_a_designation", "Accredited for a further term"),
        )
    ),
    Move(
        "refuse",
        ("assessed",),
        "refused",
        (CONSEQUENCE,),
        "Refuse the accreditation",
        happened="Accreditation refused",
        note="required",
        note_label=REASONS,
        tells=(DOE, SECRETARIAT),
        law="3/CMP.1 annex, para 20(a) and Appendix A",
        public=False,
    ),
    Move(
        "withdraw_application",
        BEFORE_ACCREDITATION,
        "application_withdrawn",
        (DOE,),
        "Withdraw the application",
        happened="Application for accreditation withdrawn",
        then=("lapse_matters_of_entity",),
        note="required",
        note_label="Reason",
        tells=(SECRETARIAT,),
        public=False,
    ),
    Move(
        "take_over",
        ("applied",),
        "designated",
        (CONSEQUENCE,),
        "Taken over from the list of designated entities",
        happened="Taken over as it stood",
        law="3/CMP.1 annex, para 20(c)",
    ),
    Move(
        "record_designation",
        ("accredited",),
        "designated",
        (SECRETARIAT,),
        "Record the designation by the CMP",
        happened="Designated by the CMP",
        asks=CMP_DECISION,
        needs=("cmp_decision_is_in_order",),
        then=("keep_designation",),
        tells=(DOE, BOARD),
        law="3/CMP.1 annex, paras 3(c) and 20(b)",
    ),
)
