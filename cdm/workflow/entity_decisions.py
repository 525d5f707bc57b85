"""What the Board decides about an operational entity: which outcomes are open in which state, and what each needs."""

from __future__ import annotations

from typing import Any

from cdm.workflow.accreditation_moves import MOVES as OF_ACCREDITATION
from cdm.workflow.accreditation_moves import SUSPENDED
from cdm.workflow.excess_issuance import MOVES as OF_EXCESS
from cdm.workflow.machine import Ask, Move
from cdm.workflow.roles import Role

# machine -> state -> the moves among which the Board chooses there (3/CMP.1 annex, paras 20-23). Each is made in
# consequence of the Board's decision, and by nobody else.
OPEN_TO_THE_BOARD: dict[str, dict[str, tuple[str, ...]]] = {
    "accreditation": {
        "assessed": ("accredit", "refuse", "assess_again"),
        "hearing_over": ("close_check", "suspend", "withdraw", "withdraw_scopes"),
        **dict.fromkeys(SUSPENDED, ("lift_suspension", "withdraw")),
    },
    "excess_issuance": {
        "under_review": ("find_none", "determine"),
        # left by a review that was not ended when its excess was determined
        "determined": ("end_review",),
    },
}

_LABELS = {move.name: move.label for move in (*OF_ACCREDITATION, *OF_EXCESS)}


def _outcomes(machine: str) -> tuple[tuple[str, str], ...]:
    names = dict.fromkeys(name for choices in OPEN_TO_THE_BOARD[machine].values() for name in choices)
    return tuple((name, _LABELS[name]) for name in names)


OF_AN_ENTITY = (*_outcomes("accreditation"), *_outcomes("excess_issuance"))

# What is asked of whoever puts the recommendation before the Board; a form offers what fits the matter. It is the
# accreditation panel's (para 18) and goes to a meeting; who is in the chair may put it to the members electronically.
RECOMMEND = Move(
    "recommend",
    ("awaiting_recommendation",),
    "on_agenda",
    (Role.SECRETARIAT,),
    "Put the recommendation before the Board",
    happened="Recommendation put before the Board",
    needs=("decision_is_possible",),
    then=("keep_text", "put_on_agenda"),
    asks=(
        Ask("outcome", "decision", "What is recommended", choices=OF_AN_ENTITY),
        Ask("reasons", "text", "Reasons", "The decision is published with its reasons."),
        Ask(
            "scopes",
            "scopes",
            "Functions and sectoral scopes to withdraw",
            "Only where the designation is withdrawn for some of them; those held now are listed.",
            required=False,
        ),
        Ask(
            "excess",
            "quantity",
            "Units issued in excess",
            "Only where an excess is determined: whole units of 1 t CO2 equivalent.",
            required=False,
        ),
        Ask(
            "participants_could_be_heard",
            "affirm",
            "The participants affected had the possibility of a hearing (para 23)",
            "Only where an excess is determined.",
            required=False,
        ),
    ),
    note="none",
    tells=(Role.BOARD_MEMBER, Role.DOE),
    law="3/CMP.1 annex, paras 14-15, 18 and 20-23",
    public=False,
)


def open_in(machine: str, state: str) -> tuple[tuple[str, str], ...]:
    """The outcomes among which the Board chooses for a subject in this state, each with its label."""
    return tuple((name, _LABELS[name]) for name in OPEN_TO_THE_BOARD.get(machine, {}).get(state, ()))


def warning_of(outcome: str) -> str:
    """What the members are to know before they decide so: a suspension takes effect at once."""
    return next((move.warning for move in (*OF_ACCREDITATION, *OF_EXCESS) if move.name == outcome), "")


def asks_of(outcome: str) -> tuple[Ask, ...]:
    """What an outcome needs besides its reasons: the scopes of a partial withdrawal, the units in excess."""
    return next((move.asks for move in (*OF_ACCREDITATION, *OF_EXCESS) if move.name == outcome), ())


def particulars(matter: Any) -> dict[str, Any]:
    """What the outcome of a matter needs besides its reasons, as the move that it names asks for it.

    That participants could be heard is stated with every text that finds an excess, or the text is not taken.
    """
    kept = {"scopes": matter.scopes, "excess": matter.excess, "participants_could_be_heard": True}
    return {ask.name: kept[ask.name] for ask in asks_of(matter.outcome)}
