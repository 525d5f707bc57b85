"""THE TABLE of movements: which units go from where to where, who proposes, who approves, and what is looked at.

It drives the doors, the pages, the API, the drawn documentation and the tests. Codes are those of the data
exchange standards; rules are cited from 3/CMP.1, 5/CMP.1, 13/CMP.1 and 1/CMP.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.db import models

from registry.codes import HOLDING_ACCOUNTS, ISSUED_HERE, AccountType, EntryKind, TransactionType, UnitType


class Role(models.TextChoices):
    """Who acts on a movement."""

    REPRESENTATIVE = "representative", "a representative of the account"
    ADMINISTRATOR = "administrator", "a registry administrator"


class MovementKind(models.TextChoices):
    """Every way in which units come to be, move, change or end."""

    ISSUANCE = "issuance", "Issuance"
    ADAPTATION_SHARE = "adaptation_share", "Share of proceeds for adaptation"
    FORWARDING = "forwarding", "Forwarding"
    INTERNAL_TRANSFER = "internal_transfer", "Transfer within this registry"
    EXTERNAL_TRANSFER = "external_transfer", "Transfer to another registry"
    ARRIVAL = "arrival", "Arrival from another registry"
    VOLUNTARY_CANCELLATION = "voluntary_cancellation", "Voluntary cancellation"
    EXCESS_ISSUANCE_CANCELLATION = "excess_issuance_cancellation", "Cancellation for excess issuance"
    CCS_REVERSAL_CANCELLATION = (
        "ccs_reversal_cancellation",
        "Cancellation for a net reversal of storage (CCS)",
    )
    CCS_REPORT_CANCELLATION = (
        "ccs_report_cancellation",
        "Cancellation for a missing verification report (CCS)",
    )
    MANDATORY_CANCELLATION = "mandatory_cancellation", "Mandatory cancellation"
    ADMINISTRATIVE_CANCELLATION = "administrative_cancellation", "Administrative cancellation"
    REISSUE = "reissue", "Reissue after an administrative cancellation"
    MONETISATION = "monetisation", "Monetisation of the share of proceeds for adaptation"
    RETIREMENT = "retirement", "Retirement"
    TCER_EXPIRY_REPLACEMENT = "tcer_expiry_replacement", "Replacement of tCERs that expire"
    LCER_EXPIRY_REPLACEMENT = "lcer_expiry_replacement", "Replacement of lCERs that expire"
    LCER_REVERSAL_REPLACEMENT = (
        "lcer_reversal_replacement",
        "Replacement of lCERs after a reversal of storage",
    )
    LCER_REPORT_REPLACEMENT = "lcer_report_replacement", "Replacement of lCERs without a certification report"
    CARRY_OVER = "carry_over", "Carry-over to the next commitment period"
    EXPIRY_DATE_CHANGE = "expiry_date_change", "Change of the expiry date"
    CONVERSION = "conversion", "Conversion into ERUs"


Given = Literal["beneficiary", "purpose", "basis", "expires_on", "project", "corrects"]
"""What a movement of some kinds is told besides units and accounts: for whom and why units are cancelled, the
notification or decision it rests on, the new expiry date, the JI project, the issuance it corrects."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One row of the table.

    `made_by` names the request of the project cycle that brings the movement about, with its own two persons;
    such a row is not proposed here. `takes_share` says when the share of proceeds for adaptation is taken.
    """

    kind: MovementKind
    transaction: TransactionType
    entry: EntryKind
    units: tuple[UnitType, ...]
    sources: tuple[AccountType, ...]
    targets: tuple[AccountType, ...]
    proposes: tuple[Role, ...]
    approves: tuple[Role, ...]
    checks: tuple[int, ...]
    law: str
    takes_share: str = ""
    given: tuple[Given, ...] = ()
    made_by: str = ""
    warning: str = ""

    @property
    def is_proposed_here(self) -> bool:
        return not self.made_by

    @property
    def changes_units(self) -> bool:
        """Whether units become another kind in the account where they lie."""
        return not self.targets and bool(self.sources)

    @property
    def own_target(self) -> AccountType | None:
        """The registry's own account they go to, where there is only that one."""
        return self.targets[0] if len(self.targets) == 1 and self.targets[0] in OWN_TARGETS else None


