"""Appends to the record: numbered, hashed on the one before, written once."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cdm.workflow.roles import Role

if TYPE_CHECKING:
    from cdm.models import Project, Record, RecordChain, User
    from cdm.models.subject import Subject

HASH_VERSION = "1"


def append(
    *,
    verb: str,
    sentence: str,
    by: User | None,
    role: Role | str,
    at: dt.datetime,
    project: Project | None = None,
    chain_name: str = "",
    subject: Subject | None = None,
    source: str = "",
    target: str = "",
    note: str = "",
    data: dict[str, Any] | None = None,
    is_public: bool = True,
) -> Record:
    """Write one record at the end of its chain (the project's, or `chain_name`). Call inside a transaction."""
    from cdm.models import Record

    name = chain_name or (f"project:{project.pk}" if project is not None else "registry")
    with transaction.atomic(savepoint=False):
        chain = _locked_chain(name)
        number = chain.length + 1
        facts = json.loads(json.dumps(data or {}, default=_plain))
        canonical = json.dumps(
            {
                "chain": name,
                "number": number,
                "machine": subject.machine.name if subject is not None else "",
                "subject": subject.pk if subject is not None else None,
                "verb": verb,
                "source": source,
                "target": target,
                "actor": by.pk if by is not None else None,
                "role": str(role),
                "at": at.astimezone(dt.UTC).isoformat(),
                "note": note,
                "sentence": sentence,
                "data": facts,
            },
            sort_keys=True,
            ensure_ascii=True,
            separators=(",", ":"),
        )
        record = Record.objects.create(
            chain=chain,
            number=number,
            project=project,
            machine_name=subject.machine.name if subject is not None else "",
            subject_id=subject.pk if subject is not None else None,
            verb=verb,
            source=source,
            target=target,
            actor=by,
            role=str(role),
            at=at,
            note=note,
            sentence=sentence,
            data=facts,
            is_public=is_public,
            previous_hash=chain.head,
            canonical=canonical,
            hash=hash_of(chain.head, canonical),
        )
        chain.length, chain.head = number, record.hash
        chain.save(update_fields=["length", "head"])
    return record


def _locked_chain(name: str) -> RecordChain:
    """The head of the chain, locked; made when its first record is written."""
    from cdm.models import RecordChain

    locked = RecordChain.objects.select_for_update(no_key=True)
    found: RecordChain | None = locked.filter(name=name).first()
    if found is None:
        RecordChain.objects.get_or_create(name=name)
        found = locked.get(name=name)
    return found


def hash_of(previous: str, canonical: str) -> str:
    """sha256 over the version, the previous hash and the stored text, in hex."""
    return hashlib.sha256(f"{HASH_VERSION}\n{previous}\n{canonical}".encode()).hexdigest()


def broken_links(chain: RecordChain) -> Iterator[str]:
    """A sentence for each place where the chain does not hold: a changed row, a gap, a cut-off end."""
    previous, expected, head = "", 0, ""
    for record in chain.records.order_by("number"):
        expected += 1
        head = record.hash
        if record.number != expected:
            yield f"{chain.name}: record {expected} is missing."
            expected = record.number
        if record.previous_hash != previous or record.hash != hash_of(previous, record.canonical):
            yield f"{chain.name}: record {record.number} does not follow from the one before it."
        if any(str(left) != str(right) for left, right in _columns_and_text(record)):
            yield f"{chain.name}: a column of record {record.number} is not what was hashed."
        previous = record.hash
    if expected != chain.length or head != chain.head:
        yield f"{chain.name}: it ends at record {expected}, but {chain.length} were written."


def _columns_and_text(record: Record) -> Iterator[tuple[Any, Any]]:
    told = json.loads(record.canonical)
    yield record.number, told["number"]
    yield record.machine_name, told["machine"]
    yield record.subject_id, told["subject"]
    yield record.verb, told["verb"]
    yield record.source, told["source"]
    yield record.target, told["target"]
    yield record.actor_id, told["actor"]
    yield record.role, told["role"]
    yield record.at.astimezone(dt.UTC).isoformat(), told["at"]
    yield record.note, told["note"]
    yield record.sentence, told["sentence"]
    yield json.dumps(record.data, sort_keys=True), json.dumps(told["data"], sort_keys=True)


def _plain(value: Any) -> Any:
    """Values of a record's data in JSON: rows by their key, the rest as text."""
    return value.pk if hasattr(value, "pk") else str(value)
