"""Every move of every machine as an address, drawn from the pages of the law: what it asks, who may, what it does."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiTypes, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cdm.api import written
from cdm.api.door import IDEMPOTENCY_KEY, IF_MATCH, Door, tagged
from cdm.api.fields import Amounts, Units
from cdm.api.reading import TAGS
from cdm.forms.moves import SECTIONS
from cdm.models import Organisation
from cdm.models.subject import Subject
from cdm.workflow import drawing, engine
from cdm.workflow.machine import Ask, Machine, Move
from cdm.workflow.machines import MACHINES
from cdm.workflow.refusals import Unmet
from cdm.workflow.step import Problem

LONGEST_TEXT = 100_000


@extend_schema_field(OpenApiTypes.BINARY)
class Upload(serializers.FileField):
    """A file, sent as multipart/form-data. What is inside is looked at by the domain, in sentences."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty_file=True, max_length=None, **kwargs)


class MoveAnswer(serializers.Serializer[Any]):
    """What was done, and where the subject stands now."""

    record = written.RecordWriter()
    standing = written.Standing()
    version = serializers.IntegerField()


class OneProblem(serializers.Serializer[Any]):
    """One unmet need."""

    sentence = serializers.CharField()
    field = serializers.CharField(allow_blank=True)


def field_of(ask: Ask) -> serializers.Field[Any, Any, Any, Any]:
    """The field that an ask of a page becomes."""
    needed = f"{ask.label}: this is needed."
    words: dict[str, Any] = {
        "required": ask.required,
        "help_text": f"{ask.label}. {ask.hint}".strip(),
        "error_messages": {"required": needed, "null": needed, "blank": needed, "empty": needed},
    }
    if ask.kind == "text":
        return serializers.CharField(max_length=LONGEST_TEXT, **words)
    if ask.kind == "line":
        return serializers.CharField(max_length=60 if ask.name == "number" else 100, **words)
    if ask.kind == "date":
        return serializers.DateField(**words)
    if ask.kind in ("yes_no", "affirm"):
        return serializers.BooleanField(**words)
    if ask.kind == "usd":
        return serializers.DecimalField(max_digits=12, decimal_places=2, min_value=0, **words)
    if ask.kind == "quantity":
        return Units(**words)
    if ask.kind in ("choice", "decision"):
        return serializers.ChoiceField(choices=list(ask.choices), **words)
    if ask.kind == "amounts":
        return Amounts(**words)
    if ask.kind == "organisations":
        return serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all(), many=True, **words)
    if ask.kind == "scopes":
        return serializers.ListField(child=serializers.CharField(max_length=60), allow_empty=False, **words)
    if ask.kind == "holding":
        return serializers.CharField(max_length=200, **words)
    if ask.kind == "sections":
        return serializers.ListField(
            child=serializers.ChoiceField(choices=SECTIONS), allow_empty=False, **words
        )
    return Upload(**words)


def reader_of(machine: Machine, name: str) -> type[serializers.Serializer[Any]]:
    """What the body of a move may hold: what its rows ask for, and a note where there is room for one."""
    rows = machine.rows(name)
    fields: dict[str, Any] = {ask.name: field_of(ask) for row in rows for ask in row.asks}
    if any(row.note != "none" for row in rows):
        required = all(row.note == "required" for row in rows)
        needed = f"{rows[0].note_label}: this is needed and is kept on the record."
        fields["note"] = serializers.CharField(
            required=required,
            allow_blank=not required,
            max_length=LONGEST_TEXT,
            help_text=rows[0].note_label,
            error_messages={"required": needed, "blank": needed, "null": needed},
        )
    fields["__doc__"] = f"What “{rows[0].label}” asks for."
    return type(f"{_camel(machine.name)}{_camel(name)}", (serializers.Serializer,), fields)


class MoveDoor(Door):
    """POST makes one move of one machine."""

    machine: Machine
    move: str
    reader: type[serializers.Serializer[Any]]

    def post(self, request: Request, key: int) -> Response:
        return self.do(lambda: self.make(key))

    def make(self, key: int) -> Response:
        """The move over the one door; what is wrong with the body and what is unmet are said together."""
        subject, user, at = self.subject(self.machine.name, key), self.signed_in(), self.at()
        expected = self.expected_version()
        engine.refuse_unopened(subject, self.move, by=user, at=at)
        reader = self.reader(data=self.request.data, context={"request": self.request})
        if not reader.is_valid():
            raise Unmet([*_problems(reader.errors), *self._unmet_already(subject)])
        given = dict(reader.validated_data)
        record = engine.perform(
            subject, self.move, by=user, at=at, note=given.pop("note", ""), expected_version=expected, **given
        )
        subject.refresh_from_db()
        answer = {
            "record": record,
            "standing": written.standing_of(subject),
            "version": subject.version,
        }
        return tagged(Response(MoveAnswer(answer).data), subject)

    def _unmet_already(self, subject: Subject) -> list[Problem]:
        moves = engine.open_moves(subject, by=self.person(), at=self.at())
        return [problem for move in moves if move.name == self.move for problem in move.problems]


