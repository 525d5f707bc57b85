"""The gallery, served only where a test asks for it; and a world of people who visit the pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests.given import World

GALLERY = Path(__file__).parent / "templates"


def serve_gallery(settings: Settings) -> None:
    """Makes the gallery's pages and templates the site, for one test."""
    settings.ROOT_URLCONF = "tests.web.gallery"
    (engine,) = settings.TEMPLATES
    # the gallery has no pages of the cycle, so no menu that leads to them
    processors = [name for name in engine["OPTIONS"]["context_processors"] if not name.startswith("cdm.")]
    options = {**engine["OPTIONS"], "context_processors": processors}
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], GALLERY], "OPTIONS": options}]


@pytest.fixture
def gallery(settings: Settings) -> Client:
    """A client that sees the gallery."""
    serve_gallery(settings)
    return Client()


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """A cast in every seat; the pages see the world's own time, wherever it is moved to."""
    made = World()
    monkeypatch.setattr("cdm.clock.now", lambda: made.at)
    return made


@pytest.fixture
def visit(world: World) -> Callable[[str], Client]:
    """`visit("developer")` is a client signed in as that person of the world; `visit("")` is anonymous."""

    def client_of(who: str) -> Client:
        client = Client()
        if who:
            client.force_login(world.people[who])
        return client

    return client_of
