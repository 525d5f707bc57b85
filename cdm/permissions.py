"""Who may: the roles a person holds on a subject, and the roles each act belongs to. Default deny."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from cdm.models import (
    Accreditation,
    BoardMatter,
    BoardRequest,
    ConflictOfInterest,
    Engagement,
    LetterOfApproval,
    ModalitiesStatement,
    MonitoringPeriod,
    Organisation,
    PriorConsideration,
    Project,
    RegisteredChange,
    Seat,
    Signed,
    Transition,
)
from cdm.rules.days import in_words
from cdm.workflow.roles import Role

if TYPE_CHECKING:
    from cdm.models import User
    from cdm.models.subject import Subject

Kind = Organisation.Kind

# Acts that move nothing, and the roles they belong to. What is not here nobody may do.
ACTS: dict[str, tuple[Role, ...]] = {
    "edit_design_document": (Role.PARTICIPANT,),
    "attach_document": (Role.PARTICIPANT, Role.DOE, Role.DNA, Role.SECRETARIAT),
    "notify_prior_consideration": (Role.PARTICIPANT,),
    "engage_doe": (Role.PARTICIPANT,),
    "end_engagement": (Role.PARTICIPANT, Role.DOE),
    "raise_finding": (Role.DOE,),
    "write_to_finding": (Role.DOE, Role.PARTICIPANT),
    "close_finding": (Role.DOE,),
    "answer_comment": (Role.DOE,),
    "release_comment": (Role.SECRETARIAT,),
    "open_monitoring_period": (Role.PARTICIPANT,),
    "edit_monitoring_period": (Role.PARTICIPANT,),
    "prepare_change": (Role.PARTICIPANT, Role.FOCAL_POINT),
    "prepare_request": (Role.DOE,),
    "request_review": (Role.DNA, Role.BOARD_MEMBER),
    "reply_to_review": (Role.PARTICIPANT, Role.FOCAL_POINT, Role.DOE),
    "assess": (Role.SECRETARIAT, Role.EXPERT),
    "put_motion": (Role.BOARD_MEMBER,),
    "vote": (Role.BOARD_MEMBER,),
    "keep_the_board": (Role.SECRETARIAT, Role.REGISTRY_ADMINISTRATOR),
    "convene_meeting": (Role.SECRETARIAT,),
    "attend_meeting": (Role.BOARD_MEMBER, Role.SECRETARIAT),
    "conduct_meeting": (Role.BOARD_MEMBER,),
    "waive_doe_independence": (Role.BOARD_MEMBER,),
    "ask_for_forwarding": (Role.FOCAL_POINT, Role.PARTICIPANT),
    "change_signed": (Role.FOCAL_POINT,),
    "state_modalities": (Role.PARTICIPANT, Role.FOCAL_POINT),
    "ask_for_participant_change": (Role.PARTICIPANT, Role.FOCAL_POINT),
    "withdraw_as_focal_point": (Role.FOCAL_POINT, Role.PARTICIPANT),
    "sign": (Role.FOCAL_POINT, Role.PARTICIPANT),
    "acknowledge_risk": (Role.FOCAL_POINT,),
    "request_transition": (Role.FOCAL_POINT,),
    "open_account": (Role.REGISTRY_ADMINISTRATOR,),
    "set_reference_number": (Role.SECRETARIAT,),
    "count_registered_elsewhere": (Role.SECRETARIAT,),
    "manage_people": (Role.REGISTRY_ADMINISTRATOR, Role.SECRETARIAT),
    "file_project": (Role.PARTICIPANT,),
    "apply_for_accreditation": (Role.DOE,),
    "report_activities": (Role.DOE,),
    "review_report_of_entity": (Role.BOARD_MEMBER,),
    "bring_before_board": (Role.SECRETARIAT, Role.BOARD_MEMBER),
}

# seats that a conflict of interest in a project takes away there
IMPARTIAL = frozenset({Role.BOARD_MEMBER, Role.SECRETARIAT, Role.EXPERT})


class Denied(PermissionError):
    """The person does not hold a role that may do this here. `sentence` is for the reader."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def seats_of(user: User | None, day: dt.date) -> QuerySet[Seat]:
    """The seats a person holds on `day`, with their organisations."""
    if user is None or not user.is_authenticated:
        return Seat.objects.none()
    return Seat.objects.held_on(day).filter(user=user).select_related("organisation")


