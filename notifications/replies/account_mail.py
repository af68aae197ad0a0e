"""Find received mail that quotes account mail of ours: a sign-in code that comes back must be read by nobody."""

import re

from django.conf import settings

from notifications.models import Notice
from notifications.models.kind import KINDS

UUID = rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MOST_NAMED = 1000


def quotes_account_mail(raw: bytes) -> bool:
    """Tell whether `raw` names a Notice whose mail belongs to its reader alone.

    Mail that came back, and an answer to a mail, name it by its Message-ID, or by our own header beside it.
    """
    ours = re.findall(UUID + b"@" + re.escape(settings.SITE_HOST.encode()), raw, re.IGNORECASE)
    named = {f"<{one.decode().lower()}>" for one in ours}
    if len(named) > MOST_NAMED:
        # No program writes such a mail. To look each of them up could take long.
        return True
    secret = [kind.name for kind in KINDS.values() if kind.is_secret]
    return bool(named) and Notice.objects.filter(message_id__in=named, kind__in=secret).exists()
