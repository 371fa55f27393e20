"""`python -m driftwright`."""

import sys

from driftwright.cli import main

sys.exit(main())
