"""The pages of movements: what awaits whom, one movement with its checks, and the decision on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import outside, people
from registry import pages_movements as pages
from registry import queries_movements as queries
from registry.accounts import Refused
from registry.check_codes import printed
from registry.forms_movements import DecisionForm, FilterForm
from registry.models import Account
from registry.models_movements import Movement, MovementCheck
from registry.movements import doors, drawing
from registry.movements.life import State
from registry.movements.preview import share_of
from registry.movements.table import KINDS, MovementKind, Role
from registry.views import around

ROWS_A_PAGE: Final = 25
MOST_FIRST: Final = 50
"""Movements listed at once that await a decision."""

FIRST_KINDS: Final = (
    ("Move units", MovementKind.INTERNAL_TRANSFER),
    ("Cancel units", MovementKind.VOLUNTARY_CANCELLATION),
)
ACTS: Final[dict[str, tuple[str, str, str]]] = {
    # the address: the door, what the button says, what was done
    "approve": ("approve", "Approve", "Approved: the units have moved."),
    "reject": ("reject", "Reject", "Rejected: the units are free again."),
    "take-back": ("cancel", "Take back", "Taken back: the units are free again."),
}


def person(request: HttpRequest) -> AbstractBaseUser:
    """Who is signed in, on a page behind `login_required`."""
    return cast("AbstractBaseUser", request.user)


def refusals_as_pages(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A refusal that no form catches becomes a page with its sentence and the right status code."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except doors.NotYours as refusal:
            return render(request, "403.html", {"sentence": refusal.sentence}, status=403)
        except doors.NotOpen as refusal:
            return render(request, "409.html", {"sentence": refusal.sentence}, status=409)
        except Refused as refusal:
            return render(request, "422.html", {"sentence": refusal.sentence}, status=422)

    return guarded


@require_safe
@login_required
@refusals_as_pages
def index(request: HttpRequest) -> HttpResponse:
    """What awaits one's decision first, then one's own proposals that wait, then the others, paged."""
    at, user = outside.now(), person(request)
    keeps, represents = _has_part(user, at)
    if not keeps and not represents:
        raise doors.NotYours(
            "Movements are for representatives of accounts and registry administrators. You are neither."
        )
    form = FilterForm(request.GET)
    status = 200 if form.is_valid() else 422
    narrow = _narrowing(form)
    related = ("source", "target", "proposed_by")
    waiting = queries.awaiting(user, at).filter(narrow).select_related(*related).order_by("reserved_until")
    own = queries.visible_to(user, at).filter(narrow, proposed_by=user.pk, state=State.AWAITING_APPROVAL)
    rest = queries.visible_to(user, at).filter(narrow)
    first = list(waiting[:MOST_FIRST])
    mine = list(own.select_related(*related)[:MOST_FIRST])
    rest = rest.exclude(pk__in=[one.pk for one in (*first, *mine)]).select_related(*related)
    page = Paginator(rest, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "breadcrumbs": [
            ("Registry", reverse("registry:serials").removesuffix("serials/")),
            ("Movements", ""),
        ],
        "form": form,
        "filter_form": form,
        "narrowed": any(form.cleaned_data.values()) if form.is_valid() else True,
        "columns": pages.LIST_COLUMNS,
        "waiting": [pages.list_row(one) for one in first],
        "mine": [pages.list_row(one) for one in mine],
        "rest": [pages.list_row(one) for one in page],
        "page": page,
        "keeps": keeps,
    }
    return render(request, "registry/movements.html", context, status=status)


@require_safe
@login_required
def movement(request: HttpRequest, key: int) -> HttpResponse:
    """One movement: what, from where to where, its checks and its record."""
    at, user = outside.now(), person(request)
    found = _found(key, user, at)
    lines, checks = list(found.lines.all()), list(found.checks.all())
    attested = queries.attestation_of(found) if found.kind == "voluntary_cancellation" else None
    allowed = doors.may(found, user, at)
    context = {
        "movement": found,
        "heading": f"{found.row.kind.label}, {found.units:,} units",
        "caption": f"Movement {found.number}",
        "facts": [f"{found.row.transaction.label}, transaction type {int(found.row.transaction)}"],
        "status": pages.status_of(found),
        "breadcrumbs": [("Movements", reverse("registry:movements")), (found.number, "")],
        "rows": _fact_rows(found, pages.runs(queries.serials_of(found))),
        "line_columns": pages.LINE_COLUMNS,
        "lines": pages.line_rows(lines),
        "check_columns": pages.CHECK_COLUMNS,
        "stages": [
            (stage.label, pages.check_rows(one for one in checks if one.stage == stage))
            for stage in (MovementCheck.Stage.APPROVAL, MovementCheck.Stage.PROPOSAL)
            if any(one.stage == stage for one in checks)
        ],
        "failures": [
            one.sentence for one in _last_asked(checks) if one.outcome == MovementCheck.Outcome.FAILED
        ],
        "entries": pages.record_entries(found, found.records.select_related("by")),
        "attested": attested,
        "attested_code": printed(attested.code) if attested else "",
        "moves": [
            {
                "label": label,
                "url": reverse("registry:decide", args=[found.pk, address]),
                "tone": "" if door == "approve" else "secondary",
            }
            for address, (door, label, _) in ACTS.items()
            if allowed[door]
        ],
        "no_moves_sentence": _why_nothing(found, user, at),
    }
    return render(request, "registry/movement.html", context)


@login_required
@refusals_as_pages
def decide(request: HttpRequest, key: int, act: str) -> HttpResponse:
    """Approve, reject or take back, each on a page of its own that says what it means."""
    at, user = outside.now(), person(request)
    found = _found(key, user, at)
    if act not in ACTS:
        raise Http404("There is no such page.")
    door, label, done = ACTS[act]
    form = DecisionForm(request.POST if request.method == "POST" else None, needed=door != "approve")
    if request.method == "POST" and form.is_valid():
        try:
            getattr(doors, door)(movement=found, by=user, at=at, reason=form.cleaned_data["reason"])
        except doors.ChecksFailed as refusal:
            for failure in refusal.failures:
                form.add_error(None, f"Check {failure.number}: {failure.sentence}")
        else:
            messages.success(request, done)
            return redirect(pages.url_of(found))
    elif request.method != "POST":
        _refuse(found, door, user, at)
    row = found.row
    context = {
        "movement": found,
        "heading": f"{label}: {row.kind.label}",
        "caption": f"Movement {found.number}",
        "rows": _fact_rows(found, pages.runs(queries.serials_of(found))),
        "irreversible": row.warning if door == "approve" else "",
        "form": form,
        "button": _button(label, found),
        "cancel_url": pages.url_of(found),
        "back_url": pages.url_of(found),
        "back_label": str(found),
    }
    return render(request, "registry/movement_decide.html", context, status=422 if form.errors else 200)


@require_safe
def kinds(request: HttpRequest) -> HttpResponse:
    """The table of movements and the numbered checks, for everybody."""
    context = {
        **around("movement_kinds"),
        "rows": [drawing.described(row) for row in KINDS.values()],
        "check_columns": [{"label": "Check"}, {"label": "What it demands"}, {"label": "Asked of"}],
        "checks": [[str(one), demands, asked] for one, demands, asked in drawing.checks()],
        "life_columns": [{"label": "From"}, {"label": "To"}, {"label": "By"}, {"label": "When"}],
        "life": drawing.life(),
    }
    return render(request, "registry/movement_kinds.html", context)


def _found(key: int, user: AbstractBaseUser, at: dt.datetime) -> Movement:
    visible = queries.visible_to(user, at).select_related("source", "target", "proposed_by", "decided_by")
    found = visible.filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise Http404("There is no such movement, or it is not yours.")
    return found


def _has_part(user: AbstractBaseUser, at: dt.datetime) -> tuple[bool, bool]:
    keeps = people.is_administrator(user, at)
    return keeps, not keeps and people.accounts_represented_by(user, at).exists()


def _narrowing(form: FilterForm) -> Q:
    given = form.cleaned_data if form.is_valid() else {}
    narrow = Q()
    if given.get("kind"):
        narrow &= Q(kind=given["kind"])
    if given.get("state"):
        narrow &= Q(state=given["state"])
    if account := given.get("account"):
        narrow &= Q(source=account) | Q(target=account)
    return narrow


def _last_asked(checks: list[MovementCheck]) -> list[MovementCheck]:
    """Those of the latest time they were asked."""
    if not checks:
        return []
    last = checks[-1]
    return [one for one in checks if (one.stage, one.at) == (last.stage, last.at)]


def _fact_rows(found: Movement, serials: str = "") -> list[dict[str, Any]]:
    row = found.row
    held = "Serial numbers reserved" if found.is_open else "Serial numbers moved"
    rows: list[dict[str, Any]] = [
        {"key": "From", "value": pages.place(found.source, row, is_source=True)},
        {"key": "To", "value": pages.place(found.target, row, is_source=False)},
        {"key": "Units", "value": f"{found.units:,}"},
        *([{"key": held, "value": serials}] if serials else []),
        pages.share_row(share_of(found, list(found.lines.all()))),
        *pages.told_rows(found),
        {
            "key": "Proposed by",
            "value": f"{found.proposed_by}, {Role(found.proposed_as).label}",
            "hint": f"{found.proposed_at:%-d %B %Y, %H:%M} GMT",
        },
        {"key": "Reason", "value": found.reason},
    ]
    if found.is_open and found.reserved_until is not None:
        rows.append(
            {
                "key": "Units reserved until",
                "value": f"{found.reserved_until:%-d %B %Y, %H:%M} GMT",
                "hint": "If nobody has approved by then, the units are free again.",
            }
        )
    if found.decided_at is not None:
        rows.append(
            {
                "key": State(str(found.state)).label,
                "value": f"{found.decided_at:%-d %B %Y, %H:%M} GMT",
                "hint": f"{found.decided_by or 'The registry'}: {found.decision}",
            }
        )
    rows.append(
        {"key": "Law", "value": row.law, "hint": f"Transaction status {pages.number_of_state(found)}"}
    )
    return rows


def _why_nothing(found: Movement, user: AbstractBaseUser, at: dt.datetime) -> str:
    if not found.is_open:
        return "It has ended; nothing is left to do."
    if found.reserved_until is not None and found.reserved_until <= at:
        return "Its reservation has ended without approval; propose it again."
    return "Another person has to decide on it."


def _refuse(found: Movement, door: str, user: AbstractBaseUser, at: dt.datetime) -> None:
    """Say before the button is pressed what the door would say."""
    if doors.may(found, user, at)[door]:
        return
    if not found.is_open:
        raise doors.NotOpen(f"{found} is {State(str(found.state)).label.lower()} already.")
    if found.reserved_until is not None and found.reserved_until <= at:
        raise doors.NotOpen(f"The reservation of {found} has ended; propose it again.")
    if found.proposed_by_id == user.pk:
        raise doors.NotYours("You proposed this movement yourself; another person has to decide on it.")
    who = " or ".join(Role(role).label for role in found.row.approves)
    raise doors.NotYours(f"Only {who} can decide on this.")


def _button(label: str, found: Movement) -> str:
    if label != "Approve":
        return label
    return (
        f"Approve, finally: {found.units:,} units" if found.row.warning else f"Approve {found.units:,} units"
    )


def of_account(account: Account, user: AbstractBaseUser, at: dt.datetime) -> dict[str, Any]:
    """What the page of an account shows of movements, for whoever may propose or see some."""
    rows = queries.visible_to(user, at).filter(Q(source=account) | Q(target=account))
    newest = list(rows.select_related("source", "target", "proposed_by")[:5])
    keeps, represents = (
        people.is_administrator(user, at),
        people.is_representative(user, account, at),
    )
    offered = {row.kind for row in queries.kinds_from(account, user, at)} if keeps or represents else set()
    start = f"?from={account.identifier}"
    named = [(label, reverse("registry:propose_kind", args=[kind.value])) for label, kind in FIRST_KINDS]
    buttons = [
        (label, address + start)
        for (label, address), (_, kind) in zip(named, FIRST_KINDS, strict=True)
        if kind in offered
    ]
    if offered - {kind for _, kind in FIRST_KINDS}:
        buttons.append(("Other movements", reverse("registry:propose") + start))
    return {
        "movement_buttons": buttons,
        "movement_closed": queries.closed_sentence(account) if offered else "",
        "movement_columns": pages.LIST_COLUMNS,
        "movement_rows": [pages.list_row(one) for one in newest],
        "movements_url": reverse("registry:movements") + f"?account={account.identifier}"
        if keeps or represents
        else "",
    }
