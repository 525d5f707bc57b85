"""The form of a notice of prior consideration, as F-CDM-Prior Consideration asks; and the search of the public list."""

from __future__ import annotations

from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField
from cdm.rules import parties


def host_choices(empty: str) -> list[tuple[str, str]]:
    """Parties that may host, by name."""
    hosts = sorted((one for one in parties.ALL if not one.is_annex_i), key=lambda one: one.name)
    return [("", empty), *((one.code, one.name) for one in hosts)]


class NoticeForm(ActForm):
    """Location, brief description and start date; what the draft knows already is filled in."""

    host_party = forms.ChoiceField(
        label="Host Party", error_messages={"required": "Select the host Party."}, choices=[]
    )
    location = forms.CharField(
        label="Location", max_length=250, help_text="Site, town and region. It is published."
    )
    started_on = DateBoxesField(
        label="Start date of the project activity",
        help_text="The earliest day of implementation, construction or real action. For example, 18 6 2019.",
    )
    description = forms.CharField(
        label="Brief description",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="For the host Party's authority and the secretariat; it is not published.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_party"].choices = host_choices("Choose a Party")  # type: ignore[attr-defined]


class NoticeFilter(forms.Form):
    """The search of the public list."""

    words = forms.CharField(label="Title or location", required=False, max_length=100)
    host = forms.ChoiceField(label="Host Party", required=False, choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host"].choices = host_choices("All")  # type: ignore[attr-defined]

    def wanted(self) -> tuple[str, str]:
        """Words and host Party; empty where there are none, or what was sent is no choice."""
        given = self.cleaned_data if self.is_valid() else {}
        return str(given.get("words", "")).strip(), str(given.get("host", ""))
