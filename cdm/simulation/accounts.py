"""Accounts asked for by one administrator and opened by the other, and what their holders do with the units there."""

from __future__ import annotations

from cdm.acts import accounts as acts
from cdm.models import ExcessIssuance, Organisation, User
from cdm.simulation.giving import TEXT
from cdm.simulation.world import World
from cdm.units import project_titles, reference_of
from registry import account_requests, attestation
from registry.codes import EntryKind, UnitType
from registry.models import Account, Entry
from registry.models_accounts import AccountRequest
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.life import State
from registry.movements.table import MovementKind
from registry.queries_movements import Held, held_in
from registry.serials import SerialRange


def of(world: World, holder: Organisation) -> Account | None:
    """The open account of the holder; where there is none it is asked for, and None until another day."""
    account = (
        Account.objects.filter(holder_reference=reference_of(holder), state="open").order_by("pk").first()
    )
    if (
        account is None
        and not AccountRequest.objects.filter(
            holder_reference=reference_of(holder), state="awaiting_approval"
        ).exists()
    ):
        _ask(world, holder)
    return account


def _ask(world: World, holder: Organisation) -> None:
    by = world.cast.administrators[0]
    world.attempt(
        "ask for account",
        lambda: acts.ask_for_account(
            organisation=holder,
            party=holder.party,
            reason=TEXT,
            representatives=world.cast.people[holder.pk],
            by=by,
            at=world.at,
            key=f"account:{world.number()}",
        ),
        counts=True,
    )


def decide(world: World) -> None:
    """The other administrator decides on what was asked for; who asked may not."""
    first, second = world.cast.administrators
    for asked in AccountRequest.objects.filter(state="awaiting_approval").order_by("pk"):
        if world.happens(0.1):
            world.provoke(
                "approve one's own account request",
                lambda asked=asked: account_requests.approve(request=asked, by=first, at=world.at),  # type: ignore[misc]
            )
        if world.happens(0.1):
            world.attempt(
                "reject account request",
                lambda asked=asked: account_requests.reject(
                    request=asked, by=second, at=world.at, reason=TEXT
                ),  # type: ignore[misc]
                counts=True,
            )
        else:
            world.attempt(
                "approve account request",
                lambda asked=asked: account_requests.approve(request=asked, by=second, at=world.at),  # type: ignore[misc]
                counts=True,
            )


def trade(world: World) -> None:
    """Holders propose movements of what they hold, and trust each other's accounts first."""
    doors.lapse(at=world.at)
    if world.is_calm:
        return
    held = [
        account
        for account in Account.objects.filter(state="open").exclude(holder_reference="").order_by("pk")
    ]
    for account in held:
        if world.dice.random() < 0.15:
            there = [one for one in held_in(account, world.at) if one.units]
            if there:
                _propose(world, account, world.one_of(there), held)


