"""THE PAGE of a matter before the Executive Board: assessed, proposed, objected to, decided (3/CMP.1 annex, 15, 41)."""

from __future__ import annotations

from cdm.workflow.entity_decisions import OF_AN_ENTITY, RECOMMEND
from cdm.workflow.machine import Ask, Clock, Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DNA, DOE, SECRETARIAT, EXPERT, BOARD_MEMBER, CLOCK, CONSEQUENCE = (
    Role.PARTICIPANT,
    Role.DNA,
    Role.DOE,
    Role.SECRETARIAT,
    Role.EXPERT,
    Role.BOARD_MEMBER,
    Role.CLOCK,
    Role.CONSEQUENCE,
)

APPROVE, CORRECT, REJECT, NOTE = "approve", "approve_with_corrections", "reject", "take_note"
OUTCOMES = (
    (APPROVE, "Approve"),
    (CORRECT, "Approve, with corrections"),
    (REJECT, "Reject"),
    (NOTE, "Take note"),
)
OF_A_REVIEW = OUTCOMES[:3]
ALL_OUTCOMES = (*OUTCOMES, *OF_AN_ENTITY)

CONVENE = "Convene the meeting of the Board that decides it"
STATES = (
    State("opened", "Come before the Board", public="Under review"),
    State(
        "being_assessed",
        "Being assessed",
        public="Under review: being assessed",
        waits=(
            Wait(
                SECRETARIAT,
                "Assess the request under review",
                clock="secretariat_assessment",
                when="secretariat_has_not_assessed",
            ),
            Wait(
                EXPERT,
                "Assess the request under review independently",
                clock="expert_assessment",
                when="expert_has_not_assessed",
            ),
            Wait(
                EXPERT,
                "Assess it as second expert: the first two assessments disagree",
                clock="expert_assessment",
                when="second_assessment_is_needed",
            ),
            Wait(
                SECRETARIAT,
                "Circulate the proposed decision to the Board",
                ("propose",),
                clock="completion",
                when="assessments_are_there",
            ),
        ),
        clocks=(
            Clock("secretariat_assessment", "review.secretariat_assessment", when="assessment_has_days"),
            Clock("expert_assessment", "review.expert_assessment", when="assessment_has_days"),
            Clock("completion", "issuance.review", when="completion_has_days"),
        ),
    ),
    State(
        "awaiting_recommendation",
        "Awaiting the recommendation",
        public="Under review",
        waits=(Wait(SECRETARIAT, "Put the recommendation before the Board", ("recommend",)),),
    ),
    State(
        "awaiting_information",
        "Awaiting information: the clock stands",
        public="Under review: information awaited",
        waits=(
            Wait(
                PARTICIPANT,
                "Answer the question of the review",
                ("answer",),
                "answer",
                "question_is_for_participants",
            ),
            Wait(DOE, "Answer the question of the review", ("answer",), "answer", "question_is_for_the_doe"),
        ),
        clocks=(Clock("answer", "review.information", then="go_on_without_answer"),),
    ),
    State(
        "proposed",
        "Proposed decision: open to objections",
        public="Under review: decision proposed",
        waits=(
            Wait(
                BOARD_MEMBER,
                "Object to the proposed decision, or let it become final",
                ("object",),
                "objection",
            ),
        ),
        clocks=(Clock("objection", "review.objection", then="become_final"),),
    ),
    State(
        "in_electronic_decision",
        "Put to the members electronically",
        public="Under review: decided electronically",
        waits=(
            Wait(
                BOARD_MEMBER,
                "Object to the electronic decision, or let it become final",
                ("object",),
                "electronic",
            ),
        ),
        clocks=(Clock("electronic", "board.electronic_decision", then="become_final"),),
    ),
    State(
        "on_agenda",
        "On the agenda of a meeting",
        public="Under review: before a meeting of the Board",
        waits=(
            Wait(
                BOARD_MEMBER,
                "Decide at the meeting of the Board",
                ("adopt_by_consensus", "adopt_by_vote", "defer"),
            ),
            Wait(SECRETARIAT, CONVENE, when="no_meeting_has_it"),
        ),
    ),
    State(
        "awaiting_ruling_note",
        "Rejected: awaiting the ruling note",
        public="Rejected",
        waits=(Wait(SECRETARIAT, "Publish the ruling note", ("publish_ruling_note",), "ruling_note"),),
        clocks=(Clock("ruling_note", "review.ruling_note", when="ruling_note_has_days"),),
    ),
    State("decided", "Decided", public="Decided", ending="good"),
    State("lapsed", "Lapsed", public="Withdrawn", ending="bad"),
)

