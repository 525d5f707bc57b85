"""The registry's pages, first storey: totals, accounts with their statements, and the issuances of a project."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from cdm import permissions, registry_viewer
from cdm.acts import accounts as account_acts
from cdm.forms.forwarding import AccountForm
from cdm.models import Organisation, User
from cdm.permissions import Denied
from cdm.rules import parties
from cdm.templatetags.cdm_format import day, quantity
from cdm.views import desks
from cdm.views.access import now, project_or_404, refusals_as_pages, signed_in
from cdm.views.acts import act_page, posted
from cdm.views.issuance import issued_rows
from cdm.workflow.roles import Role
from registry import account_pages, views_accounts, views_movements
from registry import queries as book_queries
from registry.codes import CANCELLATION_ACCOUNTS, HOLDING_ACCOUNTS, AccountState, AccountType, EntryKind
from registry.models import Account
from registry.serials import BadSerials

HOLDING_COLUMNS = [
    {"label": "Units from"},
    {"label": "Type"},
    {"label": "Commitment period", "numeric": True},
    {"label": "Units", "numeric": True},
]
LINE_COLUMNS = [
    {"label": "Entry"},
    {"label": "When"},
    {"label": "Serials", "serial": True},
    {"label": "In", "numeric": True},
    {"label": "Out", "numeric": True},
    {"label": "Balance", "numeric": True},
]
ACCOUNT_COLUMNS = [
    {"label": "Account"},
    {"label": "Holder"},
    {"label": "Party"},
    {"label": "Representatives"},
    {"label": "State"},
    {"label": "Units", "numeric": True},
]


def look_ups(here: str) -> list[tuple[str, str, bool]]:
    """The registry's public pages as tabs, the overview first; the same tabs stand on the pages of `registry`."""
    names = {
        "overview": ("Overview", "cdm:registry"),
        "serials": ("Serial numbers", "registry:serials"),
        "reports": ("Reports", "registry:reports"),
        "movement_kinds": ("Kinds of movement", "registry:movement_kinds"),
        "assigned_amounts": ("Assigned amounts", "registry:assigned_amounts"),
        "attestations": ("Check an attestation", "registry:check_attestation"),
    }
    return [(label, reverse(address), name == here) for name, (label, address) in names.items()]


def overview(request: HttpRequest) -> HttpResponse:
    """The book in a few numbers: issued, held, for adaptation, cancelled; and whether it is true."""
    totals = book_queries.totals()
    by_type = {total.account_type: total.units for total in totals}
    arrived = book_queries.arrived_units()
    context = {
        "tiles": [
            {"value": quantity(book_queries.issued_units()), "label": "Units issued", "unit": ""},
            *([{"value": quantity(arrived), "label": "Came from other registries"}] if arrived else []),
            {"value": quantity(by_type.get(AccountType.PENDING, 0)), "label": "Waiting to be forwarded"},
            {
                "value": quantity(sum(by_type.get(one, 0) for one in HOLDING_ACCOUNTS)),
                "label": "Held by participants",
            },
            {"value": quantity(by_type.get(AccountType.ADAPTATION_SHARE, 0)), "label": "For adaptation"},
            {
                "value": quantity(sum(by_type.get(one, 0) for one in CANCELLATION_ACCOUNTS)),
                "label": "Cancelled",
            },
        ],
        "columns": [
            {"label": "Kind of account"},
            {"label": "Accounts", "numeric": True},
            {"label": "Units", "numeric": True},
        ],
        "rows": [[total.account_type.label, total.accounts, total.units] for total in totals],
        "check": book_queries.last_check(),
        "look_ups": look_ups("overview"),
    }
    return render(request, "cdm/registry/overview.html", context)


def who_opens_accounts() -> str:
    """Who opens an account and what they need to know: a holder cannot ask for one by itself."""
    bodies = Organisation.objects.filter(kind=Organisation.Kind.REGISTRY).order_by("pk")
    names = " or ".join(str(body) for body in bodies) or Role.REGISTRY_ADMINISTRATOR.label
    return (
        f"{names} opens accounts: one of its people asks for it here, and another approves. Tell them the name of your "
        "organisation, its Party, what the account is for, and who is to represent it."
    )


@login_required
@refusals_as_pages
def own(request: HttpRequest) -> HttpResponse:
    """The accounts of one's organisations; for the registry administrator all of them."""
    at = now()
    user = signed_in(request)
    sees_all = Role.REGISTRY_ADMINISTRATOR in permissions.roles_of(user, at)
    found = _visible_accounts(user, at)
    held = book_queries.balances(found)
    names = account_pages.names_by_account(found, at)
    waiting = views_accounts.visible_requests(request, user, at).filter(state="awaiting_approval")
    context = {
        "waiting": [account_pages.line(one, user, at) for one in waiting.order_by("id")],
        "tabs": desks.tabs(user, at, "registry_accounts"),
        "columns": ACCOUNT_COLUMNS,
        "rows": [
            [
                {"text": account.identifier, "url": _url(account), "hint": account.account_type.label},
                account.holder,
                account.party or "–",
                names.get(account.pk, "–"),
                AccountState(account.state).label,
                held[account.pk],
            ]
            for account in found
        ],
        "sees_all": sees_all,
        "no_account": f"Your organisation has no account. {who_opens_accounts()}",
        "open_url": reverse("cdm:open_account") if sees_all else "",
    }
    return render(request, "cdm/registry/accounts.html", context)


