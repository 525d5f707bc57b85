"""Workers and broker killed while windows close: nothing is lost, and nothing is done twice."""

import time
from collections import Counter

import pytest

from cdm.models import Deadline, Notice, Project, Record, Task
from tests.smoke.conftest import Broker, DistantWorld, open_windows

pytestmark = pytest.mark.django_db(transaction=True)

PROJECTS = 8


def test_killing_workers_and_broker_loses_nothing(distant: DistantWorld, broker: Broker) -> None:
    world, host = distant, distant.host
    requests = [
        world.published_request(world.validated(title=f"Landfill {number}"), "validator")
        for number in range(PROJECTS)
    ]
    last_day = requests[-1].window_last_day
    assert last_day is not None
    before = Record.objects.count()

    # every window closes at once, and the worker that is at it dies; then the broker, with all it knew
    world.let_it_be(f"{last_day.replace(year=last_day.year + 1)}")
    world.wait_for(lambda: Record.objects.count() > before, what="the first window")
    host.kill("worker-1")
    broker.kill()
    host.kill("worker-2")
    time.sleep(1)
    broker.start()
    host.start_worker("worker-3")
    world.wait_for(lambda: not open_windows(world), what="the windows that closed meanwhile", seconds=90)
    # a letter that the dead worker had in hand is free again when its claim lapses
    world.let_it_be(f"{last_day.replace(year=last_day.year + 1)} 13:00")
    world.settle()

    assert Project.objects.filter(state="registered").count() == PROJECTS
    # nothing twice: one registration each, one closing a deadline, one person a task, one letter a notice
    registrations = Counter(
        Record.objects.filter(verb="register", machine_name="project").values_list("project_id", flat=True)
    )
    assert set(registrations.values()) == {1}
    assert len(registrations) == PROJECTS
    closings = Deadline.objects.exclude(closed_by=None).values_list(
        "machine_name", "subject_id", "clock", "opened_by"
    )
    assert len(closings) == len(set(closings))
    numbers = list(Project.objects.values_list("reference_number", flat=True))
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + PROJECTS)), (
        "no number lost or given twice"
    )
    letters = Counter(path.name for path in (host.folder / "var" / "demonstration" / "mail").glob("*.eml"))
    assert len(letters) == Notice.objects.count()
    assert not Task.objects.filter(closed_at=None, assigned_to=None).exists()
    assert host.running["beat"].poll() is None, "the beat outlives its broker"
