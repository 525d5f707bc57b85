"""The numbered checks: each one question about a movement, answered with nothing, or with a sentence for the holder.

All checks of a kind are asked at once and their answers are kept with the movement. The numbers are this
registry's own; the international transaction log has others.
"""

from __future__ import annotations

from registry import codes, outside
from registry.codes import AccountState, UnitType
from registry.models import Account, Block
from registry.models_movements import MovementLine
from registry.movements import checks_of_limits
from registry.movements.facts import MOST_BLOCKS, Facts
from registry.movements.numbering import CHECKS, Answer, Check, NotEvaluated, check
from registry.movements.persons import held_role
from registry.movements.table import LASTING, Role

__all__ = ["CHECKS", "Answer", "Check", "NotEvaluated", "checks_of_limits"]


# --- 1000: the accounts


@check(1001, "The account that units leave is open.")
def source_is_open(facts: Facts) -> Answer:
    return _not_open(facts.movement.source)


@check(1002, "The account that receives is open.")
def target_is_open(facts: Facts) -> Answer:
    return _not_open(facts.movement.target)


def _not_open(account: Account | None) -> Answer:
    if account is None or account.state == AccountState.OPEN:
        return None
    return (
        f"The account “{account}” is {AccountState(account.state).label.lower()}; "
        "units neither leave nor enter it."
    )


@check(1003, "Units of this kind of movement may leave an account of this type.")
def source_type_fits(facts: Facts) -> Answer:
    source = facts.movement.source
    if source is None or source.account_type in facts.row.sources:
        return None
    return f"{facts.row.kind.label} is not possible from the account “{source}”."


@check(1004, "Units of this kind of movement may come into an account of this type.")
def target_type_fits(facts: Facts) -> Answer:
    target = facts.movement.target
    if target is None or target.account_type in facts.row.targets:
        return None
    return f"{facts.row.kind.label} is not possible into the account “{target}”."


@check(1005, "The account that receives is another one.")
def accounts_differ(facts: Facts) -> Answer:
    source, target = facts.movement.source, facts.movement.target
    if source is None or source != target:
        return None
    return "The units are in that account already; name another account to receive them."


@check(1006, "Both accounts are kept for the same Party.")
def accounts_are_of_one_party(facts: Facts) -> Answer:
    source, target = facts.movement.source, facts.movement.target
    if source is None or target is None or source.party == target.party:
        return None
    return (
        f"The account “{target}” is kept for {target.party or 'the registry'}, the units lie in one for "
        f"{source.party or 'the registry'}; a Party retires and replaces in its own accounts."
    )


# --- 2000: what the units are


@check(2001, "Units of this type may be moved so.")
def unit_types_are_allowed(facts: Facts) -> Answer:
    wrong = [UnitType(line.unit_type) for line in facts.lines if line.unit_type not in facts.row.units]
    if not wrong:
        return None
    allowed = ", ".join(unit.label for unit in facts.row.units)
    return f"{facts.row.kind.label} is not open to {wrong[0].label}s, only to {allowed}."


@check(2002, "All units are of one type.")
def one_unit_type(facts: Facts) -> Answer:
    kinds = sorted({line.unit_type for line in facts.lines})
    if len(kinds) < 2:
        return None
    names = " and ".join(UnitType(kind).label for kind in kinds)
    return f"One movement has units of one type, not of {names}; propose one movement for each."


@check(2003, "All units are of one applicable commitment period.")
def one_applicable_period(facts: Facts) -> Answer:
    periods = sorted({line.period for line in facts.lines})
    if len(periods) < 2:
        return None
    names = " and ".join(str(period) for period in periods)
    return (
        f"One movement has units of one applicable commitment period, not of {names}; propose one for each."
    )


@check(2004, "The commitment period exists.")
def period_exists(facts: Facts) -> Answer:
    wrong = [line.period for line in facts.lines if line.period not in codes.COMMITMENT_PERIODS]
    return f"There is no commitment period {wrong[0]}." if wrong else None


@check(2005, "tCERs and lCERs have not expired.")
def units_have_not_expired(facts: Facts) -> Answer:
    for line in facts.lines:
        if line.unit_type in codes.WITH_EXPIRY:
            expires_on = facts.of(line).expires_on
            if expires_on is not None and expires_on < facts.day:
                label = UnitType(line.unit_type).label
                return f"The {label}s of {line.project} expired on {expires_on:%-d %B %Y}; expired units are not used."
    return None


@check(2006, "Units of the first commitment period are carried over to the second.")
def is_of_the_first_period(facts: Facts) -> Answer:
    wrong = [line.period for line in facts.lines if line.period + 1 not in codes.COMMITMENT_PERIODS]
    return f"There is no commitment period after {wrong[0]} to carry units over to." if wrong else None


@check(2007, "The new expiry date is later than the one the units have.")
def expiry_is_later(facts: Facts) -> Answer:
    if facts.movement.expires_on is None:
        return "Name the new expiry date."
    for line in facts.lines:
        standing = facts.of(line).expires_on
        if standing is not None and facts.movement.expires_on <= standing:
            return (
                f"The units of {line.project} expire on {standing:%-d %B %Y}; "
                f"{facts.movement.expires_on:%-d %B %Y} is no later."
            )
    return None


@check(2008, "Units are converted for a joint implementation project with number and track.")
def conversion_names_its_project(facts: Facts) -> Answer:
    number, track = facts.movement.project_number, facts.movement.track
    if number is None or not 1 <= number <= 9_999_999:
        return "Name the number of the joint implementation project, of one to seven digits."
    if track not in (1, 2):
        return "Name the track: 1 for verification by the Party, 2 for independent verification."
    return None


# --- 3000: whether the units are there


