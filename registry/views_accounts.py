"""The pages on which accounts are opened and changed: what is asked, who decides, who acts for an account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Final, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractBaseUser
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from registry import account_requests, account_wording, people, queries
from registry.account_checks import FROM_STATE
from registry.account_pages import (
    ASKS,
    LABELS,
    TONES,
    account_url,
    accounts_url,
    asks,
    day,
    decisions,
    line,
    may_ask,
)
from registry.account_requests import AlreadyDecided, ChangedMeanwhile, NotAllowed
from registry.accounts import Refused
from registry.codes import AccountState, AccountType
from registry.forms_accounts import (
    AskingForm,
    DecisionForm,
    OpeningForm,
    RepresentativesForm,
    TrustedAccountsForm,
)
from registry.models import Account
from registry.models_accounts import AccountRequest, TrustedAccount
from registry.serials import BadSerials
from registry.views import viewer_of

Kind = AccountRequest.Kind
DOORS: Final = {
    "approve": account_requests.approve,
    "reject": account_requests.reject,
    "cancel": account_requests.cancel,
}
EXPLAINED: Final = {
    Kind.CHANGE_REPRESENTATIVES: "Representatives act for the account. A temporary holding account has at most three.",
    Kind.CHANGE_TRUSTED_ACCOUNTS: "The account may send to the accounts on this list.",
    Kind.SUSPEND: "No units enter or leave a suspended account until it is reopened.",
    Kind.REOPEN: "The account takes part in movements again.",
    Kind.CLOSE: "An account is closed for good, once it is empty and nothing about it is waiting.",
}
APPROVAL: Final = "It is done when a registry administrator, who is not the person who asked, approves it."


def now() -> dt.datetime:
    """The instant this page is asked for; the project may name a clock of its own in REGISTRY_CLOCK."""
    name = getattr(settings, "REGISTRY_CLOCK", "")
    return cast(dt.datetime, import_string(name)()) if name else timezone.now()


def _guarded(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Sign in first; a refusal that no form shows is a page with its sentence and the right status."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refusal:
            return _refusal_page(request, refusal, 403)
        except (AlreadyDecided, ChangedMeanwhile) as refusal:
            return _refusal_page(request, refusal, 409)

    return guarded


@_guarded
def index(request: HttpRequest) -> HttpResponse:
    """What is asked about accounts: first what waits, then what was decided."""
    user, at = _person(request), now()
    found = visible_requests(request, user, at)
    if not found.exists() and not _has_accounts(request, user, at):
        raise NotAllowed(
            "Requests about accounts are for registry administrators and those who act for an account."
        )
    waiting = found.filter(state="awaiting_approval").order_by("id")
    decided = found.exclude(state="awaiting_approval")
    page_of_decided = Paginator(decided, 50).get_page(request.GET.get("page"))
    context = {
        "breadcrumbs": [("Accounts", accounts_url()), ("Requests", "")],
        "waiting": [line(one, user, at) for one in waiting],
        "page": page_of_decided,
        "decided": [line(one, user, at) for one in page_of_decided],
    }
    return render(request, "registry/account_requests.html", context)


@_guarded
def page(request: HttpRequest, key: int) -> HttpResponse:
    """One request: what is asked, by whom, and what became of it."""
    user, at = _person(request), now()
    found = _request_or_404(request, key, user, at)
    about = found.subject
    rows = [
        *_opening_rows(found),
        *(
            [{"key": "Changes", "value": "\n".join(account_wording.changes(found))}]
            if found.changes_asked
            else []
        ),
        *([{"key": "Account", "value": about.identifier, "url": account_url(about)}] if about else []),
        {"key": "Holder", "value": about.holder if about else found.holder},
        {"key": "Reason", "value": found.reason},
        {"key": "Asked for by", "value": f"{found.proposed_by}, {day(found.proposed_at)}"},
    ]
    if found.decided_at:
        decided = f"{found.decided_by}, {day(found.decided_at)}"
        rows.append({"key": f"{found.state_label} by", "value": decided, "hint": found.decision_reason})
    context = {
        "breadcrumbs": [
            ("Accounts", accounts_url()),
            ("Requests", reverse("registry:account_requests")),
            (f"Request {found.pk}", ""),
        ],
        "heading": account_wording.summary(found),
        "caption": f"Request {found.pk} about an account",
        "status": {"label": found.state_label, "tone": TONES[found.state]},
        "rows": rows,
        "moves": decisions(found, user, at),
        "no_moves_sentence": "Another registry administrator decides on it."
        if found.is_awaiting
        else "It is decided.",
    }
    return render(request, "registry/account_request.html", context)


@_guarded
def decide(request: HttpRequest, key: int, decision: str) -> HttpResponse:
    """Approve, reject or cancel: GET asks for the reason, POST does it."""
    if decision not in DOORS:
        raise Http404("There is no such page.")
    user, at = _person(request), now()
    found = _request_or_404(request, key, user, at)
    account_requests.check_may_decide(found, decision, by=user, at=at)
    door, label = DOORS[decision], LABELS[decision]
    form = DecisionForm(
        request.POST if request.method == "POST" else None, may_be_empty=decision == "approve"
    )
    if form.is_bound and form.is_valid():
        try:
            done = door(request=found, by=user, at=at, reason=form.cleaned_data["reason"])
        except (NotAllowed, AlreadyDecided, ChangedMeanwhile):
            raise
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"{done.state_label}: {account_wording.summary(done)}.")
            about = done.subject if decision == "approve" else None
            return redirect(account_url(about) if about else reverse("registry:account_requests"))
    return _form_page(
        request,
        form,
        heading=f"{label}: {_lower(account_wording.summary(found))}",
        sentences=[*account_wording.changes(found), f"{found.proposed_by} asked for it: {found.reason}"],
        button=label,
        back_url=reverse("registry:account_request", args=[found.pk]),
    )


@_guarded
def ask_opening(request: HttpRequest) -> HttpResponse:
    """Ask for an account of any kind, for any holder; for administrators."""
    user, at = _person(request), now()
    if not people.is_administrator(user, at):
        raise NotAllowed("Only a registry administrator asks for this.")
    form = OpeningForm(request.POST if request.method == "POST" else None)
    return _asked(
        request,
        form,
        lambda: account_requests.propose_opening(
            **form.asked(),
            by=user,
            at=at,
            key=form.key_of(user),
        ),
        heading="Ask for an account to be opened",
        sentences=["For a participant, choose the participant on the page before.", APPROVAL],
        back_url=accounts_url(),
    )


def _who_asks(account: Account, kind: str, user: AbstractBaseUser, at: dt.datetime) -> str:
    """Why this person does not ask this of this account."""
    if may_ask(account, kind, user, at):
        return f"This cannot be asked of the account “{account}”, which the registry keeps itself."
    if kind == Kind.REOPEN:
        return "Only a registry administrator asks for an account to be reopened."
    return "Only a registry administrator or a representative of the account asks for this."


@_guarded
def ask_change(request: HttpRequest, identifier: str, kind: str) -> HttpResponse:
    """Ask for a change of an account; for its representatives and administrators."""
    user, at = _person(request), now()
    account = account_or_404(request, identifier)
    if kind not in ASKS:
        raise Http404("There is no such page.")
    if kind not in [one["kind"] for one in asks(account, user, at)]:
        if account.state not in FROM_STATE[Kind(kind)] and may_ask(account, kind, user, at):
            raise ChangedMeanwhile(
                f"The account “{account}” is {AccountState(account.state).label.lower()}; this is not asked of it now."
            )
        raise NotAllowed(_who_asks(account, kind, user, at))
    form = _form_of(kind, account, request, at)
    return _asked(
        request,
        form,
        lambda: account_requests.propose_change(
            kind=kind, account=account, **form.asked(), by=user, at=at, key=form.key_of(user)
        ),
        heading=ASKS[Kind(kind)][0],
        caption=str(account),
        sentences=[EXPLAINED[Kind(kind)], APPROVAL],
        back_url=account_url(account),
    )


def visible_requests(
    request: HttpRequest, user: AbstractBaseUser, at: dt.datetime
) -> QuerySet[AccountRequest]:
    """All for an administrator; else one's own, and those about accounts one may read."""
    rows = AccountRequest.objects.select_related("account", "opened", "proposed_by", "decided_by")
    rows = rows.prefetch_related("changes__representative", "changes__trusted")
    if people.is_administrator(user, at):
        return rows
    accounts = viewer_of(request).accounts
    return rows.filter(
        Q(proposed_by__pk=user.pk) | Q(account__in=accounts) | Q(opened__in=accounts)
    ).distinct()


