"""The grammar of the table of movements: roles, names of kinds, and what a row says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.db import models

from registry.codes import AccountType, EntryKind, TransactionType, UnitType


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


OWN_TARGETS: Final = (
    AccountType.PENDING,
    AccountType.VOLUNTARY_CANCELLATION,
    AccountType.EXCESS_ISSUANCE_CANCELLATION,
    AccountType.CCS_REVERSAL_CANCELLATION,
    AccountType.CCS_REPORT_CANCELLATION,
    AccountType.MANDATORY_CANCELLATION,
    AccountType.ADMINISTRATIVE_CANCELLATION,
)
