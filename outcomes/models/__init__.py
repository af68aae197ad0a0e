"""What came of a session: who was there, and what follows from it."""

from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.certificate import Certificate, CertificateCredit, CertificateQuerySet
from outcomes.models.consent import Consent, Purpose
from outcomes.models.credit import CreditKind, CreditOffer
from outcomes.models.dispute import AttendanceDispute
from outcomes.models.evaluation import Evaluation, EvaluationPot, EvaluationQuerySet, EvaluationReceipt
from outcomes.models.evaluation_question import EvaluationQuestion
from outcomes.models.export import Export
from outcomes.models.kept_figures import KeptFigures
from outcomes.models.license import License
from outcomes.models.outside import OutsideActivity, OutsideProof
from outcomes.models.requirement import Requirement
from outcomes.models.sheet import AttendanceSheet
from outcomes.models.tally import AttendanceTally

__all__ = [
    "Attendance",
    "AttendanceDispute",
    "AttendanceQuerySet",
    "AttendanceSheet",
    "AttendanceTally",
    "Certificate",
    "CertificateCredit",
    "CertificateQuerySet",
    "Consent",
    "CreditKind",
    "CreditOffer",
    "Evaluation",
    "EvaluationPot",
    "EvaluationQuerySet",
    "EvaluationQuestion",
    "EvaluationReceipt",
    "Export",
    "KeptFigures",
    "License",
    "OutsideActivity",
    "OutsideProof",
    "Purpose",
    "Requirement",
]
