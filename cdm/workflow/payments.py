"""Rows about money on THE PAGE of a request to the Board: fee, administrative share, what is paid back."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Move, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DOE, SECRETARIAT, REGISTRY_ADMINISTRATOR = (
    Role.PARTICIPANT,
    Role.DOE,
    Role.SECRETARIAT,
    Role.REGISTRY_ADMINISTRATOR,
)

# What is left of an administrative share that is paid in instalments (EB 96).
STILL_TO_PAY = (
    Wait(
        SECRETARIAT,
        "Record the next instalment of the administrative share when it has been received",
        ("record_share_of_proceeds",),
        when="part_of_the_share_is_open",
    ),
    Wait(
        PARTICIPANT,
        "Pay the rest of the administrative share of proceeds",
        when="part_of_the_share_is_open",
    ),
)

# The registration fee of a host with few projects, due after the first issuance (2/CMP.5).
PUT_OFF_FEE = (
    Wait(
        SECRETARIAT,
        "Record the registration fee that was put off when it has been received",
        ("record_fee",),
        when="fee_put_off_is_open",
    ),
    Wait(PARTICIPANT, "Pay the registration fee that was put off", when="fee_put_off_is_open"),
)

# What of the fee goes back where the project is not registered (EB 37 annex 20, para 7).
TO_PAY_BACK = (
    Wait(
        SECRETARIAT,
        "Pay back the registration fee above USD 30,000",
        ("record_refund",),
        when="refund_is_open",
    ),
)

PAYMENT = (
    Ask("amount_usd", "usd", "Amount received in US dollars"),
    Ask("paid_on", "date", "Day it was received"),
    Ask("bank_reference", "line", "Bank reference"),
)
REFUND = (
    Ask("amount_usd", "usd", "Amount paid back in US dollars"),
    Ask("paid_on", "date", "Day it was paid back"),
    Ask("bank_reference", "line", "Bank reference"),
)


def record_fee(target: str, when: str) -> Move:
    """The registration fee comes in: to the checks, or before there were any, straight to the review window."""
    return Move(
        "record_fee",
        ("awaiting_fee",),
        target,
        (SECRETARIAT,),
        "Record the registration fee",
        happened="Registration fee received",
        when=when,
        needs=("payment_matches_invoice",),
        then=("keep_fee_payment", "open_review_window") if target == "published" else ("keep_fee_payment",),
        asks=PAYMENT,
        tells=(PARTICIPANT, DOE),
        public=False,
        law="EB 8: the date of receipt is the day the fee was received (rulebook 1.G)",
    )


RECORD_FEE_PUT_OFF = Move(
    "record_fee",
    ("issued",),
    "issued",
    (SECRETARIAT,),
    "Record the registration fee that was put off",
    happened="Registration fee received",
    when="fee_put_off_is_open",
    needs=("payment_matches_invoice",),
    then=("keep_fee_payment",),
    asks=PAYMENT,
    tells=(PARTICIPANT,),
    public=False,
    law="2/CMP.5; project cycle procedure, appendix 1, paras 4-5: after the first issuance",
)


def record_share(source: str, target: str, when: str = "") -> Move:
    """The administrative share comes in: all of it, or an instalment (then more come while it is being issued)."""
    return Move(
        "record_share_of_proceeds",
        (source,),
        target,
        (SECRETARIAT,),
        "Record the administrative share of proceeds",
        happened="Administrative share of proceeds received",
        when=when,
        needs=("payment_matches_invoice",),
        then=("keep_share_payment",),
        asks=PAYMENT,
        tells=(PARTICIPANT, REGISTRY_ADMINISTRATOR),
        law="7/CMP.1 para 37; instalments by the rules on fees of the day",
        public=False,
    )


def record_refund(state: str) -> Move:
    """What is owed back has been paid back; the request stays where it ended."""
    return Move(
        "record_refund",
        (state,),
        state,
        (SECRETARIAT,),
        "Record the registration fee that was paid back",
        happened="Registration fee paid back above USD 30,000",
        when="refund_is_open",
        needs=("refund_matches_what_is_owed",),
        then=("keep_refund",),
        asks=REFUND,
        tells=(PARTICIPANT,),
        law="EB 37 annex 20, para 7",
        public=False,
    )
