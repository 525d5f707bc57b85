"""Every state of the forwarding request, every move, every seat."""

import pytest

from tests.matrix.every_cell import matrix_of

pytestmark = pytest.mark.both_databases
TestMatrix = matrix_of("forwarding_request")
