#!/usr/bin/env python3
"""The registry's one command: `python3 manage.py up` runs it, `python3 manage.py test` tests it.

Both first make the environment (.venv, from the pinned and hashed requirements), then run inside it. Up to
that point only Python's own library is used, in words an old Python can read, so that it can say it is old.
"""

import argparse
import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
# there while the environment is being made or changed: what is found with it is half made
UNFINISHED = VENV / "unfinished"
REQUIREMENTS = {
    "up": [ROOT / "requirements.txt"],
    "test": [ROOT / "requirements.txt", ROOT / "tests" / "requirements.txt"],
}


def refuse(sentence):
    sys.exit(sentence)


def check_python():
    if sys.version_info < OLDEST_PYTHON:
        refuse(
            "Python {}.{} or newer is needed; this is Python {}.{}. Install a newer one and run "
            "this with it, for example: python3.11 manage.py up".format(
                *(OLDEST_PYTHON + sys.version_info[:2])
            )
        )


def check_folder(folder):
    """Refuse, with the remedy, a folder in which nothing can be written."""
    probe = folder / ".write-test-{}".format(os.getpid())
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        refuse(
            "The folder {} cannot be written ({}). Make it writable, or copy the project to a folder "
            "that is, and run it there.".format(folder, error.strerror)
        )


def check_port(arguments):
    """Refuse before anything is made when the address that `up` is to listen on cannot be had."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", default="8000")
    options = parser.parse_known_args(arguments)[0]
    if not options.port.isdigit() or not 0 < int(options.port) < 65536:
        refuse("--port is {!r}; it must be a number from 1 to 65535.".format(options.port))
    family = socket.AF_INET6 if ":" in options.bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.bind.strip("[]"), int(options.port)))
        except PermissionError:
            refuse("Port {} needs more rights; choose one above 1023 with --port.".format(options.port))
        except OSError as error:
            if error.errno == 98 or "in use" in str(error):
                refuse(
                    "Port {} on {} is already taken, perhaps by a registry that is still running. Stop that, "
                    "or choose another port: python3 manage.py up --port {}".format(
                        options.port, options.bind, int(options.port) % 65535 + 1
                    )
                )
            reason = error.strerror or error
            refuse("Cannot listen on {} port {}: {}.".format(options.bind, options.port, reason))


def digest_of(files):
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def works(python):
    """Whether the environment's Python starts, is new enough and has its installer."""
    if UNFINISHED.exists() or not os.path.exists(str(python)):  # also False where it may not be seen
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < {})".format(OLDEST_PYTHON)
    return subprocess.call([str(python), "-c", probe], stdout=-3, stderr=-3) == 0


def make_environment():
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        refuse(
            "This Python has no venv module, which makes the project's own environment. On Debian or "
            "Ubuntu: apt-get install python3-venv"
        )
    print("Making the environment in .venv ...", flush=True)
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    shutil.rmtree(str(VENV), ignore_errors=True)
    VENV.mkdir()
    UNFINISHED.touch()
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], stdout=-1, stderr=-2)
    if made.returncode:
        sys.stderr.buffer.write(made.stdout)
        refuse("The environment could not be made; what Python said stands above.")


def bring_up_to_date(verb):
    """Make .venv, or finish it, so that it holds exactly what the requirements of `verb` pin."""
    stamp = VENV / "installed-for-{}".format(verb)
    digest = digest_of(REQUIREMENTS[verb])
    if works(VENV_PYTHON) and stamp.exists() and stamp.read_text() == digest:
        return
    check_folder(ROOT)
    with Locked(ROOT):
        if not works(VENV_PYTHON):
            make_environment()
        elif stamp.exists() and stamp.read_text() == digest:
            return  # another process has just made it
        UNFINISHED.touch()
        print("Installing what it needs from the package index (once, half a minute or so) ...", flush=True)
        command = [str(VENV_PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        command += ["--no-input", "--require-hashes"]
        for file in REQUIREMENTS[verb]:
            command += ["-r", str(file)]
        if subprocess.call(command):
            refuse("The packages could not be installed; what pip said stands above. Run this to try again.")
        stamp.write_text(digest)
        UNFINISHED.unlink()


class Locked:
    """One process at a time changes the environment of a folder; the others wait."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        if os.name != "nt":
            import fcntl

            self.handle = os.open(str(self.folder), os.O_RDONLY)
            fcntl.flock(self.handle, fcntl.LOCK_EX)

    def __exit__(self, *_):
        if os.name != "nt":
            os.close(self.handle)


def run_inside_environment():
    """Become the environment's Python, not its parent: signals and the exit status go straight through."""
    sys.stdout.flush()
    arguments = [str(VENV_PYTHON), str(ROOT / "manage.py")] + sys.argv[1:]
    if os.name == "nt":
        sys.exit(subprocess.call(arguments))
    os.execv(arguments[0], arguments)


def use_the_demonstration_where_there_is_nothing_else():
    """Let verify_book and others look at the demonstration that `up` made, not at an empty registry beside it."""
    place = Path(os.environ.get("CDM_VAR") or ROOT / "var")
    if "DATABASE_URL" in os.environ or (place / "registry").exists():
        return
    if (place / "demonstration").exists():
        os.environ.setdefault("CDM_DEMONSTRATION", "yes")


def main():
    check_python()
    verb = sys.argv[1] if len(sys.argv) > 1 else ""
    is_inside = Path(sys.prefix).resolve() == VENV.resolve()
    keeps_own_environment = os.environ.get("CDM_NO_VENV") == "1"
    wants_help = {"-h", "--help"} & set(sys.argv[2:])
    if verb == "up" and not wants_help:
        check_port(sys.argv[2:])
        if "--no-demo" not in sys.argv:
            os.environ.setdefault("CDM_DEMONSTRATION", "yes")
    if verb not in ("up", "test"):
        use_the_demonstration_where_there_is_nothing_else()
    if verb in REQUIREMENTS and not keeps_own_environment:
        bring_up_to_date(verb)
    if not is_inside and not keeps_own_environment and os.path.exists(str(VENV_PYTHON)):
        run_inside_environment()
    sys.path.insert(0, str(ROOT))
    if verb == "test":
        from tests.phases import run

        sys.exit(run(sys.argv[2:]))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdm.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        refuse("The environment is not made yet. Run: python3 manage.py up")
    from django.core.exceptions import ImproperlyConfigured

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        refuse(str(error))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
