"""A server has loaded every page before its first request; threads that load them together meet half of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

PROGRAM = """
import sys, {module}
assert "cdm.urls_site" in sys.modules and "cdm.urls_api" in sys.modules
"""


@pytest.mark.parametrize("module", ["cdm.wsgi", "cdm.asgi"])
def test_the_door_of_the_server_loads_the_addresses(module: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "cdm.settings"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
