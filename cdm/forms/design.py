"""The forms of the project design document: one a section, with rows where a section has many of a kind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from cdm.forms.fields import DateBoxesField, DegreesField, TonnesField, WholeNumberField
from cdm.models import Organisation, Project
from cdm.rules import crediting, methodologies, parties
from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2120, 12, 31)
YES_NO = [("yes", "Yes"), ("no", "No")]
MOST_METHODOLOGIES = 3
METHODOLOGY_LIST = "methodology-list"


def _decimal(label: str, unit: str, hint: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        min_value=Decimal(0),
        max_digits=10,
        decimal_places=3,
        widget=forms.NumberInput(attrs={"suffix": unit, "width": 10}),
    )


class ActivityForm(forms.Form):
    """Title, scale and type. Only the title is asked for; the rest may come later."""

    title = forms.CharField(label="Title of the project activity", max_length=250)
    scale = forms.ChoiceField(required=False, choices=Project.Scale.choices, widget=forms.RadioSelect)
    small_scale_type = forms.ChoiceField(
        label="Type of small-scale project",
        help_text="Only for small-scale projects (1/CMP.2, para 28).",
        required=False,
        choices=Project.SmallScaleType.choices,
        widget=forms.RadioSelect,
    )
    capacity_mw = _decimal("Installed capacity", "MW", "Decides whether a project of type I is small-scale.")
    savings_gwh = _decimal(
        "Energy saved a year", "GWh", "Decides whether a project of type II is small-scale."
    )
    is_afforestation = forms.ChoiceField(
        label="Is it afforestation or reforestation?",
        required=False,
        choices=YES_NO,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    removal_unit = forms.ChoiceField(
        label="Unit chosen for removals",
        help_text="Only for afforestation and reforestation. The choice holds for the whole crediting period "
        "(5/CMP.1 annex, para 38).",
        required=False,
        choices=[("tCER", "Temporary CERs (tCER)"), ("lCER", "Long-term CERs (lCER)")],
        widget=forms.RadioSelect,
    )
    started_on = DateBoxesField(
        label="Start date of the project activity",
        help_text="The day on which implementation, construction or real action begins or began.",
        required=False,
        earliest=EARLIEST,
        latest=LATEST,
    )
    operational_lifetime_years = WholeNumberField(
        label="Expected operational lifetime",
        help_text="Appendix B, para 2(c).",
        required=False,
        suffix="years",
        least=1,
        most=150,
        width=4,
    )

    @staticmethod
    def initial_of(project: Project) -> dict[str, Any]:
        names = set(ActivityForm.base_fields) - {"is_afforestation"}
        found = {name: getattr(project, name) for name in names}
        return {**found, "is_afforestation": "yes" if project.is_afforestation else "no"}

    def details(self) -> dict[str, Any]:
        """The cleaned values as `proposal.save_details` takes them; what does not apply is emptied."""
        given = dict(self.cleaned_data)
        given["is_afforestation"] = given["is_afforestation"] == "yes"
        if given["scale"] != Project.Scale.SMALL:
            given["small_scale_type"] = ""
        if not given["is_afforestation"]:
            given["removal_unit"] = ""
        return given


class CreditingForm(forms.Form):
    """Kind, start and length of the crediting period; the last day is counted from the length."""

    crediting_kind = forms.ChoiceField(
        label="Kind of crediting period",
        required=False,
        choices=Project.CreditingKind.choices,
        widget=forms.RadioSelect,
    )
    crediting_starts_on = DateBoxesField(
        label="First day of the crediting period", required=False, earliest=EARLIEST, latest=LATEST
    )
    length_years = WholeNumberField(label="Length", required=False, suffix="years", least=1, most=60, width=2)
    crediting_ends_on = DateBoxesField(
        label="Last day of the crediting period",
        help_text="Leave it empty to have it counted from the length. Both days count.",
        required=False,
        earliest=EARLIEST,
        latest=LATEST,
    )

    def __init__(self, *args: Any, is_afforestation: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_afforestation = is_afforestation

    @staticmethod
    def initial_of(project: Project) -> dict[str, Any]:
        months = project.crediting_months
        return {
            "crediting_kind": project.crediting_kind,
            "crediting_starts_on": project.crediting_starts_on,
            "length_years": months // 12 if months and months % 12 == 0 else None,
            "crediting_ends_on": project.crediting_ends_on,
        }

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        given["crediting_ends_on"] = self._last_day(given)
        start, end, kind = (given.get(f"crediting_{name}") for name in ("starts_on", "ends_on", "kind"))
        if start and end and kind:
            for sentence in crediting.problems(
                kind=kind, starts_on=start, ends_on=end, is_afforestation=self.is_afforestation
            ):
                self.add_error("length_years" if "at most" in sentence else "crediting_starts_on", sentence)
        elif start and end and end < start:
            self.add_error(
                "crediting_ends_on", "The crediting period ends before it starts. Check the two dates."
            )
        return given

    def _last_day(self, given: dict[str, Any]) -> dt.date | None:
        """The last day typed, or counted from the length; a length newly typed counts more than an old day."""
        start, years, end = (
            given.get(name) for name in ("crediting_starts_on", "length_years", "crediting_ends_on")
        )
        if not start or not years:
            return end
        counted = crediting.last_day(start, years=years)
        is_old = "crediting_ends_on" not in self.changed_data
        if end is None or end == counted or is_old:
            return counted
        if "length_years" not in self.changed_data:
            return end
        self.add_error(
            "crediting_ends_on",
            f"{years} years from {in_words(start)} end on {in_words(counted)}, not on {in_words(end)}. "
            "Correct one of them, or leave the last day empty.",
        )
        return end

    def details(self) -> dict[str, Any]:
        """The cleaned values as `proposal.save_details` takes them."""
        return {name: self.cleaned_data[name] for name in self.cleaned_data if name != "length_years"}


class FundingForm(forms.Form):
    """Whether public money of Parties included in Annex I is in the project."""

    has_public_funding = forms.ChoiceField(
        label="Is the project funded from public money of Parties included in Annex I?",
        required=False,
        choices=YES_NO,
        widget=forms.RadioSelect(attrs={"inline": True}),
    )
    public_funding_affirmed = forms.BooleanField(
        label="The Parties affirm that the funding diverts no official development assistance, and is separate "
        "from and not counted towards their financial obligations",
        help_text="Only where there is public funding. Appendix B, para 2(f).",
        required=False,
    )

    @staticmethod
    def initial_of(project: Project) -> dict[str, Any]:
        given = {True: "yes", False: "no", None: ""}[project.has_public_funding]
        return {
            "has_public_funding": given,
            "public_funding_affirmed": project.public_funding_affirmed,
        }

    def details(self) -> dict[str, Any]:
        """The cleaned values as `proposal.save_details` takes them."""
        funded = {"yes": True, "no": False, "": None}[self.cleaned_data["has_public_funding"]]
        return {
            "has_public_funding": funded,
            "public_funding_affirmed": bool(funded) and self.cleaned_data["public_funding_affirmed"],
        }


class NarrativeForm(forms.Form):
    """The text of one section."""

    text = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 18}), max_length=200_000)

    def __init__(self, *args: Any, label: str = "Text", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label


class PartyField(forms.ChoiceField):
    """A country of the list; whether it may take part on the day is for the rules to say, in a sentence."""

    def valid_value(self, value: Any) -> bool:
        return True


def host_choices(day: dt.date) -> list[Any]:
    """All countries in two groups: those that may host on the day, and those that may not."""
    return _grouped("May host a project", "Cannot host", lambda code: parties.may_host_on(code, day))


def party_choices(day: dt.date) -> list[Any]:
    """All countries in two groups: Parties to the Kyoto Protocol on the day, and the others."""
    return _grouped(
        "Parties to the Kyoto Protocol",
        "Not a Party on this day",
        lambda code: parties.is_party_on(code, day),
    )


def _grouped(yes: str, no: str, fits: Any) -> list[Any]:
    named = sorted((party.name, party.code) for party in parties.ALL)
    return [
        ("", "Choose a country"),
        (yes, [(code, name) for name, code in named if fits(code)]),
        (no, [(code, name) for name, code in named if not fits(code)]),
    ]


class HostForm(forms.Form):
    """The host Party."""

    host_party = PartyField(
        label="Host Party",
        help_text="A Party to the Kyoto Protocol not included in Annex I (3/CMP.1 annex, para 30). "
        "Its designated national authority is asked for the letter of approval.",
        required=False,
        widget=forms.Select,
    )

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["host_party"].choices = host_choices(day)


class OtherPartyForm(forms.Form):
    """Another Party involved."""

    party = PartyField(label="Other Party involved", required=False, widget=forms.Select)

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = party_choices(day)


class ParticipantForm(forms.Form):
    """An organisation that takes part, and the Party asked to authorise it."""

    organisation = forms.ModelChoiceField(
        label="Participant",
        queryset=Organisation.objects.filter(kind=Organisation.Kind.PARTICIPANT),
        required=False,
        empty_label="Choose an organisation",
    )
    party = PartyField(label="Party asked to authorise it", required=False, widget=forms.Select)

    def __init__(self, *args: Any, day: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = party_choices(day)


class SiteForm(forms.Form):
    """One place, in decimal degrees of WGS 84."""

    name = forms.CharField(label="Site", max_length=150)
    region = forms.CharField(label="Town, province or region", max_length=150)
    latitude = DegreesField(limit=90, label="Latitude", help_text="South is negative.")
    longitude = DegreesField(limit=180, label="Longitude", help_text="West is negative.")


class MethodologyForm(forms.Form):
    """An approved methodology and the version applied."""

    code = forms.CharField(
        label="Methodology",
        required=False,
        max_length=250,
        widget=forms.TextInput(attrs={"list": METHODOLOGY_LIST, "autocomplete": "off"}),
    )
    version = forms.CharField(
        label="Version", required=False, max_length=12, widget=forms.TextInput(attrs={"width": 5})
    )

    def clean_code(self) -> str:
        typed = str(self.cleaned_data["code"]).strip()
        if not typed:
            return ""
        try:
            return methodologies.methodology(typed.split()[0].upper()).code
        except NoSuchRule as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        code, version = given.get("code", ""), given.get("version", "").strip()
        if code and not version:
            self.add_error("version", f"Give the version of {code} that is applied.")
        elif version and not methodologies.is_version(version):
            self.add_error("version", f"“{version}” is not a version. Write it as 4 or 3.0.1.")
        elif version and not code and "code" not in self.errors:
            self.add_error("code", "Choose the methodology this version belongs to.")
        return given


class YearForm(forms.Form):
    """The estimates of one calendar year, in whole tonnes."""

    year = forms.IntegerField(widget=forms.HiddenInput, min_value=1990, max_value=2200)
    baseline_t = TonnesField(label="Baseline emissions", required=False)
    project_t = TonnesField(label="Project emissions", required=False)
    leakage_t = TonnesField(label="Leakage", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year = self.initial.get("year") or self.data.get(self.add_prefix("year"), "")
        for name in ("baseline_t", "project_t", "leakage_t"):
            field = self.fields[name]
            field.label = f"{field.label} {year}".strip()
            field.widget.attrs.pop("suffix", None)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        others = given.get("project_t") or given.get("leakage_t")
        if given.get("baseline_t") is None and others and "baseline_t" not in self.errors:
            self.add_error("baseline_t", f"Enter the baseline emissions of {given.get('year')}.")
        return given

    @property
    def is_filled(self) -> bool:
        return self.cleaned_data.get("baseline_t") is not None

    @property
    def reductions_t(self) -> int | None:
        """Baseline less project emissions less leakage, of what is typed or saved so far."""
        source = getattr(self, "cleaned_data", None) if self.is_bound else self.initial
        if not source or source.get("baseline_t") is None:
            return None
        return (
            int(source["baseline_t"]) - int(source.get("project_t") or 0) - int(source.get("leakage_t") or 0)
        )


def _rows(form: type[forms.Form], **options: Any) -> type[BaseFormSet]:
    return formset_factory(form, absolute_max=options.get("max_num", 100) + 100, **options)


OtherPartyRows = _rows(OtherPartyForm, extra=1, max_num=30)
ParticipantRows = _rows(ParticipantForm, extra=1, max_num=60, can_delete=True)
SiteRows = _rows(SiteForm, extra=1, max_num=200, can_delete=True)
MethodologyRows = _rows(
    MethodologyForm, extra=MOST_METHODOLOGIES, max_num=MOST_METHODOLOGIES, validate_max=True
)
YearRows = _rows(YearForm, extra=0, max_num=80)
