"""Every state of the statement of modalities, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("modalities_statement")
