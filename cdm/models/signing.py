"""What is signed: a text with its SHA-256, whose signatures it needs, and the signatures given to it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from cdm.models.people import Organisation
from cdm.models.record import AboutASubject
from cdm.models.subject import Subject

if TYPE_CHECKING:
    from django.db.models import QuerySet


@dataclass(frozen=True)
class Needed:
    """Whose signatures are needed: of all of these organisations, or of any one of them; and why."""

    organisations: tuple[Organisation, ...]
    why: str
    any_one: bool = False
    # whether they sign as focal points; else as participants, for themselves
    as_focal_points: bool = False

    def open_after(self, signed: set[int]) -> list[Organisation]:
        """Who of them can still be waited for, after the organisations with these keys have signed."""
        if self.any_one and any(body.pk in signed for body in self.organisations):
            return []
        return [body for body in self.organisations if body.pk not in signed]


class Signed(Subject):
    """A subject with a text that organisations sign: its content, its number, its SHA-256.

    Every change makes a new number and voids the signatures given (rulebook 2.4: all sign the same content).
    """

    content = models.JSONField(default=dict, editable=False)
    content_number = models.PositiveSmallIntegerField(default=1, editable=False)
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    # the state in which it can be signed and changed, and the move that follows from the last signature
    signed_in: ClassVar[str] = "being_signed"
    signed_move: ClassVar[str]

    class Meta:
        abstract = True

    def current_content(self) -> dict[str, Any]:
        """The text as the rows say it now."""
        raise TypeError(f"{type(self).__name__} has no text")

    def needed(self) -> list[Needed]:
        """Whose signatures the text needs."""
        raise TypeError(f"{type(self).__name__} is not signed")

    @property
    def signatures(self) -> QuerySet[Signature]:
        """Every signature ever given to it, void ones included, oldest first."""
        return Signature.objects.filter(machine_name=self.machine.name, subject_id=self.pk).select_related(
            "organisation", "by"
        )

    @property
    def standing_signatures(self) -> QuerySet[Signature]:
        return self.signatures.filter(voided_at__isnull=True)

    def still_to_sign(self) -> list[Organisation]:
        """The organisations whose signature is still waited for; where any one is enough, all that could give it."""
        if self.state != self.signed_in:
            return []
        signed = set(self.standing_signatures.values_list("organisation_id", flat=True))
        found = {body.pk: body for needed in self.needed() for body in needed.open_after(signed)}
        return list(found.values())

    def signatories(self) -> dict[int, Organisation]:
        """The organisations whose signature means something here."""
        return {body.pk: body for needed in self.needed() for body in needed.organisations}

    def is_signed_as_focal_point(self, body: Organisation) -> bool:
        """Whether the signature is a focal point's; else it is a participant's own."""
        return any(needed.as_focal_points and body in needed.organisations for needed in self.needed())


class Signature(AboutASubject):
    """One organisation's signature to one text: given once, voided when the text is changed, never deleted."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content_number = models.PositiveSmallIntegerField()
    content_sha256 = models.CharField(max_length=64)
    voided_at = models.DateTimeField(null=True)
    void_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine_name", "subject_id", "organisation"],
                condition=Q(voided_at__isnull=True),
                name="an_organisation_signs_a_text_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.by}"


def sha256_of(content: dict[str, Any]) -> str:
    """The fingerprint of a text: of its canonical JSON (sorted keys, no spaces, UTF-8)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def named(organisation: Organisation) -> dict[str, Any]:
    """An organisation as a text names it."""
    return {"id": organisation.pk, "name": organisation.name}
