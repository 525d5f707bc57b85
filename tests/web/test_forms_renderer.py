"""Plain Django forms come out as GOV.UK fields, with sentences for errors."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from cdm.forms.fields import (
    DateBoxesField,
    DegreesField,
    DocumentField,
    TonnesField,
    UsdField,
    WholeNumberField,
)
from tests.web.gallery import ProjectForm, YearFormSet


def one(field: forms.Field, data: dict[str, Any] | None = None, files: Any = None) -> forms.Form:
    """A form with this one field, called `value`."""
    return type("One", (forms.Form,), {"value": field})(data, files)


def errors_of(field: forms.Field, data: dict[str, Any], files: Any = None) -> list[str]:
    return list(one(field, data, files).errors.get("value", []))


def boxes(day: str, month: str, year: str) -> dict[str, str]:
    return {"value_day": day, "value_month": month, "value_year": year}


def test_an_input_has_its_label_hint_and_class() -> None:
    html = str(one(forms.CharField(label="Project title", help_text="As in the PDD.", max_length=200)))
    assert '<label class="govuk-label" for="id_value">Project title</label>' in html
    assert '<div class="govuk-hint" id="id_value_helptext">As in the PDD.</div>' in html
    assert 'class="govuk-input"' in html
    assert 'aria-describedby="id_value_helptext"' in html
    assert "required" not in html
    assert "govuk-form-group--error" not in html


def test_an_error_is_tied_to_its_input() -> None:
    html = str(one(forms.CharField(label="Project title", help_text="As in the PDD."), {}))
    assert "govuk-form-group--error" in html
    assert 'class="govuk-input govuk-input--error"' in html
    assert 'aria-describedby="id_value_helptext id_value_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_value_error"' in html
    assert "Enter the project title." in html


def test_choices_are_one_group_with_a_legend() -> None:
    choices = [("large", "Large scale"), ("small", "Small scale")]
    html = str(one(forms.ChoiceField(label="Scale", widget=forms.RadioSelect, choices=choices), {}))
    assert '<legend class="govuk-fieldset__legend">Scale</legend>' in html
    assert '<fieldset class="govuk-fieldset" id="id_value" aria-describedby="id_value_error">' in html
    assert html.count('class="govuk-radios__item"') == 2
    assert 'class="govuk-label govuk-radios__label" for="id_value_1">Small scale</label>' in html
    html = str(
        one(forms.MultipleChoiceField(label="Scopes", widget=forms.CheckboxSelectMultiple, choices=choices))
    )
    assert html.count('class="govuk-checkboxes__item"') == 2


def test_how_a_field_looks_is_not_sent_as_html() -> None:
    html = str(one(forms.IntegerField(widget=forms.NumberInput(attrs={"suffix": "t CO2e", "width": 10}))))
    assert '<div class="govuk-input__suffix" aria-hidden="true">t CO2e</div>' in html
    assert "govuk-input--width-10" in html
    assert "suffix=" not in html
    assert " width=" not in html
    assert 'type="text"' in html
    assert 'inputmode="numeric"' in html


def test_the_words_of_a_field_stay_with_one_form() -> None:
    first, second = ProjectForm(), ProjectForm()
    assert str(first) == str(second)
    assert "t CO2e" in str(second)


def test_a_long_text_counts_its_characters() -> None:
    html = str(one(forms.CharField(widget=forms.Textarea, max_length=500)))
    assert 'data-module="govuk-character-count" data-maxlength="500"' in html
    assert 'aria-describedby="id_value-info"' in html


def test_hidden_fields_are_drawn_bare() -> None:
    html = str(one(forms.CharField(widget=forms.HiddenInput, initial="7")))
    assert html.strip() == '<input type="hidden" name="value" value="7" id="id_value">'


def test_what_people_typed_is_escaped_and_kept() -> None:
    html = str(one(forms.IntegerField(), {"value": '"><script>'}))
    assert "<script>" not in html
    assert "&quot;&gt;&lt;script&gt;" in html


@pytest.mark.parametrize(
    ("field", "data", "sentence"),
    [
        (forms.CharField(label="Your name"), {}, "Enter your name."),
        (forms.ChoiceField(label="Host Party", choices=[("BR", "Brazil")]), {}, "Select the host Party."),
        (
            forms.ChoiceField(label="Host Party", choices=[("BR", "Brazil")]),
            {"value": "XX"},
            "Host Party: select one of the choices in the list.",
        ),
        (
            forms.ChoiceField(
                label="Is it a bundle?", widget=forms.RadioSelect, choices=[("y", "Yes"), ("n", "No")]
            ),
            {},
            "Answer the question “Is it a bundle?”",
        ),
        (forms.BooleanField(label="I agree"), {}, "Tick the box “I agree” to continue."),
        (
            forms.EmailField(label="E-mail address"),
            {"value": "nobody"},
            "E-mail address must be an e-mail address, such as name@example.org.",
        ),
        (forms.IntegerField(label="Year"), {"value": "x"}, "Year must be a whole number."),
        (forms.IntegerField(label="Year", min_value=2000), {"value": "7"}, "Year must be 2000 or more."),
        (
            forms.CharField(label="Title", max_length=3),
            {"value": "abcd"},
            "Title must be 3 characters or fewer; it has 4.",
        ),
        (
            forms.IntegerField(label="Share %", max_value=5),
            {"value": "7"},
            "Share per cent must be 5 or less.",
        ),
        (forms.CharField(error_messages={"required": "Say why."}), {}, "Say why."),
    ],
)
def test_sentences(field: forms.Field, data: dict[str, Any], sentence: str) -> None:
    assert errors_of(field, data) == [sentence]


def start(**limits: Any) -> DateBoxesField:
    return DateBoxesField(label="Start date", **limits)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("", "", ""), "Enter the start date."),
        (("31", "2", "2004"), "Start date must be a real date."),
        (("29", "2", "2003"), "Start date must be a real date."),
        (("1", "13", "2004"), "Start date must be a real date."),
        (("x", "7", "2004"), "Start date must be a real date."),
        (("1", "", "2004"), "Start date must include a month."),
        (("", "", "2004"), "Start date must include a day and a month."),
        (("1", "7", "04"), "Start date: the year must have 4 digits, such as 2019."),
        (("31", "12", "1999"), "Start date must be on or after 1 January 2000."),
        (("1", "1", "2021"), "Start date must be on or before 31 December 2020."),
    ],
)
def test_a_wrong_date_is_named(typed: tuple[str, str, str], sentence: str) -> None:
    field = start(earliest=dt.date(2000, 1, 1), latest=dt.date(2020, 12, 31))
    assert errors_of(field, boxes(*typed)) == [sentence]


@pytest.mark.parametrize(
    "typed", [("1", "7", "2004"), ("01", "07", "2004"), (" 1", "July", "2004"), ("1", "jul", "2004")]
)
def test_a_date_is_read_as_people_write_it(typed: tuple[str, str, str]) -> None:
    form = one(start(), boxes(*typed))
    assert form.is_valid()
    assert form.cleaned_data["value"] == dt.date(2004, 7, 1)


def test_no_date_where_none_is_needed() -> None:
    form = one(DateBoxesField(required=False), {})
    assert form.is_valid()
    assert form.cleaned_data["value"] is None


def test_date_boxes_keep_what_was_typed_and_lead_to_the_first_box() -> None:
    form = one(start(), boxes("31", "2", "2004"))
    html = str(form)
    for part, value, name in ((0, "31", "day"), (1, "2", "month"), (2, "2004", "year")):
        assert (
            f'id="id_value_{part}" name="value_{name}" type="text" inputmode="numeric" value="{value}"'
            in html
        )
    assert html.count("govuk-input--error") == 3
    assert form["value"].id_for_label == "id_value_0"
    initial = type("One", (forms.Form,), {"value": start()})(initial={"value": dt.date(2004, 7, 1)})
    assert 'value="2004"' in str(initial)
    same = type("One", (forms.Form,), {"value": start()})(
        boxes("01", "July", "2004"), initial={"value": dt.date(2004, 7, 1)}
    )
    assert not same.has_changed()


@pytest.mark.parametrize("typed", ["67303", "67,303", "67 303", "67\u00a0303", " 67303 ", "67303.0"])
def test_whole_tonnes_are_read_with_separators(typed: str) -> None:
    form = one(TonnesField(label="Certified amount"), {"value": typed})
    assert form.is_valid()
    assert form.cleaned_data["value"] == 67303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("-1", "Certified amount must be 0 or more."),
        ("12.5", "Certified amount must be a whole number without decimals, such as 67,303."),
        ("many", "Certified amount must be a whole number, such as 67,303."),
        ("NaN", "Certified amount must be a whole number without decimals, such as 67,303."),
        ("1e40", "Certified amount must be 1,000,000,000,000 or less."),
        ("", "Enter the certified amount."),
    ],
)
def test_wrong_tonnes_are_named(typed: str, sentence: str) -> None:
    assert errors_of(TonnesField(label="Certified amount"), {"value": typed}) == [sentence]


def test_a_least_number() -> None:
    assert errors_of(WholeNumberField(label="Years", least=1), {"value": "0"}) == ["Years must be 1 or more."]


def test_money_and_places() -> None:
    form = one(UsdField(label="Fee"), {"value": "132,526.60"})
    assert form.is_valid()
    assert form.cleaned_data["value"] == Decimal("132526.60")
    assert errors_of(UsdField(label="Fee"), {"value": "-1"}) == ["Fee must be 0 or more."]
    assert errors_of(UsdField(label="Fee"), {"value": "1.005"}) == [
        "Fee must have 2 digits or fewer after the point."
    ]
    assert errors_of(DegreesField(label="Latitude", limit=90), {"value": "91"}) == [
        "Latitude must be 90 or less."
    ]


def test_a_wrong_file_is_named() -> None:
    field = DocumentField(label="Report", most_bytes=1_000_000)
    assert errors_of(field, {}) == ["Choose a file for the report."]
    empty = {"value": SimpleUploadedFile("report.pdf", b"")}
    assert errors_of(field, {}, empty) == ["Report: the file is empty (0 bytes). Choose another file."]
    wrong = {"value": SimpleUploadedFile("report.exe", b"MZ")}
    assert errors_of(field, {}, wrong) == [
        "Report: “report.exe” is not of a kind that can be kept. Choose PDF."
    ]
    large = {"value": SimpleUploadedFile("report.PDF", b"x" * 1_400_000)}
    assert errors_of(field, {}, large) == ["Report must be 1 MB or smaller; “report.PDF” has 1.4 MB."]
    good = one(field, {}, {"value": SimpleUploadedFile("report.pdf", b"%PDF-1.4")})
    assert good.is_valid()


def test_a_row_of_a_formset_has_its_own_ids() -> None:
    html = "".join(
        str(form["reductions"]) for form in YearFormSet(initial=[{"reductions": 1}, {"reductions": 2}])
    )
    assert 'id="id_form-0-reductions"' in html
    assert 'id="id_form-1-reductions"' in html
