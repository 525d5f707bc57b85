"""The demonstration on the morning of 3 June 2019: a project in every place, real numbers, true books."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from cdm import clock, demonstration, queries
from cdm.models import (
    Accreditation,
    BoardRequest,
    Comment,
    ConflictOfInterest,
    Deadline,
    Finding,
    ForwardingRequest,
    MonitoringPeriod,
    Notice,
    Organisation,
    PendingMail,
    Project,
    RecordChain,
    Seat,
    Task,
    User,
)
from cdm.workflow import recording
from cdm.workflow.machines import MACHINES
from registry import queries as book
from registry import verify
from registry.codes import AccountType
from registry.models import Account, Issuance

OPENS_AT = dt.datetime(2019, 6, 3, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@override_settings(DEMONSTRATION=True, DEMONSTRATION_DATE="2019-06-03")
class Demonstration(TestCase):
    @classmethod
    def setUpTestData(cls) -> None:
        call_command("load_demonstration", verbosity=0)

    def project(self, number: int) -> Project:
        return Project.objects.get(reference_number=number)

    def test_there_is_a_project_in_every_state_of_the_page(self) -> None:
        there = set(Project.objects.values_list("state", flat=True))
        # the transition to Article 6.4 began four years later, and nobody there has given a registration up
        assert there == set(MACHINES["project"].state_names) - {"transitioned", "deregistered"}

    def test_requests_stand_in_their_stages(self) -> None:
        there = set(BoardRequest.objects.values_list("kind", "state"))
        assert there >= {
            ("registration", "awaiting_fee"),
            ("registration", "completeness_check"),
            ("registration", "returned"),
            ("registration", "published"),
            ("registration", "review_requested"),
            ("registration", "under_review"),
            ("registration", "registered"),
            ("registration", "rejected"),
            ("issuance", "published"),
            ("issuance", "awaiting_share_of_proceeds"),
            ("issuance", "instructed"),
            ("issuance", "issued"),
        }
        assert set(MonitoringPeriod.objects.values_list("state", flat=True)) >= {
            "in_verification",
            "certified",
            "requesting_issuance",
            "issued",
        }
        assert set(ForwardingRequest.objects.values_list("state", flat=True)) == {"requested", "forwarded"}

    def test_novagerar_has_its_real_days_and_amounts(self) -> None:
        """0008, registered 18 November 2004; 67,303 for 2004-07-01 to 2007-12-31; 81,530 for 2008."""
        project = self.project(8)
        assert project.registered_on == dt.date(2004, 11, 18)
        request = project.requests.get(kind="registration")
        # 56 days, the day of receipt not counted: final on the day after the last
        assert request.published_on == dt.date(2004, 9, 22)
        assert request.window_last_day == dt.date(2004, 11, 17)
        assert project.crediting_starts_on == dt.date(2004, 7, 1)
        first, second = Issuance.objects.filter(party="BR", project_number=8).order_by("first")
        assert (first.quantity, first.deduction.units) == (67_303, 1_346)
        assert (second.quantity, second.deduction.units) == (81_530, 1_631)
        account = Account.objects.get(type=AccountType.HOLDING, holder="NovaGerar Ecoenergia Ltda.")
        assert book.balance(account, at=dt.datetime(2008, 12, 31, tzinfo=dt.UTC)) == 65_957
        assert book.waiting(first) == book.waiting(second) == 0

    def test_the_average_of_the_estimates_is_the_real_figure(self) -> None:
        from cdm import money

        figures = {8: 670_133, 28: 17_800, 4217: 858_173, 10472: 2_421_268}
        assert {number: money.average_annual_t(self.project(number)) for number in figures} == figures

    def test_rio_blanco_is_final_after_four_weeks_and_gives_7_158(self) -> None:
        project = self.project(28)
        assert project.registered_on == dt.date(2005, 1, 11)
        issuance = Issuance.objects.get(party="HN", project_number=28)
        assert (issuance.quantity, issuance.deduction.units) == (7_304, 146)
        account = Account.objects.get(type=AccountType.HOLDING, party="HN")
        assert book.balance(account) == 7_158

    def test_bujagali_gives_no_share_and_two_blocks(self) -> None:
        project = self.project(4217)
        assert project.registered_on == dt.date(2011, 10, 7)
        found = Issuance.objects.filter(party="UG", project_number=4217).order_by("commitment_period")
        assert [(one.commitment_period, one.quantity, one.deduction.units) for one in found] == [
            (1, 635_939, 0),
            (2, 763_464, 0),
        ]

    def test_reference_numbers_and_effective_days_are_the_real_ones(self) -> None:
        real = {
            5379: dt.date(2011, 11, 7),
            5614: dt.date(2012, 4, 27),
            5832: dt.date(2012, 4, 27),
            6381: dt.date(2012, 6, 8),
            7017: dt.date(2012, 8, 24),
            10406: dt.date(2018, 7, 20),
            10472: dt.date(2019, 4, 1),
        }
        assert {number: self.project(number).registered_on for number in real} == real

    def test_fees_are_those_of_the_tariff_and_paid_in_advance(self) -> None:
        """EB 23: 0.10 for the first 15,000 t a year, 0.20 above; set off against the share at issuance."""
        fee = BoardRequest.objects.get(state="awaiting_fee").invoices.get()
        # 40,012 t: 1,500 and 25,012 at 0.20
        assert fee.due_usd == Decimal("6502.40")
        share = BoardRequest.objects.get(state="awaiting_share_of_proceeds").invoices.get()
        # 312,870 t: 1,500 and 297,870 at 0.20, less the fee on 55,909 t: 1,500 and 40,909 at 0.20
        assert (share.tariff_usd, share.due_usd) == (Decimal("61074.00"), Decimal("51392.20"))
        # Mauritius had four projects: nothing before the first issuance
        assert self.fee_of("Solitude 16 MW solar PV") == 0
        # Bhutan is least developed
        assert self.fee_of("Mangdechhu Hydroelectric Project Authority") == 0

    def fee_of(self, title: str) -> Decimal:
        due: Decimal = BoardRequest.objects.get(project__title=title).invoices.get().due_usd
        return due

    def test_the_books_and_every_chain_of_records_hold(self) -> None:
        assert verify.verify_book().ok
        assert [line for chain in RecordChain.objects.all() for line in recording.broken_links(chain)] == []

    def test_everybody_of_the_cast_can_sign_in_by_the_published_password(self) -> None:
        people = demonstration.people()
        assert len(people) == User.objects.count()
        for person in people:
            user = User.objects.get(email=person.email)
            assert user.password == User.objects.get(email=people[0].email).password
            assert not (user.is_staff or user.is_superuser)
        assert user.check_password(demonstration.PASSWORD)

    def test_there_is_somebody_in_every_kind_of_seat(self) -> None:
        seats = Seat.objects.held_on(OPENS_AT.date())
        assert set(seats.values_list("organisation__kind", flat=True)) == set(Organisation.Kind.values)
        assert seats.filter(organisation__kind="board").count() == 12
        assert seats.filter(organisation__kind="secretariat").count() == 2
        assert seats.filter(organisation__kind="registry").count() == 2
        parties = set(seats.filter(organisation__kind="dna").values_list("organisation__party", flat=True))
        assert parties >= {"BR", "HN", "UG", "CN", "IN", "NL", "JP", "NO"}
        scopes = {
            doe: tuple(Accreditation.objects.filter(doe=doe).values_list("sectoral_scope", flat=True))
            for doe in Organisation.objects.filter(kind="doe")
        }
        assert len(set(scopes.values())) >= 3

    def test_one_person_sits_for_a_dna_and_on_the_board(self) -> None:
        person = next(one for one in demonstration.people() if one.name == "Ingrid Solheim")
        assert person.role == "Designated national authority and Executive Board member"
        assert "CDM Executive Board" in person.organisation

    def test_a_member_with_a_conflict_does_not_see_the_task_of_that_project(self) -> None:
        conflict = ConflictOfInterest.objects.get()
        task = Task.objects.get(
            what="Object to the proposed decision, or let it become final", closed_at=None
        )
        assert task.project.developer == conflict.organisation
        assert task.assigned_to not in (None, conflict.user)
        other = User.objects.get(name="Hans Gerber")
        assert task in queries.inbox_for(other, OPENS_AT)

    def test_comments_are_answered_unanswered_and_held(self) -> None:
        comments = Comment.objects.filter(project__state="open_for_comments")
        assert comments.filter(standing="held").count() == 1
        assert comments.filter(standing="published", answered_at=None).count() == 2
        assert comments.exclude(answer="").count() == 1
        project = Project.objects.get(state="open_for_comments")
        # 45 days for afforestation, the day of publication being the first
        assert project.comments_close_on == dt.date(2019, 6, 15)

    def test_findings_are_open_and_closed(self) -> None:
        findings = Finding.objects.filter(project__state="in_validation")
        assert sorted(findings.filter(closed_at=None).values_list("kind", flat=True)) == ["CAR", "FAR"]
        assert findings.get(kind="CAR").messages.count() == 2

    def test_the_clock_stands_at_nine_and_nothing_due_is_left(self) -> None:
        assert OPENS_AT <= clock.now() < OPENS_AT + dt.timedelta(minutes=10)
        assert not Deadline.objects.filter(closed_at=None, acts_at__lte=OPENS_AT).exclude(then="").exists()
        assert not Task.objects.filter(closed_at=None, assigned_to=None).exists()
        assert Task.objects.filter(closed_at=None).exists()

    def test_no_letter_of_the_history_waits_to_be_sent(self) -> None:
        assert not Notice.objects.filter(mailed_at=None).exists()
        assert not PendingMail.objects.filter(mailed_at=None).exists()
        unread = Notice.objects.filter(read_at=None)
        assert 0 < unread.count() < 100
        assert not unread.filter(created_at__lt=OPENS_AT - 7 * DAY).exists()

    def test_nothing_happened_in_the_future(self) -> None:
        assert not Project.objects.filter(records__at__gt=OPENS_AT).exists()

    def test_it_is_loaded_once(self) -> None:
        with self.assertRaisesMessage(CommandError, "loaded already"):
            call_command("load_demonstration", verbosity=0)

    def test_two_weeks_on_the_windows_have_closed(self) -> None:
        """Golmud's on 4 June; Ambatolampy's on 16 June: registered as 10481, effective 3 May 2019 as in life."""
        clock.set_to(dt.datetime(2019, 6, 17, 9, tzinfo=dt.UTC), by=None)
        request = BoardRequest.objects.get(project__reference_number=5379, kind="issuance")
        assert request.state == "awaiting_instruction"
        assert self.project(10481).registered_on == dt.date(2019, 5, 3)
        assert not Project.objects.filter(state="open_for_comments").exists()
