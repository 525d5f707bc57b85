"""Forms of the modalities of communication: who speaks for the participants, what is signed, who takes part."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.people import party_choices
from cdm.models import ModalitiesStatement, Organisation, ParticipantChange, Project
from cdm.rules import modalities

ALL = "all"
Kind = ParticipantChange.Kind


class ModalitiesForm(ActForm):
    """How each scope of authority is held and by whom; before the form of EB 45 one rule for all matters."""

    renamed = {"scopes": "forwarding_held"}

    def __init__(
        self,
        *args: Any,
        project: Project,
        day: dt.date,
        statement: ModalitiesStatement | None = None,
        asks_reason: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.groups = dict(modalities.SCOPES)
        if not modalities.form_on(day).has_scopes:
            self.groups = {ALL: "All matters"}
            self.renamed = {"scopes": f"{ALL}_held"}
        participants = Organisation.objects.filter(participations__project=project)
        others = Organisation.objects.filter(kind=Organisation.Kind.PARTICIPANT).exclude(
            participations__project=project
        )
        for scope, label in self.groups.items():
            held, holders = _now(statement, scope, project)
            short = label.partition(":")[0]
            self.fields[f"{scope}_held"] = forms.ChoiceField(
                label=label,
                choices=list(modalities.HELD.items()),
                widget=forms.RadioSelect,
                initial=held,
                error_messages={"required": f"{short}: choose how it is held."},
            )
            self.fields[f"{scope}_focal_points"] = forms.ModelMultipleChoiceField(
                label=f"{short}: focal points among the participants",
                queryset=participants,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=holders,
            )
            self.fields[f"{scope}_other"] = forms.ModelChoiceField(
                label=f"{short}: a focal point that is no participant (optional)",
                queryset=others,
                required=False,
                empty_label="None",
                initial=next((key for key in holders if others.filter(pk=key).exists()), None),
            )
        if asks_reason:
            self.fields["reason"] = reason_field("What is changed")

    def scopes(self) -> dict[str, tuple[str, tuple[Organisation, ...]]]:
        """Scope -> (how it is held, its focal points)."""
        found = {}
        for scope in modalities.SCOPES:
            name = scope if scope in self.groups else ALL
            bodies = list(self.cleaned_data[f"{name}_focal_points"])
            other = self.cleaned_data.get(f"{name}_other")
            found[scope] = (self.cleaned_data[f"{name}_held"], (*bodies, *([other] if other else [])))
        return found


def _now(statement: ModalitiesStatement | None, scope: str, project: Project) -> tuple[str, list[int]]:
    """What the form starts from: the statement there is, or the developer alone."""
    if statement is None:
        return modalities.SOLE, [project.developer_id]
    row = statement.scopes.get(scope=modalities.OTHER if scope == ALL else scope)
    return row.held, list(row.focal_points.values_list("pk", flat=True))


def reason_field(label: str, hint: str = "It is kept on the record.") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, widget=forms.Textarea(attrs={"rows": 3}))


class SignForm(ActForm):
    """The fingerprint of the text that was on the page; it is what is signed."""

    content_sha256 = forms.CharField(widget=forms.HiddenInput)


class AddParticipantForm(ActForm):
    """Who is added, and the Party that authorises it."""

    organisation = forms.ModelChoiceField(
        label="Participant to be added",
        queryset=Organisation.objects.none(),
        empty_label="Choose an organisation",
    )
    party = forms.ChoiceField(
        label="Party that authorises it",
        choices=party_choices,
        error_messages={"required": "Select the Party."},
        help_text="Its designated national authority is asked for its letter of approval where none stands.",
    )
    reason = reason_field("Reason", "It is part of what is signed.")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            kind=Organisation.Kind.PARTICIPANT
        ).exclude(participations__project=project)


class LeaveOfficeForm(ActForm):
    """Which of the person's organisations withdraws as focal point, and why."""

    organisation = forms.ModelChoiceField(
        label="Focal point that withdraws",
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    reason = reason_field("Reason", "It is kept on the record.")

    def __init__(self, *args: Any, bodies: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            pk__in=[body.pk for body in bodies]
        )
        if len(bodies) == 1:
            self.initial.setdefault("organisation", bodies[0].pk)


class RenameParticipantForm(ActForm):
    """Which participant has a new name."""

    organisation = forms.ModelChoiceField(
        label="Participant", queryset=Organisation.objects.none(), empty_label="Choose a participant"
    )
    new_name = forms.CharField(label="New name", max_length=200)
    reason = reason_field("Reason", "It is part of what is signed.")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            participations__project=project
        )


class WithdrawParticipantForm(ActForm):
    """Which participant leaves, and whether it can still sign."""

    organisation = forms.ModelChoiceField(
        label="Participant", queryset=Organisation.objects.none(), empty_label="Choose a participant"
    )
    has_ceased = forms.BooleanField(
        label="The participant no longer exists, so it cannot sign",
        required=False,
        help_text="Attach the evidence, for example of its bankruptcy, to the project and name it below.",
    )
    reason = reason_field("Reason", "It is part of what is signed.")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            participations__project=project
        )


class DeregisterForm(ActForm):
    """Why the participants give the registration up, and which of them asks."""

    organisation = forms.ModelChoiceField(
        label="Participant that asks",
        queryset=Organisation.objects.none(),
        empty_label="Choose a participant",
    )
    reason = reason_field("Reason", "It is part of what is signed.")

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.filter(  # type: ignore[attr-defined]
            participations__project=project
        )


CHANGE_FORMS: dict[str, type[ActForm]] = {
    Kind.ADD: AddParticipantForm,
    Kind.RENAME: RenameParticipantForm,
    Kind.WITHDRAW: WithdrawParticipantForm,
    Kind.DEREGISTER: DeregisterForm,
}
