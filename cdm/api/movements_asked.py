"""What a program says that proposes a movement, and what is written back of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from rest_framework import serializers

from cdm.api.fields import Units, WholeText
from registry import queries
from registry.codes import UnitType
from registry.models import Account, Issuance
from registry.models_movements import Movement
from registry.movements import proposal
from registry.movements.checks import CHECKS
from registry.movements.life import TRANSACTION_STATUS, State
from registry.movements.table import KINDS, PROPOSED_HERE, MovementKind
from registry.serials import BadSerials, SerialRange

UNIT_TYPES = [unit.name for unit in UnitType]
TOLD = ("beneficiary", "purpose", "basis", "expires_on", "project_number", "track")


def account_of(identifier: str) -> Account | None:
    """The account of an identifier, None where it is empty; a sentence where there is none."""
    if not identifier:
        return None
    try:
        return queries.account(identifier)
    except (BadSerials, OverflowError, queries.NoSuchAccount) as error:
        raise serializers.ValidationError(getattr(error, "sentence", str(error))) from error


def serials_of(text: str) -> SerialRange:
    """A run of serials such as BR 1-1346."""
    try:
        return SerialRange.parse(text)
    except BadSerials as error:
        raise serializers.ValidationError(error.sentence) from error


class LineAsks(serializers.Serializer[Any]):
    """Units of one Party, project, type and period: an amount, lowest serials first, or these serials."""

    party = serializers.RegexField(r"^[A-Z]{2}$", help_text="Host or issuing Party, ISO code.")
    project_number = serializers.IntegerField(min_value=0, max_value=9_999_999, default=0)
    unit_type = serializers.ChoiceField(choices=UNIT_TYPES)
    commitment_period = serializers.IntegerField(min_value=0, max_value=99)
    quantity = Units(required=False, help_text="This, or `serials`.")
    serials = serializers.CharField(
        max_length=60, required=False, help_text="Such as BR 1-1346; this, or `quantity`."
    )
    original_period = serializers.IntegerField(
        min_value=0,
        max_value=99,
        required=False,
        help_text="Of units that arrive from elsewhere, as all below.",
    )
    lulucf = serializers.IntegerField(min_value=0, max_value=999, default=0)
    track = serializers.IntegerField(min_value=0, max_value=99, default=0)
    expires_on = serializers.DateField(required=False, help_text="Of tCERs and lCERs.")

    def validate_serials(self, text: str) -> SerialRange:
        return serials_of(text)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("quantity" in attrs) == ("serials" in attrs):
            raise serializers.ValidationError("Give either a quantity or serials.")
        return attrs


class ProposalAsks(serializers.Serializer[Any]):
    """A movement to be previewed or proposed; what a kind is told stands in its row of the table."""

    kind = serializers.ChoiceField(choices=[kind.value for kind in PROPOSED_HERE])
    source = serializers.CharField(
        max_length=40, default="", allow_blank=True, help_text="Identifier of the account that units leave."
    )
    target = serializers.CharField(
        max_length=40,
        default="",
        allow_blank=True,
        help_text="Identifier of the account that receives; empty where the table knows it.",
    )
    units = LineAsks(many=True, max_length=proposal.MOST_LINES)
    reason = serializers.CharField(max_length=2000)
    beneficiary = serializers.CharField(max_length=300, required=False)
    purpose = serializers.CharField(max_length=2000, required=False)
    basis = serializers.CharField(max_length=300, required=False, help_text="Notification or decision.")
    expires_on = serializers.DateField(required=False, help_text="The new expiry date.")
    project_number = serializers.IntegerField(required=False, min_value=1, max_value=9_999_999)
    track = serializers.IntegerField(required=False, min_value=1, max_value=2)
    corrects = serializers.CharField(
        max_length=60, required=False, help_text="Serials of the issuance that is corrected."
    )

    def validate_source(self, text: str) -> Account | None:
        return account_of(text)

    def validate_target(self, text: str) -> Account | None:
        return account_of(text)

    def validate_corrects(self, text: str) -> Issuance:
        run = serials_of(text)
        found = Issuance.objects.filter(party=run.party, first=run.first, last=run.last).first()
        if found is None:
            raise serializers.ValidationError("No issuance has just these serial numbers.")
        return found


class ProposalNames(ProposalAsks):
    """The same with the accounts by their identifiers, which are looked up with all else that a proposal reads."""

    def validate_source(self, text: str) -> str:  # type: ignore[override]
        return text

    def validate_target(self, text: str) -> str:  # type: ignore[override]
        return text


def arguments(given: dict[str, Any]) -> dict[str, Any]:
    """Those of `propose` and `preview`."""
    lines = [
        proposal.Units(
            party=line["party"],
            project_number=line["project_number"],
            unit_type=int(UnitType[line["unit_type"]]),
            period=line["commitment_period"],
            quantity=line.get("quantity"),
            serials=line.get("serials"),
            original_period=line.get("original_period"),
            lulucf=line["lulucf"],
            track=line["track"],
            expires_on=line.get("expires_on"),
        )
        for line in given["units"]
    ]
    told = {name: given[name] for name in (*TOLD, "corrects") if name in given}
    return {
        "kind": MovementKind(given["kind"]),
        "units": lines,
        "source": given["source"] or None,
        "target": given["target"] or None,
        "reason": given["reason"],
        **told,
    }


class DecisionAsks(serializers.Serializer[Any]):
    """The reason for a decision; may be left out where one approves."""

    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)


class MovementWriter(serializers.Serializer[Any]):
    """A movement in short: what is written back when one is proposed or decided."""

    id = serializers.IntegerField()
    number = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    transaction_type = serializers.SerializerMethodField()
    transaction_status = serializers.SerializerMethodField()
    source = serializers.CharField(source="source.identifier", allow_null=True)
    target = serializers.CharField(source="target.identifier", allow_null=True)
    units = WholeText()
    share_units = WholeText(help_text="Taken for adaptation, before the rest moves.")
    proposed_at = serializers.DateTimeField()
    reserved_until = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)

    def get_transaction_type(self, movement: Any) -> int:
        return int(movement.row.transaction)

    def get_transaction_status(self, movement: Any) -> int:
        return TRANSACTION_STATUS[State(str(movement.state))]


class ShortWriter(MovementWriter):
    """The same of one movement, written without asking each field how it is read and written."""

    def to_representation(self, movement: Movement) -> dict[str, Any]:  # type: ignore[override]
        source, target, state = movement.source, movement.target, State(str(movement.state))
        return {
            "id": movement.pk,
            "number": movement.number,
            "kind": str(movement.kind),
            "state": state.value,
            "transaction_type": int(movement.row.transaction),
            "transaction_status": TRANSACTION_STATUS[state],
            "source": source.identifier if source else None,
            "target": target.identifier if target else None,
            "units": str(movement.units),
            "share_units": str(movement.share_units),
            "proposed_at": _instant(movement.proposed_at),
            "reserved_until": _instant(movement.reserved_until),
            "decided_at": _instant(movement.decided_at),
        }


def _instant(at: dt.datetime | None) -> str | None:
    """As the framework writes it, in UTC."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z") if at else None


