"""The pages on which a movement is proposed: the account, the kind, the units, a preview, and only then the button."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import outside, people, queries
from registry import pages_movements as pages
from registry import queries_movements as movements
from registry.accounts import Refused
from registry.codes import AccountState
from registry.forms_movements import AccountForm, KeyForm, ProposalForm
from registry.models import Account
from registry.models_movements import Movement
from registry.movements import doors
from registry.movements.persons import held_role
from registry.movements.preview import Preview, preview
from registry.movements.table import KINDS, Kind, MovementKind, Role
from registry.serials import BadSerials
from registry.views_movements import person, refusals_as_pages

FROM = "from"


@require_safe
@login_required
@refusals_as_pages
def choose(request: HttpRequest) -> HttpResponse:
    """First the account, then what can be proposed from there."""
    at, user = outside.now(), person(request)
    keeps = people.is_administrator(user, at)
    represented = list(people.accounts_represented_by(user, at)[: movements.FEW_ACCOUNTS])
    if not keeps and not represented:
        raise doors.NotYours(
            "Movements are proposed by representatives of accounts and registry administrators. You are neither."
        )
    account = _source(request, user, at)
    form = AccountForm(request.GET) if request.GET.get("account") else AccountForm()
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('registry:propose')}?{FROM}={form.cleaned_data['account'].identifier}")
    context = {
        "breadcrumbs": _trail("Propose a movement"),
        "form": form,
        "keeps": keeps,
        "account": account,
        "accounts": [
            [
                {"text": one.identifier, "url": f"?{FROM}={one.identifier}", "hint": one.account_type.label},
                one.holder,
                AccountState(one.state).label,
            ]
            for one in represented
        ],
        "account_columns": [{"label": "Account"}, {"label": "Holder"}, {"label": "State"}],
        "closed": movements.closed_sentence(account) if account else "",
        "kinds": [_offer(row, account) for row in movements.kinds_from(account, user, at)],
        "own_kinds": [_offer(row, None) for row in movements.kinds_from(None, user, at)] if keeps else [],
    }
    return render(request, "registry/movement_choose.html", context, status=422 if form.errors else 200)


@login_required
@refusals_as_pages
def propose(request: HttpRequest, kind: str) -> HttpResponse:
    """The units and what the kind is told; then the preview, which writes nothing; then the proposal."""
    at, user = outside.now(), person(request)
    row = _kind(kind)
    source = _source(request, user, at)
    if row.sources and source is None:
        return redirect("registry:propose")
    if held_role(row.proposes, user, source, at) is None:
        raise doors.NotYours(f"Only {' or '.join(Role(one).label for one in row.proposes)} can propose this.")
    if source is not None and (sentence := movements.closed_sentence(source)):
        raise Refused(sentence)
    held = movements.held_in(source, at) if source else []
    step = request.POST.get("step", "") if request.method == "POST" else ""
    form = ProposalForm(
        request.POST if step else None,
        row=row,
        source=source,
        held=[one for one in held if one.unit_type in row.units],
        targets=movements.targets_of(row, source, at),
    )
    found: Preview | None = None
    if step in ("preview", "propose") and form.is_valid():
        key = KeyForm(request.POST)
        try:
            again = step == "propose" and key.is_valid() and _is_kept(user, key.cleaned_data["key"])
            if not again:
                found = preview(**form.arguments(), by=user, at=at)
            if again or (found and step == "propose" and key.is_valid() and _is_as_seen(request, found)):
                return _proposed(request, form, user, at, key.cleaned_data["key"])
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
    if found is not None:
        return _preview_page(request, found, source)
    context = {
        "breadcrumbs": _trail(row.kind.label),
        "row": row,
        "source": source,
        "own_target": row.own_target.label if row.own_target else "",
        "form": form,
        "left_out": sorted({one.unit_type.label for one in held if one.unit_type not in row.units}),
        "nothing": bool(row.sources) and not form.boxes,
        "allowed": ", ".join(unit.label for unit in row.units),
    }
    status = 422 if step != "change" and form.is_bound and form.errors else 200
    return render(request, "registry/movement_propose.html", context, status=status)


def _is_kept(user: AbstractBaseUser, key: str) -> bool:
    """Whether this form was sent before; then it is the same proposal, whatever happened since."""
    return Movement.objects.filter(key=f"page:{user.pk}:{key}").exists()


def _is_as_seen(request: HttpRequest, found: Preview) -> bool:
    """Whether the units are still those of the preview; where they are others, the person is shown them first."""
    now = fingerprint(found)
    if request.POST.get("seen", now) == now:
        return True
    messages.warning(
        request,
        "Other units would be taken now than those shown before: look at them again before you propose.",
    )
    return False


def fingerprint(found: Preview) -> str:
    """What the units of a preview are known by."""
    text = repr([(line.line.party, [str(run) for run in line.serials]) for line in found.lines])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _proposed(
    request: HttpRequest, form: ProposalForm, user: AbstractBaseUser, at: dt.datetime, key: str
) -> HttpResponse:
    """Pressed twice, proposed once; what fails its checks is kept and shown with them."""
    try:
        made = doors.propose(**form.arguments(), by=user, at=at, key=f"page:{user.pk}:{key}")
    except doors.ChecksFailed as refusal:
        messages.error(request, "Not proposed: a check failed meanwhile. The page says which.")
        return redirect(pages.url_of(refusal.movement))
    messages.success(
        request, f"Proposed as {made.number}. The units are reserved; another person has to approve."
    )
    return redirect(pages.url_of(made))


def _preview_page(request: HttpRequest, found: Preview, source: Account | None) -> HttpResponse:
    kept = [
        (name, value)
        for name, value in request.POST.items()
        if name not in ("csrfmiddlewaretoken", "step", "key", "seen")
    ]
    context = {
        "breadcrumbs": _trail(found.row.kind.label),
        "row": found.row,
        "found": found,
        "source": source,
        "rows": pages.preview_rows(found),
        "line_columns": pages.TAKEN_COLUMNS,
        "lines": pages.taken_rows(found.lines),
        "check_columns": pages.CHECK_COLUMNS,
        "checks": pages.check_rows(found.checks),
        "failures": [f"Check {one.number}: {one.sentence}" for one in found.failures],
        "kept": [*kept, ("seen", fingerprint(found))],
        "key": KeyForm.fresh(),
    }
    return render(request, "registry/movement_preview.html", context)


def _kind(name: str) -> Kind:
    row = KINDS.get(MovementKind(name)) if name in MovementKind.values else None
    if row is None:
        raise Http404("There is no such kind of movement.")
    if not row.is_proposed_here:
        raise Refused(f"{row.kind.label} comes about by {row.made_by}; it is not proposed here.")
    return row


def _source(request: HttpRequest, user: AbstractBaseUser, at: dt.datetime) -> Account | None:
    """The account named in the address, if the person has to do with it."""
    text = request.GET.get(FROM, "")
    if not text:
        return None
    try:
        found = queries.account(text)
    except (BadSerials, queries.NoSuchAccount) as error:
        raise Http404("There is no such account.") from error
    if not people.is_administrator(user, at) and not people.is_representative(user, found, at):
        raise Http404("There is no such account, or it is not yours.")
    return found


def _offer(row: Kind, account: Account | None) -> dict[str, Any]:
    address = reverse("registry:propose_kind", args=[row.kind.value])
    return {
        "label": row.kind.label,
        "url": f"{address}?{FROM}={account.identifier}" if account else address,
        "units": ", ".join(unit.label for unit in row.units),
        "law": row.law,
        "warning": row.warning,
    }


def _trail(here: str) -> list[tuple[str, str]]:
    return [("Movements", reverse("registry:movements")), (here, "")]
