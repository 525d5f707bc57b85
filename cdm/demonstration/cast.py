"""Who plays: organisations, the people who sit for them, accreditations. The people are invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from cdm.acts import people as acts
from cdm.models import Accreditation, Organisation, Seat, User
from cdm.workflow.roles import Role

Kind = Organisation.Kind
Function = Accreditation.Function

PASSWORD = "demonstration-only"  # noqa: S105  published on purpose; set only in demonstration mode
FIRST_DAY = dt.date(2003, 12, 1)


class Person(NamedTuple):
    """One line of the sign-in list; several seats of one person are joined."""

    name: str
    email: str
    role: str
    organisation: str


@dataclass(frozen=True)
class Body:
    """An organisation of the cast, by the key the stories use."""

    key: str
    name: str
    kind: str
    party: str = ""


@dataclass(frozen=True)
class Player:
    """An invented person and the organisations the person sits for."""

    name: str
    email: str
    sits_for: tuple[str, ...]


@dataclass(frozen=True)
class Scopes:
    """A DOE's accreditation for validation and verification; `until_on` is its last day."""

    doe: str
    sectoral_scopes: tuple[int, ...]
    from_on: dt.date
    until_on: dt.date | None = None


PARTICIPANTS = (
    Body("novagerar", "NovaGerar Ecoenergia Ltda.", Kind.PARTICIPANT, "BR"),
    Body("dutch_fund", "Netherlands Clean Development Mechanism Facility", Kind.PARTICIPANT, "NL"),
    Body("rio_blanco", "Sociedad Hidroeléctrica Río Blanco", Kind.PARTICIPANT, "HN"),
    Body("finnish_programme", "Finnish CDM/JI Pilot Programme", Kind.PARTICIPANT, "FI"),
    Body("bujagali", "Bujagali Energy Limited", Kind.PARTICIPANT, "UG"),
    Body("kanungu", "Kanungu Hydropower Limited", Kind.PARTICIPANT, "UG"),
    Body("huaxia", "Huaxia Renewable Energy Investment", Kind.PARTICIPANT, "CN"),
    Body("luliang", "Luliang Coking Group", Kind.PARTICIPANT, "CN"),
    Body("nordic_fund", "Nordic Carbon Fund", Kind.PARTICIPANT, "NO"),
    Body("setouchi", "Setouchi Carbon Trading", Kind.PARTICIPANT, "JP"),
    Body("ventos", "Ventos do Ceará Energia", Kind.PARTICIPANT, "BR"),
    Body("rio_tigre", "Rio Tigre Geração de Energia", Kind.PARTICIPANT, "BR"),
    Body("sundew", "Sundew Properties Limited", Kind.PARTICIPANT, "IN"),
    Body("zinc", "Hindustan Zinc Limited", Kind.PARTICIPANT, "IN"),
    Body("kaze", "Kaze Energy Limited", Kind.PARTICIPANT, "IN"),
    Body("druk", "Mangdechhu Hydroelectric Project Authority", Kind.PARTICIPANT, "BT"),
    Body("island_solar", "Indian Ocean Solar Limited", Kind.PARTICIPANT, "MU"),
    Body("changwon", "Changwon Clean Energy", Kind.PARTICIPANT, "KR"),
    Body("manantial", "Hacienda El Manantial", Kind.PARTICIPANT, "CO"),
)
AUTHORITIES = (
    Body("dna BR", "Interministerial Commission on Global Climate Change, Brazil", Kind.DNA, "BR"),
    Body("dna HN", "Ministry of Natural Resources and Environment, Honduras", Kind.DNA, "HN"),
    Body("dna UG", "Ministry of Water and Environment, Uganda", Kind.DNA, "UG"),
    Body("dna CN", "National Development and Reform Commission, China", Kind.DNA, "CN"),
    Body("dna IN", "National CDM Authority, India", Kind.DNA, "IN"),
    Body("dna NL", "Dutch Emissions Authority, Netherlands", Kind.DNA, "NL"),
    Body("dna JP", "Liaison Committee for the Kyoto Mechanisms, Japan", Kind.DNA, "JP"),
    Body("dna NO", "Ministry of Climate and Environment, Norway", Kind.DNA, "NO"),
    Body("dna FI", "Ministry for Foreign Affairs, Finland", Kind.DNA, "FI"),
    Body("dna BT", "National Environment Commission, Bhutan", Kind.DNA, "BT"),
    Body("dna MG", "Ministry of Environment, Madagascar", Kind.DNA, "MG"),
    Body("dna MU", "Ministry of Environment, Mauritius", Kind.DNA, "MU"),
    Body("dna KR", "Prime Minister's Office, Republic of Korea", Kind.DNA, "KR"),
    Body("dna CO", "Ministry of Environment, Colombia", Kind.DNA, "CO"),
)
OPERATIONAL_ENTITIES = (
    Body("dnv", "Det Norske Veritas Certification", Kind.DOE, "NO"),
    Body("sgs", "SGS United Kingdom", Kind.DOE, "GB"),
    Body("tuv", "TÜV NORD CERT", Kind.DOE, "DE"),
    Body("carbon_check", "Carbon Check (India)", Kind.DOE, "IN"),
    Body("kbs", "KBS Certification Services", Kind.DOE, "IN"),
    # invented: what is told of these three should be true of nobody
    Body("meridian", "Meridian Assurance", Kind.DOE, "KE"),
    Body("third_pole", "Third Pole Certification", Kind.DOE, "NP"),
    Body("altiplano", "Altiplano Verification", Kind.DOE, "BO"),
)
OFFICES = (
    Body("secretariat", "UNFCCC secretariat", Kind.SECRETARIAT),
    Body("board", "CDM Executive Board", Kind.BOARD),
    Body("experts", "Registration and Issuance Team", Kind.EXPERTS),
    Body("registry", "CDM registry administrator", Kind.REGISTRY),
)
BODIES = (*OFFICES, *PARTICIPANTS, *AUTHORITIES, *OPERATIONAL_ENTITIES)

