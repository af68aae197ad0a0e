"""What must not stand in a log, no matter which part of the code writes it."""

import logging
import re

FEED = re.compile(r"/calendar/[\w-]{20,}")


class TokensOut(logging.Filter):
    """Hide the address of a private feed: the address is the key, and Django logs the paths it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with `/calendar/[token]` in place of such an address."""
        said = record.getMessage()
        hidden = FEED.sub("/calendar/[token]", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
