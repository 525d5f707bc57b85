"""Who lives in the simulated world: bodies, the people who sit for them, and what they are accredited for."""

from __future__ import annotations

import datetime as dt

from cdm.acts import accounts, board, people
from cdm.models import Accreditation, Membership, Organisation, Seat, User
from cdm.rules.scopes import SECTORAL_SCOPES

Kind = Organisation.Kind

HOSTS = ("BR", "IN", "CN", "HN", "UG")
BUYERS = (("Lowland Carbon Fund", "NL"), ("Fjord Carbon Fund", "NO"), ("Strait Carbon Trading", "JP"))
ENTITIES = ("Aster Certification", "Birch Assurance", "Cedar Verification", "Dogwood Audit", "Elm Inspection")
NEWCOMER = "Fir Certification"
# constituency and group of members 1 to 10 (3/CMP.1 annex, para 7)
BOARD = (
    ("african", "non_annex_i"), ("asia_pacific", "non_annex_i"), ("eastern_european", "annex_i"),
    ("latin_american", "non_annex_i"), ("western_european", "annex_i"), ("other_annex_i", "annex_i"),
    ("other_annex_i", "annex_i"), ("other_non_annex_i", "non_annex_i"), ("other_non_annex_i", "non_annex_i"),
    ("small_island", "non_annex_i"),
)  # fmt: skip
CHAIR, VICE_CHAIR = 1, 3
ELSEWHERE = 50
KNOWN_SINCE = dt.date(2010, 1, 1)


class Cast:
    """The bodies by kind and the people by body. The first administrator enters all the others."""

    def __init__(self, *, developers: int, at: dt.datetime) -> None:
        self.at = at
        self.bodies: dict[str, list[Organisation]] = {kind: [] for kind in Kind.values}
        self.people: dict[int, list[User]] = {}
        self.board: list[Membership] = []
        self._enter_offices()
        for number in range(developers):
            host = HOSTS[number % len(HOSTS)]
            self._enter(f"Developer {number + 1} of {host}", Kind.PARTICIPANT, host, seats=2)
        self.developers = list(self.bodies[Kind.PARTICIPANT])
        self.buyers = [self._enter(name, Kind.PARTICIPANT, party, seats=2) for name, party in BUYERS]
        for party in (*HOSTS, *(party for _, party in BUYERS)):
            self._enter(f"National authority of {party}", Kind.DNA, party)
        for name in ENTITIES:
            self._accredit(self._enter(name, Kind.DOE, "GB", seats=2))
        self.newcomer = self._enter(NEWCOMER, Kind.DOE, "GB", seats=2)
        for host in HOSTS[:3]:
            # more than ten projects: their registration fee is due before registration (2/CMP.5)
            accounts.count_registered_elsewhere(
                party=host,
                number=ELSEWHERE,
                counted_on=KNOWN_SINCE,
                source="The simulated world has them by assumption.",
                by=self.secretary,
                at=self.at,
            )
        self._enter_the_board()

    @property
    def administrators(self) -> list[User]:
        return self.people[self.bodies[Kind.REGISTRY][0].pk]

    @property
    def secretary(self) -> User:
        return self.people[self.bodies[Kind.SECRETARIAT][0].pk][0]

    def _enter_offices(self) -> None:
        # somebody has to be there first: the seat that `up --no-demo` leaves to the first administrator
        registry = Organisation.objects.create(name="Registry administrator", kind=Kind.REGISTRY)
        first = User.objects.create_user(email="administrator.1@simulated.example", name="Administrator 1")
        Seat.objects.create(user=first, organisation=registry, from_on=self.at.date())
        self.by = first
        self.bodies[Kind.REGISTRY].append(registry)
        self.people[registry.pk] = [first]
        self._person(registry, "Administrator 2")
        self._enter("Secretariat", Kind.SECRETARIAT, seats=2)
        self._enter("Experts", Kind.EXPERTS, seats=4)
        self._enter("Executive Board", Kind.BOARD, seats=0)

    def _enter(self, name: str, kind: str, party: str = "", seats: int = 1) -> Organisation:
        body = people.open_organisation(name=name, kind=kind, party=party, by=self.by, at=self.at)
        self.bodies[kind].append(body)
        self.people[body.pk] = []
        for number in range(seats):
            self._person(body, f"{name}, person {number + 1}")
        return body

    def _person(self, body: Organisation, name: str) -> User:
        address = "".join(letter if letter.isalnum() else "." for letter in name.lower())
        user = people.add_person(email=f"{address}@simulated.example", name=name, by=self.by, at=self.at)
        people.grant_seat(user=user, organisation=body, by=self.by, at=self.at)
        self.people[body.pk].append(user)
        return user

    def _accredit(self, doe: Organisation) -> None:
        for function in Accreditation.Function.values:
            people.accredit(
                doe=doe,
                function=function,
                sectoral_scopes=sorted(SECTORAL_SCOPES)[:15],
                from_on=KNOWN_SINCE,
                by=self.by,
                at=self.at,
            )

    def _enter_the_board(self) -> None:
        """Ten members, two of them with an alternate; the first and the third preside."""
        body = self.bodies[Kind.BOARD][0]
        for number, (constituency, group) in enumerate(BOARD, 1):
            user = people.add_person(
                email=f"member.{number}@simulated.example", name=f"Member {number}", by=self.by, at=self.at
            )
            self.board.append(self._office(user, constituency, group))
            self.people[body.pk].append(user)
        for number in (2, 4):
            of = self.board[number - 1]
            user = people.add_person(
                email=f"alternate.{number}@simulated.example",
                name=f"Alternate {number}",
                by=self.by,
                at=self.at,
            )
            self.board.append(self._office(user, of.constituency, of.group, alternate_of=of))
        board.elect(
            chair=self.board[CHAIR - 1],
            vice_chair=self.board[VICE_CHAIR - 1],
            year=self.at.year,
            by=self.by,
            at=self.at,
        )

    def _office(
        self, user: User, constituency: str, group: str, alternate_of: Membership | None = None
    ) -> Membership:
        entered = board.enter_member(
            user=user,
            constituency=constituency,
            group=group,
            alternate_of=alternate_of,
            starts_on=self.at.date(),
            by=self.by,
            at=self.at,
        )
        return board.record_oath(entered, on=self.at.date(), by=self.by, at=self.at)
