"""Where the `mediacheck` command and `python -m mediacheck` begin."""

from __future__ import annotations

import sys
import traceback


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
