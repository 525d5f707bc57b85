"""Papers and sections that are missing, spreadsheets that cannot be read, and who may not submit them."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.presubmission.facts import IssuanceFacts, LetterFacts, ProjectFacts, Unmet, Workbook
from cdm.presubmission.finding import Finding, Severity

COMPLETENESS = "Project cycle procedure, completeness check (rulebook 2.6, point 5; 2.12, point 3)"
SPREADSHEET = "Request for issuance: report, verification report and spreadsheet (rulebook 2.12, point 1)"
VISIT = "Validation and verification standard, on-site inspection (rulebook 2.11)"
ENTITY = "3/CMP.1 annex, paras 20, 26 and 27(e)"


def findings(facts: ProjectFacts | IssuanceFacts) -> Iterator[Finding]:
    """Everything about papers, sections and entities, for a project and for an issuance alike."""
    for unmet in facts.unmet:
        yield _missing(unmet)
    for sentence in facts.entity_problems:
        yield Finding(
            "entity",
            Severity.RETURNED,
            "The request as a whole",
            "Designated operational entity",
            sentence,
            "The request has to come from an entity that is accredited for the scope and independent.",
            ENTITY,
            facts.url,
        )
    for book in facts.workbooks:
        yield from _spreadsheet(book)
    if isinstance(facts, ProjectFacts):
        yield from _letters(facts.letters)
    elif facts.visit_needed_because:
        yield Finding(
            "site_visit_missing",
            Severity.RETURNED,
            "Verification and certification report",
            "On-site inspection",
            f"The site has to be inspected, because {facts.visit_needed_because}; neither the day of an inspection nor "
            "a reason for none is stated.",
            "State in the report, and when certifying, on which day the site was inspected or why it was not.",
            VISIT,
            facts.url,
        )
    if not any(paper.is_spreadsheet for paper in facts.papers):
        yield _no_spreadsheet(facts)


def _missing(unmet: Unmet) -> Finding:
    return Finding(
        unmet.key,
        Severity.RETURNED,
        unmet.document,
        unmet.section,
        unmet.sentence,
        "The submission is refused, or returned, until this is put right.",
        COMPLETENESS,
        unmet.url,
    )


def _no_spreadsheet(facts: ProjectFacts | IssuanceFacts) -> Finding:
    if isinstance(facts, IssuanceFacts):
        return Finding(
            "missing",
            Severity.RETURNED,
            "Emission reduction spreadsheet",
            "The whole document",
            "No spreadsheet (.xlsx) is attached to the monitoring period or the request.",
            "Attach the spreadsheet with the calculation of the emission reductions.",
            SPREADSHEET,
            facts.url,
        )
    return Finding(
        "missing",
        Severity.LOOK_AGAIN,
        "Emission reduction calculation",
        "The whole document",
        "No spreadsheet (.xlsx) with the calculation is attached, so the estimates could not be compared.",
        "Attach the spreadsheet the table of estimates comes from.",
        COMPLETENESS,
        facts.url,
    )


def _spreadsheet(book: Workbook) -> Iterator[Finding]:
    if book.trouble:
        yield Finding(
            "spreadsheet_not_read",
            Severity.LOOK_AGAIN,
            book.paper.name,
            "The whole spreadsheet",
            f"The spreadsheet could not be opened: {book.trouble}.",
            "Save it again as .xlsx without a password, and attach it anew.",
            SPREADSHEET,
            book.paper.url,
        )
    elif book.remark:
        yield Finding(
            "spreadsheet_not_read",
            Severity.LOOK_AGAIN,
            book.paper.name,
            "The whole spreadsheet",
            f"The spreadsheet is very large: {book.remark}.",
            "Put the summary with the totals on the first sheet.",
            SPREADSHEET,
            book.paper.url,
        )
    for where in book.figures.without_result[:5]:
        yield Finding(
            "formula_without_result",
            Severity.LOOK_AGAIN,
            book.paper.name,
            where,
            "The cell holds a formula, but the file keeps no result of it, so it could not be compared.",
            "Open the file in a spreadsheet program, let it calculate, save it and attach it anew.",
            SPREADSHEET,
            book.paper.url,
        )


def _letters(letters: tuple[LetterFacts, ...]) -> Iterator[Finding]:
    for letter in letters:
        if not letter.has_file:
            yield Finding(
                "missing",
                Severity.LOOK_AGAIN,
                f"Letter of approval of {letter.party_name}",
                "The letter itself",
                "The letter is issued here, but its signed text is not attached.",
                "Ask the designated national authority to attach it.",
                "3/CMP.1 annex, para 40(a)",
                letter.url,
            )
