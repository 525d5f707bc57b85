"""Forms of a member's suspension, of an absence that is justified, and of an entity's activity report."""

from __future__ import annotations

from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import WholeNumberField
from cdm.models import Meeting, MemberSuspension


class SuspendForm(ActForm):
    """Why the Board suspends a member, and how it voted."""

    cause = forms.ChoiceField(label="Cause", choices=MemberSuspension.Cause.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label="Reasons of the Board", widget=forms.Textarea(attrs={"rows": 6}))
    in_favour = WholeNumberField(
        label="Votes in favour",
        help_text="Without the member concerned; by consensus, all who act in the meeting.",
    )
    against = WholeNumberField(label="Votes against", help_text="0 by consensus. Who abstains does not vote.")


class EndSuspensionForm(ActForm):
    """How a suspension ended, and by which decision."""

    ending = forms.ChoiceField(
        label="How it ended", choices=MemberSuspension.Ending.choices, widget=forms.RadioSelect
    )
    decision = forms.CharField(
        label="Decision",
        max_length=200,
        help_text="Of the CMP or of the Board, for example 5/CMP.8 or EB 60.",
    )


class JustifyForm(ActForm):
    """Which meeting was missed, and why that was proper."""

    meeting = forms.ModelChoiceField(
        label="Meeting missed", queryset=Meeting.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(label="Justification", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, meetings: list[Meeting], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = Meeting.objects.filter(  # type: ignore[attr-defined]
            pk__in=[one.pk for one in meetings]
        )


class ActivityReportForm(ActForm):
    """The year and the text of an entity's annual report."""

    year = forms.IntegerField(label="Year", help_text="A year that is over.", min_value=2001, max_value=2200)
    text = forms.CharField(
        label="Report",
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text="Activities, staff and technical areas, complaints, changes. The registry adds its own figures.",
    )