def door_of(machine: Machine, name: str) -> type[MoveDoor]:
    """The class behind the address of one move."""
    rows = machine.rows(name)
    reader = reader_of(machine, name)
    made = type(
        f"{_camel(machine.name)}{_camel(name)}Door",
        (MoveDoor,),
        {"machine": machine, "move": name, "reader": reader, "__doc__": rows[0].label},
    )
    described = extend_schema(
        operation_id=f"{machine.name}_{name}",
        tags=[TAGS[machine.name]],
        summary=rows[0].label,
        description=_description(machine, rows),
        parameters=[IF_MATCH, IDEMPOTENCY_KEY],
        request=reader,
        responses={200: MoveAnswer},
    )
    return extend_schema_view(post=described)(made)


def listing_of(machine: Machine) -> type[Door]:
    """The class that lists the open moves of one row."""
    names = written.moves_of(machine)
    open_move = type(
        f"{_camel(machine.name)}OpenMove",
        (serializers.Serializer,),
        {
            "__doc__": "A move you may make now.",
            "move": _name_of(machine)(choices=names),
            "label": serializers.CharField(),
            "warning": serializers.CharField(allow_blank=True),
            "law": serializers.CharField(allow_blank=True),
            "asks": serializers.ListField(child=serializers.CharField(), help_text="Names of its fields."),
            "note": serializers.ChoiceField(choices=("none", "optional", "required")),
            "unmet": OneProblem(many=True, help_text="What still stands in its way."),
        },
    )

    class OpenMoves(Door):
        """The moves a person may make now."""

        @extend_schema(
            operation_id=f"{machine.name}_moves",
            tags=[TAGS[machine.name]],
            summary="The moves you may make now",
            description="Each with what still stands in its way.",
            responses={200: open_move(many=True)},
        )
        def get(self, request: Request, key: int) -> Response:
            subject = self.subject(machine.name, key)
            moves = [
                {
                    "move": move.name,
                    "label": move.row.label,
                    "warning": move.row.warning,
                    "law": subject.law_of(move.row),
                    "asks": [ask.name for ask in move.row.asks],
                    "note": move.row.note,
                    "unmet": [{"sentence": one.sentence, "field": one.field} for one in move.problems],
                }
                for move in engine.open_moves(subject, by=self.person(), at=self.at())
            ]
            return tagged(Response(open_move(moves, many=True).data), subject)

    return OpenMoves


def _name_of(machine: Machine) -> Any:
    """A choice of the machine's moves, which the document lists once under a name of its own."""
    component = {"$ref": f"#/components/schemas/{_camel(machine.name)}Move"}
    return extend_schema_field(component)(
        type(f"{_camel(machine.name)}MoveField", (serializers.ChoiceField,), {})
    )


class OtherMove(Door):
    """A move that no person makes, or that does not exist: refused by the engine in its own words."""

    @extend_schema(exclude=True)
    def post(self, request: Request, machine: str, key: int, move: str) -> Response:
        if move not in MACHINES[machine].move_names:
            raise Http404(f"There is no move “{move[:60]}” for a {MACHINES[machine].title.lower()}.")
        subject = self.subject(machine, key)
        engine.perform(subject, move, by=self.signed_in(), at=self.at())
        raise Http404("This move is not made by people.")


def _description(machine: Machine, rows: tuple[Move, ...]) -> str:
    who = " or ".join(dict.fromkeys(role.label for row in rows for role in row.by))
    places = dict.fromkeys(machine.state(source).label for row in rows for source in row.source)
    lines = [f"From “{'”, “'.join(places)}”. By: {who}.", rows[0].warning]
    needs = dict.fromkeys(drawing.words_of_need(name) for row in rows for name in row.needs)
    lines.append("Needs: " + "; ".join(needs) + "." if needs else "")
    lines.append(f"Law: {rows[0].law}." if rows[0].law else "")
    return " ".join(line for line in lines if line)


def _problems(errors: Any) -> list[Problem]:
    from cdm.api.problems import problems_in

    return list(problems_in(errors))


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))
