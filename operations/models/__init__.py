"""What the operator keeps: legal holds."""

from operations.models.hold import LegalHold

__all__ = ["LegalHold"]
