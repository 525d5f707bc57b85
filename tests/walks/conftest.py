"""A world for each walk."""

import pytest

from tests.given import World


@pytest.fixture
def world(db: None) -> World:
    return World()