def account_or_404(request: HttpRequest, identifier: str) -> Account:
    """The account if the person may read it; one that is not theirs does not exist for them."""
    try:
        account = queries.account(identifier)
    except (BadSerials, queries.NoSuchAccount) as error:
        raise Http404("There is no such account.") from error
    if not viewer_of(request).may_read(account.pk):
        raise Http404("There is no such account, or it is not yours.")
    return account


def _has_accounts(request: HttpRequest, user: AbstractBaseUser, at: dt.datetime) -> bool:
    return people.is_administrator(user, at) or bool(viewer_of(request).accounts)


def _request_or_404(
    request: HttpRequest, key: int, user: AbstractBaseUser, at: dt.datetime
) -> AccountRequest:
    found = visible_requests(request, user, at).filter(pk=key).first() if key < 2**63 else None
    if found is None:
        raise Http404("There is no such request, or it is not yours to see.")
    return found


def _opening_rows(found: AccountRequest) -> list[dict[str, str]]:
    """What is to be opened, where that is what is asked."""
    if found.kind != Kind.OPEN:
        return []
    kind = AccountType(found.type)
    rows = [
        {"key": "Kind of account", "value": f"{kind.label} ({kind.des_code})"},
        {"key": "Party", "value": found.party},
    ]
    if found.project_number:
        rows.append({"key": "Project number", "value": f"{found.project_number:04}"})
    return rows


