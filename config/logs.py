"""What must not stand in a log, no matter which part of the code writes it."""

import logging
import re

KEY = re.compile(r"(/(?:calendar|accounts/address|withdrawal)/|[?&]name=)[\w-]{20,}")


class TokensOut(logging.Filter):
    """Hide the address of a private feed, of pages that only mail leads to, and of whose a certificate is.

    Such an address is the key. Django logs the paths it refuses.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with `/calendar/[token]` or the like in place of such an address."""
        said = record.getMessage()
        hidden = KEY.sub(r"\1[token]", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
