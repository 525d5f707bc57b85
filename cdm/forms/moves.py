"""The form of a move, drawn from what its row asks for; the same values go in by the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings

from cdm import clock, modalities, money, units
from cdm.files import TYPES
from cdm.forms.acts import ActForm
from cdm.forms.fields import DateBoxesField, DocumentField, TonnesField, UsdField, WholeNumberField
from cdm.models import (
    BoardMatter,
    BoardRequest,
    EntityAccreditation,
    ExcessIssuance,
    Invoice,
    LetterOfApproval,
    MonitoringPeriod,
    Organisation,
)
from cdm.models.subject import Subject
from cdm.rules import design_document, scopes
from cdm.templatetags.cdm_format import day, quantity, tonnes, usd
from cdm.workflow.conditions.accreditation import scope_key
from cdm.workflow.conditions.excess_issuance import REPLACING
from cdm.workflow.entity_decisions import open_in
from cdm.workflow.machine import Ask, Move


class MoveForm(ActForm):
    """What a move asks for, a note where the row has one, and the version the page was drawn from."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, row: Move, subject: Subject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.subject = row, subject
        self.initial.setdefault("expected_version", subject.version)
        for ask in asked_of(row, subject):
            for name, made in fields_for(ask, subject, row.name).items():
                self.fields[name] = made
        if row.note != "none":
            self.fields["note"] = forms.CharField(
                label=row.note_label if row.note == "required" else f"{row.note_label} (optional)",
                required=row.note == "required",
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def given(self) -> dict[str, Any]:
        """The cleaned values in the kinds the engine takes."""
        found: dict[str, Any] = {}
        for ask in asked_of(self.row, self.subject):
            if ask.kind == "amounts":
                found[ask.name] = {
                    amount.commitment_period: self.cleaned_data[f"{ask.name}_{amount.commitment_period}"]
                    for amount in _amounts(self.subject)
                    if self.cleaned_data[f"{ask.name}_{amount.commitment_period}"] is not None
                }
            elif ask.kind == "organisations":
                found[ask.name] = list(self.cleaned_data[ask.name])
            elif ask.kind == "yes_no":
                found[ask.name] = (
                    self.cleaned_data[ask.name] == "yes" if self.cleaned_data[ask.name] else None
                )
            else:
                found[ask.name] = self.cleaned_data[ask.name]
        return {name: value for name, value in found.items() if value is not None}


# what only a decision on an excess issuance names
OF_AN_EXCESS = ("excess", "participants_could_be_heard")


def asked_of(row: Move, subject: Subject) -> list[Ask]:
    """What the row asks for here: a letter, a period, a matter about an entity ask for nothing that does not fit."""
    if isinstance(subject, BoardMatter):
        of_other = OF_AN_EXCESS if subject.accreditation is not None else ("scopes",)
        return [ask for ask in row.asks if ask.name not in of_other]
    if isinstance(subject, MonitoringPeriod) and not subject.project.is_afforestation:
        return [ask for ask in row.asks if ask.name != "removed_since_start"]
    if not isinstance(subject, LetterOfApproval):
        return list(row.asks)
    leave_out = set() if subject.is_host else {"contributes_to_sustainable_development"}
    if not _participants(subject).exists():
        leave_out.add("participants")
    return [ask for ask in row.asks if ask.name not in leave_out]


def fields_for(ask: Ask, subject: Subject, move: str = "") -> dict[str, forms.Field]:
    """The form fields for one ask: one, or one a commitment period."""
    common: dict[str, Any] = {"label": subject.label_of(ask), "help_text": ask.hint, "required": ask.required}
    if ask.kind == "usd":
        common["help_text"] = _due(subject, move) or ask.hint
    if ask.kind == "amounts":
        return {
            f"{ask.name}_{amount.commitment_period}": TonnesField(
                label=f"{ask.label}, {day(amount.starts_on)} to {day(amount.ends_on)} ({amount.part})",
                help_text=f"{ask.hint} The monitoring report says {tonnes(amount.reported_t)}.",
                required=ask.required,
            )
            for amount in _amounts(subject)
        }
    return {ask.name: _field(ask, subject, common)}


def _due(subject: Subject, move: str) -> str:
    """What is still to be paid, or to be paid back, as a hint."""
    if not isinstance(subject, BoardRequest):
        return ""
    if move == "record_refund":
        refund = money.refund_owed(subject)
        return f"{usd(refund.amount_usd)} is to be paid back." if refund else ""
    if move == "record_share_of_proceeds":
        invoice = money.share_invoice(subject)
        return (
            f"{usd(invoice.open_usd)} is due. {money.how_it_is_paid(clock.now().date())}" if invoice else ""
        )
    open_amounts = [
        invoice.open_usd
        for invoice in subject.invoices.filter(kind=Invoice.Kind.REGISTRATION_FEE)
        if invoice.open_usd > 0
    ]
    return f"{usd(open_amounts[0])} is due. The exact amount is recorded." if open_amounts else ""


def _field(ask: Ask, subject: Subject, common: dict[str, Any]) -> forms.Field:
    if ask.kind == "text":
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 6}), **common)
    if ask.kind == "date":
        return DateBoxesField(**_with_example(common))
    if ask.kind == "usd":
        return UsdField(**common)
    if ask.kind == "quantity":
        return WholeNumberField(**common)
    if ask.kind == "affirm":
        return forms.BooleanField(**common)
    if ask.kind == "yes_no":
        return forms.ChoiceField(choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect, **common)
    if ask.kind == "choice":
        return forms.ChoiceField(choices=list(ask.choices), widget=forms.RadioSelect, **common)
    if ask.kind == "decision":
        return forms.ChoiceField(choices=decisions_open_to(subject), widget=forms.RadioSelect, **common)
    if ask.kind == "organisations":
        return forms.ModelMultipleChoiceField(
            queryset=_participants(subject), widget=forms.CheckboxSelectMultiple, **common
        )
    if ask.kind == "scopes":
        return forms.MultipleChoiceField(
            choices=scopes_of(subject), widget=forms.CheckboxSelectMultiple(attrs={"small": True}), **common
        )
    if ask.kind == "holding":
        return forms.ChoiceField(choices=_holdings(subject), widget=forms.RadioSelect, **common)
    if ask.kind == "sections":
        return forms.MultipleChoiceField(
            choices=_sections(subject), widget=forms.CheckboxSelectMultiple, **common
        )
    if ask.kind == "file":
        return DocumentField(endings=tuple(TYPES), most_bytes=settings.UPLOAD_MAX_BYTES, **common)
    return forms.CharField(max_length=200, **common)