def roles_of(user: User | None, at: dt.datetime) -> frozenset[Role]:
    """The kinds of seat a person holds at all, whatever the subject."""
    return frozenset(seat.role for seat in seats_of(user, day_of(at)))


def roles_on(
    user: User | None, subject: Subject, at: dt.datetime, *, asked: Collection[Role] = tuple(Role)
) -> frozenset[Role]:
    """The roles a person holds on this one subject at this instant; only of those `asked` for, where fewer will do."""
    roles: set[Role] = {Role.PUBLIC}
    for seat in seats_of(user, day_of(at)).order_by():
        if seat.role in asked and _is_seat_of(seat.organisation, subject):
            roles.add(seat.role)
        if (
            Role.FOCAL_POINT in asked
            and subject.project_if_any is not None
            and seat.organisation.kind == Kind.PARTICIPANT
            and is_focal_point(seat.organisation, subject)
        ):
            roles.add(Role.FOCAL_POINT)
    if user is not None and roles & IMPARTIAL and is_barred(user, subject):
        roles -= IMPARTIAL
    return frozenset(roles)


def roles_for(
    user: User | None, act: str, *, at: dt.datetime, subject: Subject | None = None
) -> frozenset[Role]:
    """Those of the person's roles that may do `act` (on `subject`, or anywhere)."""
    allowed = frozenset(ACTS.get(act, ()))
    held = roles_on(user, subject, at, asked=allowed) if subject is not None else roles_of(user, at)
    return held & allowed


def require(user: User | None, act: str, *, at: dt.datetime, subject: Subject | None = None) -> Role:
    """The role in which the person may do `act`; raises Denied where there is none."""
    roles = roles_for(user, act, at=at, subject=subject)
    for role in ACTS.get(act, ()):
        if role in roles:
            return role
    raise Denied(denial(ACTS.get(act, ()), user, subject))


def denial(roles: tuple[Role, ...], user: User | None, subject: Subject | None) -> str:
    """Why a person may not, in a sentence."""
    who = " or ".join(_seat(role) for role in roles if role in _SEATS)
    sentence = (
        f"Only {who} can do this."
        if who
        else "Nobody does this alone: it follows from something else, as from a decision of the Board."
    )
    if user is None or not user.is_authenticated:
        return f"{sentence} Sign in first."
    if subject is None:
        return f"{sentence} You do not hold that seat on this project."
    if IMPARTIAL & set(roles) and is_barred(user, subject):
        what = "with this entity" if subject.entity_if_any is not None else "in this project"
        return f"{sentence} You have a recorded conflict of interest {what}."
    if subject.entity_if_any is not None:
        return f"{sentence} You do not hold that seat here."
    ended = _ended_engagement(user, subject) if Role.DOE in roles else None
    if ended is not None and ended.until_at is not None:
        return (
            f"{sentence} Your engagement ended on {in_words(day_of(ended.until_at))}: {ended.ended_because}"
        )
    return f"{sentence} You do not hold that seat on this project."


def _ended_engagement(user: User, subject: Subject) -> Engagement | None:
    """The last engagement of the person's own DOE on the project, if it has ended."""
    last = (
        Engagement.objects.filter(
            project=subject.whole_project, doe__seats__user=user, doe__seats__until_on__isnull=True
        )
        .order_by("-from_at", "-id")
        .first()
    )
    return last if last is not None and last.until_at is not None else None


def _seat(role: Role) -> str:
    return f"whoever sits as “{role.name_in_rules}”" if role.name_in_rules else _SEATS[role]


