"""PostgreSQL, Redis, gunicorn, two Celery workers and one beat, from environment variables alone."""

import pytest

from cdm.models import Notice, Record
from registry.codes import AccountType
from registry.models import Account
from registry.queries import balance
from tests.smoke.conftest import WorldOverHttp

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_project_goes_from_its_draft_to_units(over_http: WorldOverHttp) -> None:
    """Rio Blanco (0028): 7,304 t, 146 to adaptation, 7,158 forwarded.

    Every move is made over HTTP; beat and workers close every window.
    """
    world, host = over_http, over_http.host
    project = world.registered(
        title="RIO BLANCO Small Hydroelectric Project",
        host="HN",
        others=(),
        scale="small",
        methodology=("AMS-I.D.", "1"),
        yearly_t=17_800,
        crediting_from="2005-07-01",
    )
    assert project.state == "registered"
    registered = Record.objects.get(project=project, verb="register")
    assert registered.actor is None, "the clock registers it, in a worker's process"

    world.on("2007-01-15")
    request = world.issued(project, "2005-07-01", "2006-06-30", {1: 7_304})
    account = world.account(party="HN")
    forwarding = world.forwarding_asked(request, [(account, 1, 7_158)])
    world.do(forwarding, "carry_out", "administrator")
    assert balance(account) == 7_158
    assert balance(Account.objects.get(type=AccountType.ADAPTATION_SHARE)) == 146

    world.settle()
    letters = sorted((host.folder / "var" / "demonstration" / "mail").glob("*.eml"))
    assert len(letters) == Notice.objects.count() > 0
    assert "The book is true" in host.manage("verify_book")
    assert host.answers("/healthz")
    assert host.answers("/readyz")
    for name in list(host.running):
        assert host.stop(name) == 0, f"{name} did not stop cleanly\n{host.words()}"
    assert not host.answers("/healthz")
