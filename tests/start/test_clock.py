"""The demonstration's clock: any year, only forward, through every window and reminder; no other clock moves."""

import datetime as dt
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from cdm import assignment, clock
from cdm.models import Deadline, DemonstrationClock, Organisation, Project, Task, User
from cdm.workflow import engine, recording
from cdm.workflow.roles import Role

pytestmark = pytest.mark.django_db

STARTED = dt.datetime(2004, 11, 18, 9, tzinfo=dt.UTC)
A_MOMENT = dt.timedelta(seconds=30)


@pytest.fixture
def demonstration(settings: Settings) -> Iterator[None]:
    settings.DEMONSTRATION = True
    clock.start(STARTED)
    yield


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The instants at which the worker's rounds were made."""
    made: list[dt.datetime] = []
    run_clocks = engine.run_clocks

    def watched(*, at: dt.datetime) -> engine.Ran:
        made.append(at)
        return run_clocks(at=at)

    monkeypatch.setattr(engine, "run_clocks", watched)
    return made


def a_deadline(*, last_day: dt.date) -> Deadline:
    """An open window whose last day is `last_day`; the clock acts at the next midnight."""
    developer = Organisation.objects.get_or_create(name="NovaGerar", kind=Organisation.Kind.PARTICIPANT)[0]
    ana = User.objects.get_or_create(email="ana@example.org", name="Ana")[0]
    project = Project.objects.create(
        title="Landfill gas", developer=developer, created_by=ana, created_at=STARTED
    )
    record = recording.append(
        verb="begin",
        sentence="Begun.",
        by=None,
        role=Role.CLOCK,
        at=STARTED,
        project=project,
        subject=project,
    )
    return Deadline.objects.create(
        machine_name="project",
        subject_id=project.pk,
        project=project,
        state=project.state,
        clock="a window",
        kind=Deadline.Kind.TARGET,
        opened_on=STARTED.date(),
        length="28 days",
        inclusive=True,
        source="3/CMP.1 annex, para 41",
        last_day=last_day,
        acts_at=midnight(last_day + dt.timedelta(days=1)),
        opened_by=record,
    )


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def test_a_registry_lives_in_the_present_and_its_clock_cannot_be_moved() -> None:
    DemonstrationClock.objects.create(pk=1, offset_seconds=10**6)
    assert abs(clock.now() - dt.datetime.now(dt.UTC)) < A_MOMENT
    for move in (
        lambda: clock.start(STARTED),
        lambda: clock.set_to(STARTED, by=None),
        lambda: clock.advance(days=1, by=None),
    ):
        with pytest.raises(clock.NotTheDemonstration, match="only be moved in the demonstration"):
            move()


@pytest.mark.usefixtures("demonstration")
def test_it_starts_in_any_year_and_goes_on() -> None:
    assert STARTED <= clock.now() < STARTED + A_MOMENT
    assert clock.today() == dt.date(2004, 11, 18)
    with pytest.raises(clock.ClockGoesForward, match="already runs"):
        clock.start(STARTED)


@pytest.mark.usefixtures("demonstration")
def test_it_never_goes_back() -> None:
    with pytest.raises(clock.ClockGoesForward, match="18 November 2004, 09:00 UTC and never goes back"):
        clock.set_to(STARTED - dt.timedelta(days=1), by=None)
    for days in (0, -1, 3654):
        with pytest.raises(clock.ClockGoesForward, match="from 1 to 3653 days"):
            clock.advance(days=days, by=None)
    assert STARTED <= clock.now() < STARTED + A_MOMENT


@pytest.mark.usefixtures("demonstration")
def test_a_jump_lives_through_every_window_in_order(rounds: list[dt.datetime]) -> None:
    late, early, beyond = dt.date(2004, 12, 15), dt.date(2004, 11, 30), dt.date(2005, 3, 1)
    for last_day in (late, early, beyond):
        a_deadline(last_day=last_day)
    clock.advance(days=40, by=None)
    assert rounds[:2] == [midnight(dt.date(2004, 12, 1)), midnight(dt.date(2004, 12, 16))]
    assert len(rounds) == 3
    assert clock.today() == dt.date(2004, 12, 28)


@pytest.mark.usefixtures("demonstration")
def test_a_jump_reminds_on_the_days_it_would_have_reminded(rounds: list[dt.datetime]) -> None:
    deadline = a_deadline(last_day=dt.date(2005, 3, 1))
    secretariat = Organisation.objects.create(name="Secretariat", kind=Organisation.Kind.SECRETARIAT)
    person = User.objects.create_user(email="s@example.org", name="S")
    person.seats.create(organisation=secretariat, from_on=dt.date(2004, 1, 1))
    task = Task.objects.create(
        machine_name="project",
        subject_id=deadline.subject_id,
        project=deadline.project,
        key="a",
        what="Check it",
        role=Role.SECRETARIAT,
        organisation=secretariat,
        due_on=dt.date(2004, 11, 30),
        opened_at=STARTED,
        opened_by=deadline.opened_by,
    )
    clock.advance(days=40, by=None)
    task.refresh_from_db()
    assert task.assigned_to == person
    assert task.reminded_before_at == midnight(dt.date(2004, 11, 30) - assignment.REMIND_BEFORE)
    assert task.reminded_after_at == midnight(dt.date(2004, 12, 1))
    assert task.escalated_at == midnight(dt.date(2004, 12, 1) + assignment.ESCALATE_AFTER)


@pytest.mark.usefixtures("demonstration")
def test_a_clock_moved_further_meanwhile_stays_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people press at once: the shorter jump, ending last, does not pull the time back."""
    run_clocks = engine.run_clocks

    def another_presses(*, at: dt.datetime) -> engine.Ran:
        monkeypatch.setattr(engine, "run_clocks", run_clocks)
        clock.advance(days=20, by=None)
        return run_clocks(at=at)

    a_deadline(last_day=dt.date(2004, 11, 20))
    monkeypatch.setattr(engine, "run_clocks", another_presses)
    clock.advance(days=5, by=None)
    assert clock.today() == dt.date(2004, 12, 11)  # 21 November, and 20 days
