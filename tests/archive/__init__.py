"""The archive's own laws.

How hard they are tried: a little by `make test`, at every change by `make preservation`, and with
many seeds, in every byte and for long by `make torture`.
"""

import os

EFFORT = int(os.environ.get("KMO_REPORT_EFFORT", "0"))
TORTURE = EFFORT > 1


def one_in(number: int) -> int:
    """The step through a long row: each of it, unless this is only `make test`."""
    return 1 if EFFORT else number
