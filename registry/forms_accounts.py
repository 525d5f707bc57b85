"""What is asked about accounts on pages: an opening, a change, a decision."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from registry import queries
from registry.codes import REGISTRY_ACCOUNTS, AccountType
from registry.models import Account
from registry.models_accounts import AccountRequest
from registry.serials import BadSerials, is_party_code

Kind = AccountRequest.Kind
LINES = forms.Textarea(attrs={"rows": 3})
REASON_HINT = "For example, the letter in which the holder asked for it. It is kept on record."
MOST_LINES = 50


def _lines(text: str) -> list[str]:
    return [line for line in re.split(r"[\s,;]+", text) if line][:MOST_LINES]


class PeopleField(forms.CharField):
    """E-mail addresses of people who can sign in, one a line; cleans to the people."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[AbstractBaseUser]:
        found: list[AbstractBaseUser] = []
        unknown: list[str] = []
        for address in _lines(super().clean(value)):
            user = get_user_model()._default_manager.filter(email__iexact=address, is_active=True).first()
            if user is None:
                unknown.append(address)
            else:
                found.append(user)
        if unknown:
            raise forms.ValidationError(
                f"Nobody signs in with {', '.join(unknown)}. Ask the registry administrator to enter the person first."
            )
        return found


class AccountsField(forms.CharField):
    """Account numbers, one a line; cleans to the accounts. The check digits find a slip of the finger."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[Account]:
        found: list[Account] = []
        wrong: list[str] = []
        for identifier in _lines(super().clean(value)):
            try:
                found.append(queries.account(identifier.upper()))
            except (BadSerials, queries.NoSuchAccount, OverflowError) as error:
                wrong.append(str(error))
        if wrong:
            raise forms.ValidationError(wrong)
        return found


class AskingForm(forms.Form):
    """What every request has: a reason, and a key by which a form sent twice is asked once."""

    reason = forms.CharField(
        label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=REASON_HINT
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", str(uuid.uuid4()))

    def key_of(self, user: AbstractBaseUser) -> str:
        """The key of the form among those of this person."""
        return f"page:{user.pk}:{self.cleaned_data.get('key') or uuid.uuid4()}"

    def asked(self) -> dict[str, Any]:
        """What the door takes beside the account, the person and the instant."""
        return {"reason": self.cleaned_data["reason"]}


class OpeningForm(AskingForm):
    """An account of any kind that is opened for somebody."""

    type = forms.ChoiceField(
        label="Kind of account",
        choices=[
            (one.value, f"{one.label} ({one.des_code})")
            for one in AccountType
            if one not in REGISTRY_ACCOUNTS
        ],
    )
    party = forms.CharField(
        label="Party",
        max_length=2,
        widget=forms.TextInput(attrs={"width": "4"}),
        help_text="Two letters, such as NL: the Party it is kept for, or that authorised the holder.",
    )
    holder = forms.CharField(label="Holder", max_length=200)
    project_number = forms.IntegerField(
        label="Project number (optional)",
        required=False,
        min_value=1,
        max_value=9_999_999,
        widget=forms.TextInput(attrs={"width": "10", "inputmode": "numeric"}),
    )
    representatives = PeopleField(
        label="Representatives (optional)",
        required=False,
        help_text="The e-mail addresses of those who act for the account, one a line.",
    )
    field_order = ("type", "party", "holder", "project_number", "representatives", "reason", "key")

    def clean_party(self) -> str:
        party: str = self.cleaned_data["party"].strip().upper()
        if not is_party_code(party):
            raise forms.ValidationError("Enter the Party's code of two letters, such as NL.")
        return party

    def asked(self) -> dict[str, Any]:
        names = ("type", "party", "holder", "project_number", "representatives", "reason")
        return {name: self.cleaned_data[name] for name in names}


class RepresentativesForm(AskingForm):
    """Who is to act for an account from now on, and who no more."""

    add = PeopleField(
        label="New representatives",
        required=False,
        help_text="The e-mail addresses they sign in with, one a line.",
    )
    end = forms.MultipleChoiceField(
        label="Representatives to end", required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("add", "end", "reason", "key")

    def __init__(self, *args: Any, current: list[AbstractBaseUser], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = {str(user.pk): user for user in current}
        _offer(self, [(key, str(user)) for key, user in self.current.items()])

    def asked(self) -> dict[str, Any]:
        return super().asked() | {
            "add_representatives": self.cleaned_data["add"],
            "end_representatives": [self.current[key] for key in self.cleaned_data.get("end", ())],
        }


class TrustedAccountsForm(AskingForm):
    """Where an account may send from now on, and where no more."""

    add = AccountsField(
        label="New trusted accounts",
        required=False,
        help_text="Account numbers such as BR-100-1001-0-12, one a line.",
    )
    end = forms.MultipleChoiceField(
        label="Trusted accounts to end", required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("add", "end", "reason", "key")

    def __init__(self, *args: Any, current: list[Account], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = {str(account.pk): account for account in current}
        _offer(self, [(key, f"{one.identifier}, {one.holder}") for key, one in self.current.items()])

    def asked(self) -> dict[str, Any]:
        return super().asked() | {
            "add_trusted": self.cleaned_data["add"],
            "end_trusted": [self.current[key] for key in self.cleaned_data.get("end", ())],
        }


class DecisionForm(forms.Form):
    """Why something is approved, rejected or cancelled; an approval may go without words."""

    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, may_be_empty: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if may_be_empty:
            self.fields["reason"].required = False
            self.fields["reason"].label = "Note (optional)"


def _offer(form: forms.Form, choices: list[tuple[str, str]]) -> None:
    """Put these behind the checkboxes, or leave the field out where there is nothing to end."""
    field = form.fields["end"]
    if choices and isinstance(field, forms.MultipleChoiceField):
        field.choices = choices
    else:
        del form.fields["end"]