class MovementLineWriter(serializers.Serializer[Any]):
    """What was asked for: an amount, or these serials."""

    party = serializers.CharField()
    project_number = serializers.IntegerField()
    unit_type = serializers.SerializerMethodField()
    commitment_period = serializers.IntegerField(source="period")
    quantity = WholeText()
    serials = serializers.SerializerMethodField()

    def get_unit_type(self, line: Any) -> str:
        return UnitType(line.unit_type).name

    def get_serials(self, line: Any) -> str | None:
        return str(line.serials) if line.serials else None


class MovementCheckWriter(serializers.Serializer[Any]):
    """What one numbered check demands, and what it said."""

    number = serializers.IntegerField()
    demands = serializers.SerializerMethodField()
    stage = serializers.CharField()
    outcome = serializers.CharField()
    sentence = serializers.CharField(help_text="Empty where it passed.")

    def get_demands(self, check: Any) -> str:
        return CHECKS[check.number].demands


class MovementStepWriter(serializers.Serializer[Any]):
    """One step of a movement's life."""

    source = serializers.CharField()
    target = serializers.CharField()
    by = serializers.CharField(allow_null=True, help_text="Null: the registry itself.")
    at = serializers.DateTimeField()
    reason = serializers.CharField()


class MovementMay(serializers.Serializer[Any]):
    """What the reader may do with it now."""

    approve, reject, cancel = (
        serializers.BooleanField(),
        serializers.BooleanField(),
        serializers.BooleanField(),
    )


