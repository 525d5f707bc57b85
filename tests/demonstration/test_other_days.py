"""The demonstration on other days: history up to that day, or people only; and where it is refused."""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from cdm import clock, demonstration, permissions
from cdm.models import Notice, Organisation, Project, User
from cdm.workflow.roles import Role
from registry.models import Issuance

pytestmark = pytest.mark.django_db


@pytest.fixture
def demonstrating(settings: Settings) -> Settings:
    settings.DEMONSTRATION = True
    return settings


def test_outside_demonstration_mode_it_is_refused(settings: Settings) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError, match="set CDM_DEMONSTRATION=yes"):
        call_command("load_demonstration", verbosity=0)
    assert not User.objects.exists()


def test_where_people_are_entered_it_is_refused(demonstrating: Settings) -> None:
    User.objects.create_user(email="somebody@example.org", name="Somebody")
    with pytest.raises(CommandError, match="people are entered"):
        call_command("load_demonstration", verbosity=0)
    assert User.objects.count() == 1
    assert demonstration.people() == []


def test_people_only_in_january_2004(demonstrating: Settings) -> None:
    """Everybody whom NovaGerar needs has a seat on the first day, and no project is there."""
    said = StringIO()
    call_command("load_demonstration", cast_only=True, date=dt.date(2004, 1, 5), stdout=said)
    assert f"{len(demonstration.people())} people and 0 projects, 5 January 2004" in said.getvalue()
    assert not Project.objects.exists()
    assert not Notice.objects.exists()
    assert clock.today() == dt.date(2004, 1, 5)
    at = clock.now()
    held = {role for user in User.objects.all() for role in permissions.roles_of(user, at)}
    # a focal point is named by a statement of modalities; it is no seat
    assert held == set(Role) - {Role.PUBLIC, Role.FOCAL_POINT, Role.CLOCK, Role.CONSEQUENCE}
    assert Organisation.objects.filter(kind="dna", party__in=["BR", "NL"]).count() == 2


def test_history_goes_up_to_the_day(demonstrating: Settings) -> None:
    """On 25 July 2008 NovaGerar's units are issued and nobody has asked for them yet."""
    demonstrating.DEMONSTRATION_DATE = "2008-07-25"
    call_command("load_demonstration", verbosity=0)
    assert clock.today() == dt.date(2008, 7, 25)
    assert sorted(Project.objects.values_list("reference_number", flat=True)) == [8, 28]
    issuance = Issuance.objects.get(party="BR")
    assert issuance.quantity == 67_303
    assert not Project.objects.get(reference_number=8).forwarding_requests.exists()
