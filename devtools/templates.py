"""The formatter of templates over all of them: `python -m devtools.templates` writes, with `--check` it only tells."""

import sys
from pathlib import Path

from devtools.environment import VENV
from devtools.processes import ROOT, call

FORMATTER = [str(VENV / "bin" / "djade"), "--target-version", "5.2"]
FOLDERS = ("templates", "devtools/bench/bare/templates")


def templates() -> list[Path]:
    """Return every template of the project, pages and plain text, in order."""
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in found if path.suffix in {".html", ".txt"})


if __name__ == "__main__":
    sys.exit(call([*FORMATTER, *sys.argv[1:], *map(str, templates())], on_terminal=True))
