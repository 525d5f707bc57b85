"""Totals that differ between the form, the report and the spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.text import capfirst

from cdm.presubmission.facts import Amount, IssuanceFacts, ProjectFacts, Workbook
from cdm.presubmission.figures import Figure
from cdm.presubmission.finding import Finding, Severity
from cdm.rules import commitment
from cdm.rules.days import in_words

REGISTRATION = "Project cycle procedure, information and reporting check (rulebook 2.6)"
ISSUANCE = "Project cycle procedure, information and reporting check (rulebook 2.12)"
EQUAL = (
    "3/CMP.1 annex, paras 59, 61 and 64; EB 85, para 66: what is certified and requested is what was verified"
)


def of_the_estimates(facts: ProjectFacts) -> Iterator[Finding]:
    """Total, average and years of the design document against every calculation spreadsheet."""
    if not facts.estimates:
        return
    for book in _read(facts.workbooks):
        yield from _total(
            book,
            facts.total_t,
            form="the design document's table of estimates",
            section="Estimated reductions",
            source=REGISTRATION,
            url=facts.url,
        )
        yield from _average(book, facts)
        yield from _years(book, facts)


def of_the_amounts(facts: IssuanceFacts) -> Iterator[Finding]:
    """What is requested, certified, verified and reported, and the total of every spreadsheet."""
    yield from _requested_is_verified(facts)
    claimed = facts.claimed_t
    if claimed is None:
        return
    parts = tuple(_stated(amount) for amount in facts.amounts)
    for book in _read(facts.workbooks):
        yield from _total(
            book,
            claimed,
            parts=parts,
            form="the request",
            section="Emission reductions",
            source=ISSUANCE,
            url=facts.url,
        )


def _stated(amount: Amount) -> int:
    """The latest that is stated of a part; 0 where nothing is."""
    stated = (amount.certified_t, amount.verified_t, amount.reported_t)
    return next((tonnes for tonnes in stated if tonnes is not None), 0)


def _read(workbooks: tuple[Workbook, ...]) -> Iterator[Workbook]:
    return (book for book in workbooks if not book.trouble)


def _requested_is_verified(facts: IssuanceFacts) -> Iterator[Finding]:
    for amount in facts.amounts:
        section = (
            f"{capfirst(commitment.name_of(amount.commitment_period))}, {in_words(amount.starts_on)} to "
            f"{in_words(amount.ends_on)}"
        )
        if None not in (amount.certified_t, amount.verified_t) and amount.certified_t != amount.verified_t:
            yield Finding(
                "requested_not_verified",
                Severity.RETURNED,
                "Verification and certification report",
                section,
                f"{amount.certified_t:,} t are certified but {amount.verified_t:,} t were verified.",
                "State the same amount in both. A period of which part is not wanted has to be split.",
                EQUAL,
                facts.url,
            )
        if None not in (amount.reported_t, amount.verified_t) and amount.reported_t != amount.verified_t:
            yield Finding(
                "totals_differ",
                Severity.LOOK_AGAIN,
                "Monitoring report",
                section,
                f"The monitoring report claims {amount.reported_t:,} t; {amount.verified_t:,} t were verified.",
                "Submit the revised monitoring report and spreadsheet that state the verified amount.",
                ISSUANCE,
                facts.url,
            )
    verified = [amount.verified_t for amount in facts.amounts]
    if facts.requested_t is not None and verified and None not in verified:
        together = sum(amount for amount in verified if amount is not None)
        if facts.requested_t != together:
            yield Finding(
                "requested_not_verified",
                Severity.RETURNED,
                "Request for issuance",
                "Quantity requested",
                f"{facts.requested_t:,} t are requested but {together:,} t were verified.",
                "Request exactly what was verified and certified.",
                EQUAL,
                facts.url,
            )


def _total(
    book: Workbook,
    expected: int,
    *,
    form: str,
    section: str,
    source: str,
    url: str,
    parts: tuple[int, ...] = (),
) -> Iterator[Finding]:
    """The labelled totals of a spreadsheet against the form. What only looks like a total is not held against it."""
    figures = book.figures
    clear = [figure for figure in figures.totals if figure.is_reductions]
    if any(figure.states(expected) for figure in clear):
        yield from _contradicting(book, clear, expected, source)
        return
    if len(parts) > 1 and all(any(figure.states(part) for figure in clear) for part in parts):
        return
    if clear:
        worst = min(clear, key=lambda figure: abs(figure.nearest(expected) - expected))
        yield Finding(
            "totals_differ",
            Severity.RETURNED,
            book.paper.name,
            worst.where,
            f"“{worst.label}” is {_number(worst.nearest(expected))} t there; {form} says {expected:,} t.",
            f"Make both the same: correct the spreadsheet, or “{section}” in the form.",
            source,
            url,
        )
    elif figures.totals and not any(figure.states(expected) for figure in figures.totals):
        yield Finding(
            "totals_differ",
            Severity.LOOK_AGAIN,
            book.paper.name,
            figures.totals[0].where,
            f"No cell labelled as a total holds the {expected:,} t that {form} says.",
            "Check that the spreadsheet is the final one, and label its total “Total emission reductions”.",
            source,
            url,
        )
    elif not figures.totals and not figures.without_result:
        yield Finding(
            "no_total_found",
            Severity.LOOK_AGAIN,
            book.paper.name,
            "The whole spreadsheet",
            "No cell labelled “total” was found in it, so its result could not be compared with the form.",
            "Label the result “Total emission reductions (t CO2e)”, with the number beside it.",
            source,
            url,
        )


def _contradicting(book: Workbook, clear: list[Figure], expected: int, source: str) -> Iterator[Finding]:
    """The same label in two places with two results, one of which is the form's."""
    right = {figure.label.casefold() for figure in clear if figure.states(expected)}
    for figure in clear:
        if figure.label.casefold() in right and not figure.states(expected):
            right.discard(figure.label.casefold())
            yield Finding(
                "totals_differ",
                Severity.LOOK_AGAIN,
                book.paper.name,
                figure.where,
                f"“{figure.label}” is {_number(figure.nearest(expected))} t here and {expected:,} t elsewhere in "
                "the same spreadsheet.",
                "Make both the same, or give the two cells labels that tell them apart.",
                source,
            )


