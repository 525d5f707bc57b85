"""The rows of the project cycle, one module a subject."""

from cdm.models.accreditation import (
    AccreditationSuspension,
    AppliedScope,
    CmpDecision,
    EntityAccreditation,
)
from cdm.models.activity_reports import ActivityReport
from cdm.models.board import Attendance, BoardOffice, Meeting, Membership
from cdm.models.demonstration import DemonstrationClock
from cdm.models.discipline import JustifiedAbsence, MemberSuspension
from cdm.models.excess_issuance import ExcessIssuance, ReplacementCancellation
from cdm.models.forwarding import ForwardingRequest, ForwardingShare
from cdm.models.history import HistoricalMethodology, HistoricalParty, HistoricalProject
from cdm.models.keys import ApiKey, KeptAnswer
from cdm.models.letter import LetterOfApproval
from cdm.models.matters import Assessment, BoardMatter, Objection, Question, RulingNote, Vote
from cdm.models.modalities import (
    FocalPointWithdrawal,
    ModalitiesStatement,
    ParticipantChange,
    ScopeOfAuthority,
)
from cdm.models.monitoring import MonitoringPeriod, PeriodAmount, PeriodYear
from cdm.models.papers import Document, DocumentVersion
from cdm.models.parties import RegisteredElsewhere
from cdm.models.people import Accreditation, ConflictOfInterest, Organisation, Seat, User
from cdm.models.prior_consideration import PriorConsideration
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
from cdm.models.provisional import RiskAcknowledgement, Transition
from cdm.models.record import Deadline, Notice, PendingMail, Record, RecordChain, Task
from cdm.models.registered_changes import ChangeEstimate, CreditingPeriod, RegisteredChange
from cdm.models.requests import (
    BoardDecision,
    BoardRequest,
    Invoice,
    Payment,
    Refund,
    ReviewReply,
    ReviewRequest,
    SecretariatCheck,
)
from cdm.models.signing import Needed, Signature, Signed
from cdm.models.validation import Comment, Engagement, Finding, FindingMessage, Opinion, SameEntityWaiver

__all__ = [
    "Accreditation",
    "AccreditationSuspension",
    "ActivityReport",
    "AnnualEstimate",
    "ApiKey",
    "AppliedMethodology",
    "AppliedScope",
    "Assessment",
    "Attendance",
    "BoardDecision",
    "BoardMatter",
    "BoardOffice",
    "BoardRequest",
    "ChangeEstimate",
    "CmpDecision",
    "Comment",
    "ConflictOfInterest",
    "CreditingPeriod",
    "Deadline",
    "DemonstrationClock",
    "DesignSection",
    "Document",
    "DocumentVersion",
    "Engagement",
    "EntityAccreditation",
    "ExcessIssuance",
    "Finding",
    "FindingMessage",
    "FocalPointWithdrawal",
    "ForwardingRequest",
    "ForwardingShare",
    "HistoricalMethodology",
    "HistoricalParty",
    "HistoricalProject",
    "Invoice",
    "InvolvedParty",
    "JustifiedAbsence",
    "KeptAnswer",
    "LetterOfApproval",
    "Meeting",
    "MemberSuspension",
    "Membership",
    "ModalitiesStatement",
    "MonitoringPeriod",
    "Needed",
    "Notice",
    "Objection",
    "Opinion",
    "Organisation",
    "ParticipantChange",
    "Participation",
    "Payment",
    "PendingMail",
    "PeriodAmount",
    "PeriodYear",
    "PriorConsideration",
    "Project",
    "Question",
    "Record",
    "RecordChain",
    "ReferenceNumbers",
    "Refund",
    "RegisteredChange",
    "RegisteredElsewhere",
    "ReplacementCancellation",
    "ReviewReply",
    "ReviewRequest",
    "RiskAcknowledgement",
    "RulingNote",
    "SameEntityWaiver",
    "ScopeOfAuthority",
    "Seat",
    "SecretariatCheck",
    "Signature",
    "Signed",
    "Site",
    "Task",
    "Transition",
    "User",
    "Vote",
]