class MovementPage(MovementWriter):
    """A movement with everything that is known of it."""

    proposed_by = serializers.CharField()
    proposed_as = serializers.CharField()
    reason = serializers.CharField()
    decided_by = serializers.CharField(allow_null=True)
    decision = serializers.CharField()
    beneficiary = serializers.CharField()
    purpose = serializers.CharField()
    basis = serializers.CharField()
    expires_on = serializers.DateField(allow_null=True)
    share_rule = serializers.CharField()
    lines = MovementLineWriter(many=True)
    serials = serializers.ListField(
        child=serializers.CharField(), help_text="Reserved while it is open, moved once it is completed."
    )
    checks = MovementCheckWriter(many=True)
    records = MovementStepWriter(many=True)
    attestation = serializers.CharField(
        allow_null=True, help_text="Check code of the attestation of a voluntary cancellation."
    )
    may = MovementMay()


class AdaptationShareWriter(serializers.Serializer[Any]):
    """What would be taken for adaptation, by which rule, or why nothing is."""

    units, rest = WholeText(), WholeText()
    rate_percent = serializers.DecimalField(max_digits=5, decimal_places=2, allow_null=True)
    rule = serializers.CharField()
    none_because = serializers.CharField()


class TakenWriter(serializers.Serializer[Any]):
    """One line, with the exact serials that would be taken, first serial first."""

    line = MovementLineWriter()
    serials = serializers.ListField(child=serializers.CharField())
    for_adaptation = serializers.ListField(child=serializers.CharField())


class PreviewWriter(serializers.Serializer[Any]):
    """What would happen; nothing has."""

    kind = serializers.CharField(source="movement.kind")
    source = serializers.SerializerMethodField()
    target = serializers.SerializerMethodField()
    units = WholeText(source="movement.units")
    lines = TakenWriter(many=True)
    share = AdaptationShareWriter()
    checks = MovementCheckWriter(many=True)
    passes = serializers.BooleanField(source="is_in_order")
    reserved_until = serializers.DateTimeField(source="movement.reserved_until")
    warning = serializers.CharField(source="row.warning", help_text="Not empty: it cannot be undone.")

    def get_source(self, found: Any) -> str | None:
        return _identifier(found.movement.source)

    def get_target(self, found: Any) -> str | None:
        return _identifier(found.movement.target)


def _identifier(account: Account | None) -> str | None:
    return account.identifier if account is not None and account.pk else None


class KindWriter(serializers.Serializer[Any]):
    """One row of the table of movements."""

    kind = serializers.CharField()
    label = serializers.CharField(source="kind.label")
    transaction_type = serializers.IntegerField(source="transaction")
    units = serializers.SerializerMethodField()
    sources = serializers.ListField(child=serializers.CharField())
    targets = serializers.ListField(child=serializers.CharField())
    proposes = serializers.ListField(child=serializers.CharField())
    approves = serializers.ListField(child=serializers.CharField())
    given = serializers.ListField(child=serializers.CharField())
    checks = serializers.SerializerMethodField()
    takes_share = serializers.CharField(help_text="When a share for adaptation is taken; empty: never.")
    made_by = serializers.CharField(
        help_text="The request that brings it about, where it is not proposed here."
    )
    law = serializers.CharField()
    warning = serializers.CharField(help_text="Not empty: it cannot be undone.")

    def get_units(self, row: Any) -> list[str]:
        return [unit.name for unit in row.units]

    def get_checks(self, row: Any) -> list[dict[str, str]]:
        return [{"number": str(number), "demands": CHECKS[number].demands} for number in sorted(row.checks)]


def kinds() -> list[Any]:
    """The table, written."""
    return list(KindWriter(list(KINDS.values()), many=True).data)