OPEN = tuple(state.name for state in STATES if not state.ending and state.name != "awaiting_ruling_note")
SILENT = ("proposed", "in_electronic_decision")
ASKING = ("being_assessed", *SILENT)

PROPOSAL = (
    Ask("outcome", "choice", "Proposed outcome", choices=OF_A_REVIEW),
    Ask("reasons", "text", "Reasons", "The decision is published with its reasons."),
    Ask(
        "corrections",
        "text",
        "Corrections required",
        "Only where it is approved with corrections: what is to be corrected, and in which document.",
        required=False,
    ),
)


def _propose(target: str, when: str, *more: str) -> Move:
    return Move(
        "propose",
        ("being_assessed",),
        target,
        (SECRETARIAT,),
        "Circulate the proposed decision",
        happened="Proposed decision circulated to the Board",
        when=when,
        needs=("assessments_are_complete", "outcome_is_complete"),
        then=("keep_text", *more),
        asks=PROPOSAL,
        note="none",
        tells=(BOARD_MEMBER,),
        law="EB 64 annexes 3 and 4 (rulebook 2.7)",
        public=False,
    )


# where the text that was put leads, and the question that tells
WAYS = (("awaiting_ruling_note", "text_rejects"), ("decided", "text_does_not_reject"))


def _adopt(how: str, target: str, when: str) -> Move:
    by_consensus = how == "consensus"
    return Move(
        f"adopt_by_{how}",
        ("on_agenda",),
        target,
        (BOARD_MEMBER,),
        f"Record the {how}",
        happened=f"Decided by {how}",
        when=when,
        needs=(
            "you_preside",
            "meeting_is_open",
            "quorum_is_present",
            "text_is_put",
            "decision_is_possible",
            "nobody_is_against" if by_consensus else "majority_is_reached",
        ),
        then=("keep_decision",),
        tells=(PARTICIPANT, DOE, DNA, SECRETARIAT),
        law="3/CMP.1 annex, para 15: by consensus whenever possible"
        if by_consensus
        else "3/CMP.1 annex, para 15: three quarters of the members present and voting",
        warning="The decision is published with its reasons and is final.",
    )


def _final(target: str, when: str) -> Move:
    return Move(
        "become_final",
        SILENT,
        target,
        (CLOCK,),
        "No member objected: the decision is final",
        when=when,
        needs=("decision_is_possible",),
        then=("keep_decision",),
        tells=(PARTICIPANT, DOE, DNA, BOARD_MEMBER, SECRETARIAT),
        law="EB 64 annexes 3 and 4; rules of procedure of the Board (rulebook 2.7, 1.C)",
    )


def _back(name: str, label: str, by: Role, target: str, *then: str) -> Move:
    return Move(
        name,
        ("awaiting_information",),
        target,
        (PARTICIPANT, Role.FOCAL_POINT, DOE) if by is not CLOCK else (CLOCK,),
        label,
        happened="Question answered" if by is not CLOCK else "No answer came in time: the review goes on",
        when=f"question_came_from_{target}",
        needs=("question_is_yours", "focal_point_for_scope_c_speaks") if by is not CLOCK else (),
        then=then,
        asks=(
            Ask("text", "text", "Answer"),
            Ask("file", "file", "Document", required=False, document="review_reply"),
        )
        if by is not CLOCK
        else (),
        note="none",
        tells=(SECRETARIAT, BOARD_MEMBER, EXPERT),
        law="4/CMP.1 annex III; rulebook 2.7: the days of the question are added",
    )