@check(3001, "The account holds as many units.")
def balance_suffices(facts: Facts) -> Answer:
    for line in facts.lines:
        held = facts.of(line).held
        if held < line.quantity:
            return (
                f"The account “{facts.movement.source}” holds only {held:,} of the {line.quantity:,} "
                f"{_kind(line)}."
            )
    return None


@check(3002, "So many of them are not reserved for another movement.")
def units_are_free(facts: Facts) -> Answer:
    for line in facts.lines:
        found = facts.of(line)
        if found.held >= line.quantity > found.available and found.blocks <= MOST_BLOCKS:
            taken = found.held - found.available
            return (
                f"Of the {_kind(line)}, {taken:,} are reserved for another movement that awaits approval; "
                f"{found.available:,} are free."
            )
    return None


@check(3003, f"The movement has at most {MOST_BLOCKS:,} blocks.")
def blocks_are_not_too_many(facts: Facts) -> Answer:
    blocks = sum(facts.of(line).blocks for line in facts.lines)
    if blocks <= MOST_BLOCKS:
        return None
    return f"This takes more than {MOST_BLOCKS:,} blocks of units; move them in several parts."


@check(3004, "Units that arrive are not held here already.")
def serials_are_not_here(facts: Facts) -> Answer:
    for line in facts.lines:
        serials = line.serials
        if serials is None:
            return "Units from another registry are named by their serial numbers."
        live = Block.objects.filter(party=line.party, spent_by__isnull=True, first__lte=serials.last)
        nearest = live.order_by("-first").first()
        if nearest is not None and nearest.last >= serials.first:
            return f"Some of the units {serials} lie in this registry already."
    return None


@check(3005, "Units that arrive are not of a kind that only this registry issues.")
def units_are_foreign(facts: Facts) -> Answer:
    for line in facts.lines:
        if line.unit_type in codes.ISSUED_HERE:
            # let in under serials that no issuance gave, they would stand in the way of the Party's own later on
            return (
                f"{UnitType(line.unit_type).label}s come into being by an issuance of this registry only "
                f"(3/CMP.1 annex, para 66); those of {line.party} cannot arrive from elsewhere."
            )
    return None


def _kind(line: MovementLine) -> str:
    serials = f" {line.serials}" if line.serials else ""
    return f"{UnitType(line.unit_type).label}s{serials} of project {line.project}, period {line.period}"


# --- 4000: who may have them


@check(
    4001,
    "The receiving holder is a participant of every project whose units it gets, or an entity that acquires them to "
    "replace an excess issuance.",
)
def receiver_participates(facts: Facts) -> Answer:
    target = facts.movement.target
    unknown = False
    for line in facts.lines:
        if target is None or not line.project_number:
            continue
        participates = facts.participates(target, line)
        if participates is False:
            if due := outside.units_to_replace(target):
                return _replaces_excess(facts, due)
            return (
                f"“{target.holder}” is not a participant of project {line.project} with a letter of approval in "
                "force; units move between participants of their project only."
            )
        unknown = unknown or participates is None
    return (
        NotEvaluated("The participants of the project are not known to this registry.") if unknown else None
    )


def _replaces_excess(facts: Facts, due: int) -> Answer:
    """3/CMP.1 annex, para 22: an entity acquires existing units, whoever holds them, but no more than it has to."""
    wanted = sum(line.quantity for line in facts.lines)
    if wanted <= due and all(line.unit_type in LASTING for line in facts.lines):
        return None
    return (
        f"“{facts.movement.target.holder if facts.movement.target else ''}” is no participant; to replace an excess "
        f"issuance it may acquire {due:,} more CERs, ERUs, AAUs or RMUs, and no other units."
    )


@check(4002, "The Party that authorised the receiving holder is eligible that day.")
def authorising_party_is_eligible(facts: Facts) -> Answer:
    target = facts.movement.target
    if target is None or not target.party:
        return None
    eligible = outside.is_eligible(target.party, facts.day)
    if eligible is None:
        return NotEvaluated(f"No record says whether {target.party} is eligible.")
    if eligible:
        return None
    return (
        f"{target.party} does not meet the eligibility requirements of paragraphs 31 to 33 on {facts.day:%-d %B %Y}; "
        "entities it authorised cannot receive units until it does."
    )


@check(4003, "The receiving account is on the list of trusted accounts, or belongs to the same holder.")
def target_is_trusted(facts: Facts) -> Answer:
    source, target = facts.movement.source, facts.movement.target
    if source is None or target is None:
        return None
    same = bool(source.holder_reference) and source.holder_reference == target.holder_reference
    if same or facts.trusts(source, target):
        return None
    return (
        f"The account “{target}” is not on the list of trusted accounts of {source.identifier}; have it "
        "added first, which another person approves."
    )


# --- 5000: who acts


@check(5001, "Who proposes holds the role that this kind of movement is proposed in.")
def proposer_may(facts: Facts) -> Answer:
    movement, role = facts.movement, Role(facts.movement.proposed_as)
    if role not in facts.row.proposes:
        who = " or ".join(Role(role).label for role in facts.row.proposes)
        return f"Only {who} can propose this."
    if facts.approver is None:
        return None
    known = facts.standing.proposer_acts if facts.standing and role == Role.REPRESENTATIVE else None
    if known is None:
        known = held_role((role,), movement.proposed_by, movement.source, facts.at, facts.standing) == role
    if known:
        return None
    return f"{movement.proposed_by} is no longer {role.label}, so this cannot go on; have it proposed anew."


@check(5002, "Who approves is another person than who proposed.")
def two_persons(facts: Facts) -> Answer:
    if facts.approver is None:
        return NotEvaluated("Nobody has approved yet.")
    if facts.approver.pk != facts.movement.proposed_by_id:
        return None
    return "You proposed this movement yourself; another person has to approve it."
