"""What every test stands on: which database it runs on, whether there is a browser, and a clean cache."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.core.cache import cache

from tests.emptying import empty_with_walls_down

if TYPE_CHECKING:
    from playwright.sync_api import Browser

TESTS = Path(__file__).resolve().parent
# Rooms that run on both databases, and rooms that need the real servers. The matrix asks who may do what, which no
# database decides, and every move in it is walked on both: of its machines one in each package runs twice.
BOTH_DATABASES = ("registry", "walks", "both")
SERVERS_ONLY = ("races", "smoke")
# Walks of rules that ask the database nothing which the others do not ask on both: money, records, tasks, deadlines,
# units, the Board's counting and the whole chain run twice.
ON_ONE_DATABASE = (
    "test_accreditation.py",
    "test_activity_reports.py",
    "test_board_discipline.py",
    "test_changing_rules.py",
    "test_confidential_papers.py",
    "test_crediting.py",
    "test_deregistration.py",
    "test_entity_matters.py",
    "test_example_mechanism.py",
    "test_focal_points.py",
    "test_later_reductions.py",
    "test_letters.py",
    "test_modalities.py",
    "test_monitoring_periods.py",
    "test_operational_entities.py",
    "test_participants.py",
    "test_post_registration_changes.py",
    "test_prior_consideration.py",
    "test_renewal.py",
    "test_review.py",
    "test_small_scale_claims.py",
    "test_transition.py",
    "test_verification.py",
)
# the longest files begin first, so that no worker is left alone with one in the end
LONGEST_FIRST = (
    "start/test_up.py",
    "browser/test_novagerar.py",
    "smoke/test_killed_at_any_moment.py",
    "smoke/test_real_processes.py",
    "registry/test_random_walk.py",
    "registry/test_movements_walk.py",
    "browser/test_design.py",
    "web/test_every_url.py",
    "api/test_visible.py",
    "api/test_description.py",
    "demonstration/test_june_2019.py",
    "simulation/test_small_world.py",
    "matrix/test_board_request.py",
    "walks/test_forwarding.py",
)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
NO_CHROMIUM = (
    "The browser tests need chromium: apt-get install chromium (or name one with CHROMIUM=/path/to/it)."
)


empty_with_walls_down()


def on_sqlite() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by the room they are in, and leave out what this machine or this database cannot run."""
    for item in items:
        room = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if room in BOTH_DATABASES and item.path.name not in ON_ONE_DATABASE:
            item.add_marker("both_databases")
        elif room in SERVERS_ONLY:
            item.add_marker("postgres")
        elif room == "browser":
            item.add_marker("browser")
    places = {TESTS / name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    out = []
    if on_sqlite():
        out += [item for item in items if item.get_closest_marker("postgres")]
    without_browser = [item for item in items if item.get_closest_marker("browser")] if not CHROMIUM else []
    if without_browser and os.environ.get("CI", "").lower() in {"1", "true"}:
        raise pytest.UsageError(NO_CHROMIUM)
    config.stash[_browser_tests_left_out] = len(without_browser)
    out += [item for item in without_browser if item not in out]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in out]


_browser_tests_left_out = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if CHROMIUM is None and (TESTS / "browser").is_dir() and not os.environ.get("DATABASE_URL"):
        terminalreporter.write_line(NO_CHROMIUM + " They were left out.", yellow=True)
    if target := os.environ.get("CDM_TEST_COUNTS"):
        outcomes = ("failed", "passed", "skipped", "error", "xfailed", "xpassed", "deselected")
        Path(target).write_text(
            json.dumps({name: len(terminalreporter.stats.get(name, [])) for name in outcomes})
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Debian's chromium, driven by Playwright; a test takes a fresh `chromium.new_context()`."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread, which Django would take for asynchronous code
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _clean_cache() -> Iterator[None]:
    """Throttles count in the cache: one test's sign-ins are not another's."""
    cache.clear()
    yield
