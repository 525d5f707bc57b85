"""Rules that change while a request is under way: it keeps its own, or takes the new ones, to the end (EB93-A11).

The registration windows of the CDM have been the same since 2010, so the two sets here are of a mechanism whose
window grows from 14 to 21 days on 1 October 2019: what a request is judged by can be seen in its last day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdm.rules import sets
from tests.given import World
from tests.house.sources import ROOT

pytestmark = pytest.mark.django_db

EXAMPLE = ROOT / "docs" / "examples" / "mechanism" / "example-mechanism.toml"


@pytest.fixture(autouse=True)
def two_sets(tmp_path: Path) -> Iterator[None]:
    older = EXAMPLE.read_text(encoding="utf-8")
    newer = (
        older.replace('"example-2019"', '"example-2019-october"')
        .replace("valid_from = 2019-01-01", "valid_from = 2019-10-01")
        .replace("{ days = 14,", "{ days = 21,")
    )
    older = older.replace("valid_from = 2019-01-01", "valid_from = 2019-01-01\nvalid_until = 2019-09-30")
    for name, text in (("older", older), ("newer", newer)):
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    sets.add_folder(tmp_path)
    sets.choose("example")
    yield
    sets.built_in_only()


def registered_after_return(world: World, *, returned_on: str, again_on: str) -> tuple[str, int]:
    """Submitted under the older set, returned, submitted again: the rule set, and the days its window lasted."""
    project = world.on("2019-04-01").validated(yearly_t=3_000, others=())
    request = world.submitted_request(project, "validator")
    assert request.rule_set_key == "example-2019"
    world.on(returned_on)
    world.do(request, "return", "secretary", sections=["d"], reasons="(d) has no benchmark.")
    world.on(again_on)
    world.do(request, "submit", "validator")
    world.do(request, "pass_completeness", "secretary")
    world.do(request, "pass_information", "secretary")
    assert request.published_on is not None and request.window_last_day is not None
    days = (request.window_last_day - request.published_on).days + 1
    world.on(f"{request.window_last_day} 23:59")
    request.refresh_from_db()
    assert request.state == "published"
    world.after_window(request)
    project.refresh_from_db()
    assert (request.state, project.state) == ("registered", "registered")
    assert project.registered_on == dt.date.fromisoformat(again_on)
    return request.rule_set_key, days


@pytest.mark.rule("2.0-1", "2.0-2")
def test_within_the_grace_period_the_older_windows_hold_to_the_end(world: World) -> None:
    """Returned on 8 July 2019: 6 October is the 90th day, and the new set has applied for five."""
    found = registered_after_return(world, returned_on="2019-07-08", again_on="2019-10-06")
    assert found == ("example-2019", 14)


@pytest.mark.rule("2.0-2")
def test_after_the_grace_period_the_new_windows_count(world: World) -> None:
    found = registered_after_return(world, returned_on="2019-07-08", again_on="2019-10-07")
    assert found == ("example-2019-october", 21)


@pytest.mark.rule("2.0-1")
def test_a_window_that_is_open_is_not_lengthened_by_a_new_set(world: World) -> None:
    project = world.on("2019-08-01").validated(yearly_t=3_000, others=())
    world.on("2019-09-25")
    request = world.published_request(project, "validator")
    assert request.window_last_day == dt.date(2019, 10, 8)
    world.on("2019-10-09")
    request.refresh_from_db()
    assert request.state == "registered"
