"""The code tables of the Kyoto registries' data exchange standards (DES), as this registry uses them.

Numbers and labels are those of the systems that implement the DES in production; 0 stands for "none" in the
commitment period, LULUCF, project and track elements, as it does in the DES.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import models

REGISTRY_CODE: Final = "CDM"
NONE: Final = 0


class UnitType(models.IntegerChoices):
    """Kyoto units (DES unit type)."""

    AAU = 1, "AAU"
    RMU = 2, "RMU"
    ERU_FROM_AAU = 3, "ERU (from AAU)"
    ERU_FROM_RMU = 4, "ERU (from RMU)"
    CER = 5, "CER"
    TCER = 6, "tCER"
    LCER = 7, "lCER"


ISSUED_HERE: Final = (UnitType.CER, UnitType.TCER, UnitType.LCER)
"""Only a CDM project activity leads to an issuance in this registry (3/CMP.1 annex, paragraph 66)."""

WITH_EXPIRY: Final = (UnitType.TCER, UnitType.LCER)
"""5/CMP.1 annex, paragraph 40: the expiry date is an element of the serial number of tCERs and lCERs only."""


class TransactionType(models.IntegerChoices):
    """What a movement is called between registries (DES transaction type)."""

    ISSUANCE = 1, "Issuance"
    CONVERSION = 2, "Conversion"
    EXTERNAL_TRANSFER = 3, "External transfer"
    CANCELLATION = 4, "Cancellation"
    RETIREMENT = 5, "Retirement"
    REPLACEMENT = 6, "Replacement"
    CARRY_OVER = 7, "Carry-over"
    EXPIRY_DATE_CHANGE = 8, "Expiry date change"
    INTERNAL_TRANSFER = 10, "Internal transfer"


class AccountType(models.TextChoices):
    """Accounts of this registry; `des_code` gives the number the DES knows each by."""

    PENDING = "pending", "Pending"
    ADAPTATION_SHARE = "adaptation_share", "Share of proceeds for adaptation"
    HOLDING = "holding", "Holding"
    TEMPORARY_HOLDING = "temporary_holding", "Temporary holding"
    OTHER_REGISTRY = "other_registry", "Account in another registry"
    VOLUNTARY_CANCELLATION = "voluntary_cancellation", "Voluntary cancellation"
    EXCESS_ISSUANCE_CANCELLATION = "excess_issuance_cancellation", "Excess issuance cancellation"
    CCS_REVERSAL_CANCELLATION = "ccs_reversal_cancellation", "CCS net reversal cancellation"
    CCS_REPORT_CANCELLATION = "ccs_report_cancellation", "CCS non-submission of report cancellation"
    MANDATORY_CANCELLATION = "mandatory_cancellation", "Mandatory cancellation"
    ADMINISTRATIVE_CANCELLATION = "administrative_cancellation", "Administrative cancellation"
    RETIREMENT = "retirement", "Retirement"
    TCER_EXPIRY_REPLACEMENT = "tcer_expiry_replacement", "tCER replacement for expiry"
    LCER_EXPIRY_REPLACEMENT = "lcer_expiry_replacement", "lCER replacement for expiry"
    LCER_REVERSAL_REPLACEMENT = "lcer_reversal_replacement", "lCER replacement for reversal of storage"
    LCER_REPORT_REPLACEMENT = "lcer_report_replacement", "lCER replacement for non-submission of report"

    @property
    def des_code(self) -> int:
        return _DES_ACCOUNT_TYPES[self]

    @property
    def is_final(self) -> bool:
        """Whether units that came in never go out again."""
        return self in FINAL_ACCOUNTS


_DES_ACCOUNT_TYPES: Final[dict[AccountType, int]] = {
    AccountType.PENDING: 110,
    # The CDM registry keeps its adaptation and holding accounts under the DES's holding code.
    AccountType.ADAPTATION_SHARE: 100,
    AccountType.HOLDING: 100,
    AccountType.TEMPORARY_HOLDING: 100,
    AccountType.OTHER_REGISTRY: 100,
    AccountType.VOLUNTARY_CANCELLATION: 230,
    AccountType.EXCESS_ISSUANCE_CANCELLATION: 240,
    AccountType.CCS_REVERSAL_CANCELLATION: 241,
    AccountType.CCS_REPORT_CANCELLATION: 242,
    AccountType.MANDATORY_CANCELLATION: 250,
    AccountType.ADMINISTRATIVE_CANCELLATION: 260,
    AccountType.RETIREMENT: 300,
    AccountType.TCER_EXPIRY_REPLACEMENT: 411,
    AccountType.LCER_EXPIRY_REPLACEMENT: 421,
    AccountType.LCER_REVERSAL_REPLACEMENT: 422,
    AccountType.LCER_REPORT_REPLACEMENT: 423,
}

CANCELLATION_ACCOUNTS: Final = (
    AccountType.VOLUNTARY_CANCELLATION,
    AccountType.EXCESS_ISSUANCE_CANCELLATION,
    AccountType.CCS_REVERSAL_CANCELLATION,
    AccountType.CCS_REPORT_CANCELLATION,
    AccountType.MANDATORY_CANCELLATION,
    AccountType.ADMINISTRATIVE_CANCELLATION,
)

REPLACEMENT_ACCOUNTS: Final = (
    AccountType.TCER_EXPIRY_REPLACEMENT,
    AccountType.LCER_EXPIRY_REPLACEMENT,
    AccountType.LCER_REVERSAL_REPLACEMENT,
    AccountType.LCER_REPORT_REPLACEMENT,
)

FINAL_ACCOUNTS: Final = (
    *CANCELLATION_ACCOUNTS,
    AccountType.RETIREMENT,
    *REPLACEMENT_ACCOUNTS,
)
"""3/CMP.1 annex, appendix D, paragraph 8: no further transfer of what was cancelled; retired units stay
retired.
"""

REGISTRY_ACCOUNTS: Final = (AccountType.PENDING, AccountType.ADAPTATION_SHARE, *CANCELLATION_ACCOUNTS)
"""Accounts the registry keeps itself, one of each (appendix D, paragraph 3)."""

HOLDING_ACCOUNTS: Final = (AccountType.HOLDING, AccountType.TEMPORARY_HOLDING)


class AccountState(models.TextChoices):
    """Whether an account takes part in movements."""

    OPEN = "open", "Open"
    SUSPENDED = "suspended", "Suspended"
    CLOSED = "closed", "Closed"


class EntryKind(models.TextChoices):
    """What an entry of the book did; `transaction_type` gives the DES number."""

    ISSUANCE = "issuance", "Issuance"
    ADAPTATION_SHARE = "adaptation_share", "Share of proceeds for adaptation"
    FORWARDING = "forwarding", "Forwarding"
    TRANSFER = "transfer", "Transfer"
    ARRIVAL = "arrival", "Arrival from another registry"
    DEPARTURE = "departure", "Transfer to another registry"
    CANCELLATION = "cancellation", "Cancellation"
    RETIREMENT = "retirement", "Retirement"
    REPLACEMENT = "replacement", "Replacement"
    CONVERSION = "conversion", "Conversion"
    CARRY_OVER = "carry_over", "Carry-over"
    EXPIRY_DATE_CHANGE = "expiry_date_change", "Expiry date change"
    MONETISATION = "monetisation", "Monetisation of the share of proceeds"
    RESERVATION = "reservation", "Reservation"
    RELEASE = "release", "Release of a reservation"

    @property
    def transaction_type(self) -> TransactionType:
        return _TRANSACTION_TYPES[self]


_TRANSACTION_TYPES: Final[dict[EntryKind, TransactionType]] = {
    EntryKind.ISSUANCE: TransactionType.ISSUANCE,
    EntryKind.ADAPTATION_SHARE: TransactionType.INTERNAL_TRANSFER,
    EntryKind.FORWARDING: TransactionType.INTERNAL_TRANSFER,
    EntryKind.TRANSFER: TransactionType.INTERNAL_TRANSFER,
    EntryKind.ARRIVAL: TransactionType.EXTERNAL_TRANSFER,
    EntryKind.DEPARTURE: TransactionType.EXTERNAL_TRANSFER,
    EntryKind.CANCELLATION: TransactionType.CANCELLATION,
    EntryKind.RETIREMENT: TransactionType.RETIREMENT,
    EntryKind.REPLACEMENT: TransactionType.REPLACEMENT,
    EntryKind.CONVERSION: TransactionType.CONVERSION,
    EntryKind.CARRY_OVER: TransactionType.CARRY_OVER,
    EntryKind.EXPIRY_DATE_CHANGE: TransactionType.EXPIRY_DATE_CHANGE,
    EntryKind.MONETISATION: TransactionType.INTERNAL_TRANSFER,
    # Notes for this registry alone; no other registry is told of them.
    EntryKind.RESERVATION: TransactionType.INTERNAL_TRANSFER,
    EntryKind.RELEASE: TransactionType.INTERNAL_TRANSFER,
}

HOLDING_NOTES: Final = (EntryKind.RESERVATION, EntryKind.RELEASE)
"""Entries by which units stay where they are and what they are: a movement holds them, or lets them go."""

CHANGES_OF_UNITS: Final = (EntryKind.CONVERSION, EntryKind.CARRY_OVER, EntryKind.EXPIRY_DATE_CHANGE)
"""Entries by which units become another kind where they lie."""


@dataclass(frozen=True, slots=True)
class CommitmentPeriod:
    """Days, both inside, whose emission reductions carry the code."""

    code: int
    first_day: dt.date
    last_day: dt.date
    source: str

    def __contains__(self, day: dt.date) -> bool:
        return self.first_day <= day <= self.last_day


COMMITMENT_PERIODS: Final[dict[int, CommitmentPeriod]] = {
    period.code: period
    for period in (
        CommitmentPeriod(
            1,
            # Reductions from the year 2000 on are certified as units of the first period (Article 12.10).
            dt.date(2000, 1, 1),
            dt.date(2012, 12, 31),
            "Kyoto Protocol, Articles 3.7 and 12.10",
        ),
        CommitmentPeriod(2, dt.date(2013, 1, 1), dt.date(2020, 12, 31), "Doha Amendment, 1/CMP.8"),
    )
}