def _form_of(kind: str, account: Account, request: HttpRequest, at: dt.datetime) -> AskingForm:
    data = request.POST if request.method == "POST" else None
    if kind == Kind.CHANGE_REPRESENTATIVES:
        return RepresentativesForm(data, current=[row.user for row in people.representatives_of(account, at)])
    if kind == Kind.CHANGE_TRUSTED_ACCOUNTS:
        rows = TrustedAccount.objects.held_at(at).filter(account=account).select_related("trusted")
        return TrustedAccountsForm(data, current=[row.trusted for row in rows])
    return AskingForm(data)


def _asked(
    request: HttpRequest,
    form: AskingForm,
    ask: Callable[[], AccountRequest],
    **around_form: Any,
) -> HttpResponse:
    """Show the form; where it was sent and is good, ask, and go to the page of the request."""
    if form.is_bound and form.is_valid():
        try:
            made = ask()
        except NotAllowed:
            raise
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, f"Asked for. {APPROVAL}")
            return redirect(reverse("registry:account_request", args=[made.pk]))
    cancel_url = around_form["back_url"]
    return _form_page(request, form, button="Ask for it", cancel_url=cancel_url, **around_form)


def _form_page(request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "registry/account_form.html", {"form": form, **context}, status=status)


def _refusal_page(request: HttpRequest, refusal: Refused, status: int) -> HttpResponse:
    context = {"sentence": refusal.sentence, "onward_url": accounts_url()}
    return render(request, f"{status}.html", context, status=status)


def _person(request: HttpRequest) -> AbstractBaseUser:
    if not isinstance(request.user, AbstractBaseUser):
        raise NotAllowed("Sign in first.")
    return request.user


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
