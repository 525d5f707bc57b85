"""Requests about accounts: what is asked, by whom, and who approves it; and who acts for an account."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm import permissions
from cdm.acts import accounts
from cdm.api import book
from cdm.api.acts import ReasonAsks, described, text
from cdm.api.authentication import SignedIn
from cdm.api.door import LARGEST_KEY, Filter, Listing
from cdm.models import Organisation, User
from cdm.rules import parties
from registry import account_requests, people, queries
from registry.account_checks import account_type
from registry.account_request_moves import RequestState
from registry.codes import AccountType
from registry.models import Account
from registry.models_accounts import AccountRequest, RequestedChange, TrustedAccount
from registry.serials import BadSerials

Kind = AccountRequest.Kind
MOST_NAMED = 50


class RequestedChangeWriter(serializers.ModelSerializer[RequestedChange]):
    """A representative or a trusted account to be added or ended."""

    representative = serializers.EmailField(source="representative.email", default=None, allow_null=True)
    trusted = serializers.CharField(source="trusted.identifier", default=None, allow_null=True)

    class Meta:
        model = RequestedChange
        fields = ["act", "representative", "trusted"]


class AccountRequestWriter(serializers.ModelSerializer[AccountRequest]):
    """What is asked about an account, and what became of it."""

    account = serializers.CharField(source="account.identifier", default=None, allow_null=True)
    opened = serializers.CharField(
        source="opened.identifier",
        default=None,
        allow_null=True,
        help_text="The account that was opened, once it is approved.",
    )
    type = serializers.CharField()
    changes = RequestedChangeWriter(many=True)
    state = serializers.ChoiceField(choices=RequestState.choices)
    proposed_by = serializers.CharField()
    decided_by = serializers.CharField(allow_null=True)

    class Meta:
        model = AccountRequest
        fields = [
            "id", "kind", "account", "type", "party", "holder", "project_number", "changes", "state", "proposed_by",
            "proposed_at", "reason", "decided_by", "decided_at", "decision_reason", "opened",
        ]  # fmt: skip


class AccountRepresentativeWriter(serializers.Serializer[Any]):
    """Somebody who acts for an account."""

    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    since = serializers.DateTimeField(source="from_at")


class TrustedAccountWriter(serializers.Serializer[Any]):
    """An account to which another may send."""

    identifier = serializers.CharField(source="trusted.identifier")
    holder = serializers.CharField(source="trusted.holder")
    since = serializers.DateTimeField(source="from_at")


class AccountPageWriter(book.AccountWriter):
    """An account with those who act for it, and where it may send."""

    representatives = serializers.SerializerMethodField()
    trusted_accounts = serializers.SerializerMethodField()

    class Meta(book.AccountWriter.Meta):
        fields = [*book.AccountWriter.Meta.fields, "representatives", "trusted_accounts"]

    @extend_schema_field(AccountRepresentativeWriter(many=True))
    def get_representatives(self, account: Account) -> Any:
        held = people.representatives_of(account, self.context["at"])
        return AccountRepresentativeWriter(held, many=True).data

    @extend_schema_field(TrustedAccountWriter(many=True))
    def get_trusted_accounts(self, account: Account) -> Any:
        held = TrustedAccount.objects.held_at(self.context["at"]).filter(account=account)
        return TrustedAccountWriter(held.select_related("trusted"), many=True).data


@extend_schema_field({"type": "string", "format": "email", "maxLength": 254})
class PersonField(serializers.Field[User, str, str, Any]):
    """The e-mail address of a person who can sign in; read as one first, then looked for."""

    def to_internal_value(self, data: Any) -> User:
        address: str = serializers.EmailField(max_length=254).run_validation(data)
        found = User.objects.filter(email=address.lower(), is_active=True).first()
        if found is None:
            raise serializers.ValidationError(f"Nobody signs in with {address}.")
        return found


@extend_schema_field({"type": "string", "maxLength": 60})
class AccountField(serializers.Field[Account, str, str, Any]):
    """The identifier of an account; its check digits are looked at."""

    def to_internal_value(self, data: Any) -> Account:
        try:
            return queries.account(serializers.CharField(max_length=60).run_validation(data))
        except (BadSerials, LookupError, OverflowError) as error:
            raise serializers.ValidationError(str(error)) from error


def people_named(words: str) -> serializers.ListField:
    """A list of people by their e-mail addresses."""
    return serializers.ListField(child=PersonField(), max_length=MOST_NAMED, default=list, help_text=words)


def accounts_named(words: str) -> serializers.ListField:
    """A list of accounts by their identifiers."""
    return serializers.ListField(child=AccountField(), max_length=MOST_NAMED, default=list, help_text=words)


class AccountOpeningAsks(ReasonAsks):
    """Either an organisation, for a holding account whose kind follows from the Party, or a type and a holder."""

    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.all(), required=False, help_text="The participant it is for."
    )
    type = serializers.ChoiceField(
        choices=AccountType.choices,
        required=False,
        help_text="Without an organisation: the kind of account.",
    )
    holder = serializers.CharField(
        max_length=200, required=False, help_text="Without an organisation: for whom it is opened."
    )
    party = serializers.ChoiceField(choices=[party.code for party in parties.ALL])
    representatives = people_named("E-mail addresses of those who act for it.")

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if "organisation" not in given:
            missing = {name for name in ("type", "holder") if name not in given}
            if missing:
                sentence = "Name an organisation, or the type of account and its holder."
                raise serializers.ValidationError({name: [sentence] for name in sorted(missing)})
        return given


class AccountChangeAsks(ReasonAsks):
    """What is asked of an account; the lists only where the kind is about them."""

    kind = serializers.ChoiceField(choices=[choice for choice in Kind.choices if choice[0] != Kind.OPEN])
    add_representatives = people_named("E-mail addresses of new representatives.")
    end_representatives = people_named("E-mail addresses of representatives to end.")
    add_trusted = accounts_named("Identifiers of accounts to which it may send.")
    end_trusted = accounts_named("Identifiers of accounts to which it may send no more.")


class ApprovalNoteAsks(serializers.Serializer[Any]):
    reason = text("A note, for the record.", allow_blank=True, default="")


@described(
    "account_open",
    "Registry",
    "Ask for an account to be opened; another registry administrator approves it",
    asks=AccountOpeningAsks,
    answers=AccountRequestWriter,
)
class Accounts(book.Accounts):
    """One's accounts, and a new one asked for."""

    def post(self, request: Request) -> Response:
        return self.do(self._asked)

    def _asked(self) -> Response:
        permissions.require(self.person(), "open_account", at=self.at())
        given = self.read(AccountOpeningAsks)
        acting = {"by": self.signed_in(), "at": self.at()}
        if "organisation" in given:
            given.pop("holder", None)
            made = accounts.ask_for_account(**given, **acting)
        else:
            kind = account_type(given.pop("type"))
            made = account_requests.propose_opening(type=kind, **given, **acting, key=_new_key())
        return Response(AccountRequestWriter(made).data, status=201)


