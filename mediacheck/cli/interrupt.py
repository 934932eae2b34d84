"""How a run is interrupted: its child processes end at once, then KeyboardInterrupt unwinds it.

Children first, because a thread that reads from a child would keep the unwinding waiting until
that child is done. What the run left on disk it removes itself while unwinding, and undisturbed:
further signals are ignored.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

# A closed terminal and a stopped service are interruptions too.
_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


@contextmanager
def ends_children() -> Iterator[None]:
    """No process that the block started outlives it when it fails or is interrupted."""
    strangers = _children()
    replaced = {}
    interrupted = False
    logged = logging.root.manager.disable

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            logging.disable()  # what breaks on the way out is its consequence and no news
            _end(_children() - strangers, signal.SIGTERM)
            raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        # One that is ignored (nohup, a shell's background job) stays so.
        taken = [name for name in _SIGNALS if signal.getsignal(name) is not signal.SIG_IGN]
        replaced = {name: signal.signal(name, interrupt) for name in taken}
    try:
        yield
        if interrupted:  # and something swallowed it
            raise KeyboardInterrupt
    except BaseException as error:
        _end(_children() - strangers, _KILL)
        if interrupted:  # whatever else broke on the way out is its consequence
            raise KeyboardInterrupt from error
        raise
    finally:
        logging.disable(logged)
        for name, before in replaced.items():
            signal.signal(name, before)


def _children() -> set[int]:
    """Processes that this one started and that still run."""
    if sys.platform == "linux":
        children: set[int] = set()
        for listing in Path("/proc/self/task").glob("*/children"):
            with suppress(OSError):  # a thread that just ended
                children.update(map(int, listing.read_text().split()))
        return children
    import multiprocessing

    return {child.pid for child in multiprocessing.active_children() if child.pid is not None}


def _end(children: set[int], how: signal.Signals) -> None:
    for child in children:
        with suppress(OSError):  # it ended by itself
            if sys.platform != "win32" and os.getpgid(child) == child:
                os.killpg(child, how)
            else:
                os.kill(child, how)
