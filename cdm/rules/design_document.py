"""The sections of a project design document: 3/CMP.1 annex, appendix B, para 2, (a) to (j), all required."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cdm.rules.confidence import Confidence
from cdm.rules.errors import NoSuchRule

APPENDIX: Final = "3/CMP.1 annex, appendix B, para 2"


@dataclass(frozen=True)
class Part:
    """One numbered part of a section, such as the steps of the calculation."""

    number: str
    key: str
    title: str
    guidance: str


@dataclass(frozen=True)
class Section:
    """One section: its `letter`, `key` for field names, title and one sentence that says what to write."""

    letter: str
    key: str
    title: str
    guidance: str
    parts: tuple[Part, ...] = ()
    is_required: bool = True
    confidence: Confidence = Confidence.HIGH

    @property
    def source(self) -> str:
        """The paragraph the section comes from."""
        return f"{APPENDIX}({self.letter})"


CALCULATION_PARTS: Final = (
    Part(
        "i",
        "project_emissions",
        "Project emissions",
        "Formulae and estimate of emissions by sources within the boundary.",
    ),
    Part(
        "ii",
        "leakage",
        "Leakage",
        "Formulae and estimate of the net change of emissions outside the boundary.",
    ),
    Part("iii", "project_total", "Sum of project emissions and leakage", "The sum of (i) and (ii)."),
    Part(
        "iv",
        "baseline_emissions",
        "Baseline emissions",
        "Formulae and estimate of emissions in the baseline.",
    ),
    Part("v", "baseline_leakage", "Baseline leakage", "Formulae and estimate of leakage in the baseline."),
    Part("vi", "baseline_total", "Sum of baseline emissions and leakage", "The sum of (iv) and (v)."),
    Part(
        "vii",
        "reductions",
        "Emission reductions",
        "The difference of (vi) and (iii): what the project reduces.",
    ),
)

SECTIONS: Final = (
    Section(
        "a",
        "description",
        "Description of the project activity",
        "Say what the project is for, how it works technically, how technology is transferred, if it is, "
        "and where its boundary lies.",
        (
            Part("1", "purpose", "Purpose", "What the project does and why it is undertaken."),
            Part(
                "2",
                "technical_description",
                "Technical description",
                "Equipment, processes and how they work.",
            ),
            Part(
                "3",
                "technology_transfer",
                "Technology transfer",
                "What know-how reaches the host Party, and how.",
            ),
            Part(
                "4", "boundary", "Project boundary", "The sources under the participants' control that count."
            ),
        ),
    ),
    Section(
        "b",
        "baseline_methodology",
        "Baseline methodology",
        "Name the approved methodology and version, and explain how it is applied to this project; "
        "describe a new methodology with its strengths, weaknesses, data, projections and leakage.",
    ),
    Section(
        "c",
        "crediting_period",
        "Operational lifetime and crediting period",
        "State how long the project will run, and the crediting period chosen, with start and length.",
    ),
    Section(
        "d",
        "additionality",
        "Additionality",
        "Show how emissions are reduced below those that would have occurred without the project.",
    ),
    Section(
        "e",
        "environmental_impacts",
        "Environmental impacts",
        "Document the environmental impacts, also across borders; where they are significant, "
        "refer to the impact assessment the host Party requires.",
    ),
    Section(
        "f",
        "public_funding",
        "Public funding",
        "Say whether Parties included in Annex I fund the project from public money; each affirms that this "
        "diverts no official development assistance and is apart from its financial obligations.",
    ),
    Section(
        "g",
        "stakeholder_comments",
        "Comments by local stakeholders",
        "Describe how comments were invited, summarise them, and report how due account was taken of them.",
        (
            Part("1", "process", "How comments were invited", "Who was asked, when and how."),
            Part("2", "summary", "Summary of the comments", "What people said."),
            Part("3", "due_account", "How they were taken into account", "What was done about each comment."),
        ),
    ),
    Section(
        "h",
        "monitoring_plan",
        "Monitoring plan",
        "Say which data are needed and how good they must be, how they are collected and kept, "
        "and how their quality is assured and controlled.",
        (
            Part("1", "data", "Data and their quality", "Parameters, units, accuracy and frequency."),
            Part(
                "2",
                "collection",
                "Collection and archiving",
                "Who measures what, how it is recorded and kept.",
            ),
            Part(
                "3", "quality", "Quality assurance and control", "Calibration, checks and responsibilities."
            ),
        ),
    ),
    Section(
        "i",
        "calculations",
        "Calculations",
        "Give the formulae and the estimate of the emission reductions, step by step.",
        CALCULATION_PARTS,
    ),
    Section(
        "j",
        "references",
        "References",
        "List the references that support the above, if any; otherwise say so.",
    ),
)

_BY_KEY: Final = {each.key: each for each in SECTIONS} | {each.letter: each for each in SECTIONS}


def section(name: str) -> Section:
    """The section by its key or letter. Raises NoSuchRule."""
    if name not in _BY_KEY:
        raise NoSuchRule(f"There is no section “{name}” in a project design document.")
    return _BY_KEY[name]


def missing(filled: dict[str, str]) -> list[Section]:
    """The required sections that are empty in `filled` (section key to its text), in order."""
    return [each for each in SECTIONS if each.is_required and not filled.get(each.key, "").strip()]
