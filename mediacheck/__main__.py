"""Where the `mediacheck` command and `python -m mediacheck` begin."""

from __future__ import annotations

import os
import sys
import traceback

# One comparison computes on one core, so that sums come in one order; OpenBLAS would start a thread for each core and
# let them wait busily: a third of a CPU-second a process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main() -> int:
    """The exit code; 70 where the installation cannot load, since Python's own 1 means altered."""
    try:
        from mediacheck.cli.main import main as command_line
    except KeyboardInterrupt:
        return 130
    except BaseException:
        traceback.print_exc()
        return 70
    return command_line()


if __name__ == "__main__":
    sys.exit(main())
