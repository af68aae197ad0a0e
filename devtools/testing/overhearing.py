"""Listen to what is logged, as a log that keeps everything of ours has it, and find what it must not tell (G12)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings

from config.logs import TokensOut
from devtools.testing.canaries import canaries_in


class Overhearing(logging.Handler):
    """What was logged since somebody asked last, as the console shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter(settings.LOGGING["formatters"]["line"]["format"], style="{"))
        self.addFilter(TokensOut())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line, with its traceback."""
        self.lines.append(self.format(record))

    def take(self) -> frozenset[str]:
        """Return the canaries that were logged since the last time."""
        lines, self.lines = self.lines, []
        return canaries_in("\n".join(lines)) if lines else frozenset()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Listen at the root, and have our own parts log everything, to DEBUG."""
        ours = [logging.getLogger(name) for name in [*own_parts(), "config"]]
        levels = [logger.level for logger in ours]
        self.lines = []
        logging.root.addHandler(self)
        for logger in ours:
            logger.setLevel(logging.DEBUG)
        try:
            yield
        finally:
            logging.root.removeHandler(self)
            for logger, level in zip(ours, levels, strict=True):
                logger.setLevel(level)


def own_parts() -> list[str]:
    """Return the names of the parts of the portal, as their loggers begin."""
    return [each.name for each in apps.get_app_configs() if Path(each.path).parent == Path(settings.BASE_DIR)]


overheard = Overhearing()
