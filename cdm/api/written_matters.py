"""What is written of a matter before the Board."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cdm.api.fields import Units
from cdm.api.written import SubjectWriter, Writer
from cdm.models import BoardMatter, Question, RulingNote


class QuestionWriter(Writer[Question]):
    class Meta:
        model = Question
        fields = ["asked_of", "text", "asked_on", "ended_on", "answer"]


class RulingNoteWriter(Writer[RulingNote]):
    class Meta:
        model = RulingNote
        fields = ["facts", "rule", "rationale", "at"]


class MatterWriter(SubjectWriter):
    """What is public of a matter: how it was decided and why, once it is; what was asked and answered."""

    outcome = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()
    corrections = serializers.SerializerMethodField()
    scopes = serializers.SerializerMethodField(help_text="Functions and scopes that were withdrawn.")
    excess = serializers.SerializerMethodField(help_text="Units that were found in excess.")
    questions = QuestionWriter(many=True)
    ruling_note = serializers.SerializerMethodField()

    class Meta:
        model = BoardMatter
        fields = [
            "id", "kind", "project", "request", "letter", "entity", "accreditation", "excess_issuance",
            "standing", "rule_set_key", "opened_on", "meeting", "outcome", "reasons", "corrections", "scopes", "excess",
            "decided_on", "decided_by", "questions", "ruling_note", "version",
        ]  # fmt: skip

    def get_outcome(self, matter: BoardMatter) -> str:
        return matter.outcome if matter.decided_on else ""

    def get_reasons(self, matter: BoardMatter) -> str:
        return matter.reasons if matter.decided_on else ""

    def get_corrections(self, matter: BoardMatter) -> str:
        return matter.corrections if matter.decided_on else ""

    def get_scopes(self, matter: BoardMatter) -> list[str]:
        return matter.scopes if matter.decided_on else []

    @extend_schema_field(Units(allow_null=True))
    def get_excess(self, matter: BoardMatter) -> str | None:
        return str(matter.excess) if matter.decided_on and matter.excess else None

    @extend_schema_field(RulingNoteWriter(allow_null=True))
    def get_ruling_note(self, matter: BoardMatter) -> Any:
        note = getattr(matter, "ruling_note", None)
        return RulingNoteWriter(note).data if note is not None else None
