"""What a move asks for, and what an agent gives: right values, or one that is wrong on purpose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cdm import money, units
from cdm.acts import papers
from cdm.models import ParticipantChange, User
from cdm.simulation.world import World, paper
from cdm.workflow.board_matter import CORRECT
from cdm.workflow.conditions.accreditation import scope_key
from cdm.workflow.conditions.excess_issuance import REPLACING
from cdm.workflow.entity_decisions import RECOMMEND, asks_of, open_in
from cdm.workflow.machine import Ask, Move

Giver = Callable[[World, Any, Move, Ask], Any]
A_DAY = dt.timedelta(days=1)
LEAST_SCOPES = 3
"""Of so many, two can be withdrawn by themselves."""
# what a recommendation most often is, besides everything that it may be
USUAL = {
    "assessed": ("accredit",) * 6,
    "hearing_over": ("suspend",) * 6,
    "suspended": ("lift_suspension",),
    "under_review": ("determine",),
}
TEXT = "As is set out in the papers that are on file."


def given(world: World, subject: Any, row: Move) -> dict[str, Any]:
    """A right value for everything that is asked; what is not needed and does not fit is left out."""
    values = {}
    for ask in row.asks:
        giver = BY_NAME.get(ask.name) or BY_KIND.get(ask.kind) or _nothing
        value = giver(world, subject, row, ask)
        if value is not None:
            values[ask.name] = value
    if values.get("outcome") == CORRECT:
        values["corrections"] = TEXT
    if row.name == "recommend":
        values |= decided_about(world, subject)
    return values


def spoiled(world: World, row: Move, values: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The values with one of them wrong, or one too many, and the note for the record."""
    ways: list[tuple[dict[str, Any], str]] = [({**values, "colour": "green"}, TEXT)]
    for ask in row.asks:
        if ask.required:
            ways.append(({**values, ask.name: None}, TEXT))
        if ask.kind == "usd":
            ways.append(({**values, ask.name: (values.get(ask.name) or Decimal(0)) + Decimal("0.01")}, TEXT))
        if ask.name in ("paid_on", "dated_on"):
            ways.append(({**values, ask.name: world.today + 40 * A_DAY}, TEXT))
    if row.note == "required":
        ways.append((values, "  "))
    return world.one_of(ways)


def _nothing(_world: World, _subject: Any, _row: Move, _ask: Ask) -> None:
    return None


def _text(_world: World, _subject: Any, _row: Move, ask: Ask) -> str | None:
    return TEXT if ask.required else None


def _number(world: World, _subject: Any, _row: Move, _ask: Ask) -> str:
    return f"No. {world.number()}"


def _today(world: World, _subject: Any, _row: Move, ask: Ask) -> dt.date | None:
    return world.today if ask.required else None


def _yes(_world: World, _subject: Any, _row: Move, _ask: Ask) -> bool:
    return True


def _maybe(world: World, _subject: Any, _row: Move, _ask: Ask) -> bool:
    return not world.happens(0.2)


def _due(_world: World, subject: Any, row: Move, _ask: Ask) -> Decimal | None:
    if row.name == "record_refund":
        refund = money.refund_owed(subject)
        return refund.amount_usd if refund is not None else None
    kind = "registration_fee" if row.name == "record_fee" else "administrative_share"
    invoice = subject.invoices.filter(kind=kind).first()
    return invoice.open_usd if invoice is not None else None


def _authorised(_world: World, subject: Any, row: Move, _ask: Ask) -> list[Any]:
    asking = [one.organisation for one in subject.project.participations.filter(party=subject.party)]
    if row.name == "issue" and asking:
        return asking
    changes = subject.project.participant_changes.filter(
        kind=ParticipantChange.Kind.ADD, party=subject.party, state__in=("being_signed", "submitted")
    )
    return [change.organisation for change in changes]


def _host_says_yes(_world: World, subject: Any, _row: Move, _ask: Ask) -> bool:
    return bool(subject.is_host)


def _amounts(_world: World, subject: Any, _row: Move, ask: Ask) -> dict[int, int] | None:
    if not ask.required:
        return None
    return {amount.commitment_period: amount.reported_t or 0 for amount in subject.amounts.all()}


def _removed(_world: World, subject: Any, _row: Move, _ask: Ask) -> int | None:
    """Forests here are given temporary units, which subtract nothing that was issued before."""
    return subject.reported_t if subject.project.is_afforestation else None


def _visited(world: World, _subject: Any, _row: Move, _ask: Ask) -> dt.date:
    return world.today


