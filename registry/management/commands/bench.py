"""Measures the book against what this machine can commit at all: `manage.py bench`; docs/benchmarks.md explains.

Starts a PostgreSQL of its own with durable commits. In each round pgbench's TPC-B-like script and our acts run in
turn, with as many clients; the ratio of the two is what can be compared between machines.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from argparse import ArgumentParser
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from registry import bench_http, bench_plan, bench_replay, book, verify
from registry.codes import AccountType, EntryKind
from registry.models import Account, Block, Entry

AT = dt.datetime.now(dt.UTC)
"""When this process began: after all that an earlier one wrote, as the book demands."""

RUN = uuid.uuid4().hex
PARTIES = ("BR", "CN", "IN", "MX", "CL", "HN", "PE", "VN", "TH", "MY", "PH", "ZA", "EG", "KE", "MA", "ID")
LIVE_BLOCKS = 1_000
BLOCK_UNITS = 100_000
PROJECT = 8
PLANNED_BLOCKS = 100_000
REPLAYED = (926, 74)
"""Issuances and cancellations in a thousand rows: the share they have in the real history."""


class Command(BaseCommand):
    help = "Measures issue and transfer on a PostgreSQL of its own, as a ratio to pgbench at as many clients."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=int, default=4)
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--seconds", type=float, default=5)
        parser.add_argument(
            "--blocks",
            type=int,
            default=0,
            help="measure, fill the book with so many blocks, and measure again",
        )
        parser.add_argument(
            "--plan",
            action="store_true",
            help="only show how the blocks of an amount are found among 100,000",
        )
        parser.add_argument(
            "--history",
            type=Path,
            help="folder of issuances_to_2015.csv and voluntary_cancellations_to_2015.csv: replay them too",
        )
        parser.add_argument("--client", choices=[*ACTS, "history"], help="used by the command itself")
        parser.add_argument("--number", type=int, default=0, help="used by the command itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["client"] == "history":
            _replay_history(self, options["history"])
            return
        if options["client"]:
            self.stdout.write(str(_act(options["client"], options["number"], options["seconds"])))
            return
        if os.environ.get("REGISTRY_BENCH") == "inside":
            _measure(self, options)
            return
        with _servers().database_url(durable=True) as url:
            environment = {
                **os.environ,
                "DATABASE_URL": url,
                "SECRET_KEY": "bench",
                "REGISTRY_BENCH": "inside",
            }
            done = subprocess.run([sys.executable, *sys.argv], env=environment, check=False)
        if done.returncode:
            raise CommandError("The bench did not end well.", returncode=done.returncode)


def _measure(command: BaseCommand, options: dict[str, Any]) -> None:
    """The rounds, in the server that the outer command started."""
    clients = options["clients"]
    if clients > len(PARTIES):
        raise CommandError(f"At most {len(PARTIES)} clients.")
    command.stdout.write("Making the tables and the accounts ...")
    call_command("migrate", verbosity=0)
    _pgbench("-i", "-s", "10", "-q")
    if options["plan"]:
        _show_plan(command)
        return
    keys = {number: _open_account(number) for number in range(clients)}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file, bench_http.serving() as address:
        json.dump(keys, file)
        file.flush()
        os.environ |= {bench_http.KEYS_FILE: file.name, bench_http.ADDRESS: address}
        _measure_acts(command, options)


def _measure_acts(command: BaseCommand, options: dict[str, Any]) -> None:
    seconds = options["seconds"]
    small = _rounds(command, options)
    command.stdout.write("One client, rows per second:")
    many, single = _together("replay", 1, seconds), _together("orm", 1, seconds)
    command.stdout.write(
        f"  replay     {many:8.0f}\n  plain ORM  {single:8.0f}\n  ratio      {many / single:8.1f}"
    )
    if options["history"]:
        _history(options["history"])
    if options["blocks"]:
        command.stdout.write(f"Filling the book with {options['blocks']} blocks ...")
        _fill(options["blocks"])
        large = _rounds(command, options)
        command.stdout.write("Ratio to the reference with them, as a part of that before:")
        for act in ROUNDS:
            command.stdout.write(f"  {act:10} {large[act] / small[act]:.2f}")
    command.stdout.write(f"  blocks in the book: {Block.objects.count()}, true: {verify.verify_book().ok}")


def _rounds(command: BaseCommand, options: dict[str, Any]) -> dict[str, float]:
    """Reference and acts in turn, printed; the ratio of each act's median to the reference's."""
    clients, seconds = options["clients"], options["seconds"]
    rates: dict[str, list[float]] = {"reference": [], **{act: [] for act in ROUNDS}}
    for _ in range(options["rounds"]):
        rates["reference"].append(_reference(clients, seconds))
        for act in ROUNDS:
            rates[act].append(_together(act, clients, seconds))
    ratios = {
        act: statistics.median(found) / statistics.median(rates["reference"]) for act, found in rates.items()
    }
    command.stdout.write(f"{clients} clients, {options['rounds']} rounds of {seconds:g} s, per second:")
    for name, found in rates.items():
        command.stdout.write(
            f"  {name:10} median {statistics.median(found):8.0f}  min {min(found):8.0f}  max {max(found):8.0f}"
            f"  ratio {ratios[name]:.2f}"
        )
    return ratios


def _history(folder: Path) -> None:
    """The replay of the real history, into an empty book of its own on the same server."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE history")
    environment = {**os.environ, "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + "/history"}
    manage = Path(sys.argv[0]).resolve()
    arguments = ["bench", "--client", "history", "--history", str(folder.resolve())]
    subprocess.run([sys.executable, manage, *arguments], env=environment, check=True)


def _replay_history(command: BaseCommand, folder: Path) -> None:
    call_command("migrate", verbosity=0)
    files = {
        "issuances": folder / "issuances_to_2015.csv",
        "cancellations": folder / "voluntary_cancellations_to_2015.csv",
    }
    started = time.perf_counter()
    call_command("replay_history", **files, stdout=StringIO())
    passed = time.perf_counter() - started
    rows = Entry.objects.filter(kind__in=[EntryKind.ISSUANCE, EntryKind.CANCELLATION]).count()
    command.stdout.write(
        f"The history, read, replayed and verified: {rows} rows in {passed:.1f} s, {rows / passed:.0f} a second"
    )


def _show_plan(command: BaseCommand) -> None:
    """An account of 100,000 live blocks, and what PostgreSQL reads to find the ten that an amount takes."""
    account = book.open_account(
        type=AccountType.HOLDING, holder="many", party="BR", by=None, at=AT, reason="bench"
    )
    for _ in range(0, PLANNED_BLOCKS, 10_000):
        _issue_blocks("BR", account, 10_000, 50)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE registry_block")
    command.stdout.write(f"Ten blocks of 49 units, of {PLANNED_BLOCKS} live ones in the account:")
    command.stdout.write(
        bench_plan.explain_text(account, 10, party="BR", project_number=PROJECT, unit_type=5, period=1)
    )


def _servers() -> Any:
    """The part of the tests that starts servers from wheels; a registry in use is installed without it."""
    try:
        return importlib.import_module("tests.servers")
    except ImportError as error:
        raise CommandError(f"The bench needs the tests and their requirements: {error}.") from None


def _pgbench(*arguments: str) -> str:
    """Run pgbench on the server in use, from the wheel where none is installed."""
    settings = connection.settings_dict
    address = ["-h", settings["HOST"], "-p", str(settings["PORT"]), "-U", settings["USER"], settings["NAME"]]
    program = _servers().postgresql_program("pgbench")
    environment = {**os.environ, "PGPASSWORD": settings["PASSWORD"]}
    done = subprocess.run(
        [program, *arguments, *address], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"pgbench failed: {done.stderr}")
    return done.stdout


def _reference(clients: int, seconds: float) -> float:
    said = _pgbench("-c", str(clients), "-j", "2", "-T", str(max(1, round(seconds))), "-n")
    found = re.search(r"tps = ([0-9.]+)", said)
    if found is None:
        raise CommandError(f"pgbench said no rate: {said}")
    return float(found[1])


def _together(act: str, clients: int, seconds: float) -> float:
    """So many processes at once, each with its own Party and account; acts per second of all."""
    manage = Path(sys.argv[0]).resolve()
    processes = [
        subprocess.Popen(
            [sys.executable, manage, "bench", "--client", act, "--number", str(n), "--seconds", str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for n in range(clients)
    ]
    return sum(float(process.communicate()[0]) for process in processes)


def _open_account(number: int) -> list[str]:
    """An account with a thousand live blocks, and one to transfer to; the keys of two who represent the first."""
    party = PARTIES[number]
    source, target = (
        book.open_account(
            type=AccountType.HOLDING, holder=f"{holder} {number}", party=party, by=None, at=AT, reason="bench"
        )
        for holder in ("source", "target")
    )
    _issue_blocks(party, source, LIVE_BLOCKS, BLOCK_UNITS)
    return bench_http.prepare(source, target, AT)


def _issue_blocks(party: str, account: Account, blocks: int, units: int) -> None:
    orders = [_order(party, account, units, uuid.uuid4().hex) for _ in range(blocks)]
    refused = [result for result in book.issue_many(orders=orders) if isinstance(result, book.Refused)]
    if refused:
        raise CommandError(refused[0].sentence)


def _fill(blocks: int) -> None:
    """Give the book so many blocks, all of other accounts; an issuance bears four."""
    account = book.open_account(
        type=AccountType.HOLDING, holder="others", party="AR", by=None, at=AT, reason="bench"
    )
    for start in range(0, blocks // 4, 10_000):
        _issue_blocks("AR", account, min(10_000, blocks // 4 - start), 1_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _order(party: str, account: Account, units: int, key: str) -> book.IssuanceOrder:
    share = (2 * units + 49) // 100
    return book.IssuanceOrder(
        party=party,
        project_number=PROJECT,
        commitment_period=1,
        quantity=units,
        share=book.ShareOfProceeds(share, Decimal("2.00"), "17/CP.7, paragraph 15(a)"),
        monitoring_start=dt.date(2010, 1, 1),
        monitoring_end=dt.date(2010, 12, 31),
        by=None,
        at=AT,
        reason="bench",
        key=key,
        forward_to=[(account, units - share)],
        correction="bench",
    )


KEYS = (f"{RUN} {number}" for number in count())


@cache
def _issued(number: int, target: Account) -> dict[str, Any]:
    order = _order(PARTIES[number], target, 67_303, "")
    return {name: getattr(order, name) for name in order.__slots__ if name != "key"}


def _issue(number: int, account: Account, target: Account) -> None:
    book.issue(**_issued(number, target), key=next(KEYS))


def _transfer(number: int, account: Account, target: Account) -> None:
    book.transfer(
        source=account,
        target=target,
        party=PARTIES[number],
        project_number=PROJECT,
        commitment_period=1,
        quantity=10,
        by=None,
        at=AT,
        reason="bench",
        key=next(KEYS),
    )


def _replay(number: int, account: Account, target: Account) -> int:
    """A thousand rows through the doors for many, as the replay of the history does."""
    issuances, cancellations = REPLAYED
    orders = [_order(PARTIES[number], target, 1_000, uuid.uuid4().hex) for _ in range(issuances)]
    bin_ = book.own_account(AccountType.VOLUNTARY_CANCELLATION, at=AT)
    movements = [
        bench_replay.cancellation(orders[0], target, bin_, 10, uuid.uuid4().hex, AT)
        for _ in range(cancellations)
    ]
    for result in (*book.issue_many(orders=orders), *book.move_many(orders=movements)):
        if isinstance(result, book.Refused):
            raise CommandError(result.sentence)
    return len(orders) + len(movements)


def _by_orm(number: int, account: Account, target: Account) -> None:
    bench_replay.issue_by_orm(_order(PARTIES[number], target, 1_000, uuid.uuid4().hex))


@cache
def _client(number: int, account: Account, target: Account) -> bench_http.Client:
    return bench_http.Client(number, account, target, PARTIES[number], PROJECT)


def _movement(number: int, account: Account, target: Account) -> None:
    _client(number, account, target).move()


ACTS: dict[str, Callable[[int, Account, Account], int | None]] = {
    "issue": _issue,
    "transfer": _transfer,
    "movement": _movement,
    "replay": _replay,
    "orm": _by_orm,
}
ROUNDS = ("issue", "transfer", "movement", "replay")


def _act(name: str, number: int, seconds: float) -> float:
    """One client: the act again and again; how many a second, or how many rows."""
    account, target = (Account.objects.get(holder=f"{holder} {number}") for holder in ("source", "target"))
    act = ACTS[name]
    act(number, account, target)
    done, started = 0, time.perf_counter()
    while (passed := time.perf_counter() - started) < seconds:
        done += act(number, account, target) or 1
    return done / passed
