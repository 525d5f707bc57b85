"""The seats of the matrix: each column of the expected tables, and who sits there for a subject."""

from __future__ import annotations

from cdm.acts import accounts, people
from cdm.models import BoardRequest, ForwardingRequest, MonitoringPeriod, Organisation, User
from cdm.models.subject import Subject
from tests.given import World

SEATS: dict[str, str] = {
    "participant": "who filed the project",
    "other_participant": "another participant of it, of another Party",
    "dna_host": "DNA of the host Party",
    "dna_other": "DNA of the other Party involved",
    "dna_stranger": "DNA of a Party that is not involved",
    "doe": "the DOE engaged for the subject",
    "other_doe": "a DOE that is not engaged",
    "secretariat": "the secretariat",
    "member": "a Board member",
    "member_in_conflict": "a Board member with a conflict of interest in the project",
    "administrator": "the registry administrator",
    "nobody": "signed in, without a seat",
}
# further columns of the tables of some machines
MORE_SEATS: dict[str, dict[str, str]] = {
    "board_matter": {
        "vice_chair": "the vice-chair, who presides while the chair is away",
        "plain_member": "a Board member who does not preside",
        "alternate": "the alternate of a member",
        "expert": "an independent expert",
    },
    **{
        machine: {"focal_point": "a focal point that is no participant, for every scope"}
        for machine in (
            "modalities_statement",
            "participant_change",
            "forwarding_request",
            "risk_acknowledgement",
            "transition",
        )
    },
}


def seats_of(machine: str) -> tuple[str, ...]:
    """The columns of a machine's table."""
    return (*SEATS, *MORE_SEATS.get(machine, ()))


def cast() -> World:
    """A world with somebody in every seat of the matrix."""
    world = World()
    world.seat("other doe", "TÜV SÜD", Organisation.Kind.DOE)
    world.people["nobody"] = User.objects.create_user(email="nobody@example.org", name="Nobody")
    world.seat("agent", "Carbon Agents", Organisation.Kind.PARTICIPANT, party="BR")
    people.record_conflict(
        user=world.people["member 4"],
        organisation=world.organisations["developer"],
        reason="Owns shares in it",
        by=world.people["secretary"],
        at=world.at,
    )
    # Brazil has long had its ten projects, so the registration fee is not put off (EB 54 and later)
    accounts.count_registered_elsewhere(
        party="BR",
        number=340,
        counted_on=world.at.date().replace(year=2018),
        source="UNFCCC project search",
        by=world.people["secretary"],
        at=world.at,
    )
    return world


def sitting(world: World, seat: str, subject: Subject) -> User:
    """The person in a seat, for this subject: host BR, other Party NL, a stranger HN."""
    verified = isinstance(subject, MonitoringPeriod | ForwardingRequest) or (
        isinstance(subject, BoardRequest) and subject.is_issuance
    )
    if seat == "doe" and subject.entity_if_any is not None:
        own = next(who for who, body in world.organisations.items() if body == subject.entity_if_any)
        return world.people[own]
    named = {
        "participant": "developer",
        "other_participant": "buyer",
        "dna_host": "dna BR",
        "dna_other": "dna NL",
        "dna_stranger": "dna HN",
        "doe": "verifier" if verified else "validator",
        "other_doe": "other doe",
        "secretariat": "secretary",
        "member": "member 1",
        "member_in_conflict": "member 4",
        "administrator": "administrator",
        "nobody": "nobody",
        "vice_chair": "member 3",
        "plain_member": "member 2",
        "alternate": "alternate 2",
        "expert": "expert 1",
        "focal_point": "agent",
    }
    return world.people[named[seat]]
