"""`make bench`: takes the measures, prints the table, writes build/bench.json.

`python -m tests.bench NAME …` takes only those named. Exit code: 0 all taken, whatever they say;
1 one could not be taken; 2 an unknown name.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import tests.bench.measures  # noqa: F401 - puts the measures on the list
from tests.bench.report import MEASURES, table, take, write

OUTPUT = Path("build/bench.json")


def main(names: Sequence[str]) -> int:
    """Take the measures called `names`, or all."""
    if unknown := [name for name in names if name not in MEASURES]:
        print(f"no such measure: {', '.join(unknown)}; there are {', '.join(MEASURES)}")
        return 2
    readings, failures = take(names or list(MEASURES))
    print(table(readings, failures))
    write(OUTPUT, readings, failures)
    print(f"\n{OUTPUT} has them all.")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
