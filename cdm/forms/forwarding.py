"""Forms of units: where waiting units are to go, and a new account in the book."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from django import forms

from cdm.acts.accounts import MAY_HOLD
from cdm.forms.acts import ActForm
from cdm.forms.fields import WholeNumberField
from cdm.forms.people import party_choices
from cdm.models import Organisation, User
from cdm.templatetags.cdm_format import quantity
from cdm.units import Share
from registry.forms_accounts import PeopleField
from registry.models import Account

AMOUNTS, PERCENTAGES = "amounts", "percentages"


class ForwardingForm(ActForm):
    """So many units of each commitment period to each account, or so many per cent of what waits.

    What waits is filled in for the first account. Percentages leave units over: they go to the account named, else
    to that of the adaptation share (EB 20, paragraph 70).
    """

    def __init__(
        self,
        *args: Any,
        accounts: list[Account],
        waiting: dict[int, int],
        free: int | None = None,
        **kwargs: Any,
    ) -> None:
        """`free` are the units that may leave at all, where the administrative share is paid in part."""
        super().__init__(*args, **kwargs)
        left = sum(waiting.values()) if free is None else free
        self.accounts = accounts
        self.fields["by"] = forms.ChoiceField(
            label="How do you share them out?",
            choices=[(AMOUNTS, "By units"), (PERCENTAGES, "By percentages of what may be forwarded now")],
            widget=forms.RadioSelect,
            required=False,
            initial=AMOUNTS,
        )
        self.boxes: dict[str, tuple[Account, int]] = {}
        for commitment_period, units in waiting.items():
            for number, account in enumerate(accounts):
                name = f"units_{commitment_period}_{account.pk}"
                self.boxes[name] = (account, commitment_period)
                self.fields[name] = WholeNumberField(
                    label=f"To {account.holder}, account {account.identifier}",
                    help_text=f"Commitment period {commitment_period}: {quantity(units)} units wait.",
                    required=False,
                    suffix="units",
                    initial=min(units, left) if number == 0 else None,
                )
            left -= min(units, left)
        for account in accounts:
            self.fields[f"percent_{account.pk}"] = forms.DecimalField(
                label=f"Per cent to {account.holder}, account {account.identifier}",
                required=False,
                max_digits=7,
                decimal_places=4,
                min_value=0,
                max_value=100,
                localize=False,
            )
        self.fields["left_over_to"] = forms.ChoiceField(
            label="Units that rounding leaves over",
            choices=[
                ("", "To the account for the adaptation share"),
                *((str(account.pk), f"To account {account.identifier}") for account in accounts),
            ],
            required=False,
            help_text="Only where you share by percentages (EB 20, para 70).",
        )

    @property
    def is_by_percentage(self) -> bool:
        return bool(self.cleaned_data.get("by") == PERCENTAGES)

    def percentages(self) -> list[tuple[Account, Decimal]]:
        """What was given for each account, without the boxes left empty or at 0."""
        found = ((account, self.cleaned_data.get(f"percent_{account.pk}")) for account in self.accounts)
        return [(account, percentage) for account, percentage in found if percentage]

    def left_over_to(self) -> Account | None:
        chosen = self.cleaned_data.get("left_over_to")
        return next((account for account in self.accounts if str(account.pk) == chosen), None)

    renamed = {"quantity": "units", "account": "units"}

    def shares(self) -> list[Share]:
        """What was asked for, without the boxes left empty or at 0."""
        return [
            (account, commitment_period, self.cleaned_data[name])
            for name, (account, commitment_period) in self.boxes.items()
            if self.cleaned_data.get(name)
        ]


class AccountForm(ActForm):
    """A holding account for a participant, or for a DOE that has to replace excess issuance."""

    organisation = forms.ModelChoiceField(
        label="Participant or DOE",
        queryset=Organisation.objects.filter(kind__in=MAY_HOLD),
        empty_label="Choose an organisation",
    )
    party = forms.ChoiceField(
        label="Party",
        error_messages={"required": "Select the Party."},
        choices=party_choices,
        help_text="The Party that authorised the participant (3/CMP.1 annex, Appendix D, para 3(b)); for a DOE, where "
        "it is seated.",
    )
    representatives = PeopleField(
        label="Representatives (optional)",
        required=False,
        help_text="The e-mail addresses of those who act for the account, one a line.",
    )
    reason = forms.CharField(
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For example, the letter in which the participant asked for it.",
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # a form sent twice is asked once
        self.initial.setdefault("key", str(uuid.uuid4()))

    def asked(self, user: User, given: dict[str, Any]) -> dict[str, Any]:
        """What the act takes; the key is among those of this person."""
        return given | {"key": f"page:{user.pk}:{given['key']}" if given["key"] else ""}
