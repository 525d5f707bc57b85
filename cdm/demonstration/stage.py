"""The verbs of the stories: each is one act or move by the person whose seat it is, at the stage's instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cdm import small_scale_claims
from cdm.acts import (
    accounts,
    comments,
    engagement,
    findings,
    forwarding,
    modalities,
    monitoring,
    papers,
    prior_consideration,
    proposal,
    requests,
    signing,
)
from cdm.demonstration import cast, documents
from cdm.demonstration.facts import SEARCH, Facts
from cdm.models import (
    BoardRequest,
    Comment,
    Finding,
    ForwardingRequest,
    MonitoringPeriod,
    Organisation,
    PriorConsideration,
    Project,
    User,
)
from cdm.models.subject import Subject
from cdm.rules import crediting
from cdm.rules.days import in_words
from cdm.rules.modalities import SCOPES
from cdm.workflow import engine
from registry import account_requests
from registry.models import Account

Story = Iterator[dt.date]
REASON = "The number of the real project, so that it is found under it."


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class Stage:
    """Where the stories are played. `at` is set by the loader before each scene."""

    def __init__(self) -> None:
        self.at = dt.datetime.min.replace(tzinfo=dt.UTC)
        self._people: dict[str, User] = {}
        self._bodies: dict[str, Organisation] = {}
        users = {user.email: user for user in User.objects.all()}
        bodies = {body.name: body for body in Organisation.objects.all()}
        for entry in cast.BODIES:
            self._bodies[entry.key] = bodies[entry.name]
        for player in cast.PLAYERS:
            for key in player.sits_for:
                self._people.setdefault(key, users[player.email])
            self._people[player.name] = users[player.email]

    @property
    def today(self) -> dt.date:
        return self.at.date()

    def person(self, key: str) -> User:
        """Somebody by name, or the first who sits for an organisation of the cast."""
        return self._people[key]

    def body(self, key: str) -> Organisation:
        return self._bodies[key]

    def do(self, subject: Subject, move: str, who: str, note: str = "", **given: Any) -> None:
        engine.perform(subject, move, by=self.person(who), at=self.at, note=note, **given)
        subject.refresh_from_db()

    # --- proposal and approval -------------------------------------------------------------------------------

    def begin_draft(self, facts: Facts) -> Project:
        """A draft with its first pages; more pages follow with `complete_draft`."""
        by, at = self.person(facts.developer), self.at
        project = proposal.file_project(title=facts.title, developer=self.body(facts.developer), by=by, at=at)
        proposal.save_details(
            project,
            by=by,
            at=at,
            scale=facts.scale,
            small_scale_type=facts.small_scale_type,
            capacity_mw=facts.capacity_mw,
            savings_gwh=facts.savings_gwh,
            is_afforestation=facts.is_afforestation,
            removal_unit=facts.removal_unit,
            started_on=facts.started_on,
            operational_lifetime_years=max(25, facts.years),
        )
        others = [party for party in facts.other_parties if party]
        proposal.save_parties(
            project,
            host_party=facts.host,
            other_parties=others,
            participants=[(self.body(key), party) for key, party in facts.participants],
            by=by,
            at=at,
        )
        name, region, latitude, longitude = facts.site
        place = proposal.Place(name, region, Decimal(latitude), Decimal(longitude))
        proposal.save_sites(project, sites=[place], by=by, at=at)
        return project

    def notify(self, project: Project, facts: Facts) -> PriorConsideration:
        """Notice of prior consideration, as the developer gives it."""
        name, region, _, _ = facts.site
        return prior_consideration.notify(
            project,
            host_party=facts.host,
            location=f"{name}, {region}" if region else name,
            description=documents.sections(facts)["description"],
            started_on=facts.started_on,
            by=self.person(facts.developer),
            at=self.at,
        )

    def complete_draft(self, project: Project, facts: Facts) -> None:
        by, at = self.person(facts.developer), self.at
        ends_on = crediting.last_day(facts.crediting_from, years=facts.years)
        proposal.save_methodologies(project, applied=list(facts.methodologies), by=by, at=at)
        proposal.save_details(
            project,
            by=by,
            at=at,
            crediting_kind=facts.kind,
            crediting_starts_on=facts.crediting_from,
            crediting_ends_on=ends_on,
            has_public_funding=False,
        )
        years = yearly(facts.yearly_t * facts.years, facts.crediting_from, ends_on)
        proposal.save_estimates(
            project, years=[proposal.Year(year, t + t // 50, t // 50) for year, t in years], by=by, at=at
        )
        proposal.save_sections(project, texts=documents.sections(facts), by=by, at=at)
        self.attach(project, "project_design", facts.developer, "Project design document")

    def file(self, facts: Facts) -> Project:
        """A complete draft."""
        project = self.begin_draft(facts)
        self.complete_draft(project, facts)
        project.refresh_from_db()
        return project

    def submit(self, facts: Facts) -> Project:
        project = self.file(facts)
        self.do(project, "submit", facts.developer)
        return project

    def attach(self, subject: Subject, kind: str, who: str, title: str) -> None:
        file = documents.pdf(f"{title}.pdf", title, subject.whole_project.title, in_words(self.today))
        papers.attach(subject, kind=kind, title=title, file=file, by=self.person(who), at=self.at)

    def approve(self, project: Project, party: str) -> None:
        letter = project.letters.get(party=party)
        asked = [row.organisation for row in project.participations.filter(party=party)]
        self.do(
            letter,
            "issue",
            f"dna {party}",
            number=f"{party}/CDM/{self.today.year}/{project.pk:03d}",
            dated_on=self.today,
            is_voluntary=True,
            contributes_to_sustainable_development=letter.is_host,
            participants=asked,
            letter=documents.pdf("letter.pdf", f"{letter}", project.title, in_words(self.today)),
        )
        project.refresh_from_db()

    # --- validation ------------------------------------------------------------------------------------------

    def engage(self, project: Project, function: str, doe: str, who: str) -> None:
        engagement.engage(project, doe=self.body(doe), function=function, by=self.person(who), at=self.at)

    def comment(self, project: Project, name: str, organisation: str, text: str, *, email: str) -> Comment:
        made = comments.make(
            project, name=name, organisation=organisation, email=email, text=text, at=self.at
        )
        return comments.confirm(comments.token(made), at=self.at)

    def answer(self, comment: Comment, who: str, text: str) -> None:
        comments.answer(comment, text=text, by=self.person(who), at=self.at)

    def find(
        self, subject: Project | MonitoringPeriod, kind: str, who: str, section: str, text: str
    ) -> Finding:
        return findings.raise_finding(
            subject, kind=kind, section=section, text=text, by=self.person(who), at=self.at
        )

    def write(self, finding: Finding, who: str, text: str) -> None:
        findings.write(finding, text=text, by=self.person(who), at=self.at)

    def close(self, finding: Finding, who: str, reason: str) -> None:
        findings.close(finding, reason=reason, by=self.person(who), at=self.at)

    def report(self, project: Project, doe: str) -> None:
        self.attach(project, "validation_report", doe, "Validation report")

    def modalities(self, project: Project) -> None:
        """The developer speaks for all participants in every scope; all of them sign."""
        by = project.developer.seats.first().user  # type: ignore[union-attr]
        scopes = {scope: ("sole", (project.developer,)) for scope in SCOPES}
        statement = modalities.state(project, scopes=scopes, by=by, at=self.at)
        for organisation in statement.still_to_sign():
            seat = organisation.seats.order_by("pk").first()
            if seat is None:
                raise TypeError(f"nobody sits for {organisation}, so nobody signs for it")
            signing.sign(statement, content_sha256=statement.content_sha256, by=seat.user, at=self.at)

    # --- requests to the Board -------------------------------------------------------------------------------

    def request(
        self, subject: Project | MonitoringPeriod, doe: str, *, fee_is_paid: bool = True
    ) -> BoardRequest:
        """Prepared and submitted; the fee, where one is due, paid the same day."""
        if isinstance(subject, Project) and not subject.modalities_statements.exists():
            self.modalities(subject)
        request = requests.prepare(subject, by=self.person(doe), at=self.at)
        self.do(request, "submit", doe)
        if request.state == "awaiting_fee" and fee_is_paid:
            self.pay(request, "record_fee")
        return request

    def pay(self, request: BoardRequest, move: str) -> None:
        invoice = request.invoices.latest("id")
        self.do(
            request,
            move,
            "secretariat",
            amount_usd=invoice.open_usd,
            paid_on=self.today,
            bank_reference=f"UNFCCC-{self.today:%Y%m%d}-{request.pk}",
        )

    def count_elsewhere(self, party: str, number: int, counted_on: dt.date) -> None:
        accounts.count_registered_elsewhere(
            party=party,
            number=number,
            counted_on=counted_on,
            source=SEARCH,
            by=self.person("secretariat"),
            at=self.at,
        )

    def number(self, number: int) -> None:
        accounts.set_next_reference_number(
            number=number, reason=REASON, by=self.person("secretariat"), at=self.at
        )

    def ask_for_review(self, request: BoardRequest, who: str, ground: str, reasons: str) -> None:
        requests.ask_for_review(request, grounds=[ground], reasons=reasons, by=self.person(who), at=self.at)
        request.refresh_from_db()

    def reply(self, request: BoardRequest, who: str, text: str) -> None:
        requests.reply(request, text=text, by=self.person(who), at=self.at)
        request.refresh_from_db()

    # --- monitoring and units --------------------------------------------------------------------------------

    def period(
        self, project: Project, who: str, starts_on: str, ends_on: str, reported: dict[int, int]
    ) -> MonitoringPeriod:
        by, at = self.person(who), self.at
        period = monitoring.open_period(project, starts_on=day(starts_on), ends_on=day(ends_on), by=by, at=at)
        split = small_scale_claims.evenly(period, reported) if project.is_small_scale else {}
        years = [monitoring.Year(year, tonnes) for year, tonnes in split.items()]
        monitoring.state_amounts(period, reported=reported, years=years, by=by, at=at)
        self.attach(period, "monitoring_report", who, "Monitoring report")
        period.refresh_from_db()
        self.do(period, "submit", who)
        return period

    def certify(self, period: MonitoringPeriod, doe: str, amounts: dict[int, int]) -> None:
        self.attach(period, "verification_report", doe, "Verification and certification report")
        self.do(
            period,
            "certify",
            doe,
            verified=amounts,
            certified=amounts,
            visited_on=self.at.date() - dt.timedelta(days=3),
            opinion="The reductions were achieved as monitored; nothing is left that would change the amount.",
        )

    def account(self, key: str, party: str) -> Account:
        """One administrator asks for it, the other approves; everybody who sits for the holder represents it."""
        body = self.body(key)
        asked = accounts.ask_for_account(
            organisation=body,
            party=party,
            reason=f"To receive the units of {body}.",
            representatives=[self.person(player.name) for player in cast.PLAYERS if key in player.sits_for],
            by=self.person("Elif Demir"),
            at=self.at,
        )
        approved = account_requests.approve(request=asked, by=self.person("Tomás Herrera"), at=self.at)
        if approved.opened is None:
            raise TypeError("an opening that was approved has opened an account")
        return approved.opened

    def ask_for_forwarding(
        self, request: BoardRequest, who: str, *shares: tuple[Account, int, int]
    ) -> ForwardingRequest:
        return forwarding.ask(request, shares=shares, by=self.person(who), at=self.at)


def yearly(total_t: int, starts_on: dt.date, ends_on: dt.date) -> list[tuple[int, int]]:
    """`total_t` spread over the calendar years by their days, in whole tonnes that add up to it."""
    days = (ends_on - starts_on).days + 1
    found, before = [], 0
    for year in range(starts_on.year, ends_on.year + 1):
        until = min(ends_on, dt.date(year, 12, 31))
        upto = total_t * ((until - starts_on).days + 1) // days
        found.append((year, upto - before))
        before = upto
    return found
