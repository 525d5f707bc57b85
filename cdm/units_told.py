"""Who hears that units moved: number, transaction and serials, to those who act for the accounts (rulebook 4.3)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from django.db.models import Q

from cdm import notices, permissions, units
from cdm.models import Participation, Project, Seat, User
from cdm.rules.days import day_of, in_words
from registry import queries
from registry.codes import HOLDING_NOTES, AccountType, EntryKind
from registry.models import Account, Block, Entry
from registry.models_accounts import AccountRepresentative
from registry.serials import SerialRange

MOST_BLOCKS: Final = 40
"""Blocks listed for each transaction; whoever needs more of them finds them all at the address of the notice."""


@dataclass(frozen=True, slots=True)
class Part:
    """Units that one entry moved from one account (none for an arrival) to another (the same where they changed)."""

    entry: Entry
    source: Account | None
    target: Account
    serials: SerialRange
    project: tuple[str, int]


def parts_of(entries: Iterable[Entry]) -> list[Part]:
    """What moved, block by block, by entry and lowest serials first; reservations move nothing."""
    found: list[Part] = []
    told = [entry for entry in entries if entry.kind not in HOLDING_NOTES]
    touched = Block.objects.filter(Q(born_by__in=told) | Q(spent_by__in=told))
    blocks = list(touched.select_related("account").order_by("party", "first"))
    for entry in told:
        spent = [block for block in blocks if block.spent_by_id == entry.pk]
        born = [block for block in blocks if block.born_by_id == entry.pk]
        sources = {block.account_id for block in spent}
        changed = {serials.first for serials in queries.changed(entry)} if _changes(spent, born) else set()
        for block in born:
            if block.account_id not in sources or block.first in changed:
                source = spent[0].account if spent else None
                number = (block.party, block.project_number)
                found.append(Part(entry, source, block.account, block.serials, number))
    return found


def _changes(spent: Sequence[Block], born: Sequence[Block]) -> bool:
    """Whether units became another kind where they lie, so that where they lie does not tell which moved."""
    kinds = {queries.kind_of(block) for block in spent}
    return bool(kinds) and any(queries.kind_of(block) not in kinds for block in born)


def sentence(parts: Sequence[Part]) -> str:
    """“transaction CDM7 of 2019-06-03: 600 units, to BR-100-1004-0-12: BR 21-620”, for each transaction and account."""
    groups: dict[tuple[int, int], list[Part]] = defaultdict(list)
    for part in parts:
        groups[part.entry.pk, part.target.pk].append(part)
    return "; ".join(_of_one(group) for group in groups.values())


def _of_one(group: Sequence[Part]) -> str:
    first = group[0]
    amount = sum(part.serials.units for part in group)
    shown = ", ".join(str(part.serials) for part in group[:MOST_BLOCKS])
    more = len(group) - MOST_BLOCKS
    where = "" if first.source == first.target else f", to {first.target.identifier}"
    origin = f", from {first.source.identifier}" if first.source is not None else ""
    return (
        f"transaction {first.entry.transaction_number} of {in_words(day_of(first.entry.at))}: {amount:,} "
        f"{'unit' if amount == 1 else 'units'}{origin}{where}: serial numbers {shown}"
        + (f" and {more} more blocks" if more > 0 else "")
    )


def tell(
    entries: Iterable[Entry],
    what: str,
    *,
    url: str,
    at: dt.datetime,
    also: Collection[User] = (),
    but: Collection[User] = (),
    project: Project | None = None,
) -> None:
    """Tell of units that moved: the representatives and the holder's people of each account, what concerns it.

    Where units left the pending account or came into it, the participants of their project are told of all of them.

    Args:
        what: the first words of the notice, for example the movement and that it is completed.
        also: told of everything, whatever accounts they act for.
        but: not told here, because they are told otherwise.
    """
    heard = sentences(parts_of(entries), what, at=at, also=[user.pk for user in also])
    left_out = {user.pk for user in but}
    for text, readers in heard.items():
        keys = [key for key in readers if key not in left_out]
        notices.tell_keys(keys, text, url=url, at=at, project=project)


def sentences(
    parts: Sequence[Part],
    what: str,
    *,
    at: dt.datetime,
    also: Collection[int] = (),
    representatives: Mapping[int, Sequence[int]] | None = None,
) -> dict[str, list[int]]:
    """What is told of units that moved, each text with the keys of the users who hear it.

    Args:
        also: keys of users who are told of everything.
        representatives: by account, where they were read already.
    """
    accounts = {account for part in parts for account in (part.source, part.target) if account}
    by_account = _people_of(accounts, at, representatives)
    by_project = _participants_of({part.project for part in parts if _waits(part)}, at)
    told = list(dict.fromkeys([*also, *chain(*by_account.values()), *chain(*by_project.values())]))
    same: dict[str, list[int]] = defaultdict(list)
    texts: dict[tuple[int, ...], str] = {}
    for key in told:
        mine = tuple(
            place
            for place, part in enumerate(parts)
            if key in also
            or any(key in by_account.get(account.pk, ()) for account in (part.source, part.target) if account)
            or (_waits(part) and key in by_project.get(part.project, ()))
        )
        if mine not in texts:
            texts[mine] = f"{what}: {sentence([parts[place] for place in mine])}"
        same[texts[mine]].append(key)
    return same


def _waits(part: Part) -> bool:
    """Whether the units belong to a project's participants together: they lay in the pending account, or came there."""
    pending = AccountType.PENDING
    return part.target.account_type == pending or (
        part.source is not None
        and part.source.account_type == pending
        and part.entry.kind != EntryKind.ADAPTATION_SHARE
    )


def _people_of(
    accounts: Collection[Account], at: dt.datetime, representatives: Mapping[int, Sequence[int]] | None
) -> dict[int, list[int]]:
    """By account: who represents it, and who sits for the organisation that holds it."""
    if representatives is None:
        found: dict[int, list[int]] = defaultdict(list)
        held = AccountRepresentative.objects.held_at(at).filter(account__in=[one.pk for one in accounts])
        for account, user in held.order_by("id").values_list("account_id", "user_id"):
            found[account].append(user)
    else:
        found = defaultdict(list, {account: list(users) for account, users in representatives.items()})
    holders = {
        one.pk: key for one in accounts if (key := units.organisation_key(one.holder_reference)) is not None
    }
    if not holders:
        return found
    seats: dict[int, list[int]] = defaultdict(list)
    sitting = Seat.objects.held_on(permissions.day_of(at)).filter(organisation_id__in=set(holders.values()))
    for organisation, user in sitting.values_list("organisation_id", "user_id"):
        seats[organisation].append(user)
    for account, holder in holders.items():
        found[account] += [user for user in dict.fromkeys(seats[holder]) if user not in found[account]]
    return found


def _participants_of(
    projects: Collection[tuple[str, int]], at: dt.datetime
) -> dict[tuple[str, int], list[int]]:
    """By host Party and number: who sits for the project's participants."""
    found: dict[tuple[str, int], list[int]] = {}
    for party, number in projects:
        project = Q(project__host_party=party, project__reference_number=number)
        organisations = Participation.objects.filter(project).values("organisation")
        seats = Seat.objects.held_on(permissions.day_of(at)).filter(organisation__in=organisations)
        found[party, number] = list(dict.fromkeys(seats.values_list("user_id", flat=True)))
    return found
