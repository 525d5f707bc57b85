"""The registry on real processes, beside a test that sees the same database and moves the demonstration's clock."""

from __future__ import annotations

import json
import os
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.db import connection
from pytest_django import Settings

from cdm import clock
from cdm.acts import keys
from cdm.api.door import COLLECTIONS
from cdm.celery import app
from cdm.models import Deadline, DemonstrationClock, Notice, Organisation, Record, Task
from cdm.models.subject import Subject
from tests.given import World, instant
from tests.processes import Host, deployed
from tests.servers import free_port, redis_at


class Broker:
    """A Redis of the test's own, which it may kill: everything in it is forgotten then."""

    def __init__(self) -> None:
        self.port, self.password = free_port(), secrets.token_hex(16)
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        self.life = ExitStack()
        self.start()

    def start(self) -> None:
        self.life.enter_context(redis_at(self.port, self.password))

    def kill(self) -> None:
        self.life.close()


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    yield made
    made.kill()


def database_url() -> str:
    """The test database's address, as an operator would write it into DATABASE_URL."""
    given = connection.settings_dict
    if url := os.environ.get("DATABASE_URL"):
        parts = urlsplit(url)
        return parts._replace(path=f"/{quote(given['NAME'])}").geturl()
    raise AssertionError("the smoke tests run on PostgreSQL only")


@contextmanager
def waking_workers_at(url: str) -> Iterator[None]:
    """Let this process's tasks go to a broker, as a web process's do, and not be run at once."""
    usual = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}

    def tell(**conf: Any) -> None:
        app.conf.update(**conf)
        app.pool.force_close_all()
        app._pool = app.amqp._producer_pool = None

    tell(broker_url=url, task_always_eager=False)
    try:
        yield
    finally:
        tell(**usual)


@pytest.fixture
def host(transactional_db: None, tmp_path: Path, settings: Settings, broker: Broker) -> Iterator[Host]:
    """Web, two workers and beat on this test's database; the test's own wake-ups go to the same broker."""
    settings.DEMONSTRATION = True
    where = {"database": database_url(), "redis": broker.url}
    with (
        waking_workers_at(broker.url),
        deployed(tmp_path, **where, CDM_DEMONSTRATION="on-a-server") as running,
    ):
        yield running


class DistantWorld(World):
    """A world whose time passes in other processes: their beat and workers do what windows call for."""

    def __init__(self, host: Host, **about: Any) -> None:
        self.host = host
        super().__init__(**about)
        clock.start(self.at)

    def on(self, text: str) -> World:
        self.let_it_be(text)
        self.wait_for(lambda: not open_windows(self), what=f"the windows that close before {text}")
        return self

    def let_it_be(self, text: str) -> None:
        """Move the clock and do nothing else."""
        self.at = instant(text)
        ahead = clock._seconds_ahead(self.at)
        DemonstrationClock.objects.update(offset_seconds=ahead)

    def wait_for(self, happened: Callable[[], object], *, what: str, seconds: float = 90) -> None:
        self.host.wait_for(happened, what=what, seconds=seconds)

    def settle(self) -> None:
        """Until every task has a person and every letter is out."""
        self.wait_for(
            lambda: not Task.objects.filter(assigned_to=None, closed_at=None).exists(), what="assignment"
        )
        self.wait_for(lambda: not Notice.objects.filter(mailed_at=None).exists(), what="the letters")


class WorldOverHttp(DistantWorld):
    """A distant world whose people make their moves through the API of the web processes."""

    def __init__(self, host: Host, **about: Any) -> None:
        self.keys: dict[str, str] = {}
        super().__init__(host, **about)

    def do(self, subject: Subject, move: str, who: str, note: str = "", **given: Any) -> Record:
        """`who` makes the move over HTTP, with a key of their own."""
        if who not in self.keys:
            self.keys[who] = keys.issue(name="smoke", by=self.people[who], at=self.at)[1]
        request = urllib.request.Request(
            f"{self.host.url}/api/{COLLECTIONS[subject.machine.name]}/{subject.pk}/moves/{move}/",
            data=json.dumps(given | {"note": note}, default=as_json).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.keys[who]}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                assert answer.status == 200
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"{move} by {who}: {refusal.code} {refusal.read().decode()}") from refusal
        subject.refresh_from_db()
        return Record.objects.filter(verb=move, subject_id=subject.pk).latest("id")


def as_json(value: object) -> object:
    """A value of a move as the API takes it; texts and numbers go as they are."""
    return value.pk if isinstance(value, Organisation) else str(value)


def open_windows(world: World) -> bool:
    """Whether a window that the law closes is still open past its end."""
    return Deadline.objects.filter(closed_at=None, acts_at__lte=world.at).exclude(then="").exists()


@pytest.fixture
def distant(host: Host) -> DistantWorld:
    return DistantWorld(host, at=instant("2004-06-01"))


@pytest.fixture
def over_http(host: Host) -> WorldOverHttp:
    return WorldOverHttp(host, at=instant("2004-06-01"))