_SEATS: dict[Role, str] = {
    Role.PARTICIPANT: "a participant of the project",
    Role.FOCAL_POINT: "a focal point that the statement of modalities names for it",
    Role.DNA: "the designated national authority of the Party concerned",
    Role.DOE: "the designated operational entity engaged for it",
    Role.SECRETARIAT: "the secretariat",
    Role.BOARD_MEMBER: "an Executive Board member without a conflict of interest",
    Role.EXPERT: "an independent expert without a conflict of interest",
    Role.REGISTRY_ADMINISTRATOR: "the registry administrator",
    Role.PUBLIC: "anyone",
}


def organisations_for(role: Role, subject: Subject) -> list[Organisation]:
    """The organisations whose people act in `role` on this subject."""
    project = subject.concerned_project
    if role is Role.PARTICIPANT:
        return [project.developer] if project is not None else []
    if role is Role.FOCAL_POINT:
        return subject.still_to_sign() if isinstance(subject, Signed) else _speaking_for(project)
    if role is Role.DOE:
        doe = doe_of(subject)
        return [doe] if doe is not None else []
    if role is Role.DNA:
        if project is None:
            return []
        if isinstance(subject, PriorConsideration):
            codes = [subject.host_party]
        elif isinstance(subject, LetterOfApproval | Transition):
            codes = [subject.party]
        else:
            codes = party_codes(project)
        return list(Organisation.objects.filter(kind=Kind.DNA, party__in=codes))
    kind = {
        Role.SECRETARIAT: Kind.SECRETARIAT,
        Role.BOARD_MEMBER: Kind.BOARD,
        Role.EXPERT: Kind.EXPERTS,
        Role.REGISTRY_ADMINISTRATOR: Kind.REGISTRY,
    }.get(role)
    return list(Organisation.objects.filter(kind=kind)) if kind else []


def _speaking_for(project: Project | None) -> list[Organisation]:
    """The focal points for scope (c), all other communication, of the statement of modalities in force."""
    statement = ModalitiesStatement.objects.filter(project=project, state="in_force").first()
    return list(statement.rule_of("other").organisations) if statement is not None else []


def doe_of(subject: Subject) -> Organisation | None:
    """The DOE at work on this subject: the validator, the verifier, or the one that made the request."""
    if subject.entity_if_any is not None:
        return subject.entity_if_any
    if isinstance(subject, BoardRequest | RegisteredChange):
        return subject.doe
    if isinstance(subject, BoardMatter) and subject.request is not None:
        return subject.request.doe
    verifying = isinstance(subject, MonitoringPeriod) or subject.whole_project.is_registered
    wanted = Accreditation.Function.VERIFICATION if verifying else Accreditation.Function.VALIDATION
    engagement = (
        Engagement.objects.filter(project=subject.whole_project, function=wanted, until_at__isnull=True)
        .select_related("doe")
        .first()
    )
    return engagement.doe if engagement else None


def party_codes(project: Project) -> list[str]:
    """Codes of the Parties involved, the host first."""
    codes = list(project.involved_parties.values_list("party", flat=True))
    return sorted({*codes, project.host_party} - {""}, key=lambda code: (code != project.host_party, code))


def has_conflict(user: User, project: Project) -> bool:
    """Whether a conflict of interest is on record between the person and anything of this project."""
    return conflicts_in(project).filter(user=user).exists()


def is_barred(user: User, subject: Subject) -> bool:
    """Whether a conflict of interest keeps the person away from this subject."""
    return conflicts_about(subject).filter(user=user).exists()


def conflicts_about(subject: Subject) -> QuerySet[ConflictOfInterest]:
    """The conflicts of interest on record with a project or, where the subject is an entity's, with that entity."""
    if subject.entity_if_any is None:
        return conflicts_in(subject.whole_project)
    with_entity = ConflictOfInterest.objects.filter(organisation=subject.entity_if_any, ended_at__isnull=True)
    if subject.concerned_project is None:
        return with_entity
    return with_entity | conflicts_in(subject.concerned_project)


