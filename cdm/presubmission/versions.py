"""Versions of methodologies past their grace period; honest where the last day is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from cdm.presubmission.facts import AppliedVersion
from cdm.presubmission.finding import Finding, Severity
from cdm.rules import methodologies, tables
from cdm.rules.days import in_words
from cdm.rules.errors import NoSuchRule

SOURCE: Final = "Project cycle procedure, revision and withdrawal of methodologies (rulebook 2.6, point 3)"
NOT_REFUSED: Final = "It can be stated so; the DOE and the secretariat look whether the version may be used."
LAST_DAYS_FILE: Final = Path(__file__).resolve().parent / "version_last_days.csv"


def last_days(path: Path = LAST_DAYS_FILE) -> dict[tuple[str, str], tuple[dt.date, str]]:
    """(methodology, version) → (last day on which it could be used in a request, source), as far as known.

    Raises RuleFileError with the line where the file has a mistake.
    """
    found = {}
    for line in tables.lines(path, ("code", "version", "usable_until", "source", "confidence")):
        code, version, day = line.text("code"), line.text("version"), line.day("usable_until")
        if day is None or not methodologies.is_code(code) or not methodologies.is_version(version):
            raise line.fail("a methodology, its version and the last day are needed.")
        found[code, version] = (day, f"{line.text('source')} ({line.confidence().value})")
    return found


def findings(applied: tuple[AppliedVersion, ...], *, day: dt.date, url: str) -> Iterator[Finding]:
    """What can be said of each version on the day of the request."""
    for one in applied:
        name = f"{one.code} version {one.version}" if one.version else one.code
        if one.usable_until is not None:
            if day > one.usable_until:
                yield Finding(
                    "methodology_version_expired",
                    Severity.RETURNED,
                    "Project design document",
                    "Methodology",
                    f"{name} could be used in requests until {in_words(one.usable_until)}.",
                    _use(one),
                    f"{SOURCE}; {one.usable_source}",
                    url,
                )
            continue
        sentence = _unsure(one, name)
        if sentence:
            yield Finding(
                "methodology_version_in_doubt",
                Severity.LOOK_AGAIN,
                "Project design document",
                "Methodology",
                sentence + _evidence(one),
                f"Look up on the methodology's page of the UNFCCC how long {name} may be used. {_use(one)}",
                SOURCE,
                url,
            )


def doubts(applied: Iterable[Sequence[str]]) -> list[str]:
    """Which versions, of pairs of code and version, are not those on the list here, as sentences; none is refused."""
    named = ((applied_version(code, version), f"{code} version {version}") for code, version in applied)
    found = [sentence for one, name in named if one.version and (sentence := _unsure(one, name))]
    return [*found, NOT_REFUSED] if found else []


def _unsure(one: AppliedVersion, name: str) -> str:
    """Why the version may not do, where no last day is known; empty where nothing speaks against it."""
    if one.is_withdrawn:
        return f"{one.code} has been withdrawn. This registry does not know the day until which it could be used."
    if not one.version:
        return f"No version of {one.code} is named."
    if not one.latest_version:
        return ""
    order = _compared(one.version, one.latest_version)
    if order > 0:
        return f"{name} is newer than the latest version on the list here, {one.latest_version}."
    if order < 0:
        return (
            f"A later version, {one.latest_version}, is on the list here. This registry does not know the day until "
            f"which {name} could be used."
        )
    return ""


def _evidence(one: AppliedVersion) -> str:
    if one.last_registered_on is None:
        return ""
    return (
        f" In the archive, the last project registered with this version has the effective date "
        f"{in_words(one.last_registered_on)}."
    )


def _use(one: AppliedVersion) -> str:
    if one.is_withdrawn and one.successors:
        return f"Otherwise apply {' or '.join(one.successors)}."
    if one.is_withdrawn:
        return "Otherwise apply another approved methodology."
    if one.latest_version:
        return f"Otherwise apply version {one.latest_version}."
    return "Otherwise apply the version in force."


def _compared(version: str, other: str) -> int:
    """-1, 0 or 1: “4” and “4.0.0” are the same version."""
    parts = [[int(number) for number in text.split(".")] for text in (version, other)]
    longest = max(len(numbers) for numbers in parts)
    first, second = (numbers + [0] * (longest - len(numbers)) for numbers in parts)
    return (first > second) - (first < second)


def applied_version(code: str, version: str, *, last_registered_on: dt.date | None = None) -> AppliedVersion:
    """The facts about a version, from the list of methodologies and the last days that are known."""
    until, source = last_days().get((code, version), (None, ""))
    try:
        known = methodologies.methodology(code)
    except NoSuchRule:
        return AppliedVersion(code, version, "", False, usable_until=until, usable_source=source)
    return AppliedVersion(
        code=code,
        version=version,
        latest_version=known.version,
        is_withdrawn=known.status == methodologies.WITHDRAWN,
        successors=known.successors,
        usable_until=until,
        usable_source=source,
        last_registered_on=last_registered_on,
    )
