"""The backup that docs/deploy.md tells of: dumped while the registry runs, restored elsewhere, and true."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from registry.models import Block, Entry
from tests.servers import postgresql_program
from tests.smoke.conftest import DistantWorld

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def empty_database(distant: DistantWorld) -> Iterator[str]:
    """The address of a new, empty database beside the registry's own."""
    live = urlsplit(distant.host.environment["DATABASE_URL"])
    name = f"{live.path.strip('/')}_restored"
    with psycopg.connect(live.geturl(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield live._replace(path=f"/{name}").geturl()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_a_restored_backup_is_whole_and_true(
    distant: DistantWorld, empty_database: str, tmp_path: Path
) -> None:
    world, host = distant, distant.host
    project = world.registered()
    world.on("2008-01-20")
    world.issued(project, "2005-06-01", "2007-12-31", {1: 67_303})

    dump = tmp_path / "cdm.dump"
    live = host.environment["DATABASE_URL"]
    run("pg_dump", "--format=custom", f"--file={dump}", live)
    run("pg_restore", "--no-owner", f"--dbname={empty_database}", "--exit-on-error", str(dump))

    restored = host.beside(DATABASE_URL=empty_database)
    assert "No migrations to apply" in restored.manage("migrate", "--no-color")
    assert "The book is true" in restored.manage("verify_book")
    with psycopg.connect(empty_database) as copy:
        for model in (Entry, Block):
            counted = copy.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(model._meta.db_table))
            ).fetchone()
            assert counted == (model.objects.count(),)
        # the walls came along: the book of the copy cannot be edited either
        with pytest.raises(psycopg.errors.IntegrityError):
            copy.execute("DELETE FROM registry_entry")


def run(name: str, *words: str) -> None:
    program = postgresql_program(name, server_version=connection.pg_version // 10_000)
    ran = subprocess.run([program, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
