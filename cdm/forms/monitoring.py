"""Forms of monitoring: the days of a period, the reductions its report claims, who verifies, the waiver."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.text import capfirst

from cdm import small_scale_claims
from cdm.acts.monitoring import Year
from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, TonnesField
from cdm.models import MonitoringPeriod, Organisation
from cdm.templatetags.cdm_format import day


class PeriodForm(ActForm):
    """The first and the last day of a monitoring period, both inside."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    starts_on = DateBoxesField(label="First day", help_text="For example, 1 7 2004.")
    ends_on = DateBoxesField(label="Last day", help_text="This day is part of the period.")

    def days(self) -> dict[str, dt.date]:
        """The two days, once the form is valid."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "ends_on")}


class AmountsForm(ActForm):
    """The reductions the monitoring report claims, for each commitment period the monitoring period touches."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, period: MonitoringPeriod, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("expected_version", period.version)
        for amount in period.amounts.all():
            name = f"amounts_{amount.commitment_period}"
            self.fields[name] = TonnesField(
                label=f"Reductions from {day(amount.starts_on)} to {day(amount.ends_on)}",
                help_text=f"{capfirst(amount.part)}. Whole tonnes, as in the report. {amount.potentials}.",
                initial=amount.reported_t,
            )

        self.years = list(small_scale_claims.years_of(period)) if period.project.is_small_scale else []
        stated = {row.year: row for row in period.years.all()}
        measure = small_scale_claims.MEASURES.get(period.project.small_scale_type)
        for year in self.years:
            row = stated.get(year)
            self.fields[f"year_{year}"] = TonnesField(
                label=f"Reductions of {year} (optional)",
                help_text="Needed where more is claimed than was estimated for the year (EB 20, para 58(a)).",
                required=False,
                initial=row.reported_t if row else None,
            )
            if measure:
                self.fields[f"output_{year}"] = forms.DecimalField(
                    label=f"{measure} {year} (optional)",
                    help_text="Shows whether the limit of small scale was kept in the year.",
                    required=False,
                    min_value=0,
                    max_digits=12,
                    decimal_places=3,
                    initial=row.output if row else None,
                )

    def stated_years(self) -> list[Year]:
        """What is stated of each year, once the form is valid; none where no year is filled in."""
        return [
            Year(year, tonnes, self.cleaned_data.get(f"output_{year}"))
            for year in self.years
            if (tonnes := self.cleaned_data[f"year_{year}"]) is not None
        ]

    def reported(self) -> dict[int, int]:
        """Commitment period -> whole tonnes, once the form is valid."""
        return {
            int(name.removeprefix("amounts_")): value
            for name, value in self.cleaned_data.items()
            if name.startswith("amounts_")
        }


class EngageForm(ActForm):
    """Which DOE is engaged; those that may not be are listed on the page, with the reason."""

    doe = forms.ModelChoiceField(
        label="Designated operational entity",
        queryset=Organisation.objects.filter(kind=Organisation.Kind.DOE),
        widget=forms.RadioSelect,
        empty_label=None,
    )


class WaiverForm(ActForm):
    """The Board's leave for one DOE to validate and verify a project."""

    doe = forms.ModelChoiceField(
        label="Designated operational entity",
        queryset=Organisation.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    reason = forms.CharField(label="The Board's reasons", widget=forms.Textarea(attrs={"rows": 5}))

    def __init__(self, *args: Any, does: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doe"].queryset = does  # type: ignore[attr-defined]
