"""What came of a session: who was there, and what follows from it."""

from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.certificate import Certificate, CertificateCredit, CertificateQuerySet
from outcomes.models.consent import Consent, Purpose
from outcomes.models.credit import CreditKind, CreditOffer
from outcomes.models.export import Export
from outcomes.models.license import License
from outcomes.models.outside import OutsideActivity, OutsideProof
from outcomes.models.requirement import Requirement
from outcomes.models.sheet import AttendanceSheet
from outcomes.models.tally import AttendanceTally

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "AttendanceSheet",
    "AttendanceTally",
    "Certificate",
    "CertificateCredit",
    "CertificateQuerySet",
    "Consent",
    "CreditKind",
    "CreditOffer",
    "Export",
    "License",
    "OutsideActivity",
    "OutsideProof",
    "Purpose",
    "Requirement",
]
