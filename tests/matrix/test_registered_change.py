"""Every state of the renewal or post-registration change, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("registered_change")
