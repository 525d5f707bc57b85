"""Forms about people: organisations, persons, seats, accreditations, conflicts of interest, who does a task."""

from __future__ import annotations

from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, WholeNumberField
from cdm.models import Accreditation, Organisation, Project, User
from cdm.rules import parties, scopes

REASON = forms.Textarea(attrs={"rows": 3})


def party_choices(empty: str = "Choose a Party") -> list[tuple[str, str]]:
    """Every Party by name, with the empty choice first."""
    return [("", empty), *((party.code, party.name) for party in sorted(parties.ALL, key=lambda p: p.name))]


class HandOverForm(ActForm):
    """Who does a task instead."""

    to = forms.ChoiceField(label="Who does it instead", widget=forms.RadioSelect)
    note = forms.CharField(label="Note to them (optional)", required=False, widget=REASON)

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        self.fields["to"].choices = [(key, user.name) for key, user in self.people.items()]  # type: ignore[attr-defined]

    def chosen(self) -> User:
        """The person chosen, once the form is valid."""
        return self.people[self.cleaned_data["to"]]


class OrganisationForm(ActForm):
    """A new organisation."""

    name = forms.CharField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="What it is", choices=Organisation.Kind.choices, widget=forms.RadioSelect)
    party = forms.ChoiceField(
        label="Party",
        required=False,
        choices=party_choices,
        help_text="The Party a designated national authority speaks for, or where a body is seated.",
    )
    email = forms.EmailField(label="E-mail address (optional)", required=False)


class PersonForm(ActForm):
    """A new person, with a first seat where one is given."""

    name = forms.CharField(label="Name", max_length=150)
    email = forms.EmailField(
        label="E-mail address",
        help_text="It is the name to sign in with. A password is set with the link “I have forgotten my password”.",
    )
    organisation = forms.ModelChoiceField(
        label="First seat (optional)",
        queryset=Organisation.objects.all(),
        required=False,
        empty_label="No seat yet",
    )


class SeatForm(ActForm):
    """A seat for a person who is entered already."""

    user = forms.ModelChoiceField(
        label="Person", queryset=User.objects.filter(is_active=True), empty_label="Choose a person"
    )
    reason = forms.CharField(label="Reason (optional)", required=False, widget=REASON)


class AccreditationForm(ActForm):
    """A DOE's accreditation for one function in some sectoral scopes."""

    function = forms.ChoiceField(
        label="Function", choices=Accreditation.Function.choices, widget=forms.RadioSelect
    )
    sectoral_scopes = forms.TypedMultipleChoiceField(
        label="Sectoral scopes",
        coerce=int,
        choices=[(number, f"{number}. {name}") for number, name in scopes.SECTORAL_SCOPES.items()],
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
    )
    from_on = DateBoxesField(label="First day", help_text="For example, 18 6 2019.")
    until_on = DateBoxesField(label="Last day (optional)", required=False)


class ConflictForm(ActForm):
    """A conflict of interest with an organisation, a project or a Party."""

    organisation = forms.ModelChoiceField(
        label="Organisation", queryset=Organisation.objects.all(), required=False, empty_label="None"
    )
    project = forms.ModelChoiceField(
        label="Project", queryset=Project.objects.none(), required=False, empty_label="None"
    )
    party = forms.ChoiceField(label="Party", required=False, choices=lambda: party_choices("None"))
    reason = forms.CharField(
        label="What the conflict is",
        widget=REASON,
        help_text="A financial or other interest in a project activity or a DOE (3/CMP.1 annex, para 8(f)).",
    )

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


class ReferenceNumberForm(ActForm):
    """From which number the numbering of projects goes on."""

    number = WholeNumberField(label="Next reference number", least=1, most=9_999_999, width=10)
    reason = forms.CharField(label="Reason", widget=REASON)