ANY: Final = tuple(UnitType)
CERTIFIED: Final = (UnitType.CER, UnitType.TCER, UnitType.LCER)
LASTING: Final = (UnitType.AAU, UnitType.RMU, UnitType.ERU_FROM_AAU, UnitType.ERU_FROM_RMU, UnitType.CER)
"""Units without an expiry date."""

HOLDERS: Final = HOLDING_ACCOUNTS
OWN_TARGETS: Final = (
    AccountType.PENDING,
    AccountType.VOLUNTARY_CANCELLATION,
    AccountType.EXCESS_ISSUANCE_CANCELLATION,
    AccountType.CCS_REVERSAL_CANCELLATION,
    AccountType.CCS_REPORT_CANCELLATION,
    AccountType.MANDATORY_CANCELLATION,
    AccountType.ADMINISTRATIVE_CANCELLATION,
)
HELD_ANYWHERE: Final = (*HOLDERS, AccountType.PENDING, AccountType.ADAPTATION_SHARE)
EITHER: Final = (Role.REPRESENTATIVE, Role.ADMINISTRATOR)
ADMINISTRATORS: Final = (Role.ADMINISTRATOR,)

# The checks that most movements share, by number; registry/movements/checks.py says what each looks at.
ACCOUNTS: Final = (1001, 1002, 1003, 1004, 1005)
UNITS: Final = (2001, 2002, 2003, 2004, 3001, 3002, 3003)
PERSONS: Final = (5001, 5002)
FINAL_WORDS: Final = "The units can never move again. Nobody can undo this, not the registry either."


def _cancellation(
    kind: MovementKind,
    target: AccountType,
    law: str,
    *,
    sources: tuple[AccountType, ...] = HOLDERS,
    proposes: tuple[Role, ...] = EITHER,
    units: tuple[UnitType, ...] = ANY,
    given: tuple[Given, ...] = ("basis",),
    checks: tuple[int, ...] = (6003,),
) -> Kind:
    return Kind(
        kind,
        TransactionType.CANCELLATION,
        EntryKind.CANCELLATION,
        units,
        sources,
        (target,),
        proposes,
        EITHER if Role.REPRESENTATIVE in proposes else ADMINISTRATORS,
        (*ACCOUNTS, *UNITS, *PERSONS, *checks),
        law,
        given=given,
        warning=FINAL_WORDS,
    )


def _replacement(kind: MovementKind, target: AccountType, units: tuple[UnitType, ...], law: str) -> Kind:
    return Kind(
        kind,
        TransactionType.REPLACEMENT,
        EntryKind.REPLACEMENT,
        units,
        HOLDERS,
        (target,),
        EITHER,
        EITHER,
        (*ACCOUNTS, 1006, *UNITS, 2005, *PERSONS, 6003),
        law,
        given=("basis",),
        warning=FINAL_WORDS,
    )


