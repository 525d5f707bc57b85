"""Every state of the forwarding request, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("forwarding_request")
