"""Values that need care on the wire: whole numbers that pass 2^53 travel as text."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LARGEST = 2**63 - 1
DIGITS = r"^[0-9]{1,19}$"
TEXT = {"type": "string", "pattern": DIGITS, "description": "A whole number as text."}


@extend_schema_field(TEXT)
class WholeText(serializers.Field[int, Any, str, Any]):
    """A whole number of 0 or more that is written as text."""

    def to_representation(self, value: int) -> str:
        return str(value)


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]{1,19}$"})
class SignedText(WholeText):
    """A whole number, perhaps below 0, that is written as text."""


@extend_schema_field({"oneOf": [TEXT, {"type": "integer", "minimum": 0, "maximum": LARGEST}]})
class Units(serializers.Field[int, Any, str, Any]):
    """A whole number of 0 or more that may be given as text or as a number."""

    default_error_messages = {
        "whole": "Give a whole number of 0 or more, without a fraction or a separator.",
        "large": "This number is too large.",
    }

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and re.fullmatch(r"[0-9]{1,40}", data, re.ASCII):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int) or data < 0:
            self.fail("whole")
        if data > LARGEST:
            self.fail("large")
        return int(data)

    def to_representation(self, value: int) -> str:
        return str(value)


@extend_schema_field({"oneOf": [{"type": "string", "pattern": r"^-?[0-9]{1,19}$"}, {"type": "integer"}]})
class SignedUnits(Units):
    """A whole number that may be below 0 (leakage)."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and data.startswith("-"):
            return -super().to_internal_value(data[1:])
        if isinstance(data, int) and not isinstance(data, bool) and data < 0:
            return -super().to_internal_value(-data)
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "type": "object",
        "description": "Commitment period to whole tonnes of CO2 equivalent, for example {“1”: “67303”}.",
        "additionalProperties": {"oneOf": [TEXT, {"type": "integer", "minimum": 0, "maximum": LARGEST}]},
        "propertyNames": {"pattern": "^[1-9]$"},
    }
)
class Amounts(serializers.DictField):
    """Tonnes for each commitment period."""

    child = Units()
    default_error_messages = {"period": "“{name}” is no commitment period. Use 1, 2 and so on as names."}

    def to_internal_value(self, data: Any) -> dict[int, int]:  # type: ignore[override]
        found: dict[str, int] = super().to_internal_value(data)
        for name in found:
            if not re.fullmatch(r"[1-9]", str(name)):
                self.fail("period", name=str(name)[:20])
        return {int(name): value for name, value in found.items()}
