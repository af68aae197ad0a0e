"""Call one function with Django set up and print its answer as JSON.

For example `python -m devtools.bench.inside devtools.bench.data.main 40`.
"""

import json
import sys

import django
from django.utils.module_loading import import_string

if __name__ == "__main__":
    django.setup()
    print(json.dumps(import_string(sys.argv[1])(*sys.argv[2:])))