def _with_example(common: dict[str, Any]) -> dict[str, Any]:
    return {**common, "help_text": common["help_text"] or "For example, 18 6 2019."}


# what a check can name as incomplete: the sections of the design document, and the papers of a request
SECTIONS = [
    *((section.letter, f"({section.letter}) {section.title}") for section in design_document.SECTIONS),
    ("validation_report", "Validation report"),
    ("monitoring_report", "Monitoring report"),
    ("verification_report", "Verification and certification report"),
    ("calculation", "Emission reduction calculation"),
    ("letters", "Letters of approval"),
    ("fee", "Fee or share of proceeds"),
]


# papers that only a request of the other kind consists of
NOT_OF_ISSUANCE = {*(section.letter for section in design_document.SECTIONS), "validation_report", "letters"}
NOT_OF_REGISTRATION = {"monitoring_report", "verification_report"}
NOT_OF_A_CHANGE = {*NOT_OF_REGISTRATION, "fee", "letters"}


def _sections(subject: Subject) -> list[tuple[str, str]]:
    """The sections and papers that a request of this kind consists of."""
    leave_out = NOT_OF_REGISTRATION
    if isinstance(subject, BoardRequest) and subject.is_issuance:
        leave_out = NOT_OF_ISSUANCE
    elif isinstance(subject, BoardRequest) and subject.change is not None:
        leave_out = NOT_OF_A_CHANGE
    return [(key, label) for key, label in SECTIONS if key not in leave_out]


def _amounts(subject: Subject) -> list[Any]:
    period = subject.monitoring_period if isinstance(subject, BoardRequest) else subject
    return list(period.amounts.all()) if isinstance(period, MonitoringPeriod) else []


def _participants(subject: Subject) -> Any:
    if not isinstance(subject, LetterOfApproval):
        return Organisation.objects.none()
    asking = modalities.asking(subject)
    # a letter that stands authorises further ones; one asked for again is written anew
    return asking.exclude(pk__in=subject.authorised.values("pk")) if subject.state == "issued" else asking


def decisions_open_to(subject: Subject) -> list[tuple[str, str]]:
    """Among what the Board decides about the entity's accreditation or excess issuance as it stands."""
    affair = subject.affair if isinstance(subject, BoardMatter) else None
    return list(open_in(affair.machine.name, affair.state)) if affair is not None else []


def scopes_of(subject: Subject) -> list[tuple[str, str]]:
    """The functions and sectoral scopes that a term gives today."""
    if isinstance(subject, BoardMatter) and subject.accreditation is not None:
        subject = subject.accreditation
    if not isinstance(subject, EntityAccreditation):
        return []
    return [
        (
            scope_key(row),
            f"{row.get_function_display()}: {row.sectoral_scope} {scopes.scope_name(row.sectoral_scope)}",
        )
        for row in subject.scopes_held(clock.today())
    ]


def _holdings(subject: Subject) -> list[tuple[str, str]]:
    """The units in the entity's accounts that can replace an excess issuance."""
    if not isinstance(subject, ExcessIssuance):
        return []
    return [
        (
            key,
            f"{quantity(held.units)} {held.unit_type.label}s of {held.party}"
            f"{f', project {held.project_number:04d}' if held.project_number else ''}, commitment period "
            f"{held.commitment_period}, in account {held.account.identifier}",
        )
        for key, held in units.holdings_of(subject.doe).items()
        if held.unit_type in REPLACING
    ]
