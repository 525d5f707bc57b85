"""The monitoring period of the form against the spreadsheet and the names of the files."""

from __future__ import annotations

from collections.abc import Iterator

from cdm.presubmission.facts import IssuanceFacts
from cdm.presubmission.finding import Finding, Severity
from cdm.presubmission.written_days import period_in_file_name
from cdm.rules.days import in_words

SOURCE = "Project cycle procedure, completeness check (rulebook 2.11, 2.12): one monitoring period in every document"
MOST = 5  # different periods told of one spreadsheet


def findings(facts: IssuanceFacts) -> Iterator[Finding]:
    """Every place that names another period than the form does."""
    wanted = f"{in_words(facts.starts_on)} to {in_words(facts.ends_on)}"
    for book in facts.workbooks:
        once = {stated.period.text: stated for stated in reversed(book.figures.periods)}
        for stated in list(once.values())[-MOST:]:
            if not stated.period.can_be(facts.starts_on, facts.ends_on):
                yield Finding(
                    "period_differs",
                    Severity.RETURNED,
                    book.paper.name,
                    stated.where,
                    f"It names the monitoring period {stated.period.text}; the form says {wanted}.",
                    "Make both the same; a spreadsheet of another period may have been attached.",
                    SOURCE,
                    facts.url,
                )
    for paper in facts.papers:
        period = period_in_file_name(paper.filename)
        if period is not None and not period.can_be(facts.starts_on, facts.ends_on):
            yield Finding(
                "period_differs",
                Severity.LOOK_AGAIN,
                paper.name,
                "Name of the file",
                f"The name of the file speaks of {period.text}; the monitoring period is {wanted}.",
                "Check that the right file was attached, and attach it under a name with the right days.",
                SOURCE,
                facts.url,
            )
