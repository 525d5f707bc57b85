"""A migrated PostgreSQL database that every worker of a test run begins with a copy of."""

import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from tests.processes import clean_environment
from tests.servers import ServerDidNotStart

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def migrated_beside(database: str) -> Iterator[str]:
    """The name of a database on the same server, migrated from nothing as an operator does it; dropped in the end.

    Raises ServerDidNotStart with what `migrate` said when it fails.
    """
    name = f"cdm_template_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        _migrate(urlsplit(database)._replace(path=f"/{name}").geturl())
        yield name
    finally:
        with psycopg.connect(database, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _migrate(database: str) -> None:
    with tempfile.TemporaryDirectory(prefix="cdm-template-") as var:
        ran = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=ROOT,
            env=clean_environment(DATABASE_URL=database, CDM_VAR=var, SECRET_KEY=secrets.token_urlsafe(50)),
            capture_output=True,
            text=True,
            check=False,
        )
    if ran.returncode:
        raise ServerDidNotStart(f"PostgreSQL could not be migrated:\n{ran.stdout}{ran.stderr}")
