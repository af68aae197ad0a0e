"""The line to whoever started this process and has the servers in hand: one JSON object a line, each way."""

import json
import sys


def ask_keeper(what: str) -> None:
    """Let them do `what` to a server, and wait until it is done."""
    _say(do=what)
    sys.stdin.readline()


def tell(words: str) -> None:
    """Tell them how far this is."""
    _say(now=words)


def _say(**what: str) -> None:
    # In one piece: several threads talk.
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
