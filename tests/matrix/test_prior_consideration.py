"""Every state of the notice of prior consideration, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("prior_consideration")
