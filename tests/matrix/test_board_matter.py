"""Every state of a matter before the Board, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("board_matter")
