"""Commands that read or fill the database run on a fresh machine: the tables are made first."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from registry.management import tables

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("there", "made"), [([], [("migrate",)]), (["registry_block"], [])])
def test_a_database_without_tables_gets_them_first(
    monkeypatch: pytest.MonkeyPatch, there: list[str], made: list[Any]
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(tables, "call_command", lambda *names, **_: called.append(names))
    monkeypatch.setattr(tables.connection.introspection, "table_names", lambda: there)
    out = StringIO()
    call_command("verify_book", stdout=out)
    assert called == made
    assert "The book is true" in out.getvalue()
