"""What a person says who proposes a movement or decides on one."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any, Final

from django import forms

from registry import queries
from registry.models import Account, Block, Issuance
from registry.movements.life import State
from registry.movements.proposal import Units
from registry.movements.table import Kind, MovementKind
from registry.queries_movements import Held
from registry.serials import BadSerials, SerialRange, parse_unit_block

OTHER: Final = "other"
ANY_CHOICE: Final = ("", "All")


def account_named(text: str) -> Account:
    """The account with this identifier, or a sentence for the form."""
    try:
        return queries.account(text.strip().upper())
    except BadSerials as error:
        raise forms.ValidationError(error.sentence) from error
    except queries.NoSuchAccount as error:
        raise forms.ValidationError(str(error)) from error


def serials_in(text: str, party: str = "") -> list[SerialRange]:
    """Runs of serials, one a line or parted by semicolons; the Party may be left out where only one is meant."""
    found = []
    for part in re.split(r"[;\n]", text.upper()):
        # thousands may be copied with their separators
        plain = re.sub(r"(?<=\d)[, \u00a0\u202f'](?=\d{3}(\D|$))", "", part.strip())
        if not plain:
            continue
        if party and plain[0].isdigit():
            plain = f"{party} {plain}"
        try:
            whole = parse_unit_block(plain).serials if plain.count("-") > 2 else SerialRange.parse(plain)
            found.append(whole)
        except BadSerials as error:
            raise forms.ValidationError(error.sentence) from error
    return found


class FilterForm(forms.Form):
    """What a list of movements is narrowed to."""

    kind = forms.ChoiceField(label="Movement", required=False, choices=[ANY_CHOICE, *MovementKind.choices])
    state = forms.ChoiceField(label="State", required=False, choices=[ANY_CHOICE, *State.choices])
    account = forms.CharField(
        label="Account", required=False, max_length=40, widget=forms.TextInput(attrs={"width": "20"})
    )

    def clean_account(self) -> Account | None:
        text = self.cleaned_data["account"]
        return account_named(text) if text.strip() else None


class AccountForm(forms.Form):
    """From which account units are to move."""

    account = forms.CharField(
        label="Account",
        max_length=40,
        help_text="Its identifier, such as BR-100-1009-0-63.",
        widget=forms.TextInput(attrs={"width": "20"}),
        error_messages={"required": "Enter the identifier of the account that units are to leave."},
    )

    def clean_account(self) -> Account:
        return account_named(self.cleaned_data["account"])


class DecisionForm(forms.Form):
    """The reason for a decision; needed to reject and to take back."""

    reason = forms.CharField(label="Reason", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed
        self.fields["reason"].error_messages["required"] = "Say why: the reason is kept on the record."
        if not needed:
            self.fields["reason"].label = "Note"
            self.fields["reason"].widget.attrs["optional"] = True


class ProposalForm(forms.Form):
    """Units, target and what the kind is told; `arguments` are those of `propose` and `preview`."""

    def __init__(
        self,
        *args: Any,
        row: Kind,
        source: Account | None,
        held: Sequence[Held],
        targets: Sequence[Account],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.source = row, source
        self.boxes: list[tuple[Held, str]] = []
        for one in held:
            name = f"{one.party}_{one.project_number}_{int(one.unit_type)}_{one.period}"
            self.boxes.append((one, name))
            self.fields[f"amount_{name}"] = _amount()
            self.fields[f"serials_{name}"] = _serials()
        if row.kind == MovementKind.ARRIVAL:
            self.fields["blocks"] = _blocks()
        if row.kind == MovementKind.REISSUE:
            self.fields["amount"] = _amount(label="Units to issue anew", required=True)
        if row.targets and row.own_target is None:
            self._ask_target(targets)
        for name in row.given:
            self.fields |= _told(name)
        self.fields["reason"] = forms.CharField(
            label="Reason",
            max_length=2000,
            widget=forms.Textarea(attrs={"rows": 3}),
            error_messages={"required": "Say why: whoever approves reads it, and it is kept on the record."},
            help_text="Whoever approves and the holders of both accounts read it. It is kept on record, not published.",
        )

    def _ask_target(self, targets: Sequence[Account]) -> None:
        if targets:
            choices = [(one.identifier, f"{one.identifier}, {one.holder}") for one in targets]
            self.fields["target"] = forms.ChoiceField(
                label="To which account",
                choices=[*choices, (OTHER, "Another account")],
                widget=forms.RadioSelect,
                error_messages={"required": "Choose the account that is to receive the units."},
            )
        self.fields["target_identifier"] = forms.CharField(
            label="Identifier of the other account" if targets else "To which account",
            required=not targets,
            max_length=40,
            help_text="As it is printed, such as BR-100-1009-0-63.",
            widget=forms.TextInput(attrs={"width": "20"}),
            error_messages={"required": "Enter the identifier of the account that is to receive the units."},
        )

    @property
    def amounts(self) -> list[dict[str, Any]]:
        """For the page: each holding with its two boxes."""
        return [
            {"held": held, "amount": self[f"amount_{name}"], "serials": self[f"serials_{name}"]}
            for held, name in self.boxes
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        """The fields below the holdings."""
        return [field for field in self if not re.match(r"(amount|serials)_", field.name)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        units = [*self._of_holdings(cleaned), *cleaned.get("blocks", [])]
        if self.row.kind == MovementKind.REISSUE:
            units = self._reissued(cleaned)
        if not units and not self.errors:
            raise forms.ValidationError(
                "Say how many units are to move, or which: fill in at least one amount or serial numbers."
            )
        cleaned["units"] = units
        self._clean_target(cleaned)
        return cleaned

    def _of_holdings(self, cleaned: dict[str, Any]) -> list[Units]:
        units = []
        for held, name in self.boxes:
            amount, text = cleaned.get(f"amount_{name}"), cleaned.get(f"serials_{name}", "")
            about: dict[str, Any] = {
                "party": held.party,
                "project_number": held.project_number,
                "unit_type": int(held.unit_type),
                "period": held.period,
            }
            if amount and text:
                self.add_error(
                    f"serials_{name}", "Give either an amount or serial numbers; leave the other empty."
                )
            elif amount:
                units.append(Units(quantity=amount, **about))
            elif text:
                try:
                    runs = serials_in(text, held.party)
                except forms.ValidationError as error:
                    self.add_error(f"serials_{name}", error)
                    continue
                units.extend(Units(serials=run, **about) for run in runs)
        return units

    def _reissued(self, cleaned: dict[str, Any]) -> list[Units]:
        issuance: Issuance | None = cleaned.get("corrects")
        if issuance is None or not cleaned.get("amount"):
            return []
        within = Block.objects.filter(party=issuance.party, first__range=(issuance.first, issuance.last))
        expiry = within.values_list("expires_on", flat=True).first()
        return [
            Units(
                party=issuance.party,
                project_number=issuance.project_number,
                unit_type=issuance.unit_type,
                period=issuance.commitment_period,
                quantity=cleaned["amount"],
                expires_on=expiry,
            )
        ]

    def _clean_target(self, cleaned: dict[str, Any]) -> None:
        chosen, written = cleaned.get("target", OTHER), cleaned.get("target_identifier", "")
        if "target_identifier" not in self.fields or (chosen == OTHER and not written and self.errors):
            return
        text = written if chosen == OTHER else chosen
        field = "target_identifier" if chosen == OTHER else "target"
        if not text:
            self.add_error(field, "Enter the identifier of the other account.")
            return
        try:
            cleaned["target_account"] = account_named(text)
        except forms.ValidationError as error:
            self.add_error(field, error)

    def arguments(self) -> dict[str, Any]:
        """Of a valid form."""
        given = self.cleaned_data
        names = ("beneficiary", "purpose", "basis", "expires_on", "project_number", "track", "corrects")
        told = {name: given[name] for name in names if name in self.fields and given.get(name) is not None}
        if "track" in told:
            told["track"] = int(told["track"])
        return {
            "kind": self.row.kind,
            "units": given["units"],
            "source": self.source,
            "target": given.get("target_account"),
            "reason": given["reason"],
            **told,
        }

    def clean_blocks(self) -> list[Units]:
        """Unit blocks as the other registry prints them, with their expiry date behind where they have one."""
        found = []
        for text in self.cleaned_data["blocks"].splitlines():
            words = text.upper().split()
            if not words:
                continue
            try:
                block = parse_unit_block(words[0])
            except BadSerials as error:
                raise forms.ValidationError(error.sentence) from error
            expiry = forms.DateField(
                required=False, error_messages={"invalid": "Write the expiry date like 2017-12-31."}
            )
            found.append(
                Units(
                    party=block.serials.party,
                    project_number=block.project_number,
                    unit_type=block.unit_type,
                    period=block.applicable_period,
                    serials=block.serials,
                    original_period=block.original_period,
                    lulucf=block.lulucf,
                    track=block.track,
                    expires_on=expiry.clean(words[1] if len(words) > 1 else ""),
                )
            )
        return found

    def clean_corrects(self) -> Issuance:
        runs = serials_in(self.cleaned_data["corrects"])
        run = runs[0] if len(runs) == 1 else None
        found = run and Issuance.objects.filter(party=run.party, first=run.first, last=run.last).first()
        if not found:
            raise forms.ValidationError(
                "No issuance has just these serial numbers; take them from the list of issuances."
            )
        return found


class KeyForm(forms.Form):
    """The key of a proposal: pressed twice, proposed once."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    @staticmethod
    def fresh() -> str:
        return uuid.uuid4().hex


