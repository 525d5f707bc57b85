"""Which of the open moves an agent makes: the good ones mostly, the bad ones now and then or by temper."""

from __future__ import annotations

from collections.abc import Sequence

from cdm.simulation.world import World
from cdm.workflow.engine import OpenMove

# relative to 1 for a move that takes things forward; what is not here is one of those
SELDOM: dict[tuple[str, str], float] = {
    ("project", "reopen_draft"): 0.03,
    ("project", "republish"): 0.03,
    ("project", "give_negative_opinion"): 0.04,
    ("project", "terminate_validation"): 0.01,
    ("project", "withdraw"): 0.01,
    ("project", "revise"): 0.5,
    ("letter_of_approval", "refuse"): 0.05,
    ("letter_of_approval", "withdraw"): 0.1,
    ("board_request", "return"): 0.1,
    ("board_request", "withdraw"): 0.02,
    ("board_request", "send_back_corrections"): 0.2,
    ("board_matter", "object"): 0.2,
    ("board_matter", "ask_for_information"): 0.15,
    ("board_matter", "defer"): 0.15,
    ("board_matter", "decide_electronically"): 0.3,
    ("monitoring_period", "hand_back"): 0.1,
    ("monitoring_period", "claim_nothing"): 0.02,
    ("monitoring_period", "refuse_certification"): 0.06,
    ("monitoring_period", "withdraw"): 0.02,
    ("registered_change", "hand_back"): 0.1,
    ("registered_change", "give_negative_opinion"): 0.1,
    ("registered_change", "withdraw"): 0.05,
    ("modalities_statement", "withdraw"): 0.1,
    ("participant_change", "withdraw"): 0.15,
    ("participant_change", "refuse"): 0.2,
    ("forwarding_request", "withdraw"): 0.1,
    ("forwarding_request", "refuse"): 0.1,
    ("risk_acknowledgement", "withdraw"): 0.05,
    ("transition", "refuse"): 0.1,
    ("transition", "withdraw"): 0.05,
    ("prior_consideration", "find_late"): 0.1,
    ("prior_consideration", "withdraw"): 0.05,
    ("accreditation", "order_spot_check"): 0.3,
    ("accreditation", "give_up"): 0.01,
    ("accreditation", "give_up_scopes"): 0.05,
    ("accreditation", "withdraw_application"): 0.05,
}
# what a temper makes likely instead
OFTEN: dict[str, dict[tuple[str, str], float]] = {
    "negative": {("project", "give_negative_opinion"): 4, ("monitoring_period", "refuse_certification"): 3},
    "terminated": {("project", "terminate_validation"): 3},
    "withdrawn": {("project", "withdraw"): 1, ("board_request", "withdraw"): 1},
    "returned": {("board_request", "return"): 2, ("monitoring_period", "hand_back"): 1},
    "letter_refused": {("letter_of_approval", "refuse"): 3},
    "letter_withdrawn": {("letter_of_approval", "withdraw"): 5},
    "objected": {("board_matter", "object"): 3, ("board_matter", "ask_for_information"): 1},
}
# of what serves only to end something; a calm world still does it where nothing else is left
LAST_RESORT = frozenset(
    {("project", "withdraw"), ("project", "terminate_validation"), ("board_request", "withdraw"),
     ("monitoring_period", "withdraw"), ("monitoring_period", "hand_back"), ("registered_change", "withdraw"),
     ("registered_change", "hand_back"), ("letter_of_approval", "withdraw"),
     ("accreditation", "order_spot_check"), ("accreditation", "give_up"), ("accreditation", "give_up_scopes"),
     ("project", "revise"), ("project", "reopen_draft"), ("modalities_statement", "withdraw")}
)  # fmt: skip


def weight(world: World, machine: str, move: str, temper: str) -> float:
    usual = SELDOM.get((machine, move), 1.0)
    if world.is_calm:
        return 0.0 if (machine, move) in SELDOM else usual
    return OFTEN.get(temper, {}).get((machine, move), usual)


def choose(world: World, machine: str, found: Sequence[OpenMove], temper: str) -> OpenMove | None:
    """By weighted dice; nothing where only what the world does not do now is open."""
    weights = [weight(world, machine, one.name, temper) for one in found]
    if not any(weights):
        return None
    return world.dice.choices(list(found), weights)[0]