def conflicts_in(project: Project) -> QuerySet[ConflictOfInterest]:
    """The conflicts of interest on record with the project, its participants, its DOEs or its Parties."""
    organisations = {project.developer_id}
    organisations.update(project.participations.values_list("organisation_id", flat=True))
    organisations.update(project.engagements.values_list("doe_id", flat=True))
    return ConflictOfInterest.objects.filter(
        Q(project=project) | Q(organisation_id__in=organisations) | Q(party__in=party_codes(project)),
        ended_at__isnull=True,
    )


def projects_in_conflict(user: User) -> QuerySet[Project]:
    """The projects of which `has_conflict` holds, in one query."""
    conflicts = ConflictOfInterest.objects.filter(user=user, ended_at__isnull=True)
    organisations = list(conflicts.exclude(organisation=None).values_list("organisation", flat=True))
    codes = list(conflicts.exclude(party="").values_list("party", flat=True))
    return Project.objects.filter(
        Q(pk__in=conflicts.exclude(project=None).values("project"))
        | Q(developer__in=organisations)
        | Q(participations__organisation__in=organisations)
        | Q(engagements__doe__in=organisations)
        | Q(host_party__in=codes)
        | Q(involved_parties__party__in=codes)
    ).distinct()


def entities_in_conflict(user: User) -> QuerySet[Organisation]:
    """The organisations with which a conflict of interest of the person is on record."""
    conflicts = ConflictOfInterest.objects.filter(user=user, ended_at__isnull=True)
    return Organisation.objects.filter(pk__in=conflicts.exclude(organisation=None).values("organisation"))


def matters_in_conflict(user: User | None, matters: Iterable[BoardMatter]) -> set[int]:
    """Keys of those of the matters from which a conflict of interest keeps the person away; asked together."""
    if user is None or not user.is_authenticated:
        return set()
    projects = set(projects_in_conflict(user).values_list("pk", flat=True))
    bodies = set(entities_in_conflict(user).values_list("pk", flat=True))
    return {
        one.pk
        for one in matters
        if one.entity_id in bodies
        or (one.concerned_project is not None and one.concerned_project.pk in projects)
    }


def day_of(at: dt.datetime) -> dt.date:
    """The GMT day of an instant."""
    return at.astimezone(dt.UTC).date()


def is_focal_point(organisation: Organisation, subject: Subject) -> bool:
    """Whether its signature means something on this subject; on what is not signed, whether it is a focal point.

    A focal point may be an organisation that is no participant (rulebook 2.4).
    """
    if isinstance(subject, Signed):
        return organisation.pk in subject.signatories()
    named = ModalitiesStatement.objects.filter(
        project=subject.whole_project,
        state__in=("in_force", "being_signed"),
        scopes__focal_points=organisation,
    )
    return named.exclude(withdrawals_of_focal_points__organisation=organisation).exists()


def _is_seat_of(organisation: Organisation, subject: Subject) -> bool:
    """Whether a seat in this organisation means anything on this subject."""
    if subject.entity_if_any is not None:
        if organisation.kind == Kind.DOE:
            return organisation.pk == subject.entity_if_any.pk
        return organisation.kind in (Kind.SECRETARIAT, Kind.BOARD, Kind.REGISTRY)
    project = subject.whole_project
    if organisation.kind == Kind.PARTICIPANT:
        if organisation.pk == project.developer_id:
            return True
        return project.state != "draft" and project.participations.filter(organisation=organisation).exists()
    if isinstance(subject, PriorConsideration) and organisation.kind in (Kind.DNA, Kind.SECRETARIAT):
        # the notice goes to the host's authority and the secretariat while the project is still a draft
        return organisation.kind == Kind.SECRETARIAT or organisation.party == subject.host_party
    if project.submitted_at is None:
        return False
    if organisation.kind == Kind.DNA:
        if isinstance(subject, LetterOfApproval | Transition):
            return organisation.party == subject.party
        return organisation.party in party_codes(project)
    if organisation.kind == Kind.DOE:
        doe = doe_of(subject)
        return doe is not None and doe.pk == organisation.pk
    return organisation.kind in (Kind.SECRETARIAT, Kind.BOARD, Kind.EXPERTS, Kind.REGISTRY)
