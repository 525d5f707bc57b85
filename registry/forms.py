"""What the registry's public pages ask: serial numbers, what a report is narrowed to, a check code."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms

from registry import codes
from registry.attestation import BadCode
from registry.check_codes import read
from registry.codes import AccountType, UnitType
from registry.reports import GROUPS, Filters
from registry.serials import BadSerials, SerialRange, is_party_code, parse_unit_block

EVERY: Final = ("", "All")


class SerialsForm(forms.Form):
    """A run of serials, as people write it; cleans to a SerialRange under `serial`."""

    serial = forms.CharField(
        label="Serial numbers",
        max_length=120,
        help_text="One serial or a run of a Party's serials, such as BR 55, BR 1-1346 or BR-5-1-1346-1-1-0-8.",
        error_messages={"required": "Enter serial numbers, such as BR 1-1346."},
    )

    def clean_serial(self) -> SerialRange:
        text = self.cleaned_data["serial"].strip().upper()
        # thousands may be copied with their separators
        text = re.sub(r"(?<=\d)[, \u00a0\u202f'](?=\d{3}(\D|$))", "", text)
        try:
            return parse_unit_block(text).serials if text.count("-") > 2 else SerialRange.parse(text)
        except BadSerials as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class ReportForm(forms.Form):
    """What a report is narrowed to."""

    party = forms.CharField(label="Host Party", required=False, widget=forms.TextInput(attrs={"width": "4"}))
    project_number = forms.IntegerField(
        label="Project number", required=False, min_value=0, max_value=9_999_999,
        widget=forms.TextInput(attrs={"width": "10", "inputmode": "numeric"}),
    )  # fmt: skip
    unit_type = forms.ChoiceField(label="Unit", required=False, choices=[EVERY, *UnitType.choices])
    commitment_period = forms.ChoiceField(
        label="Commitment period", required=False,
        choices=[EVERY, *((code, str(code)) for code in codes.COMMITMENT_PERIODS)],
    )  # fmt: skip
    since = forms.DateField(label="From", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean_party(self) -> str:
        party: str = self.cleaned_data["party"].strip().upper()
        if party and not is_party_code(party):
            raise forms.ValidationError("Enter the Party's code of two letters, such as BR.")
        return party

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", "The last day must not lie before the first.")
        return cleaned

    def filters(self) -> Filters:
        """Only of a valid form."""
        given = self.cleaned_data
        return Filters(
            party=given["party"],
            project_number=given["project_number"],
            unit_type=int(given["unit_type"]) if given["unit_type"] else None,
            commitment_period=int(given["commitment_period"]) if given["commitment_period"] else None,
            since=given.get("since"),
            until=given.get("until"),
        )


class CancellationsForm(ReportForm):
    """The same, and which kind of cancellation."""

    kind = forms.ChoiceField(
        label="Kind", required=False,
        choices=[
            ("", "Voluntary"), ("every", "All kinds"),
            *((str(t), t.label) for t in codes.CANCELLATION_ACCOUNTS if t != AccountType.VOLUNTARY_CANCELLATION),
        ],
    )  # fmt: skip

    def kind_of(self) -> AccountType | None:
        """The cancellation account, or None for all of them."""
        wanted = self.cleaned_data["kind"] or AccountType.VOLUNTARY_CANCELLATION
        return None if wanted == "every" else AccountType(wanted)


class HoldingsForm(ReportForm):
    """Holdings have no first and last day, but a moment."""

    by = forms.ChoiceField(
        label="Added up by", required=False,
        choices=[
            ("", "Party, project, unit and period"), ("party", "Host Party"), ("project", "Project"),
            ("unit_type", "Unit"), ("commitment_period", "Commitment period"), ("account", "Account"),
        ],
    )  # fmt: skip
    at_end_of = forms.DateField(
        label="At the end of", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["since"], self.fields["until"]

    def group(self) -> str:
        """A key of `registry.reports.GROUPS`."""
        wanted = self.cleaned_data["by"]
        return wanted if wanted in GROUPS else "all"


class AccountsForm(ReportForm):
    """The list of accounts is narrowed by the Party alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].label = "Party"
        self.fields = {"party": self.fields["party"]}

    def filters(self) -> Filters:
        return Filters(party=self.cleaned_data["party"])


class CodeForm(forms.Form):
    """The check code of an attestation, as a person copied it; cleans to the code as it is stored."""

    code = forms.CharField(
        label="Check code",
        max_length=100,
        help_text="It stands at the end of the attestation and has 18 letters and digits.",
        widget=forms.TextInput(attrs={"width": "20", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "Enter the check code of the attestation."},
    )

    def clean_code(self) -> str:
        try:
            return read(self.cleaned_data["code"])
        except BadCode as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal
