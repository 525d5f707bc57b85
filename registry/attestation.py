"""Attestations of voluntary cancellation: made once for a cancellation, printed from the book, found by code."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from registry import check_codes
from registry.accounts import Incomplete, Refused, check_at
from registry.check_codes import BadCode
from registry.codes import AccountType, EntryKind, UnitType
from registry.models import Account, Block, Entry
from registry.models_attestations import Attestation, AttestedCancellation
from registry.serials import SerialRange

DEFAULT_PURPOSE: Final = "cancelled for the originating CDM activity"
"""What an attestation says where neither purpose nor beneficiary was named (EB 69 annex 2)."""

LONGEST_BENEFICIARY: Final = 300
LONGEST_PURPOSE: Final = 2_000
LONGEST_TITLE: Final = 500

# They turn the direction of the text around them, so that it reads otherwise than it is stored.
_DIRECTION: Final = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])


class NotAttestable(Refused):
    """These are no voluntary cancellations of one holder, or they are attested already."""


class NoSuchAttestation(LookupError):
    """The code is well formed, but no attestation has it; the message is for the reader."""

    @property
    def sentence(self) -> str:
        return str(self)


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Units of one project, unit type and commitment period, cancelled by one entry; straight from the book."""

    transaction_number: str
    at: dt.datetime
    project: str
    project_title: str
    unit_type: str
    commitment_period: int
    serials: tuple[SerialRange, ...]
    identifiers: tuple[str, ...]

    @property
    def units(self) -> int:
        """Units of 1 t CO2 equivalent."""
        return sum(run.units for run in self.serials)


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an attestation says."""

    code: str
    attested_at: dt.datetime
    holders: tuple[Account, ...]
    beneficiary: str
    purpose: str
    cancellations: tuple[Cancelled, ...]

    @property
    def printed_code(self) -> str:
        return check_codes.printed(self.code)

    @property
    def holder(self) -> str:
        """Whose units they were."""
        return ", ".join(dict.fromkeys(account.holder for account in self.holders))

    @property
    def units(self) -> int:
        return sum(cancelled.units for cancelled in self.cancellations)


def attest(
    *,
    entries: Sequence[Entry],
    beneficiary: str = "",
    purpose: str = "",
    project_titles: Mapping[tuple[str, int], str] | None = None,
    by: AbstractBaseUser | None,
    at: dt.datetime,
) -> Attestation:
    """Attest voluntary cancellations of one holder: one, or a basket of several projects.

    Asked again with the same words, it gives the attestation made before.

    Args:
        beneficiary: for whom it was done; empty for the holder itself.
        purpose: why; empty for the words of EB 69 annex 2.
        project_titles: by Party and project number; the book itself knows only numbers.

    Raises:
        NotAttestable: an entry is no voluntary cancellation, is attested already in other words, or the
            entries took units of different holders.
        Incomplete: no entry, or a text is too long.
    """
    beneficiary = cleaned(beneficiary, LONGEST_BENEFICIARY, "name of the beneficiary")
    purpose = cleaned(purpose, LONGEST_PURPOSE, "purpose") or DEFAULT_PURPOSE
    entries = sorted(set(entries), key=lambda entry: entry.pk)
    _check_cancellations(entries)
    titles = _titles(entries, project_titles or {})
    if (made := _made_before(entries, beneficiary, purpose)) is not None:
        return made
    try:
        with transaction.atomic():
            attestation = Attestation.objects.create(
                code=check_codes.new(),
                beneficiary=beneficiary,
                purpose=purpose,
                by_id=by.pk if by else None,
                at=check_at(at).astimezone(dt.UTC),
            )
            AttestedCancellation.objects.bulk_create(
                AttestedCancellation(
                    attestation=attestation, entry=entry, project_title=titles.get(entry.pk, "")
                )
                for entry in entries
            )
    except IntegrityError:
        # another request attested them between our look and our writing
        if (made := _made_before(entries, beneficiary, purpose)) is None:
            raise
        return made
    return attestation


def find(code: str) -> Attestation:
    """The attestation with this code, however a person typed it.

    Raises:
        BadCode: the code is malformed or has a slip of the finger.
        NoSuchAttestation: no attestation of this registry has it.
    """
    found = Attestation.objects.filter(code=check_codes.read(code)).first()
    if found is None:
        raise NoSuchAttestation(
            "No attestation of this registry has this check code. If it stands on a document, do not rely on it."
        )
    return found


def facts(attestation: Attestation) -> Facts:
    """What the book says of the cancellations that are attested, lowest transaction first."""
    attested = list(attestation.cancellations.select_related("entry").order_by("entry"))
    entries = {row.entry_id: row for row in attested}
    cancelled = Block.objects.filter(
        born_by__in=entries, account__type=AccountType.VOLUNTARY_CANCELLATION
    ).order_by("born_by", "party", "project_number", "unit_type", "applicable_period", "first")
    groups: dict[tuple[int, str, int, int, int], list[Block]] = defaultdict(list)
    for block in cancelled:
        kind = (block.party, block.project_number, block.unit_type, block.applicable_period)
        groups[(block.born_by_id, *kind)].append(block)
    return Facts(
        code=attestation.code,
        attested_at=attestation.at,
        holders=tuple(Account.objects.filter(blocks__spent_by__in=entries).distinct().order_by("pk")),
        beneficiary=attestation.beneficiary,
        purpose=attestation.purpose,
        cancellations=tuple(_cancelled(entries[entry], blocks) for (entry, *_), blocks in groups.items()),
    )


def _cancelled(attested: AttestedCancellation, blocks: list[Block]) -> Cancelled:
    """Neighbouring blocks are printed as one run: how the account happened to hold them says nothing here."""
    first = blocks[0]
    runs: list[SerialRange] = []
    for block in blocks:
        if runs and runs[-1].last + 1 == block.first:
            runs[-1] = SerialRange(block.party, runs[-1].first, block.last)
        else:
            runs.append(block.serials)
    return Cancelled(
        transaction_number=attested.entry.transaction_number,
        at=attested.entry.at,
        project=f"{first.party}-{first.project_number:04}",
        project_title=attested.project_title,
        unit_type=UnitType(first.unit_type).label,
        commitment_period=first.applicable_period,
        serials=tuple(runs),
        identifiers=tuple(str(replace(first.identifier, serials=run)) for run in runs),
    )


def _check_cancellations(entries: Sequence[Entry]) -> None:
    if not entries:
        raise Incomplete("Name the cancellation that is to be attested.")
    born = Block.objects.filter(born_by__in=entries, account__type=AccountType.VOLUNTARY_CANCELLATION)
    voluntary = set(born.values_list("born_by", flat=True))
    for entry in entries:
        if entry.kind != EntryKind.CANCELLATION or entry.pk not in voluntary:
            raise NotAttestable(
                f"Transaction {entry.transaction_number} is no voluntary cancellation; only these are attested."
            )
    sources = Account.objects.filter(blocks__spent_by__in=entries).distinct()
    if len({(account.holder, account.party) for account in sources}) > 1:
        raise NotAttestable("The cancellations took units of different holders; attest each holder's apart.")


def _titles(entries: Sequence[Entry], by_project: Mapping[tuple[str, int], str]) -> dict[int, str]:
    """The title of the project whose units each entry cancelled, where the caller knows one."""
    if not by_project:
        return {}
    projects = Block.objects.filter(spent_by__in=entries).values_list("spent_by", "party", "project_number")
    return {
        entry: cleaned(by_project[(party, number)], LONGEST_TITLE, "project title")
        for entry, party, number in projects.distinct().order_by()
        if entry is not None and (party, number) in by_project
    }


def _made_before(entries: Sequence[Entry], beneficiary: str, purpose: str) -> Attestation | None:
    """The attestation of exactly these, in these words; refused where some of them are attested otherwise."""
    rows = list(AttestedCancellation.objects.filter(entry__in=entries).select_related("attestation", "entry"))
    if not rows:
        return None
    made = rows[0].attestation
    same_words = (made.beneficiary, made.purpose) == (beneficiary, purpose)
    if same_words and {row.attestation_id for row in rows} == {made.pk}:
        whole = set(made.cancellations.values_list("entry", flat=True))
        if whole == {entry.pk for entry in entries}:
            return made
    raise NotAttestable(
        f"Transaction {rows[0].entry.transaction_number} is attested already, and an attestation is never changed."
    )


def cleaned(text: str, most: int, what: str) -> str:
    """Text as it can be stored and printed: composed, without control and direction signs, one line a line.

    Raises:
        Incomplete: it is longer than `most` characters.
    """
    text = unicodedata.normalize("NFC", text).translate(_DIRECTION).replace("\r\n", "\n")
    text = "".join(
        sign if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"} else " " for sign in text
    )
    text = "\n".join(" ".join(line.split()) for line in text.strip().split("\n"))
    if len(text) > most:
        raise Incomplete(f"The {what} has {len(text):,} characters; shorten it to {most:,}.")
    return text


__all__ = [
    "DEFAULT_PURPOSE",
    "BadCode",
    "Cancelled",
    "Facts",
    "NoSuchAttestation",
    "NotAttestable",
    "attest",
    "facts",
    "find",
]
