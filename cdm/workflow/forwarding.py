"""THE PAGE of a forwarding request: from the pending account to the participants (3/CMP.1 annex, para 66(b))."""

from __future__ import annotations

from cdm.workflow.machine import Machine, Move, State, Wait
from cdm.workflow.roles import Role

STATES = (
    State(
        "requested",
        "Requested",
        stage="issuance",
        waits=(
            Wait(Role.REGISTRY_ADMINISTRATOR, "Carry out the forwarding request", ("carry_out", "refuse")),
        ),
    ),
    State("forwarded", "Forwarded", public="Forwarded", stage="issuance", ending="good"),
    State("refused", "Refused", stage="issuance", ending="bad"),
    State("withdrawn", "Withdrawn", stage="issuance", ending="bad"),
)

MOVES = (
    Move(
        "carry_out",
        ("requested",),
        "forwarded",
        (Role.REGISTRY_ADMINISTRATOR,),
        "Forward the units",
        happened="Units forwarded",
        needs=("forwarding_is_in_order",),
        then=("forward_units",),
        tells=(Role.PARTICIPANT,),
        law="3/CMP.1 annex, para 66(b); EB 25 para 108",
    ),
    Move(
        "refuse",
        ("requested",),
        "refused",
        (Role.REGISTRY_ADMINISTRATOR,),
        "Refuse the forwarding request",
        happened="Forwarding request refused",
        note="required",
        note_label="Reason",
        tells=(Role.PARTICIPANT,),
        public=False,
    ),
    Move(
        "withdraw",
        ("requested",),
        "withdrawn",
        (Role.PARTICIPANT,),
        "Withdraw the forwarding request",
        happened="Forwarding request withdrawn",
        note="required",
        note_label="Reason",
        tells=(Role.REGISTRY_ADMINISTRATOR,),
        public=False,
    ),
)

FORWARDING_REQUEST = Machine(
    name="forwarding_request",
    title="Forwarding request",
    states=STATES,
    moves=MOVES,
    initial="requested",
    law="3/CMP.1 annex, para 66(b); EB 20 para 70",
)
