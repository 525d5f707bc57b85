"""The forms of the list and the page of a project: finding, filing, engaging, attaching."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from cdm.files import TYPES
from cdm.forms.fields import DocumentField
from cdm.models import Document, Organisation, Project
from cdm.provisional import PUBLIC_WORD
from cdm.rules import parties, scopes
from cdm.workflow.project import PROJECT, STAGES
from cdm.workflow.step import Problem

ANY = ("", "Any")
WIDE = forms.Select(attrs={"class": "govuk-!-width-full"})


def show(form: forms.Form, problems: tuple[Problem, ...]) -> None:
    """Put each refusal of the domain beside the field it belongs to, or on top of the form."""
    for problem in problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.sentence)


def status_choices() -> list[tuple[str, str]]:
    """The statuses to look for, in the UNFCCC's public wording; the working label where it has none."""
    words = dict.fromkeys(state.public or state.label for state in PROJECT.states)
    return [(word, word) for word in (*words, PUBLIC_WORD)]


class ProjectFilterForm(forms.Form):
    """What the list of projects is narrowed by; sent by GET."""

    search = forms.CharField(label="Title, participant or reference number", required=False, max_length=200)
    stage = forms.ChoiceField(required=False, choices=[ANY, *STAGES], widget=WIDE)
    status = forms.ChoiceField(label="Status (UNFCCC wording)", required=False, widget=WIDE)
    host = forms.ChoiceField(label="Host Party", required=False, widget=WIDE)
    scale = forms.ChoiceField(required=False, choices=[ANY, *Project.Scale.choices], widget=WIDE)
    scope = forms.TypedChoiceField(
        label="Sectoral scope", required=False, coerce=int, empty_value=None, widget=WIDE
    )

    def __init__(self, *args: Any, hosts: list[str], **kwargs: Any) -> None:
        """`hosts` are the codes of the Parties that host a project the reader may see."""
        super().__init__(*args, **kwargs)
        named = sorted((parties.party(code).name, code) for code in hosts)
        self.fields["status"].choices = [ANY, *status_choices()]
        self.fields["host"].choices = [ANY, *((code, name) for name, code in named)]
        self.fields["scope"].choices = [
            ANY,
            *((number, f"{number} {name}") for number, name in scopes.SECTORAL_SCOPES.items()),
        ]


class NewProjectForm(forms.Form):
    """A new draft: what it is called, and for which organisation it is filed."""

    title = forms.CharField(
        label="Title of the project activity",
        max_length=250,
        help_text="As it shall stand in the registry. You can change it until the document is submitted.",
    )
    developer = forms.ModelChoiceField(
        label="Organisation that files it",
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text="Only organisations that you sit for are listed.",
    )

    def __init__(self, *args: Any, organisations: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [organisation.pk for organisation in organisations]
        self.fields["developer"].queryset = Organisation.objects.filter(pk__in=keys)
        if len(organisations) == 1:
            self.fields["developer"].initial = organisations[0]


class AttachForm(forms.Form):
    """One file, what kind of paper it is, and what it is called."""

    kind = forms.ChoiceField(label="Kind of document", widget=forms.RadioSelect)
    title = forms.CharField(
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"optional": True}),
        help_text="Leave it empty to use the kind as title. The same kind and title again makes a new version.",
    )
    file = DocumentField(
        label="File",
        endings=tuple(TYPES),
        most_bytes=settings.UPLOAD_MAX_BYTES,
        help_text=(
            f"PDF, Word, Excel, CSV, text or picture, at most {settings.UPLOAD_MAX_BYTES // 1_048_576} MB. "
            "It is kept with its hash, your name and the time."
        ),
    )

    confidential_because = forms.CharField(
        label="Confidential, because (optional)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=(
            "With a reason here, only the Board, the secretariat, the project's DOEs and its participants read the "
            "paper. What additionality, the baseline or the environmental analysis rests on is never confidential "
            "(3/CMP.1 annex, para 6)."
        ),
    )

    def __init__(self, *args: Any, kinds: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Document.Kind.choices)
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]
        if len(kinds) == 1:
            self.fields["kind"].initial = kinds[0]