class AccountPage(book.AccountDoor):
    """One account."""

    @extend_schema(
        operation_id="account_read",
        tags=book.TAG,
        summary="An account, who acts for it, and where it may send",
        responses={200: AccountPageWriter},
    )
    def get(self, request: Request, identifier: str) -> Response:
        return Response(AccountPageWriter(self.account(identifier), context={"at": self.at()}).data)


@described(
    "account_ask",
    "Registry",
    "Ask for an account to be suspended, reopened, closed or changed",
    asks=AccountChangeAsks,
    answers=AccountRequestWriter,
)
class AskAboutAccount(book.AccountDoor):
    """A request about an account."""

    def post(self, request: Request, identifier: str) -> Response:
        return self.do(lambda: self._asked(identifier))

    def _asked(self, identifier: str) -> Response:
        account = self.account(identifier)
        made = account_requests.propose_change(
            account=account, **self.read(AccountChangeAsks), by=self.signed_in(), at=self.at(), key=_new_key()
        )
        return Response(AccountRequestWriter(made).data, status=201)


class RequestDoor(book.AccountDoor):
    """What concerns requests about accounts one may see."""

    permission_classes = (SignedIn,)

    def seen(self) -> QuerySet[AccountRequest]:
        """Those about one's accounts and those one made; all for those who keep the registry."""
        rows = AccountRequest.objects.select_related("account", "opened", "proposed_by", "decided_by")
        rows = rows.prefetch_related("changes__representative", "changes__trusted").order_by("-id")
        user, at = self.person(), self.at()
        if permissions.roles_of(user, at) & book.KEEPERS:
            return rows
        own = list(self.own().values_list("pk", flat=True))
        return rows.filter(Q(proposed_by=user) | Q(account__in=own) | Q(opened__in=own))

    def one(self, key: int) -> AccountRequest:
        found = self.seen().filter(pk=key).first() if key <= LARGEST_KEY else None
        if found is None:
            raise Http404("There is no such request, or it is not yours to see.")
        return found


@extend_schema(tags=book.TAG, summary="Requests about accounts", description="Newest first.")
class AccountRequests(RequestDoor, Listing):
    """Requests about accounts."""

    serializer_class = AccountRequestWriter
    filters: ClassVar = {
        "state": Filter("state", tuple(RequestState.values), "Only in this state."),
        "kind": Filter("kind", tuple(Kind.values), "Only of this kind."),
    }

    def rows(self) -> QuerySet[AccountRequest]:
        return self.seen()


class AccountRequestPage(RequestDoor):
    """One request."""

    @extend_schema(
        operation_id="account_request_read",
        tags=book.TAG,
        summary="A request about an account",
        responses={200: AccountRequestWriter},
    )
    def get(self, request: Request, key: int) -> Response:
        return Response(AccountRequestWriter(self.one(key)).data)


class Decision(RequestDoor):
    """POST decides on a request."""

    name: ClassVar[str]
    asks: ClassVar[type[serializers.Serializer[Any]]] = ReasonAsks

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self._decided(key))

    def _decided(self, key: int) -> Response:
        found = self.one(key)
        account_requests.check_may_decide(found, self.name, by=self.signed_in(), at=self.at())
        door = {
            "approve": account_requests.approve,
            "reject": account_requests.reject,
            "cancel": account_requests.cancel,
        }[self.name]
        done = door(request=found, **self.read(self.asks), by=self.signed_in(), at=self.at())
        return Response(AccountRequestWriter(done).data)


def _decision(summary: str, name: str, asks: type[serializers.Serializer[Any]] = ReasonAsks) -> Any:
    return described(
        f"account_request_{name}", "Registry", summary, asks=asks, answers=AccountRequestWriter, status=200
    )


@_decision("Approve what another person asks for; it is done at once", "approve", ApprovalNoteAsks)
class Approve(Decision):
    """Approve a request."""

    name, asks = "approve", ApprovalNoteAsks


@_decision("Reject what another person asks for", "reject")
class Reject(Decision):
    """Reject a request."""

    name = "reject"


@_decision("Cancel what you asked for", "cancel")
class Cancel(Decision):
    """Cancel a request."""

    name = "cancel"


def _new_key() -> str:
    """Idempotency-Key has been looked at by then (cdm/api/once.py): here each request is one of its own."""
    return f"api:{uuid.uuid4()}"
