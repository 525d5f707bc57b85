"""The check before submission: finds what the secretariat has really returned requests for. It stops nobody.

`findings_for(subject, at=)` answers for a project or a request to the Board; `examine` also says what was read.
"""

from cdm.presubmission.examining import Examination, examine, findings_for
from cdm.presubmission.finding import Finding, Severity

__all__ = ["Examination", "Finding", "Severity", "examine", "findings_for"]
