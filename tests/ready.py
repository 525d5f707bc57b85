"""A database that stands before a process starts on it: migrating one from nothing takes ten seconds."""

import contextlib
import sqlite3
from pathlib import Path

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.test import override_settings


def write_database(path: Path) -> None:
    """Write the SQLite file that `migrate` would have left: this test's tables as they are, every migration on record.

    Whether the migrations come to these tables, a start from nothing and `makemigrations --check` show.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with override_settings(MIGRATION_MODULES={}):
        names = sorted(MigrationLoader(None).disk_migrations)
    with contextlib.closing(sqlite3.connect(path)) as file, file:
        # not SQLite's own copying: that waits until nothing is being written, and a test always is
        file.executescript("\n".join(connection.connection.iterdump()))
        file.execute("DROP TABLE IF EXISTS django_migrations")
        file.execute(
            "CREATE TABLE django_migrations (id integer NOT NULL PRIMARY KEY AUTOINCREMENT,"
            " app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied datetime NOT NULL)"
        )
        file.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, datetime('now'))", names
        )
