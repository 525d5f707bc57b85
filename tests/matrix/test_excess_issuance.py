"""Every state of an excess issuance, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("excess_issuance")
