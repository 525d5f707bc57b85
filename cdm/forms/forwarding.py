"""Forms of units: where waiting units are to go, and a new account in the book."""

from __future__ import annotations

import uuid
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


class ForwardingForm(ActForm):
    """So many units of each commitment period to each account; what waits is filled in for the first account."""

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
