"""What goes wrong with rules: every error carries the sentence a person reads."""

from __future__ import annotations

from pathlib import Path


class RuleError(ValueError):
    """Something asked of the rules cannot be answered; the message says why and what to do."""


class NoSuchRule(RuleError):
    """The rule set, parameter, window, Party or methodology named does not exist (on that day)."""


class RuleFileError(RuleError):
    """A file of rules or facts has a mistake. The message gives file, line and reason; start-up stops."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.path = path
        self.line = line
        self.reason = reason
        super().__init__(f"{path.name}, line {line}: {reason}")
