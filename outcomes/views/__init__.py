"""The pages of what came of a session."""

from outcomes.views.certificates import certificate, certificate_file, certificate_name
from outcomes.views.licenses import license_deletion, license_of, licenses

__all__ = [
    "certificate",
    "certificate_file",
    "certificate_name",
    "license_deletion",
    "license_of",
    "licenses",
]
