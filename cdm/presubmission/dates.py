"""Days that are out of order: what cannot have happened in this sequence, or must not."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.presubmission.facts import IssuanceFacts, Paper, ProjectFacts
from cdm.presubmission.finding import Finding, Severity
from cdm.rules.days import ONE_DAY, in_words

VALIDATION = "3/CMP.1 annex, para 40(b) to (f)"
CREDITING = "3/CMP.1 annex, paras 48 and 49; effective date of registration (rulebook 2.6, points 12 to 14)"
CONSECUTIVE = "Project cycle procedure, para 186(c): monitoring periods follow each other (rulebook 2.11)"
VERIFICATION = "3/CMP.1 annex, paras 61 to 63"


def of_the_project(facts: ProjectFacts) -> Iterator[Finding]:
    """Comments, report, opinion and letters in their order.

    That crediting does not begin before registration is a need of the design document, and told with those.
    """
    closed, opinion = facts.comments_close_on, facts.opinion_on
    if opinion is not None and closed is not None and opinion <= closed:
        yield _returned(
            "Validation report",
            "Validation opinion",
            f"The opinion is of {in_words(opinion)}, but comments could be made until {in_words(closed)}.",
            "Give the opinion after the last day for comments, with an answer to each of them.",
            VALIDATION,
            facts.url,
        )
    for paper in _of_kind(facts.papers, "validation_report"):
        if closed is not None and paper.uploaded_on <= closed:
            yield _look_again(
                paper.name,
                "Date of the report",
                f"It was attached on {in_words(paper.uploaded_on)}; comments could be made until {in_words(closed)}.",
                "Attach the final report, which says how each comment was considered.",
                VALIDATION,
                paper.url or facts.url,
            )
    for letter in facts.letters:
        if letter.dated_on is not None and opinion is not None and letter.dated_on > opinion:
            yield _look_again(
                f"Letter of approval of {letter.party_name}",
                "Date of the letter",
                f"The letter is of {in_words(letter.dated_on)}, after the validation opinion of {in_words(opinion)}.",
                "Check that the validation report assesses this letter, and not an earlier one.",
                "3/CMP.1 annex, para 40(a)",
                letter.url,
            )


def of_the_issuance(facts: IssuanceFacts) -> Iterator[Finding]:
    """The period inside the crediting period and after the one before it; report, verification, certification."""
    form = "Monitoring report"
    first, last = facts.crediting_starts_on, facts.crediting_ends_on
    if first is not None and last is not None and (facts.starts_on < first or facts.ends_on > last):
        yield _returned(
            form,
            "Monitoring period",
            f"The period runs from {in_words(facts.starts_on)} to {in_words(facts.ends_on)}, the crediting period "
            f"from {in_words(first)} to {in_words(last)}.",
            "Keep the monitoring period inside the crediting period.",
            CREDITING,
            facts.url,
        )
    for other in facts.overlapping:
        yield _returned(
            form,
            "Monitoring period",
            f"The period overlaps {other}: reductions would be counted twice.",
            "Correct the days of the period.",
            CONSECUTIVE,
            facts.url,
        )
    expected = facts.previous_ends_on + ONE_DAY if facts.previous_ends_on else first
    if expected is not None and facts.starts_on > expected:
        yield _returned(
            form,
            "Monitoring period",
            f"It starts on {in_words(facts.starts_on)}, and leaves out the days from {in_words(expected)}.",
            f"Start the period on {in_words(expected)}.",
            CONSECUTIVE,
            facts.url,
        )
    yield from _verification(facts)


def _verification(facts: IssuanceFacts) -> Iterator[Finding]:
    report = "Verification and certification report"
    published, certified = facts.report_published_on, facts.certified_on
    for what, day in (("published", published), ("certified", certified)):
        if day is not None and day <= facts.ends_on:
            yield _returned(
                "Monitoring report" if what == "published" else report,
                "Dates",
                f"It was {what} on {in_words(day)}, before the period was over ({in_words(facts.ends_on)}).",
                "End the period on a day that had passed.",
                VERIFICATION,
                facts.url,
            )
    if published is not None and certified is not None and certified < published:
        yield _returned(
            report,
            "Dates",
            f"It certifies on {in_words(certified)}; the monitoring report was published on {in_words(published)}.",
            "Publish the monitoring report before it is verified.",
            "3/CMP.1 annex, para 62",
            facts.url,
        )
    for paper in _of_kind(facts.papers, "verification_report"):
        if published is not None and paper.uploaded_on < published:
            yield _look_again(
                paper.name,
                "Date of the report",
                f"It was attached on {in_words(paper.uploaded_on)}, before the monitoring report was published on "
                f"{in_words(published)}.",
                "Check that it verifies the published monitoring report.",
                "3/CMP.1 annex, para 62",
                paper.url or facts.url,
            )


def _of_kind(papers: tuple[Paper, ...], kind: str) -> Iterator[Paper]:
    return (paper for paper in papers if paper.kind == kind)


def _returned(document: str, section: str, sentence: str, to_do: str, source: str, url: str) -> Finding:
    return Finding("dates_out_of_order", Severity.RETURNED, document, section, sentence, to_do, source, url)


def _look_again(document: str, section: str, sentence: str, to_do: str, source: str, url: str) -> Finding:
    return Finding("dates_out_of_order", Severity.LOOK_AGAIN, document, section, sentence, to_do, source, url)
