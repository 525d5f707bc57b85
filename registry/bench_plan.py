"""The plan by which PostgreSQL finds the blocks of an amount, for `manage.py bench --plan` and for the tests."""

from __future__ import annotations

import json
import re
from typing import Any

from django.db import connection, transaction

from registry import guards
from registry.models import Account


def walk() -> str:
    """The statement of the book's writer that walks the live blocks, with numbered parameters for its variables:
    account, Party, project, unit type, period, lowest and highest serial; of units reserved for nobody.
    """
    found = re.search(r"walk CURSOR FOR\n(.*?);", guards.statements("postgresql", "book"), re.DOTALL)
    if found is None:
        raise LookupError("The writer of the book walks no blocks.")
    text = found[1].replace("coalesce(start, low)", "low").replace("= taken_from", "= 0")
    for number, name in enumerate(("source", "host", "project", "kind", "period", "low", "high"), 1):
        text = re.sub(rf"= {name}\b", f"= ${number}", text)
    return text


def explain(account: Account, blocks: int, **units: Any) -> dict[str, Any]:
    """What EXPLAIN (ANALYZE, BUFFERS) says when the walk is asked for so many blocks, as the writer asks for them.

    `units` are party, project_number, unit_type and period.
    """
    plan: dict[str, Any] = json.loads(_explain(account, blocks, "JSON", **units)[0])[0]["Plan"]["Plans"][0]
    return plan


def explain_text(account: Account, blocks: int, **units: Any) -> str:
    """The same for a reader."""
    return "\n".join(_explain(account, blocks, "TEXT", **units))


def _explain(account: Account, blocks: int, form: str, **units: Any) -> list[str]:
    wanted = [account.pk, units["party"], units["project_number"], units["unit_type"], units["period"]]
    with transaction.atomic(), connection.cursor() as cursor:
        # the settings that the writer takes for itself
        cursor.execute("SELECT unnest(proconfig) FROM pg_proc WHERE oid = 'registry_move_units'::regproc")
        for (setting,) in cursor.fetchall():
            cursor.execute("SELECT set_config(%s, %s, true)", setting.split("=", 1))
        cursor.execute(
            f"PREPARE walk (bigint, text, int, int, int, bigint, bigint) AS {walk()} LIMIT {int(blocks)}"
        )
        try:
            cursor.execute(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT {form}) EXECUTE walk (%s, %s, %s, %s, %s, 1, 999999999999999)",
                wanted,
            )
            return [row[0] if isinstance(row[0], str) else json.dumps(row[0]) for row in cursor.fetchall()]
        finally:
            cursor.execute("DEALLOCATE walk")
