"""What must not stand in a log, whoever writes it."""

import logging
import re

FEED = re.compile(r"/calendar/[\w-]{20,}")


class TokensOut(logging.Filter):
    """Hide the address of a private feed: it is the key to it, and Django logs the path of whatever it refuses."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, with `/calendar/[token]` in place of such an address."""
        said = record.getMessage()
        hidden = FEED.sub("/calendar/[token]", said)
        if hidden != said:
            record.msg, record.args = hidden, ()
        return True
