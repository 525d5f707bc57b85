"""Runs the registry on this machine: database, demonstration, web, and where there is no broker the tasks."""

import argparse
import datetime as dt
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections

from cdm import clock, demonstration
from cdm.acts.people import enter_first_administrator
from cdm.rules import sets


class Command(BaseCommand):
    help = "Runs the registry on this machine and prints its address. Stop it with Ctrl-C."
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--bind", default="127.0.0.1", help="address to listen on (default: this machine only)"
        )
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--threads", type=int, default=8, help="requests served at the same time")
        parser.add_argument(
            "--workers", type=int, default=1, help="web processes; more than one needs REDIS_URL"
        )
        parser.add_argument(
            "--fresh", action="store_true", help="start the demonstration anew, forgetting all of it"
        )
        parser.add_argument(
            "--no-demo",
            action="store_true",
            help="start empty, with a first administrator, and keep what is entered",
        )
        parser.add_argument(
            "--demo-date",
            type=_date,
            metavar="YYYY-MM-DD",
            help="the day the demonstration lives in, in any year",
        )

        parser.add_argument(
            "--cast-only",
            action="store_true",
            help="the demonstration's people, and no project yet: file one yourself",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.check_options(options)
        if "SITE_URL" not in os.environ:
            settings.SITE_URL = address(options)  # the links in letters lead here
        with_lock(settings.PLACE)
        if settings.DEMONSTRATION and settings.EMBEDDED:
            unfinished = database_file().exists() and not loaded_mark().exists()
            if unfinished:
                self.say("The last start was stopped while the demonstration was loading; it starts anew.")
            if options["fresh"] or unfinished:
                forget_the_demonstration()
        self.say("Preparing the database ...")
        try:
            connections["default"].ensure_connection()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).strip()}") from error
        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMONSTRATION:
            # the demonstration's projects are of the CDM; another mechanism begins with the people
            other_mechanism = sets.mechanism_in_force() != sets.CDM
            self.load_demonstration(
                options["demo_date"], cast_only=options["cast_only"], people_alone=other_mechanism
            )
        else:
            self.make_first_administrator()
        if not settings.DEBUG:
            call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()  # nothing open may cross the fork
        serve(options, greeting=self.greeting(options))

    def check_options(self, options: dict[str, Any]) -> None:
        if options["fresh"] and not (settings.DEMONSTRATION and settings.EMBEDDED):
            raise CommandError(
                "--fresh is only for the demonstration on this machine's own SQLite; "
                "it never empties a registry or a database server."
            )
        if options["cast_only"] and not settings.DEMONSTRATION:
            raise CommandError("--cast-only is only for the demonstration.")
        if options["demo_date"] and not settings.DEMONSTRATION:
            raise CommandError("--demo-date is only for the demonstration; a registry lives in the present.")
        day = options["demo_date"] or dt.date.fromisoformat(settings.DEMONSTRATION_DATE)
        if settings.DEMONSTRATION and day < sets.begins_on():
            raise CommandError(
                f"The rules of the mechanism “{sets.mechanism_in_force()}” begin on "
                f"{sets.begins_on():%-d %B %Y}. Let the demonstration live later, with --demo-date."
            )
        if settings.EMBEDDED_WORKER and options["workers"] != 1:
            raise CommandError(
                "Without a broker the registry is one web process. Set REDIS_URL to use --workers "
                "(docs/deploy.md), or give it more --threads."
            )

    def load_demonstration(self, wanted: dt.date | None, *, cast_only: bool, people_alone: bool) -> None:
        """Load it the first time; later only move its clock forward, when another day is wanted."""
        if wanted:
            settings.DEMONSTRATION_DATE = wanted.isoformat()
        if not get_user_model().objects.exists():
            self.say("Loading the demonstration ...")
            call_command("load_demonstration", cast_only=cast_only or people_alone, verbosity=0)
        elif cast_only:
            raise CommandError(
                "The demonstration is loaded already. To begin with its people only, add --fresh."
            )
        if settings.EMBEDDED:
            loaded_mark().touch()
        if wanted and wanted < clock.today():
            raise CommandError(
                f"The demonstration already lives on {clock.today():%-d %B %Y}; its clock never goes back; "
                f"to begin on {wanted:%-d %B %Y}, add --fresh; that forgets what was done in it."
            )
        if wanted and wanted > clock.today():
            clock.set_to(_morning_of(wanted), by=None)

    def make_first_administrator(self) -> None:
        """Give an empty registry one person who can let the others in; the password is shown this once."""
        people = get_user_model().objects
        if people.exists():
            return
        email = os.environ.get("CDM_ADMIN_EMAIL", "").strip()
        name = os.environ.get("CDM_ADMIN_NAME", "").strip()
        if not email and sys.stdin.isatty():
            email = input("E-mail address of the first administrator: ").strip()
            name = name or input("Name of the first administrator: ").strip()
        password = secrets.token_urlsafe(15)
        enter_first_administrator(
            email=email or "administrator@localhost",
            name=name or "First administrator",
            password=password,
            at=clock.now(),
        )
        self.say(
            f"First administrator: {email or 'administrator@localhost'}\n"
            f"Password, shown only now: {password}\n"
            "Sign in, change the password, and enter organisations and people under “People”."
        )

    def greeting(self, options: dict[str, Any]) -> str:
        """What stands on the screen while it runs: the people of the demonstration, and last the address."""
        lines = people_by_role() if settings.DEMONSTRATION else []
        lines.append(f"The registry is at {address(options)}/")
        if settings.DEMONSTRATION:
            lines.append(
                f"In it, it is {clock.today():%-d %B %Y}; sign in there with one click as any of the above."
            )
        if options["bind"] not in {"127.0.0.1", "::1", "localhost"} and "ALLOWED_HOSTS" not in os.environ:
            lines.append("Other machines are answered only under a name in ALLOWED_HOSTS (docs/deploy.md).")
        if not settings.EMBEDDED_WORKER:
            lines.append("Start `celery -A cdm worker` and one `celery -A cdm beat` beside it.")
        lines.append("Stop it with Ctrl-C; what was done is kept for the next start.")
        return "\n".join(lines)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def people_by_role() -> list[str]:
    """The cast under its roles, a line each: name, e-mail, organisation."""
    people = demonstration.people()
    wide = max((len(person.name) for person in people), default=0)
    wider = max((len(person.email) for person in people), default=0)
    lines = []
    for role in dict.fromkeys(person.role for person in people):
        lines.append(role)
        cast = [person for person in people if person.role == role]
        lines += [
            f"  {person.name:<{wide}}  {person.email:<{wider}}  {person.organisation}" for person in cast
        ]
    return [*lines, ""]


