"""Given: a cast in every seat, and the steps of a project's life in words. The walks are written with these."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile

from cdm import assignment, removals
from cdm.acts import (
    accounts,
    comments,
    engagement,
    findings,
    forwarding,
    matters,
    meetings,
    modalities,
    monitoring,
    papers,
    participants,
    prior_consideration,
    proposal,
    provisional,
    requests,
    signing,
)
from cdm.modalities import in_force as modalities_in_force
from cdm.models import (
    Accreditation,
    BoardMatter,
    BoardOffice,
    BoardRequest,
    ForwardingRequest,
    Meeting,
    Membership,
    ModalitiesStatement,
    MonitoringPeriod,
    Organisation,
    ParticipantChange,
    Payment,
    PriorConsideration,
    Project,
    Record,
    Seat,
    Task,
    User,
)
from cdm.models.subject import Subject
from cdm.rules import crediting, design_document
from cdm.rules import modalities as modality_rules
from cdm.workflow import engine
from registry import account_requests
from registry.models import Account

Kind = Organisation.Kind
# who nominates members 1 to 10, and from which group (3/CMP.1 annex, para 7)
CONSTITUENCIES = (
    ("african", "non_annex_i"), ("asia_pacific", "non_annex_i"), ("eastern_european", "annex_i"),
    ("latin_american", "non_annex_i"), ("western_european", "annex_i"), ("other_annex_i", "annex_i"),
    ("other_annex_i", "annex_i"), ("other_non_annex_i", "non_annex_i"), ("other_non_annex_i", "non_annex_i"),
    ("small_island", "non_annex_i"),
)  # fmt: skip
BOARD = tuple(f"{what} {number}" for what in ("member", "alternate") for number in range(1, 11))
# who, of which organisation, of what kind, for which Party
CAST: tuple[tuple[str, str, str, str], ...] = (
    ("developer", "EcoSecurities", Kind.PARTICIPANT, "BR"),
    ("buyer", "Netherlands Clean Development Facility", Kind.PARTICIPANT, "NL"),
    ("validator", "Det Norske Veritas", Kind.DOE, ""),
    ("verifier", "SGS United Kingdom", Kind.DOE, ""),
    ("secretary", "UNFCCC secretariat", Kind.SECRETARIAT, ""),
    *((who, "CDM Executive Board", Kind.BOARD, "") for who in BOARD),
    *((f"expert {number}", "Registration and Issuance Team", Kind.EXPERTS, "") for number in (1, 2, 3)),
    ("administrator", "CDM registry administrator", Kind.REGISTRY, ""),
    ("second administrator", "CDM registry administrator", Kind.REGISTRY, ""),
    *((f"dna {party}", f"DNA of {party}", Kind.DNA, party) for party in ("BR", "NL", "HN", "UG")),
)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def instant(text: str) -> dt.datetime:
    """“2004-03-01” or “2004-03-01 14:30” as an instant in UTC; a bare day is its noon."""
    day, _, time = text.partition(" ")
    hour, minute = (int(part) for part in time.split(":")) if time else (12, 0)
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(hour, minute), tzinfo=dt.UTC)


def pdf(name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _email(who: str) -> str:
    return f"{who.replace(' ', '.')}@example.org"


@dataclass
class World:
    """A cast and a clock. `at` is the instant at which the next thing happens; `on("2004-03-01")` moves it."""

    at: dt.datetime = field(default_factory=lambda: instant("2019-06-03"))
    people: dict[str, User] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    members: list[Membership] = field(default_factory=list)
    alternates: list[Membership] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._seat_everybody()
        self._swear_in_the_board()
        Accreditation.objects.bulk_create(
            Accreditation(
                doe=self.organisations[doe],
                function=function,
                sectoral_scope=scope,
                from_on=dt.date(2003, 1, 1),
            )
            for doe in ("validator", "verifier")
            for function in Accreditation.Function.values
            for scope in range(1, 16)
        )

    def seat(self, who: str, organisation: str, kind: str, party: str = "") -> User:
        """A person `who` with a seat in an organisation, which is made where it is not there yet."""
        body, _ = Organisation.objects.get_or_create(
            name=organisation, defaults={"kind": kind, "party": party}
        )
        user = User.objects.create_user(email=_email(who), name=who.title())
        Seat.objects.create(user=user, organisation=body, from_on=dt.date(2000, 1, 1))
        self.people[who], self.organisations[who] = user, body
        return user

    def _seat_everybody(self) -> None:
        """The whole cast at once: a person at a time it would cost each test a hundred statements."""
        of = {name: Organisation(name=name, kind=kind, party=party) for _, name, kind, party in CAST}
        Organisation.objects.bulk_create(of.values())
        users = User.objects.bulk_create(
            User(email=_email(who), name=who.title(), password=make_password(None)) for who, *_ in CAST
        )
        for (who, name, _, _), user in zip(CAST, users, strict=True):
            self.people[who], self.organisations[who] = user, of[name]
        Seat.objects.bulk_create(
            Seat(user=user, organisation=self.organisations[who], from_on=dt.date(2000, 1, 1))
            for who, user in self.people.items()
        )

    def _swear_in_the_board(self) -> None:
        """Ten members and their alternates by para 7; member 1 chairs in even years, member 3 in odd ones."""
        first = dt.date(2000, 1, 1)
        users = [self.people[who] for who in BOARD]
        term: dict[str, Any] = {"starts_on": first, "ends_on": dt.date(2001, 12, 31), "oath_on": first}
        self.members = Membership.objects.bulk_create(
            Membership(user=user, constituency=constituency, group=group, **term)
            for user, (constituency, group) in zip(users[:10], CONSTITUENCIES, strict=True)
        )
        self.alternates = Membership.objects.bulk_create(
            Membership(user=user, constituency=of.constituency, group=of.group, alternate_of=of, **term)
            for user, of in zip(users[10:], self.members, strict=True)
        )
        BoardOffice.objects.bulk_create(
            BoardOffice(
                year=year,
                office=office,
                membership=self.members[number - 1],
                elected_at=instant(f"{year}-01-01"),
            )
            for year in range(2002, 2030)
            for office, number in (
                (("chair", 1), ("vice_chair", 3)) if year % 2 == 0 else (("chair", 3), ("vice_chair", 1))
            )
        )

    def on(self, text: str) -> World:
        """It is this day (noon), or this instant; the clocks run."""
        self.at = instant(text)
        engine.run_clocks(at=self.at)
        return self

    def do(self, subject: Subject, move: str, who: str, note: str = "", **given: Any) -> Record:
        """`who` makes the move now; the subject is read again."""
        record = engine.perform(subject, move, by=self.people[who], at=self.at, note=note, **given)
        subject.refresh_from_db()
        return record

    # --- the steps of a project's life ---------------------------------------------------------------------

    def draft(
        self,
        *,
        title: str = "Brazil NovaGerar Landfill Gas to Energy Project",
        host: str = "BR",
        others: tuple[str, ...] = ("NL",),
        scale: str = "large",
        methodology: tuple[str, str] = ("AM0003", "1"),
        yearly_t: int = 670_133,
        started_on: str = "",
        crediting_from: str = "",
        years: int = 7,
        kind: str = "renewable",
        **details: Any,
    ) -> Project:
        """A complete draft: every section filled, nothing submitted."""
        by, at = self.people["developer"], self.at
        first = (
            dt.date.fromisoformat(crediting_from)
            if crediting_from
            else self.at.date() + dt.timedelta(days=365)
        )
        last = crediting.last_day(first, years=years)
        project = proposal.file_project(title=title, developer=self.organisations["developer"], by=by, at=at)
        proposal.save_details(
            project,
            by=by,
            at=at,
            scale=scale,
            small_scale_type="I" if scale == "small" else "",
            capacity_mw=Decimal("5") if scale == "small" else None,
            started_on=dt.date.fromisoformat(started_on) if started_on else first,
            operational_lifetime_years=21,
            crediting_kind=kind,
            crediting_starts_on=first,
            crediting_ends_on=last,
            has_public_funding=False,
            **details,
        )
        proposal.save_parties(
            project,
            host_party=host,
            other_parties=others,
            participants=[
                (self.organisations["developer"], host),
                *([(self.organisations["buyer"], "NL")] if "NL" in others else []),
            ],
            by=by,
            at=at,
        )
        proposal.save_sites(
            project,
            sites=[proposal.Place("Marambaia", "Nova Iguaçu", Decimal("-22.66"), Decimal("-43.47"))],
            by=by,
            at=at,
        )
        proposal.save_methodologies(project, applied=[methodology], by=by, at=at)
        proposal.save_estimates(
            project,
            years=[proposal.Year(year, yearly_t + 1000, 1000) for year in range(first.year, last.year + 1)],
            by=by,
            at=at,
        )
        texts = {section.key: f"What {section.title} says." for section in design_document.SECTIONS}
        proposal.save_sections(project, texts=texts, by=by, at=at)
        project.refresh_from_db()
        return project

    def notified(self, project: Project, *, started_on: str, host: str = "BR") -> PriorConsideration:
        """The participants give notice of prior consideration for an activity that started on a day."""
        return prior_consideration.notify(
            project,
            host_party=host,
            location="Marambaia, Nova Iguaçu",
            description="Landfill gas is burnt and makes electricity.",
            started_on=dt.date.fromisoformat(started_on),
            by=self.people["developer"],
            at=self.at,
        )

    def submitted(self, **about: Any) -> Project:
        project = self.draft(**about)
        self.do(project, "submit", "developer")
        return project

    def approve(self, project: Project, party: str = "") -> None:
        """The DNA of the host (or of `party`) issues its letter and authorises whoever asked it."""
        letter = project.letters.get(party=party or project.host_party)
        self.do(
            letter,
            "issue",
            f"dna {letter.party}",
            number=f"{letter.party}-1",
            dated_on=self.at.date(),
            is_voluntary=True,
            contributes_to_sustainable_development=letter.is_host,
            participants=[row.organisation for row in project.participations.filter(party=letter.party)],
        )
        project.refresh_from_db()

    def approve_added(self, project: Project, party: str, who: str) -> None:
        """The DNA issues the letter that a change of participants asked of it."""
        self.do(
            project.letters.get(party=party),
            "issue",
            f"dna {party}",
            number=f"{party}-2",
            dated_on=self.at.date(),
            is_voluntary=True,
            participants=[self.organisations[who]],
        )

    def engaged(self, project: Project, function: str = "validation", who: str = "validator") -> None:
        engagement.engage(
            project, doe=self.organisations[who], function=function, by=self.people["developer"], at=self.at
        )

    def published(self, **about: Any) -> Project:
        """Submitted, approved by the host, a validator engaged, open for comments."""
        project = self.submitted(**about)
        self.approve(project)
        self.engaged(project)
        self.do(project, "publish", "validator")
        return project

    def after_comments(self, project: Project) -> None:
        """The day after the last day for comments."""
        assert project.comments_close_on is not None
        self.on(f"{project.comments_close_on + dt.timedelta(days=1)}")
        project.refresh_from_db()

    def attach(self, subject: Subject, kind: str, who: str) -> None:
        papers.attach(subject, kind=kind, title="", file=pdf(), by=self.people[who], at=self.at)

    def validated(self, **about: Any) -> Project:
        project = self.published(**about)
        self.after_comments(project)
        self.attach(project, "validation_report", "validator")
        given: dict[str, Any] = {"opinion": "All requirements are met."}
        if project.started_on < project.published_on and not project.prior_considerations.exists():
            # a walk that says nothing of prior consideration is of a project that needed no notice
            given["methodology_proposed_on"] = project.started_on - dt.timedelta(days=1)
        self.do(project, "give_positive_opinion", "validator", **given)
        return project

    def modalities(self, project: Project, **scopes: tuple[str, tuple[str, ...]]) -> ModalitiesStatement:
        """The statement of modalities, signed by all; the developer alone holds every scope not named here."""
        statement = self.stated(project, **scopes)
        for organisation in statement.still_to_sign():
            person = organisation.seats.first()
            assert person is not None, f"nobody sits for {organisation}"
            signing.sign(statement, content_sha256=statement.content_sha256, by=person.user, at=self.at)
            statement.refresh_from_db()
        return statement

    def stated(self, project: Project, **scopes: tuple[str, tuple[str, ...]]) -> ModalitiesStatement:
        """A statement put forward by the developer, who signs it with that; scope=("joint", ("developer", "buyer"))."""
        given = {
            scope: (held, tuple(self.organisations[who] for who in names))
            for scope, (held, names) in {
                **dict.fromkeys(modality_rules.SCOPES, ("sole", ("developer",))),
                **scopes,
            }.items()
        }
        return modalities.state(project, scopes=given, by=self.people["developer"], at=self.at)

    def change_asked(
        self, project: Project, kind: str, about: str, *, who: str = "developer", **what: Any
    ) -> ParticipantChange:
        """`who` asks for a change of the participants and signs it with that."""
        return participants.ask(
            project,
            kind=kind,
            organisation=self.organisations[about],
            reason=what.pop("reason", "As agreed."),
            by=self.people[who],
            at=self.at,
            **what,
        )

    def sign(self, subject: Any, who: str, content_sha256: str = "") -> None:
        """`who` signs the text as it stands, or the one of this SHA-256."""
        signing.sign(
            subject,
            content_sha256=content_sha256 or subject.content_sha256,
            by=self.people[who],
            at=self.at,
        )
        subject.refresh_from_db()

    def request_for(self, subject: Project | MonitoringPeriod, who: str) -> BoardRequest:
        """Prepared; the participants have stated their modalities of communication, where they had not."""
        if isinstance(subject, Project) and modalities_in_force(subject) is None:
            self.modalities(subject)
        return requests.prepare(subject, by=self.people[who], at=self.at)

    def pay(self, request: BoardRequest, move: str = "record_fee") -> None:
        invoice = request.invoices.latest("id")
        self.do(
            request,
            move,
            "secretary",
            amount_usd=invoice.open_usd,
            paid_on=self.at.date(),
            bank_reference=f"REF {Payment.objects.count() + 1}",
        )

    def submitted_request(self, subject: Project | MonitoringPeriod, who: str) -> BoardRequest:
        """Submitted, and the fee paid where one is due."""
        request = self.request_for(subject, who)
        self.do(request, "submit", who)
        if request.state == "awaiting_fee":
            self.pay(request)
        return request

    def published_request(self, subject: Project | MonitoringPeriod, who: str) -> BoardRequest:
        """Through the secretariat's checks, where the rules know them, to the window for review."""
        request = self.submitted_request(subject, who)
        if request.state == "completeness_check":
            self.do(request, "pass_completeness", "secretary")
            self.do(request, "pass_information", "secretary")
        return request

    def provisional_submission(self, subject: Project | MonitoringPeriod, who: str) -> BoardRequest:
        """The risk acknowledged by the developer, submitted, the fee paid where one is due (EB 108)."""
        request = self.request_for(subject, who)
        provisional.acknowledge_risk(request, by=self.people["developer"], at=self.at)
        self.do(request, "submit", who)
        if request.state == "awaiting_fee":
            self.pay(request)
        return request

    def provisional_request(self, subject: Project | MonitoringPeriod, who: str) -> BoardRequest:
        """A provisional request, through the secretariat's checks to the window for review."""
        request = self.provisional_submission(subject, who)
        self.do(request, "pass_completeness", "secretary")
        self.do(request, "pass_information", "secretary")
        return request

    def after_window(self, request: BoardRequest) -> None:
        """The day after the last day for requests for review."""
        assert request.window_last_day is not None
        self.on(f"{request.window_last_day + dt.timedelta(days=1)}")
        request.refresh_from_db()

    # --- before the Board ----------------------------------------------------------------------------------

    def under_review(
        self, request: BoardRequest, ground: str = "additionality", who: str = "dna BR"
    ) -> BoardMatter:
        """A Party asked for a review, and both sides have replied."""
        requests.ask_for_review(
            request, grounds=[ground], reasons="It is not shown.", by=self.people[who], at=self.at
        )
        for side in ("developer", "verifier" if request.is_issuance else "validator"):
            requests.reply(request, text="It is shown in annex 3.", by=self.people[side], at=self.at)
        request.refresh_from_db()
        return request.matters.get()

    def assess(self, matter: BoardMatter, recommendation: str, who: str = "") -> None:
        """The secretariat assesses; or, where nobody is named, whichever expert Celery gave the task to."""
        by = self.people[who] if who else self.expert_of(matter)
        matters.assess(matter, recommendation=recommendation, text="As follows.", by=by, at=self.at)
        matter.refresh_from_db()

    def expert_of(self, matter: BoardMatter) -> User:
        """The expert to whom the open assessment of the matter is given."""
        assignment.assign_waiting(at=self.at)
        task = Task.objects.get(
            machine_name="board_matter", subject_id=matter.pk, role="expert", closed_at__isnull=True
        )
        assert task.assigned_to is not None
        return task.assigned_to

    def proposed(
        self, request: BoardRequest, outcome: str, reasons: str = "As assessed.", corrections: str = ""
    ) -> BoardMatter:
        """Assessed by the secretariat and an expert, and the decision proposed."""
        matter = request.matters.get()
        self.assess(matter, outcome, "secretary")
        self.assess(matter, outcome)
        self.do(matter, "propose", "secretary", outcome=outcome, reasons=reasons, corrections=corrections)
        return matter

    def decided(
        self, request: BoardRequest, outcome: str, reasons: str = "As assessed.", corrections: str = ""
    ) -> BoardMatter:
        """Decided as the rules have it: in 2005 at a meeting the same day, later by nobody's objection in 20 days."""
        matter = self.proposed(request, outcome, reasons, corrections)
        if matter.state == "proposed":
            self.on(f"{self.at.date() + dt.timedelta(days=20)}")
        else:
            meeting = self.meeting(number=1)
            matter.refresh_from_db()
            self.do(matter, "adopt_by_consensus", self.chair)
            meetings.close_meeting(meeting, by=self.people[self.chair], at=self.at)
        matter.refresh_from_db()
        request.refresh_from_db()
        return matter

    @property
    def chair(self) -> str:
        return "member 1" if self.at.year % 2 == 0 else "member 3"

    def meeting(
        self,
        number: int = 100,
        on: str = "",
        present: tuple[int, ...] = tuple(range(1, 11)),
        is_open: bool = True,
    ) -> Meeting:
        """A meeting convened (for today, or for a day); open with these members present unless it is not wanted."""
        day = dt.date.fromisoformat(on) if on else self.at.date()
        meeting = meetings.convene(
            number=number, starts_on=day, ends_on=day, place="Bonn", by=self.people["secretary"], at=self.at
        )
        if is_open:
            self.opened(meeting, present)
        return meeting

    def opened(self, meeting: Meeting, present: tuple[int, ...] = tuple(range(1, 11))) -> None:
        """These members come, and the chair opens."""
        for one in present:
            self.comes(meeting, f"member {one}")
        meetings.open_meeting(meeting, by=self.people[self.chair], at=self.at)
        meeting.refresh_from_db()

    def office(self, who: str) -> Membership:
        """The membership of “member 3” or “alternate 3”."""
        what, _, number = who.partition(" ")
        return (self.members if what == "member" else self.alternates)[int(number) - 1]

    def comes(self, meeting: Meeting, who: str) -> None:
        meetings.come(meeting, membership=self.office(who), by=self.people["secretary"], at=self.at)

    def vote(self, matter: BoardMatter, choice: str, *who: str) -> None:
        for one in who:
            matters.vote(matter, choice=choice, by=self.people[one], at=self.at)
        matter.refresh_from_db()

    def registered(self, **about: Any) -> Project:
        project = self.validated(**about)
        self.after_window(self.published_request(project, "validator"))
        project.refresh_from_db()
        return project

    def period(
        self, project: Project, starts_on: str, ends_on: str, reported: dict[int, int]
    ) -> MonitoringPeriod:
        """A monitoring period with its report and amounts, not yet handed over."""
        by = self.people["developer"]
        period = monitoring.open_period(
            project,
            starts_on=dt.date.fromisoformat(starts_on),
            ends_on=dt.date.fromisoformat(ends_on),
            by=by,
            at=self.at,
        )
        monitoring.state_amounts(period, reported=reported, by=by, at=self.at)
        self.attach(period, "monitoring_report", "developer")
        period.refresh_from_db()
        return period

    def in_verification(
        self, project: Project, starts_on: str, ends_on: str, reported: dict[int, int]
    ) -> MonitoringPeriod:
        if not project.engagements.filter(function="verification", until_at__isnull=True).exists():
            self.engaged(project, "verification", "verifier")
        period = self.period(project, starts_on, ends_on, reported)
        self.do(period, "submit", "developer")
        self.do(period, "publish_report", "verifier")
        return period

    def certified(
        self, project: Project, starts_on: str, ends_on: str, amounts: dict[int, int]
    ) -> MonitoringPeriod:
        period = self.in_verification(project, starts_on, ends_on, amounts)
        self.attach(period, "verification_report", "verifier")
        told: dict[str, Any] = {"visited_on": self.at.date(), "opinion": "Verified."}
        if project.is_afforestation:
            before = removals.certified_before(period) if project.removal_unit == "lCER" else 0
            told["removed_since_start"] = before + sum(amounts.values())
        self.do(period, "certify", "verifier", verified=amounts, certified=amounts, **told)
        return period

    def instructed(self, period: MonitoringPeriod) -> BoardRequest:
        """Requested, the window over, the Board's instruction given, the administrative share paid."""
        request = self.published_request(period, "verifier")
        self.after_window(request)
        self.do(request, "instruct_issuance", "member 1")
        if request.state == "awaiting_share_of_proceeds":
            self.pay(request, "record_share_of_proceeds")
        return request

    def issued(self, project: Project, starts_on: str, ends_on: str, amounts: dict[int, int]) -> BoardRequest:
        request = self.instructed(self.certified(project, starts_on, ends_on, amounts))
        self.do(request, "issue", "administrator")
        return request

    def account(self, who: str = "developer", party: str = "BR") -> Account:
        """A holding account of the organisation of `who`: one administrator asks for it, the other approves.

        `who` and `second who`, a person without a seat, represent it.
        """
        second = f"second {who}"
        if second not in self.people:
            email = f"{second.replace(' ', '.')}@example.org"
            self.people[second] = User.objects.create_user(email=email, name=second.title())
        asked = accounts.ask_for_account(
            organisation=self.organisations[who],
            party=party,
            reason="To receive units",
            representatives=[self.people[who], self.people[second]],
            by=self.people["administrator"],
            at=self.at,
        )
        approved = account_requests.approve(
            request=asked, by=self.people["second administrator"], at=self.at, reason="As asked."
        )
        assert approved.opened is not None
        return approved.opened

    def forwarding_asked(
        self, request: BoardRequest, shares: list[tuple[Account, int, int]]
    ) -> ForwardingRequest:
        return forwarding.ask(request, shares=shares, by=self.people["developer"], at=self.at)

    def finding(self, subject: Project | MonitoringPeriod, who: str, kind: str = "CAR") -> Any:
        return findings.raise_finding(
            subject,
            kind=kind,
            section="(d)",
            text="Show the investment analysis.",
            by=self.people[who],
            at=self.at,
        )

    def comment(self, project: Project, text: str = "We live beside the landfill.") -> Any:
        made = comments.make(
            project, name="Ana", organisation="Neighbours", email="ana@example.org", text=text, at=self.at
        )
        return comments.confirm(comments.token(made), at=self.at)
