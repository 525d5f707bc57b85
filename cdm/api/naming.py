"""How components are called in the OpenAPI document: by what they are, not by the class that writes them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """“LetterWriter” is a Letter, what “AttachAsks” asks is an Attach request, “ProjectWhole” is a Project."""

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        for ending in ("Writer", "Whole"):
            name = name.replace(ending, "")
        return name.replace("Asks", "")
