"""Read mutated files: python -m tests.fuzz N [FIRST [STEP]]. No crash, no hang, no gigabyte.

Case K is the same in every run; what fails is printed with its number, and
`python -m tests.fuzz 1 K` reads it again.
"""

import faulthandler
import json
import mmap
import os
import resource
import sys
import time
from pathlib import Path
from random import Random

import jsonschema

from kmo_report.incoming import read_bytes
from kmo_report.problems import InputError
from tests.conftest import ROOT
from tests.fuzz.mutate import corpus, mutated

SECONDS = 10
_AT = mmap.mmap(-1, 8)
"""The case that is read now; who started the process sees it when that has died."""
MEMORY = 1024 * 1024 * 1024


def main(count: int, first: int = 0, step: int = 1) -> int:
    """Read so many cases; the number that failed."""
    files = sorted(corpus().items())
    schema = json.loads((ROOT / "kmo_report/schemas/reading.schema.json").read_text("utf-8"))
    valid = jsonschema.Draft202012Validator(schema).is_valid
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + MEMORY, resource.RLIM_INFINITY))
    faulthandler.enable()
    failed = refused = 0
    slowest = 0.0
    begun = time.monotonic()
    for case in range(first, first + count * step, step):
        name, content = files[case % len(files)]
        content = mutated(content, name, Random(case))  # noqa: S311 -- the same in every run
        _AT[:8] = case.to_bytes(8, "little")
        # A library that hangs cannot be interrupted: the whole run ends, with what it was doing.
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        before = time.monotonic()
        try:
            tree = read_bytes(content, name).as_tree()
            failed += _told(case, name, "not as its schema says") if not valid(tree) else 0
        except InputError as error:
            refused += 1
            if not error.problems:
                failed += _told(case, name, "refused without a reason")
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            failed += _told(case, name, f"{type(error).__name__}: {error}")
        finally:
            faulthandler.cancel_dump_traceback_later()
        slowest = max(slowest, time.monotonic() - before)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{count} files read, {refused} refused, {failed} failed; slowest {slowest:.2f} s, "
          f"{peak} MB, {time.monotonic() - begun:.0f} s")  # fmt: skip
    return failed


def _told(case: int, name: str, what: str) -> int:
    print(f"case {case}, {name}: {what}"[:300])
    return 1


def watched() -> int:
    """Run in a process of its own, and say at which case it stopped if it did."""
    child = os.fork()
    if not child:
        sys.exit(bool(main(*map(int, sys.argv[1:]))))
    _, status = os.waitpid(child, 0)
    if status:
        print(f"stopped at case {int.from_bytes(_AT[:8], 'little')}")
    return int(status != 0)


if __name__ == "__main__":
    sys.exit(watched())
