"""The registry's real processes, started as an operator starts them: from environment variables alone."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).resolve().parent.parent


class NeverHappened(AssertionError):
    """Something that was waited for did not come in time; carries what every process said."""


@dataclass
class Host:
    """One deployment: its settings, its folder, and the processes that run in it."""

    environment: dict[str, str]
    folder: Path
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def beside(self, **variables: str) -> "Host":
        """The same deployment with other variables; nothing runs in it."""
        return Host(environment=self.environment | variables, folder=self.folder)

    def manage(self, *words: str, text: str = "") -> str:
        """Run one manage.py verb to its end; answers what it printed. Raises when it fails."""
        ran = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if ran.returncode:
            raise NeverHappened(f"manage.py {' '.join(words)} failed:\n{ran.stdout}\n{ran.stderr}")
        return ran.stdout

    def start(self, name: str, *words: str) -> None:
        """Start a process of the environment's Python under `name`; its words go into a file of that name."""
        with (self.folder / f"{name}.log").open("ab") as said:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def start_web(self, *, workers: int = 2) -> None:
        bind = f"127.0.0.1:{self.port}"
        self.start("web", "gunicorn", "cdm.wsgi", "--bind", bind, "--workers", str(workers), "--threads", "4")
        self.wait_for(lambda: self.answers("/readyz"), what="the web processes")

    def start_worker(self, name: str) -> None:
        self.start(name, "celery", "-A", "cdm", "worker", "--loglevel", "INFO", "-c", "1", "-n", f"{name}@%h")

    def start_beat(self) -> None:
        schedule = str(self.folder / "beat-schedule")
        self.start("beat", "celery", "-A", "cdm", "beat", "--loglevel", "INFO", "--schedule", schedule)

    def kill(self, name: str) -> None:
        """End a process and all its children at once, as a power cut would."""
        process = self.running.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self, name: str) -> int:
        """Ask a process to stop, and wait until it has; answers its exit status."""
        process = self.running.pop(name)
        process.terminate()
        try:
            return process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise NeverHappened(f"{name} did not stop within 30 seconds.\n{self.words()}") from None

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait_for(self, happened: Callable[[], object], *, what: str, seconds: float = 90) -> None:
        """Wait until `happened()`; raises NeverHappened, at once when one of the processes has ended."""
        deadline = time.monotonic() + seconds
        while not happened():
            ended = [name for name, process in self.running.items() if process.poll() is not None]
            if ended or time.monotonic() > deadline:
                why = f"{', '.join(ended)} ended" if ended else f"not within {seconds:g} seconds"
                raise NeverHappened(f"Waited in vain for {what}: {why}.\n{self.words()}")
            time.sleep(0.2)

    def words(self) -> str:
        """The last of what every process said."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.stem}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)


def clean_environment(**variables: str) -> dict[str, str]:
    """What a fresh shell holds, without what pytest and a developer's shell add; and this Python, as it is."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return kept | {"CDM_NO_VENV": "1", "PYTHONUNBUFFERED": "1"} | variables


@contextlib.contextmanager
def deployed(
    folder: Path,
    *,
    database: str,
    redis: str,
    workers: Sequence[str] = ("worker-1", "worker-2"),
    **variables: str,
) -> Iterator[Host]:
    """A registry on PostgreSQL and Redis: two web processes, Celery workers, one beat; all end with it."""
    environment = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    environment |= {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "CDM_VAR": str(folder / "var"),
        "CDM_NO_VENV": "1",
        "PYTHONUNBUFFERED": "1",
        # a test does not wait a minute for the beat
        **{name: "1" for name in ("CLOCKS_SECONDS", "ASSIGN_SECONDS", "MAIL_SECONDS", "REMIND_SECONDS")},
        **variables,
    }
    host = Host(environment=environment, folder=folder)
    try:
        host.manage("migrate", "--verbosity", "0")
        host.manage("collectstatic", "--no-input", "--verbosity", "0")
        for name in workers:
            host.start_worker(name)
        host.start_beat()
        host.start_web()
        yield host
    finally:
        for name in list(host.running):
            host.kill(name)
