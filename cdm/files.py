"""Files that come in from outside: looked at before they are let in, and kept in versions, never replaced."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import zipfile
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.base import File

from cdm.models import BoardRequest, Document, DocumentVersion, MonitoringPeriod, RegisteredChange, User
from cdm.workflow.step import Problem

# ending: (content type it is served as, the bytes it must begin with)
TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".csv": ("text/csv", ()),
    ".txt": ("text/plain", ()),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
}
OFFICE_PART = {".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
LARGEST_UNPACKED_BYTES = 200 * 1024 * 1024


def store(
    subject: Any,
    *,
    kind: str,
    title: str,
    file: File[bytes],
    by: User,
    at: dt.datetime,
    confidential_because: str = "",
) -> DocumentVersion:
    """Keep a file as a new version of the paper of this kind and title. Call inside a transaction, after the lock.

    The caller has asked `file_problems` and the permission, and writes the record.
    """
    document, _ = Document.objects.get_or_create(
        **identity(subject, kind, title),
        defaults={"created_at": at, "confidential_because": confidential_because},
    )
    name = safe_name(file.name or "")
    version = DocumentVersion(
        document=document,
        number=document.versions.count() + 1,
        filename=name,
        content_type=TYPES[_ending(name)][0],
        size_bytes=file.size,
        sha256=_sha256(file),
        uploaded_by=by,
        uploaded_at=at,
    )
    version.file.save(name, file, save=False)
    version.save()
    return version


def identity(subject: Any, kind: str, title: str) -> dict[str, Any]:
    """What makes a paper the same one: what it belongs to, its kind and its title, in one validation round."""
    project = subject.whole_project
    return {
        "project": project,
        "kind": kind,
        "title": title.strip() or str(Document.Kind(kind).label),
        "monitoring_period": subject if isinstance(subject, MonitoringPeriod) else None,
        "request": subject if isinstance(subject, BoardRequest) else None,
        "change": subject if isinstance(subject, RegisteredChange) else None,
        "round": project.round,
    }


def file_problems(file: File[bytes]) -> list[Problem]:
    """What is wrong with an upload: its name, its size, or what is inside."""
    name = safe_name(file.name or "")
    ending = _ending(name)
    if ending not in TYPES:
        known = ", ".join(sorted(TYPES))
        return [Problem(f"“{name}” is of a type that is not taken. Choose a file ending in {known}.", "file")]
    if not file.size:
        return [
            Problem(
                f"“{name}” is empty (0 bytes). Choose the file again; it may not have been saved.", "file"
            )
        ]
    limit = settings.UPLOAD_MAX_BYTES
    if file.size > limit:
        return [
            Problem(
                f"“{name}” has {file.size / 1e6:.1f} MB; at most {limit / 1e6:.0f} MB are taken. "
                "Make it smaller or split it.",
                "file",
            )
        ]
    return _content_problems(name, ending, file)


def safe_name(name: str) -> str:
    """The last part of a file's name without control or path characters, at most 150 characters."""
    bare = PurePath(name.replace("\\", "/")).name
    clean = re.sub(r"[^\w\s.,()+\-]", "_", bare, flags=re.UNICODE)
    clean = re.sub(r"[\x00-\x1f\s]+", " ", clean).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:140]}{dot}{ending[:9]}" if dot else clean[:150]


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()


def _content_problems(name: str, ending: str, file: File[bytes]) -> list[Problem]:
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    begins = TYPES[ending][1]
    if begins and not head.startswith(begins):
        return [
            Problem(
                f"“{name}” is not a {ending[1:].upper()} file, whatever its name says. Save it as one.",
                "file",
            )
        ]
    if not begins and b"\x00" in head:
        return [Problem(f"“{name}” is not a text file. Save it as plain text.", "file")]
    if ending not in OFFICE_PART:
        return []
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        return [Problem(f"“{name}” is damaged. Save it again and choose it anew.", "file")]
    finally:
        file.seek(0)
    if OFFICE_PART[ending] not in {part.filename for part in parts}:
        return [
            Problem(
                f"“{name}” is not a {ending[1:].upper()} file, whatever its name says. Save it as one.",
                "file",
            )
        ]
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED_BYTES:
        return [Problem(f"“{name}” unpacks to more than 200 MB. Make it smaller.", "file")]
    return []


def _sha256(file: File[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
