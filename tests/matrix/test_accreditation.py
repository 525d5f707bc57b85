"""Every state of an accreditation, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("accreditation")