MOVES = (
    Move(
        "take_up",
        ("opened",),
        "being_assessed",
        (CONSEQUENCE,),
        "The review is taken up",
        when="is_a_review",
        tells=(SECRETARIAT, EXPERT),
        law="3/CMP.1 annex, paras 41 and 65; rulebook 2.7",
    ),
    Move(
        "take_up",
        ("opened",),
        "on_agenda",
        (CONSEQUENCE,),
        "Put on the agenda of the Board",
        when="is_a_withdrawn_letter",
        then=("put_on_agenda",),
        tells=(BOARD_MEMBER, SECRETARIAT),
        law="Rulebook 2.5",
    ),
    Move(
        "take_up",
        ("opened",),
        "awaiting_recommendation",
        (CONSEQUENCE,),
        "The recommendation is awaited",
        when="is_about_an_entity",
        tells=(SECRETARIAT,),
        law="3/CMP.1 annex, paras 20-23",
    ),
    RECOMMEND,
    _propose("proposed", "silence_may_decide", "circulate"),
    _propose("on_agenda", "only_a_meeting_decides", "put_on_agenda"),
    Move(
        "object",
        SILENT,
        "on_agenda",
        (BOARD_MEMBER,),
        "Object to the decision",
        happened="A member objected: the Board decides at a meeting",
        needs=("you_are_a_member",),
        then=("keep_objection", "put_on_agenda"),
        note="required",
        note_label="Reasons of the objection",
        tells=(BOARD_MEMBER, SECRETARIAT, PARTICIPANT, DOE),
        law="EB 64 annexes 3 and 4; rules of procedure of the Board (rulebook 2.7, 1.C)",
        public=False,
    ),
    Move(
        "ask_for_information",
        ASKING,
        "awaiting_information",
        (SECRETARIAT, BOARD_MEMBER),
        "Ask for information",
        when="is_of_a_project",
        happened="Information asked for: the clock stands",
        needs=("a_member_asks_in_person",),
        then=("keep_question",),
        asks=(
            Ask(
                "asked_of",
                "choice",
                "Who is asked",
                choices=(
                    ("participant", "The project participants"),
                    ("doe", "The designated operational entity"),
                ),
            ),
            Ask("text", "text", "Question", "The days until the answer are added to the running window."),
        ),
        note="none",
        tells=(PARTICIPANT, DOE),
        law="4/CMP.1 annex III; rulebook 2.7",
    ),
    *(_back("answer", "Answer the question", DOE, target, "keep_answer") for target in ASKING),
    *(
        _back("go_on_without_answer", "The days for the answer are over", CLOCK, target, "end_question")
        for target in ASKING
    ),
    *(_final(target, when) for target, when in WAYS),
    *(_adopt(how, target, when) for how in ("consensus", "vote") for target, when in WAYS),
    Move(
        "defer",
        ("on_agenda",),
        "on_agenda",
        (BOARD_MEMBER,),
        "Defer it to the next meeting",
        happened="Deferred to the next meeting",
        needs=("you_preside", "meeting_is_open", "another_meeting_may_decide"),
        then=("put_on_next_agenda",),
        note="required",
        note_label="Why it is deferred",
        tells=(SECRETARIAT, PARTICIPANT, DOE),
        law="3/CMP.1 annex, para 41(b): no later than the second meeting after the request",
    ),
    Move(
        "decide_electronically",
        ("on_agenda",),
        "in_electronic_decision",
        (BOARD_MEMBER,),
        "Put it to the members electronically",
        happened="Put to the members electronically",
        needs=("you_are_in_the_chair", "meeting_is_not_open", "text_is_put"),
        then=("circulate",),
        note="required",
        note_label="Why it cannot wait for a meeting",
        tells=(BOARD_MEMBER, SECRETARIAT),
        law="Rules of procedure of the Board, 4/CMP.1 annex I (rulebook 1.C)",
    ),
    Move(
        "publish_ruling_note",
        ("awaiting_ruling_note",),
        "decided",
        (SECRETARIAT,),
        "Publish the ruling note",
        happened="Ruling note published",
        then=("keep_ruling_note",),
        asks=(
            Ask("facts", "text", "The facts"),
            Ask("rule", "text", "The rule that was applied"),
            Ask("rationale", "text", "The rationale of the ruling"),
        ),
        note="none",
        tells=(PARTICIPANT, DOE, DNA, BOARD_MEMBER),
        law="Rulebook 2.7",
    ),
    Move(
        "lapse",
        OPEN,
        "lapsed",
        (CONSEQUENCE,),
        "Nothing is left to decide",
        then=("end_open_question",),
        tells=(BOARD_MEMBER, SECRETARIAT, EXPERT),
        law="Rulebook 2.8; 3/CMP.1 annex, para 21",
    ),
)

BOARD_MATTER = Machine(
    name="board_matter",
    title="Matter before the Executive Board",
    states=STATES,
    moves=MOVES,
    initial="opened",
    law="3/CMP.1 annex, paras 14-15, 20-23, 41 and 65; rulebook 2.7",
)
