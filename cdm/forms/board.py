"""Forms of the Board: members, meetings, assessments, texts and votes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, WholeNumberField
from cdm.models import Membership, User, Vote
from cdm.rules import board

EXAMPLE = "For example, 18 6 2019."


class AssessForm(ActForm):
    """A recommendation, and what it rests on."""

    recommendation = forms.ChoiceField(label="What you recommend", widget=forms.RadioSelect)
    text = forms.CharField(
        label="Assessment",
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="Take every ground of the requests for review, and what was replied to it.",
    )

    def __init__(self, *args: Any, outcomes: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["recommendation"].choices = outcomes  # type: ignore[attr-defined]


class TextForm(ActForm):
    """The text that is put to the meeting."""

    outcome = forms.ChoiceField(label="Outcome", widget=forms.RadioSelect)
    reasons = forms.CharField(
        label="Reasons",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="The decision is published with its reasons.",
    )
    corrections = forms.CharField(
        label="Corrections required (optional)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only where it is approved with corrections.",
    )

    def __init__(self, *args: Any, outcomes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]


class EntityTextForm(TextForm):
    """The text about an operational entity: with the scopes it withdraws, or the units it finds in excess."""

    corrections = None  # type: ignore[assignment]

    def __init__(self, *args: Any, scopes: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if scopes:
            self.fields["scopes"] = forms.MultipleChoiceField(
                label="Functions and sectoral scopes to withdraw (optional)",
                choices=scopes,
                required=False,
                widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
                help_text="Only where the designation is withdrawn for some of them.",
            )
        else:
            self.fields["excess"] = WholeNumberField(
                label="Units issued in excess (optional)",
                required=False,
                help_text="Only where an excess is determined: whole units of 1 t CO2 equivalent.",
            )
            self.fields["participants_could_be_heard"] = forms.BooleanField(
                label="The participants affected had the possibility of a hearing (para 23)", required=False
            )


class VoteForm(ActForm):
    """One vote."""

    choice = forms.ChoiceField(
        label="Your vote",
        choices=Vote.Choice.choices,
        widget=forms.RadioSelect,
        help_text="Who abstains counts as not voting. A vote is cast once and is on record.",
    )


class ConveneForm(ActForm):
    """Number, days and place of a meeting."""

    number = WholeNumberField(label="Number of the meeting", help_text="For example, 103.")
    starts_on = DateBoxesField(label="First day", help_text=EXAMPLE)
    ends_on = DateBoxesField(label="Last day", help_text=EXAMPLE)
    place = forms.CharField(label="Place", max_length=100)


class MemberForm(ActForm):
    """A member or alternate, as elected."""

    user = forms.ModelChoiceField(label="Person", queryset=User.objects.none())
    constituency = forms.ChoiceField(
        label="Constituency", choices=[(each.code, each.label) for each in board.CONSTITUENCIES]
    )
    group = forms.ChoiceField(label="Group", choices=list(board.GROUPS.items()), widget=forms.RadioSelect)
    alternate_of = forms.ModelChoiceField(
        label="Alternate of (optional)",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="A member, not an alternate",
    )
    succeeds = forms.ModelChoiceField(
        label="Succeeds (optional)",
        queryset=Membership.objects.none(),
        required=False,
        empty_label="Nobody: the place is free",
        help_text="Who is succeeded stays in office until the day before.",
    )
    starts_on = DateBoxesField(label="First day of the term", help_text=EXAMPLE)
    ends_on = DateBoxesField(
        label="Last day of the term (optional)",
        required=False,
        help_text="Left empty, it is a full term. Shorter: the rest of the term of somebody who left (para 11).",
    )

    def __init__(self, *args: Any, in_office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]
        members = in_office.filter(alternate_of__isnull=True)
        self.fields["alternate_of"].queryset = members  # type: ignore[attr-defined]
        self.fields["succeeds"].queryset = in_office  # type: ignore[attr-defined]


class OathForm(ActForm):
    """The day of the oath."""

    on = DateBoxesField(label="Day of the written oath of service", help_text=EXAMPLE)


class ElectForm(ActForm):
    """Chair and vice-chair of a year."""

    year = WholeNumberField(label="Year")
    chair = forms.ModelChoiceField(label="Chair", queryset=Membership.objects.none())
    vice_chair = forms.ModelChoiceField(label="Vice-chair", queryset=Membership.objects.none())

    def __init__(self, *args: Any, in_office: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = in_office.filter(alternate_of__isnull=True)
        for name in ("chair", "vice_chair"):
            self.fields[name].queryset = members  # type: ignore[attr-defined]
