"""The seats a move can belong to."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who performs a move. All but the last two are people; the last two are the machine itself."""

    PARTICIPANT = "participant"
    FOCAL_POINT = "focal_point"
    DNA = "dna"
    DOE = "doe"
    SECRETARIAT = "secretariat"
    BOARD_MEMBER = "board_member"
    EXPERT = "expert"
    REGISTRY_ADMINISTRATOR = "registry_administrator"
    PUBLIC = "public"
    CLOCK = "clock"
    CONSEQUENCE = "consequence"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: dict[Role, str] = {
    Role.PARTICIPANT: "Project participant",
    Role.FOCAL_POINT: "Focal point",
    Role.DNA: "Designated national authority",
    Role.DOE: "Designated operational entity",
    Role.SECRETARIAT: "Secretariat",
    Role.BOARD_MEMBER: "Executive Board member",
    Role.EXPERT: "Independent expert",
    Role.REGISTRY_ADMINISTRATOR: "Registry administrator",
    Role.PUBLIC: "The public",
    Role.CLOCK: "The clock",
    Role.CONSEQUENCE: "In consequence of another move",
}

PEOPLE: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.CLOCK, Role.CONSEQUENCE))