def _corrected(world: World, subject: Any, _row: Move, _ask: Ask) -> dict[int, int] | None:
    """Where the request is for units, sometimes a little less than was certified."""
    if subject.monitoring_period is None or not world.happens(0.5):
        return None
    return {
        amount.commitment_period: (amount.certified_t or 0) * 9 // 10
        for amount in subject.monitoring_period.amounts.all()
    }


def _outcome(world: World, subject: Any, _row: Move, ask: Ask) -> str:
    return outcome_of(world, subject) if ask.kind == "choice" else ""


def decided_about(world: World, matter: Any) -> dict[str, Any]:
    """An outcome about an entity that is open to the Board now, with what it names; a calm world ends what it can."""
    affair = matter.affair
    affair.refresh_from_db()
    choices = [name for name, _ in open_in(affair.machine.name, affair.state)]
    if not choices:
        return {}
    outcome = choices[0] if world.is_calm else world.one_of((*choices, *USUAL.get(affair.state, choices)))
    if outcome == "accredit" and not affair.standards_are_met:
        outcome = "refuse"
    if outcome == "withdraw_scopes" and affair.scopes_held(world.today).count() < LEAST_SCOPES:
        outcome = "close_check"
    kinds = {"scopes": _scopes, "excess": lambda *_: 10, "participants_could_be_heard": _yes}
    return {
        "outcome": outcome,
        "reasons": TEXT,
        **{
            ask.name: kinds[ask.name](world, matter.accreditation, RECOMMEND, ask) for ask in asks_of(outcome)
        },
    }


def outcome_of(world: World, matter: Any) -> str:
    """How the world means a review to end: as the temper of the project has it."""
    temper = world.temper(matter.project)
    if temper in ("reject", "approve_with_corrections"):
        return temper
    return "approve_with_corrections" if world.happens(0.2) else "approve"


def _choice(world: World, _subject: Any, _row: Move, ask: Ask) -> str:
    return world.one_of(ask.choices)[0]


def _scopes(world: World, subject: Any, _row: Move, _ask: Ask) -> list[str]:
    held = sorted(scope_key(row) for row in subject.scopes_held(world.today))
    return held[:2]


def _holding(_world: World, subject: Any, _row: Move, _ask: Ask) -> str | None:
    held = units.holdings_of(subject.doe)
    return next((key for key, holding in sorted(held.items()) if holding.unit_type in REPLACING), None)


def _quantity(_world: World, subject: Any, row: Move, _ask: Ask) -> int:
    if row.name != "cancel_units":
        return 10
    held = units.holdings_of(subject.doe)
    there = next((one.units for _, one in sorted(held.items()) if one.unit_type in REPLACING), 0)
    return max(1, min(there, subject.remaining))


def _earlier_start(_world: World, subject: Any, row: Move, _ask: Ask) -> dt.date | None:
    return subject.started_on - 400 * A_DAY if row.name == "find_late" else None


def _proposed_before_start(_world: World, subject: Any, _row: Move, _ask: Ask) -> dt.date | None:
    """A methodology was proposed in time, where the project started early and gave no notice."""
    if subject.started_on >= subject.published_on or subject.prior_considerations.exists():
        return None
    return subject.started_on - A_DAY


BY_NAME: dict[str, Giver] = {
    "scopes": lambda world, subject, row, ask: (
        _nothing(world, subject, row, ask) if row.name == "recommend" else _scopes(world, subject, row, ask)
    ),
    "excess": _nothing,
    "participants_could_be_heard": _nothing,
    "number": _number,
    "bank_reference": _number,
    "contributes_to_sustainable_development": _host_says_yes,
    "standards_are_met": _maybe,
    "participants": _authorised,
    "corrected": _corrected,
    "outcome": _outcome,
    "corrections": _nothing,
    "started_on": _earlier_start,
    "removed_since_start": _removed,
    "visited_on": _visited,
    "methodology_proposed_on": _proposed_before_start,
}
BY_KIND: dict[str, Giver] = {
    "text": _text,
    "line": _text,
    "date": _today,
    "yes_no": _yes,
    "affirm": _yes,
    "usd": _due,
    "amounts": _amounts,
    "choice": _choice,
    "scopes": _scopes,
    "holding": _holding,
    "quantity": _quantity,
    "sections": lambda _world, _subject, _row, _ask: ["fee"],
    "file": lambda _world, _subject, _row, ask: paper() if ask.required else None,
}


def attach(world: World, subject: Any, by: User, kind: str) -> bool:
    return world.attempt(
        f"attach {kind}",
        lambda: papers.attach(subject, kind=kind, title="", file=paper(), by=by, at=world.at),
        subject=subject,
        counts=True,
    )
