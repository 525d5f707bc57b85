"""Every state of the acknowledgement of risk, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("risk_acknowledgement")
