"""The gallery, served only where a test asks for it."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

GALLERY = Path(__file__).parent / "templates"


def serve_gallery(settings: Settings) -> None:
    """Makes the gallery's pages and templates the site, for one test."""
    settings.ROOT_URLCONF = "tests.web.gallery"
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], GALLERY]}]


@pytest.fixture
def gallery(settings: Settings) -> Client:
    """A client that sees the gallery."""
    serve_gallery(settings)
    return Client()
