"""Every state of the letter of approval, every move, every seat."""

import pytest

from tests.matrix.every_cell import matrix_of

pytestmark = pytest.mark.both_databases
TestMatrix = matrix_of("letter_of_approval")
