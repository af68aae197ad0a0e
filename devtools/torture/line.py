"""The line to the process that started this one and has the servers in hand: one JSON object a line, each way."""

import json
import sys


def ask_keeper(what: str) -> None:
    """Let the keeper do `what` to a server, and wait until it is done."""
    _say(do=what)
    sys.stdin.readline()


def tell(words: str) -> None:
    """Tell the keeper how far this is."""
    _say(now=words)


def _say(**what: str) -> None:
    # In one piece: several threads talk.
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
