"""The rows of the project cycle, one module a subject."""

from cdm.models.demonstration import DemonstrationClock
from cdm.models.forwarding import ForwardingRequest, ForwardingShare
from cdm.models.history import HistoricalMethodology, HistoricalParty, HistoricalProject
from cdm.models.keys import ApiKey, KeptAnswer
from cdm.models.letter import LetterOfApproval
from cdm.models.modalities import ModalitiesStatement, ParticipantChange, ScopeOfAuthority
from cdm.models.monitoring import MonitoringPeriod, PeriodAmount
from cdm.models.papers import Document, DocumentVersion
from cdm.models.parties import RegisteredElsewhere
from cdm.models.people import Accreditation, ConflictOfInterest, Organisation, Seat, User
from cdm.models.project import (
    AnnualEstimate,
    AppliedMethodology,
    DesignSection,
    InvolvedParty,
    Participation,
    Project,
    ReferenceNumbers,
    Site,
)
from cdm.models.record import Deadline, Notice, PendingMail, Record, RecordChain, Task
from cdm.models.requests import (
    BoardDecision,
    BoardRequest,
    Invoice,
    Payment,
    ReviewReply,
    ReviewRequest,
    SecretariatCheck,
)
from cdm.models.signing import Needed, Signature, Signed
from cdm.models.validation import Comment, Engagement, Finding, FindingMessage, Opinion, SameEntityWaiver

__all__ = [
    "Accreditation",
    "AnnualEstimate",
    "ApiKey",
    "AppliedMethodology",
    "BoardDecision",
    "BoardRequest",
    "Comment",
    "ConflictOfInterest",
    "Deadline",
    "DemonstrationClock",
    "DesignSection",
    "Document",
    "DocumentVersion",
    "Engagement",
    "Finding",
    "FindingMessage",
    "ForwardingRequest",
    "ForwardingShare",
    "HistoricalMethodology",
    "HistoricalParty",
    "HistoricalProject",
    "Invoice",
    "InvolvedParty",
    "KeptAnswer",
    "LetterOfApproval",
    "ModalitiesStatement",
    "MonitoringPeriod",
    "Needed",
    "Notice",
    "Opinion",
    "Organisation",
    "ParticipantChange",
    "Participation",
    "Payment",
    "PendingMail",
    "PeriodAmount",
    "Project",
    "Record",
    "RecordChain",
    "ReferenceNumbers",
    "RegisteredElsewhere",
    "ReviewReply",
    "ReviewRequest",
    "SameEntityWaiver",
    "ScopeOfAuthority",
    "Seat",
    "SecretariatCheck",
    "Signature",
    "Signed",
    "Site",
    "Task",
    "User",
]
