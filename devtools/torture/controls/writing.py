"""One more URL, which writes where it is only looked at."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "devtools.torture.controls.writing_urls"
