"""Every state of the letter of approval, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("letter_of_approval")