_ROWS: Final = (
    Kind(
        MovementKind.ISSUANCE,
        TransactionType.ISSUANCE,
        EntryKind.ISSUANCE,
        ISSUED_HERE,
        (),
        (AccountType.PENDING,),
        (),
        (),
        (),
        "3/CMP.1 annex, para 66",
        takes_share="at once, before anything is forwarded",
        made_by="the Board's instruction to issue",
    ),
    Kind(
        MovementKind.ADAPTATION_SHARE,
        TransactionType.INTERNAL_TRANSFER,
        EntryKind.ADAPTATION_SHARE,
        ISSUED_HERE,
        (AccountType.PENDING,),
        (AccountType.ADAPTATION_SHARE,),
        (),
        (),
        (),
        "Kyoto Protocol, Art. 12.8; 17/CP.7, para 15; 3/CMP.1 annex, para 66(a)",
        made_by="the issuance",
    ),
    Kind(
        MovementKind.FORWARDING,
        TransactionType.INTERNAL_TRANSFER,
        EntryKind.FORWARDING,
        ISSUED_HERE,
        (AccountType.PENDING,),
        (*HOLDERS, AccountType.OTHER_REGISTRY, AccountType.ADAPTATION_SHARE),
        (),
        (),
        (),
        "3/CMP.1 annex, para 66(b); EB 20, para 70",
        made_by="the participants' request for forwarding",
    ),
    Kind(
        MovementKind.INTERNAL_TRANSFER,
        TransactionType.INTERNAL_TRANSFER,
        EntryKind.TRANSFER,
        ANY,
        HOLDERS,
        HOLDERS,
        EITHER,
        EITHER,
        (*ACCOUNTS, *UNITS, 4001, 4002, 4003, *PERSONS),
        "3/CMP.1 annex, appendix D, paras 4-6; only between participants of one project (rulebook 4.1)",
    ),
    Kind(
        MovementKind.EXTERNAL_TRANSFER,
        TransactionType.EXTERNAL_TRANSFER,
        EntryKind.DEPARTURE,
        ANY,
        HOLDERS,
        (AccountType.OTHER_REGISTRY,),
        EITHER,
        EITHER,
        (*ACCOUNTS, *UNITS, 4001, 4002, 4003, *PERSONS),
        "3/CMP.1 annex, paras 31-33; rulebook 4.5",
        takes_share="of AAUs of the second period at their first transfer (1/CMP.8, para 21)",
        warning="The units leave this registry. Only the other registry can send them back.",
    ),
    Kind(
        MovementKind.ARRIVAL,
        TransactionType.EXTERNAL_TRANSFER,
        EntryKind.ARRIVAL,
        ANY,
        (),
        HOLDERS,
        ADMINISTRATORS,
        ADMINISTRATORS,
        (1002, 1004, 2001, 2002, 2003, 2004, 3004, 3005, *PERSONS, 6003),
        "Data exchange standards, external transfer (type 3); rulebook 4.2",
        given=("basis",),
    ),
    _cancellation(
        MovementKind.VOLUNTARY_CANCELLATION,
        AccountType.VOLUNTARY_CANCELLATION,
        "EB 69 annex 2; rulebook 4.4",
        sources=HELD_ANYWHERE,
        given=("beneficiary", "purpose"),
        checks=(),
    ),
    _cancellation(
        MovementKind.EXCESS_ISSUANCE_CANCELLATION,
        AccountType.EXCESS_ISSUANCE_CANCELLATION,
        "3/CMP.1 annex, para 22, and appendix D, paras 3(c) and 8",
        units=LASTING,
    ),
    _cancellation(
        MovementKind.CCS_REVERSAL_CANCELLATION,
        AccountType.CCS_REVERSAL_CANCELLATION,
        "10/CMP.7 annex, net reversal of storage",
        units=LASTING,
    ),
    _cancellation(
        MovementKind.CCS_REPORT_CANCELLATION,
        AccountType.CCS_REPORT_CANCELLATION,
        "10/CMP.7 annex, verification report not submitted",
        units=LASTING,
    ),
    _cancellation(
        MovementKind.MANDATORY_CANCELLATION,
        AccountType.MANDATORY_CANCELLATION,
        "5/CMP.1 annex, paras 49-50; data exchange standards, account type 250",
    ),
    _cancellation(
        MovementKind.ADMINISTRATIVE_CANCELLATION,
        AccountType.ADMINISTRATIVE_CANCELLATION,
        "Decision of the Board; rulebook 4.4",
        sources=HELD_ANYWHERE,
        proposes=ADMINISTRATORS,
    ),
    Kind(
        MovementKind.REISSUE,
        TransactionType.ISSUANCE,
        EntryKind.ISSUANCE,
        ISSUED_HERE,
        (),
        (AccountType.PENDING,),
        ADMINISTRATORS,
        ADMINISTRATORS,
        (1002, 2001, 7001, 7002, *PERSONS, 6003),
        "Decision of the Board; rulebook 4.4 and open question 8",
        takes_share="as the issuance it corrects was to give it",
        given=("corrects", "basis"),
        warning="New serial numbers are given. The cancelled ones are never used again.",
    ),
    Kind(
        MovementKind.MONETISATION,
        TransactionType.INTERNAL_TRANSFER,
        EntryKind.MONETISATION,
        ANY,
        (AccountType.ADAPTATION_SHARE,),
        (*HOLDERS, AccountType.OTHER_REGISTRY),
        ADMINISTRATORS,
        ADMINISTRATORS,
        (*ACCOUNTS, *UNITS, *PERSONS, 6003),
        "1/CMP.3; the World Bank as trustee of the Adaptation Fund (rulebook 3.4)",
        given=("basis",),
    ),
    Kind(
        MovementKind.RETIREMENT,
        TransactionType.RETIREMENT,
        EntryKind.RETIREMENT,
        ANY,
        HOLDERS,
        (AccountType.RETIREMENT,),
        EITHER,
        EITHER,
        (*ACCOUNTS, 1006, *UNITS, 2005, 4002, *PERSONS, 6002),
        "13/CMP.1 annex, paras 13-14; Kyoto Protocol, Art. 3.12 and 12.3(b)",
        warning=FINAL_WORDS,
    ),
    _replacement(
        MovementKind.TCER_EXPIRY_REPLACEMENT,
        AccountType.TCER_EXPIRY_REPLACEMENT,
        (*LASTING, UnitType.TCER),
        "5/CMP.1 annex, paras 43-44",
    ),
    _replacement(
        MovementKind.LCER_EXPIRY_REPLACEMENT,
        AccountType.LCER_EXPIRY_REPLACEMENT,
        LASTING,
        "5/CMP.1 annex, paras 47-48",
    ),
    _replacement(
        MovementKind.LCER_REVERSAL_REPLACEMENT,
        AccountType.LCER_REVERSAL_REPLACEMENT,
        (*LASTING, UnitType.LCER),
        "5/CMP.1 annex, para 49",
    ),
    _replacement(
        MovementKind.LCER_REPORT_REPLACEMENT,
        AccountType.LCER_REPORT_REPLACEMENT,
        (*LASTING, UnitType.LCER),
        "5/CMP.1 annex, para 50",
    ),
    Kind(
        MovementKind.CARRY_OVER,
        TransactionType.CARRY_OVER,
        EntryKind.CARRY_OVER,
        (UnitType.AAU, UnitType.ERU_FROM_AAU, UnitType.CER),
        HOLDERS,
        (),
        EITHER,
        ADMINISTRATORS,
        (1001, 1003, 2001, 2002, 2003, 2006, 3001, 3002, 3003, *PERSONS, 6001),
        "13/CMP.1 annex, paras 15-16: no RMUs, tCERs, lCERs; CERs to 2.5 per cent of the assigned amount",
    ),
    Kind(
        MovementKind.EXPIRY_DATE_CHANGE,
        TransactionType.EXPIRY_DATE_CHANGE,
        EntryKind.EXPIRY_DATE_CHANGE,
        (UnitType.TCER, UnitType.LCER),
        (*HOLDERS, AccountType.PENDING, AccountType.ADAPTATION_SHARE),
        (),
        ADMINISTRATORS,
        ADMINISTRATORS,
        (1001, 1003, 2001, 2002, 2003, 2007, 3001, 3002, 3003, *PERSONS, 6003),
        "5/CMP.1 annex, para 1(h): an lCER lasts as long as the last renewed crediting period",
        given=("expires_on", "basis"),
    ),
    Kind(
        MovementKind.CONVERSION,
        TransactionType.CONVERSION,
        EntryKind.CONVERSION,
        (UnitType.AAU, UnitType.RMU),
        HOLDERS,
        (),
        EITHER,
        ADMINISTRATORS,
        (1001, 1003, 2001, 2002, 2003, 2008, 3001, 3002, 3003, *PERSONS, 6003),
        "9/CMP.1 annex: ERUs are AAUs or RMUs converted for a joint implementation project",
        takes_share="of units of the second period (1/CMP.8, paras 20-21)",
        given=("project", "basis"),
    ),
)

KINDS: Final[dict[MovementKind, Kind]] = {row.kind: row for row in _ROWS}
PROPOSED_HERE: Final = tuple(row.kind for row in _ROWS if row.is_proposed_here)
