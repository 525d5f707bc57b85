"""Only a visitor without a session reads the replica; writes never go there."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from cdm.models import Project
from cdm.replica import LagMiddleware, ReplicaRouter, reads_may_lag

router = ReplicaRouter()


def database_read_by(request: HttpRequest) -> str:
    read = []

    def page(_: HttpRequest) -> HttpResponse:
        read.append(router.db_for_read(Project))
        assert router.db_for_write(Project) == "default"
        return HttpResponse()

    LagMiddleware(page)(request)
    return read[0]


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_visitor_reads_the_replica(method: str) -> None:
    assert database_read_by(getattr(RequestFactory(), method)("/projects/")) == "replica"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_whoever_sends_something_reads_the_primary(method: str) -> None:
    assert database_read_by(getattr(RequestFactory(), method)("/projects/")) == "default"


def test_whoever_is_signed_in_reads_the_primary(settings: Settings) -> None:
    request = RequestFactory().get("/projects/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = "something"
    assert database_read_by(request) == "default"
    assert database_read_by(RequestFactory().get("/api/", headers={"authorization": "Token x"})) == "default"


def test_the_permission_ends_with_its_block() -> None:
    with pytest.raises(ZeroDivisionError), reads_may_lag():
        assert router.db_for_read(Project) == "replica"
        raise ZeroDivisionError
    assert router.db_for_read(Project) == "default"


def test_the_replica_is_never_migrated() -> None:
    assert router.allow_migrate("default", "cdm")
    assert not router.allow_migrate("replica", "cdm")
