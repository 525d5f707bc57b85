"""`python3 manage.py test`: the whole suite on SQLite, then what matters on real PostgreSQL and Redis."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import ServerDidNotStart, database_url, redis_url
from tests.template import migrated_beside

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
# in pytest's own order; `deselected` is not counted against a run
OUTCOMES = ("failed", "passed", "skipped", "error", "xfailed", "xpassed")


@dataclass
class Phase:
    """One run of pytest, and how it ended."""

    name: str
    exit_status: int = 1
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    trouble: str = ""

    @property
    def is_good(self) -> bool:
        return self.exit_status == 0 and not self.trouble


def run(arguments: list[str]) -> int:
    """Run both phases with pytest's `arguments`; answers 0 only when everything that ran passed."""
    on_sqlite, on_servers = Phase("SQLite"), Phase("PostgreSQL and Redis")
    try:
        _run_pytest(
            on_sqlite, arguments, {"DATABASE_URL": None, "REDIS_URL": None, "CDM_TEST_TEMPLATE": None}
        )
        try:
            with (
                database_url() as database,
                redis_url() as redis,
                migrated_beside(database) as template,
            ):
                servers = {"DATABASE_URL": database, "REDIS_URL": redis, "CDM_TEST_TEMPLATE": template}
                _run_pytest(on_servers, ["-m", "both_databases or postgres", *arguments], servers)
        except ServerDidNotStart as error:
            on_servers.trouble = str(error)
    except KeyboardInterrupt:
        on_servers.trouble = on_servers.trouble or "stopped by Ctrl-C"
    phases = [on_sqlite, on_servers]
    # a selection may have nothing to say about one of the two databases, but not about both
    if arguments and {phase.exit_status for phase in phases} != {NOTHING_COLLECTED}:
        for phase in phases:
            if phase.exit_status == NOTHING_COLLECTED:
                phase.exit_status = 0
    _sum_up(phases)
    return 0 if all(phase.is_good for phase in phases) else 1


def _run_pytest(phase: Phase, arguments: list[str], environment: dict[str, str | None]) -> None:
    print(f"\n{f' {phase.name} ':=^100}", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "pytest"]
    one_process = {"--pdb", "-s", "--collect-only", "--co"}
    if not any(word in one_process or word.startswith("-n") for word in arguments):
        # the order of tests/conftest.py is kept: by number of tests the longest file, of few, would come last
        command += ["-n", str(min(os.cpu_count() or 1, 4)), "--dist", "loadfile", "--no-loadscope-reorder"]
    with tempfile.NamedTemporaryFile(suffix=".json") as counts:
        given = os.environ | {"CDM_TEST_COUNTS": counts.name}
        given |= {name: value for name, value in environment.items() if value is not None}
        for name in [name for name, value in environment.items() if value is None]:
            given.pop(name, None)
        phase.exit_status = subprocess.run(
            [*command, *arguments], cwd=ROOT, env=given, check=False
        ).returncode
        text = Path(counts.name).read_text()
    phase.counts = json.loads(text) if text else {}
    phase.seconds = time.monotonic() - started


def _sum_up(phases: list[Phase]) -> None:
    """The closing lines: one a phase, then the sum as pytest words it."""
    print()
    for phase in phases:
        words = _words(phase.counts)
        print(f"{phase.name}: {phase.trouble or f'{words} in {phase.seconds:.1f}s'}")
    total = {name: sum(phase.counts.get(name, 0) for phase in phases) for name in OUTCOMES}
    total["error"] += sum(1 for phase in phases if not phase.is_good and not _says_why(phase))
    seconds = sum(phase.seconds for phase in phases)
    print(f"{f' {_words(total)} in {seconds:.2f}s ':=^100}", flush=True)


def _says_why(phase: Phase) -> bool:
    return bool(phase.counts.get("failed") or phase.counts.get("error"))


def _words(counts: dict[str, int]) -> str:
    found = [
        f"{count} {name if name != 'error' or count == 1 else 'errors'}"
        for name, count in counts.items()
        if count
    ]
    return ", ".join(found) or "no tests ran"
