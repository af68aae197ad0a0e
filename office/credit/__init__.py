"""What taking part counts for, in the admin: each module registers its pages."""

from office.credit import certificates, kinds  # noqa: F401