PLAYERS = (
    Player("Elif Demir", "elif.demir@registry.example", ("registry",)),
    Player("Tomás Herrera", "tomas.herrera@registry.example", ("registry",)),
    Player("Anna Kowalska", "anna.kowalska@secretariat.example", ("secretariat",)),
    Player("David Mensah", "david.mensah@secretariat.example", ("secretariat",)),
    Player("Beatriz Carvalho", "beatriz.carvalho@novagerar.example", ("novagerar",)),
    Player("Paulo Teixeira", "paulo.teixeira@novagerar.example", ("novagerar",)),
    Player("Joris van Dijk", "joris.vandijk@facility.example", ("dutch_fund",)),
    Player("Femke Bakker", "femke.bakker@facility.example", ("dutch_fund",)),
    Player("Carlos Zelaya", "carlos.zelaya@rioblanco.example", ("rio_blanco",)),
    Player("Gloria Pineda", "gloria.pineda@rioblanco.example", ("rio_blanco",)),
    Player("Aino Laine", "aino.laine@programme.example", ("finnish_programme",)),
    Player("Sarah Namukasa", "sarah.namukasa@bujagali.example", ("bujagali", "kanungu")),
    Player("Peter Ssali", "peter.ssali@bujagali.example", ("bujagali",)),
    Player("Liu Yan", "liu.yan@huaxia.example", ("huaxia", "luliang")),
    Player("Lars Haugen", "lars.haugen@nordicfund.example", ("nordic_fund",)),
    Player("Naoko Fujita", "naoko.fujita@setouchi.example", ("setouchi",)),
    Player("Rafael Monteiro", "rafael.monteiro@ventos.example", ("ventos", "rio_tigre")),
    Player("Camila Nogueira", "camila.nogueira@ventos.example", ("ventos",)),
    Player("Arjun Reddy", "arjun.reddy@sundew.example", ("sundew",)),
    Player("Priya Raman", "priya.raman@carbonadvice.example", ("zinc", "kaze")),
    Player("Tshering Dorji", "tshering.dorji@mangdechhu.example", ("druk",)),
    Player("Hery Rakoto", "hery.rakoto@islandsolar.example", ("island_solar",)),
    Player("Han Ji-woo", "han.jiwoo@changwon.example", ("changwon",)),
    Player("Lucía Restrepo", "lucia.restrepo@manantial.example", ("manantial",)),
    Player("Helena Prado", "helena.prado@dna-brazil.example", ("dna BR",)),
    Player("Óscar Mejía", "oscar.mejia@dna-honduras.example", ("dna HN",)),
    Player("Moses Okello", "moses.okello@dna-uganda.example", ("dna UG",)),
    Player("Chen Lihua", "chen.lihua@dna-china.example", ("dna CN",)),
    Player("Meera Iyer", "meera.iyer@dna-india.example", ("dna IN",)),
    Player("Henk de Vries", "henk.devries@dna-netherlands.example", ("dna NL",)),
    Player("Takeshi Mori", "takeshi.mori@dna-japan.example", ("dna JP",)),
    # in life too, members of the Board have sat for their ministries
    Player("Ingrid Solheim", "ingrid.solheim@dna-norway.example", ("dna NO", "board")),
    Player("Pekka Salo", "pekka.salo@dna-finland.example", ("dna FI",)),
    Player("Karma Wangchuk", "karma.wangchuk@dna-bhutan.example", ("dna BT",)),
    Player("Voahangy Rabe", "voahangy.rabe@dna-madagascar.example", ("dna MG",)),
    Player("Nadia Ramgoolam", "nadia.ramgoolam@dna-mauritius.example", ("dna MU",)),
    Player("Seo Min-jun", "seo.minjun@dna-korea.example", ("dna KR",)),
    Player("Andrés Ospina", "andres.ospina@dna-colombia.example", ("dna CO",)),
    Player("Kristin Berg", "kristin.berg@dnv.example", ("dnv",)),
    Player("Andrew Pike", "andrew.pike@sgs.example", ("sgs",)),
    Player("Jonas Albrecht", "jonas.albrecht@tuvnord.example", ("tuv",)),
    Player("Miriam Vogt", "miriam.vogt@tuvnord.example", ("tuv",)),
    Player("Vikram Singh", "vikram.singh@carboncheck.example", ("carbon_check",)),
    Player("Neha Kapoor", "neha.kapoor@kbs.example", ("kbs",)),
    Player("Wanjiru Kimani", "wanjiru.kimani@meridian.example", ("meridian",)),
    Player("Pasang Lhamo", "pasang.lhamo@thirdpole.example", ("third_pole",)),
    Player("Lucía Mamani", "lucia.mamani@altiplano.example", ("altiplano",)),
    Player("Amina Diallo", "amina.diallo@board.example", ("board",)),
    Player("Eduardo Paz", "eduardo.paz@board.example", ("board",)),
    Player("Hans Gerber", "hans.gerber@board.example", ("board",)),
    Player("Kenji Watanabe", "kenji.watanabe@board.example", ("board",)),
    Player("Lance Baptiste", "lance.baptiste@board.example", ("board",)),
    Player("Olena Marchenko", "olena.marchenko@board.example", ("board",)),
    Player("Grace Otieno", "grace.otieno@board.example", ("board",)),
    Player("Tariq Mahmood", "tariq.mahmood@board.example", ("board",)),
    Player("Zhang Rui", "zhang.rui@board.example", ("board",)),
    Player("Bilal Haddad", "bilal.haddad@board.example", ("board",)),
    Player("Petra Novak", "petra.novak@board.example", ("board",)),
    Player("Ravi Menon", "ravi.menon@experts.example", ("experts",)),
    Player("Sofia Lindqvist", "sofia.lindqvist@experts.example", ("experts",)),
    Player("Bongani Dube", "bongani.dube@experts.example", ("experts",)),
)

