"""The pages of what came of a session."""

from outcomes.views.certificates import certificate, certificate_file, certificate_name
from outcomes.views.check_in import check_in
from outcomes.views.code import check_in_with, code_of_the_day
from outcomes.views.disputes import attendance_dispute
from outcomes.views.licenses import license_deletion, license_of, licenses

__all__ = [
    "attendance_dispute",
    "certificate",
    "certificate_file",
    "certificate_name",
    "check_in",
    "check_in_with",
    "code_of_the_day",
    "license_deletion",
    "license_of",
    "licenses",
]
