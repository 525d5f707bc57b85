"""The seats a move can belong to."""

from __future__ import annotations

from enum import StrEnum

from cdm.rules import sets


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
        """For people: what the mechanism of this installation calls the seat, where its rules name it."""
        return self.name_in_rules or _LABELS[self]

    @property
    def name_in_rules(self) -> str:
        """What the rules of this installation's mechanism call the seat; empty where they give it no name."""
        return sets.name_of_role(_NAMES_IN_RULES.get(self, str(self)), "")


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

_NAMES_IN_RULES: dict[Role, str] = {
    Role.DNA: "designated_national_authority",
    Role.DOE: "designated_operational_entity",
}
"""What `cdm.rules.schema.ROLES` calls them, where it is not the same word."""

PEOPLE: tuple[Role, ...] = tuple(role for role in Role if role not in (Role.CLOCK, Role.CONSEQUENCE))
