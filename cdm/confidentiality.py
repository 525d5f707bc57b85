"""What may be kept from the public, and who still reads it (3/CMP.1 annex, para 6)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cdm import permissions
from cdm.models import Document, Project, User
from cdm.workflow.roles import Role
from cdm.workflow.step import Problem

Kind = Document.Kind

NEVER: Final = (
    Kind.PROJECT_DESIGN,
    Kind.CALCULATION,
    Kind.ENVIRONMENT,
    Kind.VALIDATION_REPORT,
    Kind.CORRECTION,
)
"""What additionality, the baseline methodology and its application, and the environmental analysis rest on."""

PUBLISHED: Final = (Kind.MONITORING_REPORT, Kind.VERIFICATION_REPORT, Kind.LETTER)
"""What the modalities themselves make public (paras 60, 62(h) and 63; rulebook 2.5)."""

READERS: Final = (
    Role.BOARD_MEMBER, Role.SECRETARIAT, Role.DOE, Role.PARTICIPANT, Role.FOCAL_POINT,
)  # fmt: skip


def problem(kind: str, because: str) -> Problem | None:
    """Why a paper of this kind cannot be marked confidential; None where it can, or is not marked."""
    if not because.strip():
        return None
    label = str(Document.Kind(kind).label)
    if kind in NEVER:
        return Problem(
            f"“{label}” cannot be confidential: what additionality, the baseline and the environmental analysis rest "
            "on is public (3/CMP.1 annex, para 6). Attach what is confidential by itself, as another document.",
            "confidential_because",
        )
    if kind in PUBLISHED:
        return Problem(
            f"“{label}” is made public by the modalities and procedures. Attach what is confidential by itself, as "
            "another document.",
            "confidential_because",
        )
    return None


def may_read(user: User | None, project: Project, at: dt.datetime) -> bool:
    """Whether a person reads the confidential papers of a project: Board, secretariat, its DOEs, its participants."""
    if permissions.roles_on(user, project, at) & frozenset(READERS):
        return True
    seats = permissions.seats_of(user, permissions.day_of(at))
    return seats.filter(organisation__engagements__project=project).exists()


def shown(documents: list[Document], project: Project, user: User | None, at: dt.datetime) -> list[Document]:
    """The documents without those that are confidential and not this person's to read, nor uploaded by the person."""
    if not any(document.confidential_because for document in documents) or may_read(user, project, at):
        return documents
    return [
        document for document in documents if not document.confidential_because or is_uploader(user, document)
    ]


def is_uploader(user: User | None, document: Document) -> bool:
    """Whether the person uploaded a version of it."""
    return user is not None and any(version.uploaded_by_id == user.pk for version in document.versions.all())
