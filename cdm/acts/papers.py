"""Attaching papers: who may attach which kind, to what, and when."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.base import File

from cdm import confidentiality
from cdm.acts.acting import Act, Problem, acting, refuse
from cdm.files import file_problems, identity, store
from cdm.models import (
    BoardRequest,
    Document,
    DocumentVersion,
    LetterOfApproval,
    MonitoringPeriod,
    RegisteredChange,
    User,
)
from cdm.models.subject import Subject
from cdm.workflow.roles import Role

Kind = Document.Kind

# who attaches what; a kind that is not here for a role is refused
KINDS_OF_ROLE: dict[Role, tuple[str, ...]] = {
    Role.PARTICIPANT: (
        Kind.PROJECT_DESIGN,
        Kind.CALCULATION,
        Kind.ENVIRONMENT,
        Kind.STAKEHOLDERS,
        Kind.MONITORING_REPORT,
        Kind.REVIEW_REPLY,
        Kind.CORRECTION,
        Kind.OTHER,
    ),
    Role.DOE: (
        Kind.VALIDATION_REPORT,
        Kind.VERIFICATION_REPORT,
        Kind.REVIEW_REPLY,
        Kind.CORRECTION,
        Kind.OTHER,
    ),
    Role.DNA: (Kind.LETTER,),
    Role.SECRETARIAT: (Kind.OTHER,),
}
# papers that belong to the design document: they change only while it is a draft
OF_THE_DESIGN_DOCUMENT = (Kind.PROJECT_DESIGN, Kind.CALCULATION, Kind.ENVIRONMENT, Kind.STAKEHOLDERS)


def attach(
    subject: Subject,
    *,
    kind: str,
    title: str,
    file: File[bytes],
    by: User,
    at: dt.datetime,
    confidential_because: str = "",
) -> DocumentVersion:
    """Attach a file to a project, letter, monitoring period or request.

    A kind and title that is there already gets a new version. With a reason, `confidential_because`, only the Board,
    the secretariat, the project's DOEs and its participants read it (3/CMP.1 annex, para 6); a paper that is
    confidential stays so in all its versions.

    Raises Unmet with what is wrong with the file, Denied, or NotOpen where the paper can no longer change.
    """
    with acting(subject, "attach_document", by=by, at=at) as act:
        because = confidential_because.strip()
        refuse(
            _place_problem(act, kind),
            confidentiality.problem(kind, because),
            _public_already(act, kind, title) if because else None,
            *file_problems(file),
        )
        version = store(
            act.subject, kind=kind, title=title, file=file, by=by, at=at, confidential_because=because
        )
        is_confidential = bool(version.document.confidential_because)
        act.record(
            "Confidential document attached" if is_confidential else f"Document attached: {version}",
            data={
                "document": version.document_id,
                "version": version.number,
                "sha256": version.sha256,
                "filename": version.filename,
                **({"confidential_because": because} if because else {}),
            },
            is_public=kind != Kind.OTHER and not is_confidential,
        )
    return version


def _public_already(act: Act, kind: str, title: str) -> Problem | None:
    """What was disclosed once cannot be taken back by a later version."""
    same = identity(act.subject, kind, title)
    if not Document.objects.filter(**same, confidential_because="").exists():
        return None
    return Problem(
        f"“{same['title']}” is there already and is not confidential. Give the confidential paper a title of its own.",
        "title",
    )


def _place_problem(act: Act, kind: str) -> Problem | None:
    if kind not in KINDS_OF_ROLE.get(act.role, ()):
        return Problem(f"As {act.role.label.lower()} you do not attach a document of this kind here.", "kind")
    of_a_change = isinstance(act.subject, RegisteredChange)
    if kind in OF_THE_DESIGN_DOCUMENT and act.project.state != "draft" and not of_a_change:
        return Problem(
            "The design document is submitted. Take it back to draft before you change its papers.", "kind"
        )
    subject: Any = act.subject
    if isinstance(subject, RegisteredChange):
        return _change_problem(subject, kind)
    needs_period = (Kind.MONITORING_REPORT, Kind.VERIFICATION_REPORT)
    if (kind in needs_period) != isinstance(subject, MonitoringPeriod) and kind != Kind.OTHER:
        return Problem("A document of this kind is attached elsewhere: to its monitoring period.", "kind")
    if kind == Kind.MONITORING_REPORT and subject.state != "being_prepared":
        return Problem(
            "The monitoring report is with the DOE. It can be changed after it is handed back.", "kind"
        )
    if kind == Kind.VERIFICATION_REPORT and subject.state != "in_verification":
        return Problem("The verification report is attached while the period is in verification.", "kind")
    if kind == Kind.VALIDATION_REPORT and act.project.state not in ("open_for_comments", "in_validation"):
        return Problem("The validation report is attached during validation.", "kind")
    if kind == Kind.LETTER and not isinstance(subject, LetterOfApproval):
        return Problem("A letter is attached to its letter of approval.", "kind")
    if kind == Kind.REVIEW_REPLY and not isinstance(subject, BoardRequest):
        return Problem("A reply is attached to the request under review.", "kind")
    if kind == Kind.CORRECTION and not (
        isinstance(subject, BoardRequest) and subject.state == "corrections_requested"
    ):
        return Problem(
            "A corrected document is attached to a request that the Board wants corrected.", "kind"
        )
    return None


def _change_problem(change: RegisteredChange, kind: str) -> Problem | None:
    """A renewal or change takes the revised papers while it is prepared, and the DOE's report while it validates."""
    if kind in OF_THE_DESIGN_DOCUMENT and change.state != "being_prepared":
        return Problem("Its papers change while it is being prepared. Ask the DOE to hand it back.", "kind")
    if kind == Kind.VALIDATION_REPORT and change.state != "in_validation":
        return Problem("The validation report is attached while the DOE validates it.", "kind")
    if kind not in (*OF_THE_DESIGN_DOCUMENT, Kind.VALIDATION_REPORT, Kind.OTHER):
        return Problem("A document of this kind is attached elsewhere, not to a renewal or change.", "kind")
    return None
