"""Forms about accreditation: an application, the review of an entity's report, the filter of the public list."""

from __future__ import annotations

from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.models import Accreditation, Project
from cdm.rules import scopes

SCOPES = [(str(number), f"{number}. {name}") for number, name in scopes.SECTORAL_SCOPES.items()]


class ApplicationForm(ActForm):
    """The scopes an entity asks for in each function, and how it meets the standards."""

    renamed = {"asked": "validation"}

    validation = forms.TypedMultipleChoiceField(
        label="Validation: sectoral scopes",
        coerce=int,
        choices=SCOPES,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
    )
    verification = forms.TypedMultipleChoiceField(
        label="Verification and certification: sectoral scopes",
        coerce=int,
        choices=SCOPES,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"small": True}),
    )
    statement = forms.CharField(
        label="How the entity meets the standards of Appendix A",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Legal entity, staff, finances and insurance, procedures and complaints, impartiality, and no "
        "pending judicial process (3/CMP.1 annex, Appendix A).",
    )

    def asked(self) -> list[tuple[str, int]]:
        """(function, sectoral scope) pairs."""
        return [
            (function, number)
            for function in Accreditation.Function.values
            for number in self.cleaned_data.get(function) or []
        ]


class ReviewForm(ActForm):
    """Which registered project's report is reviewed, and why."""

    project = forms.ModelChoiceField(
        label="Registered project", queryset=Project.objects.none(), empty_label="Choose a project"
    )
    reason = forms.CharField(label="What gives rise to the review", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]


class EntityFilter(forms.Form):
    """Which entities are listed."""

    function = forms.ChoiceField(
        label="Function", required=False, choices=[("", "Any"), *Accreditation.Function.choices]
    )
    scope = forms.TypedChoiceField(
        label="Sectoral scope held today",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Any"), *SCOPES],
    )
