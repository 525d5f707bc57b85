"""All pages by name, and the way from a name and a key to the row."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cdm.workflow.accreditation import ACCREDITATION
from cdm.workflow.board_matter import BOARD_MATTER
from cdm.workflow.board_request import BOARD_REQUEST
from cdm.workflow.excess_issuance import EXCESS_ISSUANCE
from cdm.workflow.forwarding import FORWARDING_REQUEST
from cdm.workflow.letter import LETTER_OF_APPROVAL
from cdm.workflow.machine import Machine
from cdm.workflow.modalities import MODALITIES_STATEMENT
from cdm.workflow.monitoring import MONITORING_PERIOD
from cdm.workflow.participant_change import PARTICIPANT_CHANGE
from cdm.workflow.prior_consideration import PRIOR_CONSIDERATION
from cdm.workflow.project import PROJECT
from cdm.workflow.registered_change import REGISTERED_CHANGE
from cdm.workflow.risk_acknowledgement import RISK_ACKNOWLEDGEMENT
from cdm.workflow.transition import TRANSITION

if TYPE_CHECKING:
    from cdm.models.subject import Subject

MACHINES: dict[str, Machine] = {
    machine.name: machine
    for machine in (
        PROJECT,
        LETTER_OF_APPROVAL,
        MODALITIES_STATEMENT,
        PARTICIPANT_CHANGE,
        BOARD_REQUEST,
        BOARD_MATTER,
        MONITORING_PERIOD,
        REGISTERED_CHANGE,
        FORWARDING_REQUEST,
        PRIOR_CONSIDERATION,
        ACCREDITATION,
        EXCESS_ISSUANCE,
        RISK_ACKNOWLEDGEMENT,
        TRANSITION,
    )
}

_MODELS = {
    "project": "Project",
    "letter_of_approval": "LetterOfApproval",
    "board_request": "BoardRequest",
    "board_matter": "BoardMatter",
    "monitoring_period": "MonitoringPeriod",
    "registered_change": "RegisteredChange",
    "forwarding_request": "ForwardingRequest",
    "prior_consideration": "PriorConsideration",
    "accreditation": "EntityAccreditation",
    "excess_issuance": "ExcessIssuance",
    "modalities_statement": "ModalitiesStatement",
    "participant_change": "ParticipantChange",
    "risk_acknowledgement": "RiskAcknowledgement",
    "transition": "Transition",
}


def model_of(machine_name: str) -> type[Subject]:
    """The model whose rows move on this page."""
    from django.apps import apps

    return cast("type[Subject]", apps.get_model("cdm", _MODELS[machine_name]))


def subject_of(machine_name: str, key: int) -> Subject:
    """The row a record, a deadline or a task is about."""
    return model_of(machine_name)._default_manager.get(pk=key)
