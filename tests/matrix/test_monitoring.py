"""Every state of the monitoring period, every move, every seat."""

from tests.matrix.every_cell import matrix_of

TestMatrix = matrix_of("monitoring_period")
