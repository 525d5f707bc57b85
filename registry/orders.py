"""Orders to the book: everything an act needs to be asked for, and its check before anything is locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser

from registry import asked, codes
from registry.accounts import WrongAccount
from registry.asked import ShareOfProceeds, WrongUnits
from registry.codes import EntryKind, UnitType
from registry.models import Account
from registry.posting import Asked
from registry.refusals import NotEnoughUnits
from registry.serials import SerialRange, UnitBlockIdentifier, is_party_code


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuanceOrder:
    """Units of one project, one monitoring period and one commitment period; `book.issue` says what each
    means.
    """

    party: str
    project_number: int
    unit_type: UnitType | int = UnitType.CER
    commitment_period: int
    quantity: int
    share: ShareOfProceeds
    monitoring_start: dt.date
    monitoring_end: dt.date
    by: AbstractBaseUser | None
    at: dt.datetime
    reason: str
    key: str
    request_reference: str = ""
    forward_to: Sequence[tuple[Account, int]] = ()
    correction: str = ""
    expires_on: dt.date | None = None
    movement: int | None = None

    def asked(self) -> Asked:
        """For the writer of the book.

        Raises:
            Refused: with what does not fit.
        """
        self._check_units()
        self._check_days()
        self.share.check(asked.check_quantity(self.quantity))
        targets = asked.check_shares(self.forward_to)
        asked.check_forward_targets(account for account, _ in self.forward_to)
        rest = self.quantity - self.share.units
        if sum(units for _, units in targets) > rest:
            raise NotEnoughUnits(
                f"After the share of proceeds {rest} units remain; no more can be forwarded."
            )
        what: Asked = {
            "party": self.party,
            "project_number": self.project_number,
            "unit_type": int(self.unit_type),
            "period": self.commitment_period,
            "quantity": self.quantity,
            "monitoring_start": self.monitoring_start.isoformat(),
            "monitoring_end": self.monitoring_end.isoformat(),
            "request_reference": self.request_reference or self.key,
            "correction": self.correction,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            # A tCER or lCER comes from afforestation or reforestation, a CER from no such activity.
            "lulucf": 1 if self.unit_type in codes.WITH_EXPIRY else codes.NONE,
            "share_units": self.share.units,
            "rate_percent": f"{self.share.rate_percent:f}",
            "exemption": self.share.exemption,
            "targets": targets,
        }
        heading = asked.heading(
            EntryKind.ISSUANCE, by=self.by, at=self.at, reason=self.reason, key=self.key, content=[what]
        )
        return {**what, **heading, "rule": self.share.rule, "movement": self.movement}

    def _check_units(self) -> None:
        if not is_party_code(self.party):
            raise WrongUnits(f"“{self.party}” is not a Party's code of two capital letters, such as BR.")
        if type(self.project_number) is not int or not 1 <= self.project_number <= 9_999_999:
            raise WrongUnits(f"{self.project_number!r} is not a project number of one to seven digits.")
        if self.unit_type not in codes.ISSUED_HERE:
            raise WrongUnits("This registry issues CERs, tCERs and lCERs only.")
        label = UnitType(self.unit_type).label
        if self.unit_type in codes.WITH_EXPIRY and self.expires_on is None:
            raise WrongUnits(f"A {label} needs its expiry date.")
        if self.unit_type not in codes.WITH_EXPIRY and self.expires_on is not None:
            raise WrongUnits(f"A {label} does not expire; leave the expiry date out.")

    def _check_days(self) -> None:
        start, end = self.monitoring_start, self.monitoring_end
        period = codes.COMMITMENT_PERIODS.get(self.commitment_period)
        if period is None:
            raise WrongUnits(f"There is no commitment period {self.commitment_period!r}.")
        if end < start:
            raise WrongUnits(
                f"The monitoring period ends on {end:%-d %B %Y}, before it starts on {start:%-d %B %Y}."
            )
        if start not in period or end not in period:
            raise WrongUnits(
                f"The monitoring period {start:%-d %B %Y} to {end:%-d %B %Y} is not inside commitment period "
                f"{period.code} ({period.first_day:%-d %B %Y} to {period.last_day:%-d %B %Y}); issue each period's "
                "units separately."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementOrder:
    """An amount, lowest serials first, or these serials, of one kind of units, from one account to
    another.
    """

    kind: EntryKind
    source: Account
    target: Account
    party: str
    project_number: int
    unit_type: UnitType | int = UnitType.CER
    commitment_period: int
    quantity: int | None = None
    serials: SerialRange | None = None
    by: AbstractBaseUser | None
    at: dt.datetime
    reason: str
    key: str

    def asked(self) -> Asked:
        """For the writer of the book.

        Raises:
            Refused: with what does not fit.
        """
        asked.check_source(self.source, self.target)
        wanted = asked.check_wanted(self.party, self.quantity, self.serials)
        what: Asked = {
            "source": self.source.pk,
            "party": self.party,
            "project_number": self.project_number,
            "unit_type": int(self.unit_type),
            "period": self.commitment_period,
            "first": wanted.first if isinstance(wanted, SerialRange) else None,
            "last": wanted.last if isinstance(wanted, SerialRange) else None,
            "targets": [(self.target.pk, wanted.units if isinstance(wanted, SerialRange) else wanted)],
        }
        content = [self.kind.value, what]
        heading = asked.heading(
            self.kind, by=self.by, at=self.at, reason=self.reason, key=self.key, content=content
        )
        return {**what, **heading}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalOrder:
    """Units issued elsewhere that come into an account here; `book.receive` says what each means."""

    account: Account
    units: UnitBlockIdentifier
    expires_on: dt.date | None = None
    by: AbstractBaseUser | None
    at: dt.datetime
    reason: str
    key: str

    def asked(self) -> Asked:
        """For the writer of the book.

        Raises:
            Refused: with what does not fit.
        """
        block, kind = self.units, UnitType(self.units.unit_type)
        if self.account.account_type not in codes.HOLDING_ACCOUNTS:
            raise WrongAccount(f"Units from another registry cannot come into the account “{self.account}”.")
        if kind in codes.ISSUED_HERE:
            raise WrongUnits(f"{kind.label}s come into being by an issuance of this registry only.")
        for period in (block.original_period, block.applicable_period):
            if period not in codes.COMMITMENT_PERIODS:
                raise WrongUnits(f"There is no commitment period {period}.")
        if (kind in codes.WITH_EXPIRY) != (self.expires_on is not None):
            raise WrongUnits(
                f"tCERs and lCERs have an expiry date, other units have none; these are {kind.label}s."
            )
        what: Asked = {
            "party": block.serials.party,
            "first": block.serials.first,
            "last": block.serials.last,
            "unit_type": int(kind),
            "original_period": block.original_period,
            "period": block.applicable_period,
            "project_number": block.project_number,
            "lulucf": block.lulucf,
            "track": block.track,
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
            "targets": [(self.account.pk, block.serials.units)],
        }
        heading = asked.heading(
            EntryKind.ARRIVAL,
            by=self.by,
            at=self.at,
            reason=self.reason,
            key=self.key,
            content=["arrive", what],
        )
        return {**what, **heading}
