"""What `manage.py bench` holds the doors for many against: the same rows, one plain ORM call each."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.db import transaction

from registry import book
from registry.codes import AccountType, EntryKind
from registry.models import Account, Block, Deduction, Entry, Issuance, PartyCounter


def issue_by_orm(order: book.IssuanceOrder) -> Issuance:
    """An issuance with its share and its forwarding, as Django code would plainly write it.

    Every row is fetched, made or saved by itself, in one transaction, but the blocks of an entry, which the walls
    look at together. It checks nothing and refuses nothing, so it does less than `book.issue`.
    """
    with transaction.atomic():
        pending = Account.objects.get(type=AccountType.PENDING)
        adaptation = Account.objects.get(type=AccountType.ADAPTATION_SHARE)
        counter = PartyCounter.objects.select_for_update().get(pk=order.party)
        first, share = counter.last_serial + 1, order.share.units
        counter.last_serial += order.quantity
        counter.save()
        entry = _entry(order, EntryKind.ISSUANCE, "", order.quantity, order.quantity)
        issuance = Issuance.objects.create(
            entry=entry,
            party=order.party,
            project_number=order.project_number,
            unit_type=order.unit_type,
            commitment_period=order.commitment_period,
            first=first,
            last=counter.last_serial,
            monitoring_start=order.monitoring_start,
            monitoring_end=order.monitoring_end,
            request_reference=order.request_reference or order.key,
            correction=order.correction,
        )
        [block] = _bear([_block(order, entry, pending, first, counter.last_serial)])
        entry = _entry(order, EntryKind.ADAPTATION_SHARE, ":share", share, order.quantity)
        _spend(block, entry)
        _, block = _bear(
            [
                _block(order, entry, adaptation, first, first + share - 1),
                _block(order, entry, pending, first + share, counter.last_serial),
            ]
        )
        Deduction.objects.create(
            issuance=issuance,
            entry=entry,
            rate_percent=order.share.rate_percent,
            units=share,
            first=first,
            last=first + share - 1,
            rule=order.share.rule,
        )
        rest = order.quantity - share
        entry = _entry(order, EntryKind.FORWARDING, ":forward", rest, rest)
        _spend(block, entry)
        start, blocks = first + share, []
        for target, units in order.forward_to:
            account = Account.objects.get(pk=target.pk)
            blocks.append(_block(order, entry, account, start, start + units - 1))
            start += units
        _bear(blocks)
    return issuance


def _entry(order: book.IssuanceOrder, kind: EntryKind, suffix: str, units: int, gross: int) -> Entry:
    return Entry.objects.create(
        kind=kind,
        key=order.key + suffix,
        content=hashlib.sha256(order.key.encode()).hexdigest(),
        units=units,
        gross_units=gross,
        by_id=order.by.pk if order.by else None,
        at=order.at,
        reason=order.reason,
    )


def _block(order: book.IssuanceOrder, entry: Entry, account: Account, first: int, last: int) -> Block:
    return Block(
        party=order.party,
        first=first,
        last=last,
        unit_type=order.unit_type,
        original_period=order.commitment_period,
        applicable_period=order.commitment_period,
        project_number=order.project_number,
        account=account,
        born_by=entry,
    )


def _bear(blocks: list[Block]) -> list[Block]:
    return Block.objects.bulk_create(blocks)


def _spend(block: Block, entry: Entry) -> None:
    block.spent_by = entry
    block.save(update_fields=["spent_by"])


def cancellation(
    order: book.IssuanceOrder, source: Account, target: Account, units: int, key: str, at: dt.datetime
) -> book.MovementOrder:
    """The order to cancel so many units of what the issuance's order is for."""
    return book.MovementOrder(
        kind=EntryKind.CANCELLATION,
        source=source,
        target=target,
        party=order.party,
        project_number=order.project_number,
        commitment_period=order.commitment_period,
        quantity=units,
        by=None,
        at=at,
        reason=order.reason,
        key=key,
    )
