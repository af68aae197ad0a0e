"""What came of a session: who was there, and what follows from it."""

from outcomes.models.attendance import Attendance, AttendanceQuerySet
from outcomes.models.evaluation import Evaluation, EvaluationPot, EvaluationQuerySet, EvaluationReceipt
from outcomes.models.evaluation_question import EvaluationQuestion
from outcomes.models.sheet import AttendanceSheet

__all__ = [
    "Attendance",
    "AttendanceQuerySet",
    "AttendanceSheet",
    "Evaluation",
    "EvaluationPot",
    "EvaluationQuerySet",
    "EvaluationQuestion",
    "EvaluationReceipt",
]
