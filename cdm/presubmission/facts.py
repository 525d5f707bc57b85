"""What the checks are told: plain facts about a project or a request, gathered elsewhere. Tonnes are t CO2e."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from cdm.presubmission.figures import Figures


@dataclass(frozen=True)
class Paper:
    """The latest version of a document."""

    kind: str
    kind_label: str
    title: str
    filename: str
    uploaded_on: dt.date
    url: str = ""

    @property
    def name(self) -> str:
        """As findings name it: Verification and certification report (“VR v2.pdf”)."""
        return f"{self.title} (“{self.filename}”)"

    @property
    def is_spreadsheet(self) -> bool:
        return self.filename.lower().endswith(".xlsx")


@dataclass(frozen=True)
class Workbook:
    """A spreadsheet that was opened: what was recognised in it, or the trouble that kept it closed."""

    paper: Paper
    figures: Figures
    trouble: str = ""
    remark: str = ""


@dataclass(frozen=True)
class AppliedVersion:
    """A methodology as applied. `usable_until` is known for few versions only; None means not known.

    `last_registered_on` is the effective date of the last real project in the archive that applied this version.
    """

    code: str
    version: str
    latest_version: str
    is_withdrawn: bool
    successors: tuple[str, ...] = ()
    usable_until: dt.date | None = None
    usable_source: str = ""
    last_registered_on: dt.date | None = None


@dataclass(frozen=True)
class Amount:
    """Tonnes of one monitoring period in one commitment period: claimed, verified, certified; None: not stated."""

    commitment_period: int
    starts_on: dt.date
    ends_on: dt.date
    reported_t: int | None
    verified_t: int | None
    certified_t: int | None


@dataclass(frozen=True)
class Unmet:
    """A requirement that already stands in the way of submission: the sentence, where it belongs, a link."""

    sentence: str
    document: str
    section: str
    url: str = ""
    key: str = "missing"


@dataclass(frozen=True)
class LetterFacts:
    """A letter of approval that was issued."""

    party_name: str
    dated_on: dt.date | None
    has_file: bool
    url: str = ""


@dataclass(frozen=True)
class ProjectFacts:
    """A project before it is submitted, or before its registration is requested."""

    day: dt.date
    url: str
    unmet: tuple[Unmet, ...]
    entity_problems: tuple[str, ...]
    applied: tuple[AppliedVersion, ...]
    estimates: tuple[tuple[int, int], ...]
    total_t: int
    average_t: int
    papers: tuple[Paper, ...]
    workbooks: tuple[Workbook, ...]
    letters: tuple[LetterFacts, ...] = ()
    comments_close_on: dt.date | None = None
    opinion_on: dt.date | None = None


@dataclass(frozen=True)
class IssuanceFacts:
    """A monitoring period for which issuance is, or is to be, requested."""

    day: dt.date
    url: str
    unmet: tuple[Unmet, ...]
    entity_problems: tuple[str, ...]
    amounts: tuple[Amount, ...]
    starts_on: dt.date
    ends_on: dt.date
    papers: tuple[Paper, ...]
    workbooks: tuple[Workbook, ...]
    requested_t: int | None = None
    registered_on: dt.date | None = None
    crediting_starts_on: dt.date | None = None
    crediting_ends_on: dt.date | None = None
    report_published_on: dt.date | None = None
    certified_on: dt.date | None = None
    previous_ends_on: dt.date | None = None
    overlapping: tuple[str, ...] = field(default=())
    visit_needed_because: str = ""

    @property
    def claimed_t(self) -> int | None:
        """What is to be issued: certified, else verified, else reported; None where nothing is stated."""
        for stated in (
            [amount.certified_t for amount in self.amounts],
            [amount.verified_t for amount in self.amounts],
            [amount.reported_t for amount in self.amounts],
        ):
            known = [tonnes for tonnes in stated if tonnes is not None]
            if known and len(known) == len(stated):
                return sum(known)
        return None