def address(options: dict[str, Any]) -> str:
    """Where a browser on this machine finds it, without a slash at the end."""
    host = "127.0.0.1" if options["bind"] in {"0.0.0.0", "::"} else options["bind"].strip("[]")  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{options['port']}"


def serve(options: dict[str, Any], *, greeting: str) -> None:
    """Serve until stopped. gunicorn's main process restarts the web process if it dies."""
    from gunicorn.app.base import BaseApplication

    def start_embedded(worker: Any) -> None:
        from cdm.celery import app
        from cdm.embedded import Embedded

        worker.embedded = Embedded(app).start()

    def stop_embedded(server: Any, worker: Any) -> None:
        if hasattr(worker, "embedded"):
            worker.embedded.stop()

    def greet(server: Any) -> None:
        print(f"\n{greeting}\n", flush=True)

    def part(server: Any) -> None:
        print("Stopped.", flush=True)

    class Registry(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            bind = f"[{options['bind'].strip('[]')}]" if ":" in options["bind"] else options["bind"]
            chosen = {
                "bind": f"{bind}:{options['port']}",
                "workers": options["workers"],
                "threads": options["threads"],
                "worker_class": "gthread",
                "graceful_timeout": 20,
                "loglevel": "warning",
                "when_ready": greet,
                "on_exit": part,
                "control_socket_disable": True,
            }
            if settings.EMBEDDED_WORKER:
                chosen |= {"post_worker_init": start_embedded, "worker_exit": stop_embedded}
            for name, value in chosen.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            from cdm.wsgi import application

            return application

    Registry().run()


def with_lock(folder: Path) -> None:
    """Hold `folder` for as long as this process lives; refuse when another registry runs from it."""
    if os.name == "nt":
        return
    import fcntl

    lock = (folder / "running").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        raise CommandError(
            f"A registry already runs from {folder} (process {lock.read().strip() or 'unknown'}): "
            "stop that one first."
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    _held.append(lock)  # kept open: closing the file would let go of it


_held: list[Any] = []


def database_file() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


def loaded_mark() -> Path:
    """There once the demonstration has been loaded whole."""
    return settings.PLACE / "loaded"


def forget_the_demonstration() -> None:
    """Delete what the demonstration wrote on this machine: database, uploads, letters. Nothing else."""
    loaded_mark().unlink(missing_ok=True)
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{database_file()}{ending}").unlink(missing_ok=True)
    for folder in (settings.PLACE / "media", settings.PLACE / "mail"):
        shutil.rmtree(folder, ignore_errors=True)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2019-06-03") from None


def _morning_of(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(9), dt.UTC)
