#!/usr/bin/env python3
"""Run a Django command for Quorum."""

import os
import sys

from django.core.management import execute_from_command_line

from config.checks import Misconfigured

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        sys.exit(str(error))
