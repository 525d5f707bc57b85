"""Every state of the transition to the Article 6.4 mechanism, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("transition")