class _Whole(forms.IntegerField):
    """Takes thousands with their separators."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = re.sub(r"(?<=\d)[, \u00a0\u202f'](?=\d{3}(\D|$))", "", value.strip())
            if "." in value:
                # in some languages it parts thousands, in others it begins a fraction; nobody is to guess
                raise forms.ValidationError(
                    "Write the amount without a point: 1000 or 1,000. Units are whole."
                )
        return super().to_python(value)


def _amount(label: str = "Amount", *, required: bool = False) -> forms.Field:
    return _Whole(
        label=label,
        required=required,
        min_value=1,
        max_value=10**15 - 1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "width": "10", "suffix": "units"}),
        error_messages={"min_value": "An amount is at least one unit; leave it empty for none."},
    )


def _serials() -> forms.Field:
    return forms.CharField(label="or serial numbers", required=False, max_length=2000)


def _blocks() -> forms.Field:
    return forms.CharField(
        label="Unit blocks that arrive",
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="As the other registry prints them, one a line, such as NL-1-1-5000-1-1-0-0. Behind a block of tCERs "
        "or lCERs write its expiry date, such as 2017-12-31.",
        error_messages={"required": "Enter the unit blocks that arrive."},
    )


def _told(name: str) -> dict[str, forms.Field]:
    """The fields of one thing that a kind is told."""
    if name == "beneficiary":
        return {
            name: forms.CharField(
                label="On behalf of",
                required=False,
                max_length=300,
                help_text="Printed on the attestation. Left empty, the holder cancels for itself.",
                widget=forms.TextInput(attrs={"optional": True}),
            )
        }
    if name == "purpose":
        return {
            name: forms.CharField(
                label="Purpose",
                required=False,
                max_length=2000,
                help_text="Printed on the attestation, such as “The flights of 2018”.",
                widget=forms.Textarea(attrs={"rows": 2, "optional": True}),
            )
        }
    if name == "basis":
        return {
            name: forms.CharField(
                label="Notification or decision",
                max_length=300,
                help_text="What this rests on, so that anyone can find it again, such as “EB 69, paragraph 12”.",
                error_messages={"required": "Name the notification or decision this rests on."},
            )
        }
    if name == "expires_on":
        return {
            name: forms.DateField(
                label="New expiry date", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )
        }
    if name == "corrects":
        return {
            name: forms.CharField(
                label="Issuance that was cancelled",
                max_length=60,
                help_text="Its serial numbers, such as BR 1-1346. All of them must be cancelled administratively.",
            )
        }
    return {
        "project_number": forms.IntegerField(
            label="Joint implementation project",
            min_value=1,
            max_value=9_999_999,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "width": "10"}),
        ),
        "track": forms.ChoiceField(
            label="Track",
            choices=[("1", "1: verified by the Party"), ("2", "2: verified independently")],
            widget=forms.RadioSelect,
        ),
    }
