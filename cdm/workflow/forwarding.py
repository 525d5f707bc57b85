"""THE PAGE of a forwarding request: from the pending account to the participants (3/CMP.1 annex, para 66(b))."""

from __future__ import annotations

from cdm.workflow.machine import Machine, Move, State, Wait
from cdm.workflow.roles import Role

STATES = (
    State(
        "being_signed",
        "Being signed",
        stage="issuance",
        waits=(Wait(Role.FOCAL_POINT, "Sign the forwarding request"),),
    ),
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
        "submit",
        ("being_signed",),
        "requested",
        (Role.CONSEQUENCE,),
        "Submit to the registry administrator",
        happened="Signed as the statement of modalities demands",
        tells=(Role.REGISTRY_ADMINISTRATOR,),
        law="Rulebook 2.4 and 4.3: by the focal points for scope (a) alone",
        public=False,
    ),
    Move(
        "return_for_signature",
        ("requested",),
        "being_signed",
        (Role.CONSEQUENCE,),
        "The request was changed and is signed again",
        law="Rulebook 2.4: all sign the same text",
        public=False,
    ),
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
        ("being_signed", "requested"),
        "refused",
        (Role.REGISTRY_ADMINISTRATOR, Role.CONSEQUENCE),
        "Refuse the forwarding request",
        happened="Forwarding request refused",
        note="required",
        note_label="Reason",
        tells=(Role.PARTICIPANT,),
        public=False,
    ),
    Move(
        "withdraw",
        ("being_signed", "requested"),
        "withdrawn",
        (Role.FOCAL_POINT,),
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
    initial="being_signed",
    law="3/CMP.1 annex, para 66(b); EB 20 para 70; rulebook 4.3",
)
