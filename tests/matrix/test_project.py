"""Every state of the project activity, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("project")
