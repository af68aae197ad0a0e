"""What came of a session: who was there, and what follows from it."""

from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.certificate import Certificate, CertificateCredit, CertificateQuerySet
from outcomes.models.credit import CreditKind, CreditOffer
from outcomes.models.license import License
from outcomes.models.evaluation import Evaluation, EvaluationPot, EvaluationQuerySet, EvaluationReceipt
from outcomes.models.evaluation_question import EvaluationQuestion
from outcomes.models.sheet import AttendanceSheet

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "AttendanceSheet",
    "Certificate",
    "CertificateCredit",
    "CertificateQuerySet",
    "CreditKind",
    "CreditOffer",
    "License",
    "Evaluation",
    "EvaluationPot",
    "EvaluationQuerySet",
    "EvaluationQuestion",
    "EvaluationReceipt",
]
