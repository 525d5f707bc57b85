"""Putting a text forward for signature, signing it, and changing it: all sign the same content (rulebook 2.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from cdm import notices, permissions
from cdm.acts.acting import Act, NotOpen, acting, refuse
from cdm.models import Organisation, Signature, Signed, User
from cdm.models.signing import sha256_of
from cdm.permissions import Denied
from cdm.workflow import engine, waiting
from cdm.workflow.roles import Role

CHANGED = (
    "The text was changed after you opened it, so what you were about to sign is no longer what it says. "
    "Read it again and sign what it says now."
)


def sign(subject: Signed, *, content_sha256: str, by: User, at: dt.datetime) -> Signature:
    """Sign for one's organisation the text whose SHA-256 is `content_sha256`; the last signature moves it on.

    Raises Denied where none of the person's organisations is asked for a signature, NotOpen where it is not being
    signed, and Unmet where the text is another by now or the organisation has signed it already.
    """
    with acting(subject, "sign", by=by, at=at) as act:
        text: Signed = act.subject
        if text.state != text.signed_in:
            raise NotOpen(f"It is not signed any more: it is in the state “{text.place.label}”.")
        mine = _bodies_of(by, text.signatories().values(), act)
        if not mine:
            names = ", ".join(str(body) for body in text.signatories().values())
            raise Denied(f"Only {names or 'a focal point'} can sign this. You do not sit for any of them.")
        signed = {row.organisation_id: row for row in text.standing_signatures}
        unsigned = [body for body in mine if body.pk not in signed]
        if not unsigned:
            earlier = signed[mine[0].pk]
            refuse(f"{earlier.organisation} signed this on {earlier.at:%-d %B %Y}. It is signed once.")
        refuse(CHANGED if content_sha256 != text.content_sha256 else None)
        refuse(
            "What the text tells of has changed meanwhile. Change the text, so that it is right, and sign it then."
            if sha256_of(text.current_content()) != text.content_sha256
            else None
        )
        signature = _give(act, unsigned[0])
        move_on(act)
    return signature


def write_text(act: Act, *, reason: str = "") -> None:
    """Keep the text as it stands now. A changed one has a new number, and the signatures given before are void."""
    text: Signed = act.subject
    content = text.current_content()
    sha256 = sha256_of(content)
    if text.content_sha256:
        text.content_number += 1
        text.version += 1
        voided = list(text.standing_signatures)
        text.standing_signatures.update(voided_at=act.at, void_because=reason[:200])
        mine = _bodies_of(act.by, text.signatories().values(), act)
        _of(act, mine[0] if mine else None).record(
            f"{text}: text changed, {len(voided)} signatures void",
            note=reason,
            data={
                **_acted_as(text, mine[0] if mine else None),
                "content": content,
                "content_number": text.content_number,
                "content_sha256": sha256,
                "void": [row.organisation.name for row in voided],
            },
            is_public=False,
        )
    is_changed = bool(text.content_sha256)
    text.content, text.content_sha256 = content, sha256
    text.save()
    if is_changed:
        notices.tell_roles(
            text, (Role.FOCAL_POINT,), f"{text}: changed, to be signed anew", at=act.at, but=act.by
        )


def sign_what_one_wrote(act: Act) -> None:
    """Who puts a text forward, or changes it, signs it with that, where its signature is asked for."""
    mine = _bodies_of(act.by, act.subject.signatories().values(), act)
    if mine:
        _give(act, mine[0])
    move_on(act)


def move_on(act: Act) -> None:
    """The move that follows when nobody's signature is waited for any more."""
    text: Signed = act.subject
    if text.state == text.signed_in and not text.still_to_sign():
        record = engine.follow(text, text.signed_move, by=act.by, at=act.at)
        waiting.settle(act.project, at=act.at, record=record)
        text.refresh_from_db()


def _give(act: Act, body: Organisation) -> Signature:
    text: Signed = act.subject
    signature = Signature.objects.create(
        machine_name=text.machine.name,
        subject_id=text.pk,
        organisation=body,
        by=act.by,
        at=act.at,
        content_number=text.content_number,
        content_sha256=text.content_sha256,
    )
    _of(act, body).record(
        f"{text}: signed for {body}",
        data={
            **_acted_as(text, body),
            "content_number": text.content_number,
            "content_sha256": text.content_sha256,
        },
        is_public=False,
    )
    return signature


def _of(act: Act, body: Organisation | None) -> Act:
    """The act in the role in which the person signs for the organisation: as a focal point, or as a participant."""
    if body is None:
        return act
    is_focal_point = act.subject.is_signed_as_focal_point(body)
    return replace(act, role=Role.FOCAL_POINT if is_focal_point else Role.PARTICIPANT)


def _acted_as(text: Signed, body: Organisation | None) -> dict[str, str]:
    """What the history calls the person: of a participant the signatory, where not a focal point."""
    if body is None or text.is_signed_as_focal_point(body):
        return {}
    return {"acted_as": f"Signatory of {body}"}


def _bodies_of(by: User, bodies: Iterable[Organisation], act: Act) -> list[Organisation]:
    """Those of the organisations for which the person sits today."""
    seats: Any = permissions.seats_of(by, act.day).values_list("organisation_id", flat=True)
    held = set(seats)
    return [body for body in bodies if body.pk in held]
