"""What every form that ends in a domain call shares: refusals shown beside the fields they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from cdm.workflow.step import Problem


class ActForm(forms.Form):
    """A form whose values go into one domain call; `show` puts the call's refusals where they belong."""

    # what a problem's field is called in the domain, and here
    renamed: dict[str, str] = {}

    def show(self, problems: Iterable[Problem]) -> None:
        """Put each refusal beside the field it belongs to, or on top."""
        for problem in problems:
            wanted = self.renamed.get(problem.field, problem.field)
            name = wanted if wanted in self.fields else None
            if name is None and wanted:
                name = next((field for field in self.fields if field.startswith(f"{wanted}_")), None)
            self.add_error(name, problem.sentence)


class ReasonForm(ActForm):
    """One text that is kept on the record; the label says what it is."""

    reason = forms.CharField(label="Reason", widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: object, label: str = "Reason", hint: str = "", **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["reason"].label = label
        self.fields["reason"].help_text = hint


class ConfirmForm(ActForm):
    """Nothing to fill in: the button alone."""
