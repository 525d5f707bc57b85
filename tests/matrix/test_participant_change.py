"""Every state of the change of participants, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("participant_change")
