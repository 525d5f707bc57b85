"""What PostgreSQL reads for an act: the rows it needs, however many blocks and accounts the book holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from registry import bench_plan, book
from registry.models import Account
from tests.registry import given
from tests.registry.test_many import order

pytestmark = pytest.mark.django_db(transaction=True)

LIVE_BLOCKS = 1_500
COUNTED = ("registry_block", "registry_account", "registry_entry", "block_live_in_account")


def fragmented() -> Account:
    """An account of many live blocks of 49 units. The statistics know of them, and no plan is older than they."""
    account = given.holding()
    share = given.share(1)
    orders = [
        order(f"block {n}", 50, share=share, forward_to=[(account, 49)], correction="a test")
        for n in range(LIVE_BLOCKS)
    ]
    assert all(isinstance(result, book.Issued) for result in book.issue_many(orders=orders))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_block, registry_entry, registry_account")
    connection.close()
    return account


def read_by(act: Callable[[], Any]) -> dict[str, int]:
    """Rows of each table, and entries of the index, that PostgreSQL reads for an act and the walls' look at it."""
    query = "SELECT " + ", ".join(
        f"pg_stat_get_xact_tuples_returned('{name}'::regclass)"
        + ("" if name.startswith("block_") else f" + pg_stat_get_xact_tuples_fetched('{name}'::regclass)")
        for name in COUNTED
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchone()
        act()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(query)
        return {name: b - a for name, a, b in zip(COUNTED, before, cursor.fetchone(), strict=True)}


def test_a_transfer_reads_the_blocks_it_takes_and_no_others() -> None:
    source, target = fragmented(), given.holding(holder="Another")
    read = read_by(lambda: book.transfer(source=source, target=target, **given.asked(2 * 49 + 10)))
    assert read["block_live_in_account"] == 3
    # three blocks found, spent and borne in four; each is looked at a few times, by the locks and the walls
    assert read["registry_block"] < 40
    assert read["registry_entry"] < 20


def test_the_plan_for_an_amount_goes_by_the_index_and_stops() -> None:
    source = fragmented()
    plan = bench_plan.explain(source, 3, party="BR", project_number=8, unit_type=5, period=1)
    assert (plan["Node Type"], plan["Index Name"]) == ("Index Scan", "block_live_in_account")
    assert plan["Actual Rows"] == 3
    assert plan.get("Rows Removed by Filter", 0) == 0
    # the levels of the index and a few pages; the account's blocks fill more than eighty
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] <= 12
    text = bench_plan.explain_text(source, 3, party="BR", project_number=8, unit_type=5, period=1)
    assert "Index Scan using block_live_in_account" in text
