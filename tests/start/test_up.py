"""`manage.py up` for real: web, worker and beat in one place, ended by Ctrl-C and found again by a second start."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.house.sources import ROOT
from tests.processes import clean_environment
from tests.servers import free_port


@dataclass
class Running:
    """A started registry: its address, and what it has printed once it has ended."""

    process: subprocess.Popen[str]
    url: str
    log: Path

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return int(answer.status), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def processes(self) -> list[int]:
        """The main process and its children, and theirs."""
        found = [self.process.pid]
        listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
        pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
        for pid in found:
            found += [child for child, parent in pairs if parent == pid]
        return found

    def press_ctrl_c(self) -> str:
        """As a terminal does it: the signal goes to every process of the group. Answers all it printed."""
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.wait(timeout=30) == 0
        return self.log.read_text()


@contextmanager
def up(var: Path, *words: str) -> Iterator[Running]:
    """`manage.py up` with its own var folder, from another working folder, waited for until it answers."""
    port = free_port()
    log = var.parent / f"up-{port}.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), *words],
            cwd="/",
            env=clean_environment(CDM_VAR=str(var)),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    running = Running(process, f"http://127.0.0.1:{port}", log)
    try:
        until = time.monotonic() + 120
        while not answers(running):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def answers(running: Running) -> bool:
    try:
        return running.get("/healthz")[0] == 200
    except OSError:
        return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return "Z" not in state.stdout


def people(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return [row[0] for row in connection.execute("SELECT email FROM cdm_user ORDER BY email")]


def test_without_the_demonstration_it_starts_empty_with_one_administrator(tmp_path: Path) -> None:
    """One folder through two starts: empty with a password shown once, then as it was left."""
    var = tmp_path / "var folder"
    with up(var, "--no-demo") as registry:
        assert registry.get("/readyz") == (200, "ready\n")
        status, page = registry.get("/accounts/login/")
        assert status == 200
        # what a page loads is served by the same process, under a name that changes with its contents
        sheets = re.findall(r'<link[^>]+href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
        assert sheets
        assert registry.get(sheets[0])[0] == 200
        running = registry.processes()
        assert len(running) == 2, "the main process and the one web process"
        said = registry.press_ctrl_c()
    assert not [pid for pid in running if is_alive(pid)]
    assert re.search(r"^First administrator: administrator@localhost$", said, re.MULTILINE)
    assert re.search(r"^Password, shown only now: \S{20,}$", said, re.MULTILINE)
    assert said.rstrip().endswith("Stopped.")
    assert "Traceback" not in said
    assert people(var / "registry" / "cdm.sqlite3") == ["administrator@localhost"]

    started = time.monotonic()
    with up(var, "--no-demo") as registry:
        seconds = time.monotonic() - started
        a_second_registry_is_refused(var)
        the_web_process_comes_back_when_it_dies(registry)
        said = registry.press_ctrl_c()
    assert "Password" not in said
    assert people(var / "registry" / "cdm.sqlite3") == ["administrator@localhost"]
    assert seconds < 30, "a second start takes seconds"


def a_second_registry_is_refused(var: Path) -> None:
    """Two registries never run from one folder."""
    second = manage_up(var, "--no-demo")
    assert second.returncode != 0
    assert "A registry already runs from" in second.stderr


def the_web_process_comes_back_when_it_dies(registry: Running) -> None:
    """Worker and beat come back with it: they are threads of it."""
    main, web = registry.processes()
    os.kill(web, signal.SIGKILL)
    until = time.monotonic() + 30
    while not (answers(registry) and web not in registry.processes()):
        assert time.monotonic() < until, registry.log.read_text()
        time.sleep(0.1)
    assert registry.processes()[0] == main


def test_the_demonstration_is_begun_anew_kept_and_moved(tmp_path: Path) -> None:
    """One folder through five starts: stopped half way, loaded, kept, refused a day before its own, anew in 2004."""
    var = tmp_path / "var"
    database = var / "demonstration" / "cdm.sqlite3"
    stop_half_way(var)
    with up(var) as registry:
        assert registry.get("/readyz") == (200, "ready\n")
        said = registry.press_ctrl_c()
    assert "it starts anew" in said
    cast = people(database)
    for email in cast:
        assert email in said, "everyone who may sign in is printed"
    for role in (
        "Project participant",
        "Designated national authority",
        "Secretariat",
        "Registry administrator",
    ):
        assert re.search(rf"^{role}$", said, re.MULTILINE)
    assert said.count("http://") == 1
    assert registry.url in said
    assert "3 June 2019" in said
    projects = count(database, "cdm_project")
    assert projects >= 12

    with up(var) as registry:
        said = registry.press_ctrl_c()
    assert "Loading" not in said
    assert (people(database), count(database, "cdm_project")) == (cast, projects)

    refused = manage_up(var, "--demo-date", "2004-02-01")
    assert refused.returncode != 0
    assert "its clock never goes back" in refused.stderr
    assert "--fresh" in refused.stderr
    assert count(database, "cdm_project") == projects

    with up(var, "--fresh", "--demo-date", "2004-02-01") as registry:
        said = registry.press_ctrl_c()
    assert "1 February 2004" in said
    assert count(database, "cdm_project") < projects


def stop_half_way(var: Path) -> None:
    """The demonstration's first start, killed while it loads."""
    half = subprocess.Popen(
        up_command(),
        env=clean_environment(CDM_VAR=str(var)),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert half.stdout is not None
    while "Loading the demonstration" not in half.stdout.readline():
        assert half.poll() is None
    half.kill()
    half.communicate()


def manage_up(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A start that does not come about."""
    return subprocess.run(
        up_command(*words),
        env=clean_environment(CDM_VAR=str(var)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def up_command(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), "up", "--port", str(free_port()), *words]


def count(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
