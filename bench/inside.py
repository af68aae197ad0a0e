"""Call one function with Django set up: `python -m bench.inside bench.data.main 40` prints its answer as JSON."""

import json
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    print(json.dumps(import_string(sys.argv[1])(*sys.argv[2:])))
