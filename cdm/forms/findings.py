"""Forms of the findings register of a DOE."""

from __future__ import annotations

from django import forms

from cdm.forms.acts import ActForm
from cdm.models import Finding

KIND_HINT = "A CAR or CL has to be closed before a positive opinion; a FAR waits for the next verification."


class FindingForm(ActForm):
    """A new finding."""

    kind = forms.ChoiceField(
        label="Kind", choices=Finding.Kind.choices, widget=forms.RadioSelect, help_text=KIND_HINT
    )
    section = forms.CharField(
        label="Section or paragraph (optional)",
        required=False,
        max_length=60,
        help_text="Where in the document, for example (d) or B.6.1.",
    )
    text = forms.CharField(label="What was found", widget=forms.Textarea(attrs={"rows": 6}))


class MessageForm(ActForm):
    """A message in the thread of a finding."""

    text = forms.CharField(label="Message", widget=forms.Textarea(attrs={"rows": 5}))