@login_required
def account(request: HttpRequest, identifier: str) -> HttpResponse:
    """One account: what it holds and every entry that touched it; for its holder and the administrator."""
    at = now()
    user = signed_in(request)
    try:
        found = book_queries.account(identifier)
    except (BadSerials, book_queries.NoSuchAccount) as error:
        raise Http404(str(error)) from error
    if not _may_see(user, found, at):
        raise Http404("There is no such account, or it is not yours.")
    lines = book_queries.statement(found)
    context = {
        "account": found,
        "heading": found.identifier,
        "caption": found.account_type.label,
        "facts": [found.holder, parties.party(found.party).name if found.party else "Kept by the registry"],
        "status": {
            "label": AccountState(found.state).label,
            "tone": "good" if found.state == AccountState.OPEN else "waiting",
        },
        "breadcrumbs": [("Accounts", reverse("cdm:registry_accounts")), (found.identifier, "")],
        "tiles": [{"value": quantity(book_queries.balance(found)), "label": "Units in this account"}],
        "holding_columns": HOLDING_COLUMNS,
        "holdings": [_holding_row(holding) for holding in book_queries.holdings(account=found)],
        "files": [("csv", "CSV"), ("xlsx", "spreadsheet (XLSX)")],
        "line_columns": LINE_COLUMNS,
        "lines": [_line_row(line) for line in reversed(lines)],
        **account_pages.around(found, user, at),
        **views_movements.of_account(found, user, at),
    }
    return render(request, "cdm/registry/account.html", context)


@login_required
@refusals_as_pages
def open_account(request: HttpRequest) -> HttpResponse:
    """A registry administrator asks for a holding account for a participant; another one approves it."""
    at = now()
    user = signed_in(request)
    permissions.require(user, "open_account", at=at)
    form = AccountForm(posted(request))
    return act_page(
        request,
        form=form,
        act=lambda given: account_acts.ask_for_account(**form.asked(user, given), by=user, at=at),
        done=lambda made: (
            f"Asked for: an account for {made.holder}. Another registry administrator approves it."
        ),
        onward=lambda made: reverse("registry:account_request", args=[made.pk]),
        heading="Ask for an account",
        sentences=[
            "A holding account receives units that are forwarded to a participant. It is permanent for those whom a "
            "Party not in Annex I authorises, and temporary, with at most three representatives, for the others.",
            "It is opened when another registry administrator approves it.",
        ],
        button="Ask for the account",
        law="3/CMP.1 annex, Appendix D, para 3(b)",
        back_url=reverse("cdm:registry_accounts"),
        back_label="Accounts",
    )


def issuances(request: HttpRequest, key: int) -> HttpResponse:
    """What was issued for one project, block by block."""
    project = project_or_404(request, key, now())
    rows: list[dict[str, Any]] = []
    if project.reference_number:
        found = book_queries.issuances_of(party=project.host_party, project_number=project.reference_number)
        rows = issued_rows(list(found))
    context = {
        "project": project,
        "issued": rows,
        "tiles": [
            {"value": quantity(sum(row["quantity"] for row in rows)), "label": "Units issued"},
            {"value": quantity(sum(row["share_units"] for row in rows)), "label": "For adaptation"},
        ],
        "breadcrumbs": [(str(project), project.get_absolute_url()), ("Issuances", "")],
    }
    return render(request, "cdm/registry/issuances.html", context)


def _visible_accounts(user: User, at: dt.datetime) -> list[Account]:
    """Accounts of the person's organisations and those the person represents; all for the registry administrator."""
    held = permissions.roles_of(user, at)
    if Role.REGISTRY_ADMINISTRATOR in held:
        return list(Account.objects.all())
    found = list(registry_viewer.own_accounts(user, at))
    if not found and not held & {Role.PARTICIPANT, Role.DOE}:
        raise Denied(
            "Accounts are kept for project participants and DOEs. You hold no seat in one, and represent no account."
        )
    return found


def _may_see(user: User, account: Account, at: dt.datetime) -> bool:
    if Role.REGISTRY_ADMINISTRATOR in permissions.roles_of(user, at):
        return True
    return registry_viewer.own_accounts(user, at).filter(pk=account.pk).exists()


def _url(account: Account) -> str:
    return reverse("cdm:registry_account", args=[account.identifier])


def _holding_row(holding: book_queries.Holding) -> list[Any]:
    project = f"{holding.party} {holding.project_number:04d}" if holding.project_number else holding.party
    return [project, holding.unit_type.label, str(holding.commitment_period), holding.units]


def _line_row(line: book_queries.Line) -> list[Any]:
    return [
        {"text": line.entry.transaction_number, "hint": EntryKind(line.entry.kind).label},
        {"text": day(line.entry.at), "hint": line.entry.reason},
        {"text": ", ".join(str(run) for run in line.serials)},
        line.units_in or None,
        line.units_out or None,
        line.balance,
    ]
