"""Forms of a renewal of the crediting period and of a post-registration change."""

from __future__ import annotations

from typing import Any

from django import forms

from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, TonnesField
from cdm.models import MonitoringPeriod, Organisation, Project, RegisteredChange
from cdm.rules import methodologies
from cdm.rules.errors import RuleError

Kind = RegisteredChange.Kind
CHANGE_KINDS = [(value, label) for value, label in Kind.choices if value != Kind.RENEWAL]
Track = RegisteredChange.Track
# what is asked of each kind beside its reasons and its DOE, and the ways in which it can be approved
ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    Kind.TEMPORARY_DEVIATION: (
        ("applies_from", "applies_until", "monitoring_period"),
        (Track.PRIOR_APPROVAL, Track.WITH_ISSUANCE),
    ),
    Kind.CORRECTION: (
        ("applies_from", "monitoring_period", "capacity_mw", "savings_gwh"),
        (Track.PRIOR_APPROVAL, Track.WITH_ISSUANCE),
    ),
    Kind.START_DATE: (("new_starts_on",), (Track.NOTIFICATION, Track.PRIOR_APPROVAL)),
    Kind.MONITORING_PLAN: (
        ("applies_from", "monitoring_period"),
        (Track.PRIOR_APPROVAL, Track.WITH_ISSUANCE),
    ),
    Kind.PROJECT_DESIGN: (("applies_from", "capacity_mw", "savings_gwh"), (Track.PRIOR_APPROVAL,)),
    Kind.AFFORESTATION: (("applies_from",), (Track.PRIOR_APPROVAL,)),
}
DETAILS = (
    "description",
    "doe",
    "applies_from",
    "applies_until",
    "monitoring_period",
    "new_starts_on",
    "capacity_mw",
    "savings_gwh",
)


def _doe_field() -> forms.ModelChoiceField[Organisation]:
    return forms.ModelChoiceField(
        label="Designated operational entity that validates it",
        queryset=Organisation.objects.filter(kind=Organisation.Kind.DOE),
        required=False,
        empty_label="Not chosen yet",
        help_text="It has to be accredited for validation in all sectoral scopes of the project.",
    )


class ChangeForm(ActForm):
    """What changes, why, from when, and who validates it."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    description = forms.CharField(
        label="What changes, and why",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="It becomes public.",
    )
    applies_from = DateBoxesField(label="First day on which it applies", help_text="For example, 1 7 2014.")
    applies_until = DateBoxesField(label="Last day on which it applies", help_text="This day is part of it.")
    monitoring_period = forms.ModelChoiceField(
        label="Monitoring period (optional)",
        queryset=MonitoringPeriod.objects.none(),
        required=False,
        empty_label="None",
        help_text="Where it is approved with the request for issuance: for which period.",
    )
    new_starts_on = DateBoxesField(
        label="New first day of the crediting period",
        help_text="By up to a year it is notified, by up to two a DOE confirms it; never before registration.",
    )
    capacity_mw = forms.DecimalField(
        label="Installed capacity after the change, MW (optional)",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=3,
    )
    savings_gwh = forms.DecimalField(
        label="Energy saved a year after the change, GWh (optional)",
        required=False,
        min_value=0,
        max_digits=10,
        decimal_places=3,
    )
    doe = _doe_field()

    def __init__(
        self,
        *args: Any,
        project: Project,
        kind: str,
        change: RegisteredChange | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        asked, _ = ASKED[kind]
        for name in set(DETAILS) - {"description", "doe", *asked}:
            del self.fields[name]
        if "monitoring_period" in self.fields:
            periods = project.monitoring_periods.exclude(
                state__in=["issued", "withdrawn", "requesting_issuance"]
            )
            self.fields["monitoring_period"].queryset = periods  # type: ignore[attr-defined]
        if change is not None:
            self.initial |= {name: getattr(change, name) for name in DETAILS}
            self.initial["expected_version"] = change.version
            if change.track == Track.NOTIFICATION:
                del self.fields["doe"]
            if change.track != Track.WITH_ISSUANCE:
                self.fields.pop("monitoring_period", None)

    def details(self) -> dict[str, Any]:
        """What the act takes, once the form is valid."""
        return {name: self.cleaned_data[name] for name in DETAILS if name in self.cleaned_data}


class NewChangeForm(ChangeForm):
    """A change that is begun: the way to approval, too."""

    track = forms.ChoiceField(label="How it is approved", widget=forms.RadioSelect)
    field_order = ("track",)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, kind=kind, **kwargs)
        _, tracks = ASKED[kind]
        self.fields["track"].choices = [(one, Track(one).label) for one in tracks]  # type: ignore[attr-defined]
        self.initial.setdefault("track", tracks[0])


class KindForm(ActForm):
    """Which kind of change it is."""

    kind = forms.ChoiceField(label="Kind of change", choices=CHANGE_KINDS, widget=forms.RadioSelect)


class RenewalForm(ActForm):
    """The baseline, the methodologies with their versions, and the reductions of each year."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    baseline = forms.ChoiceField(
        label="The baseline", choices=RegisteredChange.Baseline.choices, widget=forms.RadioSelect
    )
    description = forms.CharField(
        label="What the assessment of the baseline found",
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Additionality is not assessed again. The text becomes public.",
    )
    methodologies = forms.CharField(
        label="Methodologies and their versions",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One a line, in the latest version or that of its successor. For example, ACM0001 version 15.0.",
    )
    doe = _doe_field()

    def __init__(self, *args: Any, change: RegisteredChange, years: range, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {
            "expected_version": change.version,
            "baseline": change.baseline,
            "description": change.description,
            "doe": change.doe,
            "methodologies": "\n".join(f"{code} version {version}" for code, version in change.methodologies),
        }
        stated = {row.year: row.reductions_t for row in change.estimates.all()}
        for year in years:
            self.fields[f"year_{year}"] = TonnesField(
                label=f"Estimated reductions in {year}", initial=stated.get(year), required=False
            )

    def clean_methodologies(self) -> list[tuple[str, str]]:
        """The lines as pairs of code and version."""
        found = []
        for line in self.cleaned_data["methodologies"].splitlines():
            if not line.strip():
                continue
            try:
                found.append(methodologies.parse(line.strip()))
            except RuleError as error:
                raise forms.ValidationError(str(error)) from error
        return found

    def estimates(self) -> dict[int, int]:
        """Calendar year -> whole tonnes, of the years that are filled in."""
        return {
            int(name.removeprefix("year_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("year_") and value is not None
        }