ALL_SCOPES = tuple(range(1, 17))
ACCREDITATIONS = (
    # the first two left the mechanism: their accreditations have run out by 2019
    Scopes("dnv", tuple(range(1, 16)), FIRST_DAY, dt.date(2014, 12, 31)),
    Scopes("sgs", tuple(range(1, 16)), FIRST_DAY, dt.date(2016, 6, 30)),
    Scopes("tuv", ALL_SCOPES, dt.date(2005, 3, 1), dt.date(2025, 2, 28)),
    Scopes("carbon_check", (1, 2, 3, 4, 5, 8, 9, 10, 13, 14), dt.date(2012, 3, 1), dt.date(2027, 2, 28)),
    Scopes("kbs", (1, 3, 15), dt.date(2013, 5, 1), dt.date(2023, 4, 30)),
)
CONFLICT = ("zhang.rui@board.example", "luliang", "Advised the company before joining the Board.")

_ORDER = tuple(Role)


def enter(*, at: dt.datetime) -> None:
    """Enter the whole cast on the day of `at`; the first administrator opens the door for the others."""
    first, *rest = PLAYERS
    desk = next(body for body in BODIES if body.key == "registry")
    # somebody has to be there first: the same seat that `up --no-demo` leaves to the first administrator
    registry = Organisation.objects.create(name=desk.name, kind=desk.kind)
    by = User.objects.create_user(email=first.email, name=first.name)
    Seat.objects.create(user=by, organisation=registry, from_on=at.date())
    organisations = {"registry": registry}
    for body in BODIES:
        if body.key not in organisations:
            organisations[body.key] = acts.open_organisation(
                name=body.name, kind=body.kind, party=body.party, by=by, at=at
            )
    for player in rest:
        user = acts.add_person(email=player.email, name=player.name, by=by, at=at)
        for key in player.sits_for:
            acts.grant_seat(user=user, organisation=organisations[key], by=by, at=at)
    for scopes in ACCREDITATIONS:
        for function in (Function.VALIDATION, Function.VERIFICATION):
            acts.accredit(
                doe=organisations[scopes.doe],
                function=function,
                sectoral_scopes=list(scopes.sectoral_scopes),
                from_on=scopes.from_on,
                until_on=scopes.until_on,
                by=by,
                at=at,
            )
    email, organisation, reason = CONFLICT
    member = User.objects.get(email=email)
    acts.record_conflict(
        user=member, organisation=organisations[organisation], reason=reason, by=member, at=at
    )
    # hashed once: Argon2 is slow by design, and the one password is published anyway
    User.objects.filter(email__in=[player.email for player in PLAYERS]).update(
        password=make_password(PASSWORD)
    )


def is_entered() -> bool:
    """Whether the cast is in this database."""
    return User.objects.filter(email=PLAYERS[0].email).exists()


def people() -> list[Person]:
    """The cast as it may sign in now: (name, e-mail, role, organisation), by role; what is not entered is left out."""
    emails = [player.email for player in PLAYERS]
    users = User.objects.filter(email__in=emails, is_active=True).prefetch_related("seats__organisation")
    found: list[tuple[int, Person]] = []
    for user in users:
        seats = [seat for seat in user.seats.all() if seat.until_on is None]
        if not seats:
            continue
        seats.sort(key=lambda seat: (_ORDER.index(seat.role), seat.organisation.name))
        roles = list(dict.fromkeys(seat.role.label for seat in seats))
        bodies = [seat.organisation.name for seat in seats]
        person = Person(user.name, user.email, " and ".join(roles), "; ".join(bodies))
        found.append((_ORDER.index(seats[0].role), person))
    found.sort(key=lambda line: (line[0], line[1].organisation, line[1].name))
    return [person for _, person in found]
