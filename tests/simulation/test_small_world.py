"""A small made-up world lives through the doors: much goes wrong in it, and in the end nothing is wrong with it."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase

from cdm import simulation
from cdm.models import BoardMatter, Deadline, Project, RecordChain
from cdm.simulation import checking
from cdm.workflow import recording
from registry import verify

EVENTFUL = simulation.Plan(projects=9, seed=22, days=700, filing_days=60, longest_step=24, check_every=120)
SHORT = simulation.Plan(
    projects=2, seed=2, days=200, filing_days=30, longest_step=24, check_every=60, calm_days=28
)


class AnEventfulWorld(TestCase):
    tally: simulation.Tally

    @classmethod
    def setUpTestData(cls) -> None:
        cls.tally = simulation.run(EVENTFUL)

    def test_nothing_is_wrong_in_the_end(self) -> None:
        assert self.tally.failures == []
        assert self.tally.checked["subjects"] > 50
        assert self.tally.checked["legal clocks"] > 20
        assert self.tally.checked["units in the book"] > 0

    def test_that_is_seen_without_the_simulation_too(self) -> None:
        overdue = (
            Deadline.objects.filter(kind="law", closed_at__isnull=True).exclude(then="").order_by("acts_at")
        )
        ends_at = RecordChain.objects.get(name="board").records.latest("number").at
        assert all(one.acts_at > ends_at for one in overdue)
        assert verify.verify_book().ok
        assert [link for chain in RecordChain.objects.all() for link in recording.broken_links(chain)] == []

    def test_much_happened(self) -> None:
        moves = self.tally.moves
        assert Project.objects.count() == 9
        assert moves["board_request: issue"] >= 1
        assert moves["forwarding_request: carry_out"] >= 1
        assert moves["board_request: reject"] >= 1
        assert moves["project: reject"] >= 1
        assert moves["board_request: open_review"] >= 1
        assert moves["letter_of_approval: withdraw"] >= 1
        assert moves["registered_change: approve"] >= 1
        assert moves["accreditation: suspend"] >= 1
        assert moves["accreditation: accredit"] >= 1
        about_entities = BoardMatter.objects.filter(entity__isnull=False, state="decided")
        assert {"consensus", "vote"} <= set(about_entities.values_list("decided_by", flat=True))

    def test_refusals_happened_with_sentences(self) -> None:
        """Those that changed something, or were not refused at all, are among the failures."""
        assert self.tally.on_purpose >= 5
        assert sum(self.tally.refusals.values()) > self.tally.on_purpose
        assert all(len(sentence.split()) >= 3 for sentence in self.tally.sentences)

    def test_a_broken_chain_is_found(self) -> None:
        chain = RecordChain.objects.get(name="board")
        chain.length += 1
        chain.save()
        assert len(list(checking.chains(self.tally))) == 1

    def test_a_clock_that_was_forgotten_is_found(self) -> None:
        running = (
            Deadline.objects.filter(kind="law", closed_at__isnull=True).exclude(then="").latest("acts_at")
        )
        before = running.acts_at - dt.timedelta(minutes=1)
        told = f"“{running}” is over and open"
        assert not any(told in sentence for sentence in checking.clocks(self.tally, before))
        assert any(told in sentence for sentence in checking.clocks(self.tally, running.acts_at))

    def test_it_is_never_mixed_with_what_is_there(self) -> None:
        with pytest.raises(CommandError, match="Take an empty one"):
            call_command("simulate", projects=1)
        assert Project.objects.count() == 9


class TheSameDice(TestCase):
    def test_the_same_seed_is_the_same_world(self) -> None:
        first, again = self.lived(SHORT), self.lived(SHORT)
        assert first["moves"]
        assert first == again
        assert first["ok"]

    def lived(self, plan: simulation.Plan) -> dict[str, object]:
        # no block of its own: a move is durable, so it begins outside of one
        before = transaction.savepoint()
        told = simulation.run(plan).as_json()
        transaction.savepoint_rollback(before)
        return {name: value for name, value in told.items() if name not in ("seconds", "moves_per_second")}

    def test_the_command_says_what_is_wrong_with_the_size(self) -> None:
        with pytest.raises(CommandError, match="at least one project"):
            call_command("simulate", projects=0, stdout=StringIO())

    def test_the_report_is_one_json_object(self) -> None:
        assert json.loads(json.dumps(simulation.Tally(projects=1).as_json()))["ok"]