def _propose(world: World, account: Account, held: Held, others: list[Account]) -> None:
    people = _represent(world, account)
    if not people:
        return
    by = people[0]
    kind = world.one_of(
        (
            MovementKind.VOLUNTARY_CANCELLATION,
            MovementKind.VOLUNTARY_CANCELLATION,
            MovementKind.INTERNAL_TRANSFER,
        )
    )
    # one in ten asks for more than there is
    quantity = (
        held.units + 1 if world.dice.random() < 0.1 else world.dice.randrange(1, max(2, held.free // 2 + 1))
    )
    wanted = doors.Units(
        party=held.party,
        project_number=held.project_number,
        unit_type=held.unit_type,
        period=held.period,
        quantity=quantity,
    )
    target = None
    if kind == MovementKind.INTERNAL_TRANSFER:
        target = world.one_of(others)
        if target.pk == account.pk:
            return
        if world.dice.random() < 0.7:
            _trust(world, account, target)
    given = {"beneficiary": "Whoever travels", "purpose": TEXT} if target is None else {}
    world.attempt(
        f"propose {kind}",
        lambda: doors.propose(
            kind=kind,
            units=[wanted],
            source=account,
            target=target,
            by=by,
            at=world.at,
            reason=TEXT,
            key=f"movement:{world.number()}",
            **given,
        ),
        counts=True,
    )


def _represent(world: World, account: Account) -> list[User]:
    key = account.holder_reference.removeprefix("organisation:")
    return list(world.cast.people.get(int(key), [])) if key.isdigit() else []


def _trust(world: World, account: Account, target: Account) -> None:
    asked = []
    world.attempt(
        "ask to trust an account",
        lambda: asked.append(
            account_requests.propose_change(
                kind=AccountRequest.Kind.CHANGE_TRUSTED_ACCOUNTS,
                account=account,
                add_trusted=[target],
                by=world.cast.administrators[0],
                at=world.at,
                reason=TEXT,
                key=f"trust:{world.number()}",
            )
        ),
        counts=True,
    )
    for request in asked:
        world.attempt(
            "approve account request",
            lambda request=request: account_requests.approve(  # type: ignore[misc]
                request=request, by=world.cast.administrators[1], at=world.at
            ),
            counts=True,
        )


def settle(world: World) -> None:
    """What awaits a second person is approved, rejected, taken back, or left until its reservation ends."""
    for movement in (
        Movement.objects.filter(state=State.AWAITING_APPROVAL).select_related("source").order_by("pk")
    ):
        people = _represent(world, movement.source) if movement.source else []
        if len(people) < 2 or (world.dice.random() < 0.3 and not world.is_calm):
            continue
        _decide_movement(world, movement, people)


def _decide_movement(world: World, movement: Movement, people: list[User]) -> None:
    first, second = people[:2]
    way = (
        "approve"
        if world.is_calm
        else world.dice.choices(("approve", "reject", "cancel", "own"), (7, 1, 1, 1))[0]
    )
    if way == "own":
        world.provoke(
            "approve one's own movement", lambda: doors.approve(movement=movement, by=first, at=world.at)
        )
    elif way == "reject":
        world.attempt(
            "reject movement",
            lambda: doors.reject(movement=movement, by=second, at=world.at, reason=TEXT),
            counts=True,
        )
    elif way == "cancel":
        world.attempt(
            "cancel movement",
            lambda: doors.cancel(movement=movement, by=first, at=world.at, reason=TEXT),
            counts=True,
        )
    elif world.attempt(
        f"approve {movement.kind}",
        lambda: doors.approve(movement=movement, by=second, at=world.at),
        counts=True,
    ):
        _attest(world, movement)


def _attest(world: World, movement: Movement) -> None:
    if movement.kind != MovementKind.VOLUNTARY_CANCELLATION:
        return
    entries = list(Entry.objects.filter(movement=movement, kind=EntryKind.CANCELLATION))
    titles = project_titles((line.party, line.project_number) for line in movement.lines.all())
    world.attempt(
        "attest cancellation",
        lambda: attestation.attest(
            entries=entries, beneficiary="Whoever travels", project_titles=titles, by=None, at=world.at
        ),
        counts=True,
    )


def acquire(world: World, obligation: ExcessIssuance, _by: User) -> bool:
    """An entity that has to replace units acquires assigned amount units from another registry."""
    account = of(world, obligation.doe)
    if account is None or held_in(account, world.at):
        return False
    first, second = world.cast.administrators
    number = world.number() * 1_000_000
    wanted = doors.Units(
        party="GB",
        project_number=0,
        unit_type=UnitType.AAU,
        period=1,
        serials=SerialRange("GB", number, number + obligation.remaining - 1),
        original_period=1,
    )

    def arrive() -> None:
        movement = doors.propose(
            kind=MovementKind.ARRIVAL,
            units=[wanted],
            target=account,
            by=first,
            at=world.at,
            reason=TEXT,
            key=f"movement:{number}",
            basis=TEXT,
        )
        doors.approve(movement=movement, by=second, at=world.at)

    return world.attempt("arrival of units", arrive, counts=True)