def _average(book: Workbook, facts: ProjectFacts) -> Iterator[Finding]:
    clear = [figure for figure in book.figures.averages if figure.is_reductions]
    if not clear or any(figure.states(facts.average_t) for figure in clear):
        return
    first = clear[0]
    yield Finding(
        "averages_differ",
        Severity.RETURNED,
        book.paper.name,
        first.where,
        f"“{first.label}” is {_number(first.nearest(facts.average_t))} t there; by the design document's table it "
        f"is {facts.average_t:,} t a year.",
        "Make both the same. The average is the total divided by the length of the crediting period; the "
        "registration fee follows from it.",
        REGISTRATION,
        facts.url,
    )


def _years(book: Workbook, facts: ProjectFacts) -> Iterator[Finding]:
    """Each year of the form that the spreadsheet has too, and the spreadsheet's years against its own total."""
    for year, expected in facts.estimates:
        stated = [one for one in book.figures.years if one.year == year]
        if stated and not any(abs(one.value - expected) < 1 for one in stated):
            yield Finding(
                "years_differ",
                Severity.RETURNED,
                book.paper.name,
                stated[0].where,
                f"For {year} it gives {_number(stated[0].value)} t; the design document's table gives "
                f"{expected:,} t.",
                f"Make both the same: correct the spreadsheet, or the row of {year} in the form.",
                REGISTRATION,
                facts.url,
            )


def _number(value: Decimal) -> str:
    whole = value.to_integral_value()
    return f"{whole:,}" if value == whole else f"{value.quantize(Decimal('0.01')):,}"
