"""The form of a request for transition to the Article 6.4 mechanism."""

from __future__ import annotations

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField


class TransitionForm(ActForm):
    """From which day the activity is to leave the CDM, and what the host Party should know."""

    effective_on = DateBoxesField(
        label="From which day does the activity leave the CDM?",
        help_text="1 January 2021 at the earliest, and not later than today. For example, 1 1 2021.",
    )
    remarks = forms.CharField(
        label="Remarks for the host Party (optional)",
        help_text="They are part of what is signed.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
