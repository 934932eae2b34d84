"""What does a viewer see in a stretch of a file, frame by frame in colour, and how heavy are its tracks?

Decoded in the file's own child, like everything else of a file that nobody trusts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mediacheck.media import wire
from mediacheck.media.frames import Still
from mediacheck.media.probe import Source
from mediacheck.model import Span


@dataclass(frozen=True, slots=True)
class Weight:
    """One track that plays: its place among the file's tracks, and the bytes of its packets."""

    index: int
    bytes: int


def shown(source: Source, span: Span, long_side: int) -> Iterator[Still]:
    """The frame on screen when the span starts, then every one shown within it, rising in time.

    Take all of them, or close the source: what is left unread stands before the answer to the next request.
    Raises MediaUnreadable where the child refuses or dies.
    """
    request = {"start_s": span.start, "end_s": span.end, "long_side": long_side}
    with source.asked("footage", **request) as answers:
        last = -1.0
        for kind, payload in answers:
            if kind == wire.FRAME:
                still = Still(*wire.frame(payload))
                if still.pixels.shape[2] != 3 or still.time_s <= last:
                    raise wire.ChildGone(f"a frame at {still.time_s} s after {last} s")
                last = still.time_s
                yield still


def weights(source: Source) -> tuple[Weight | None, Weight | None]:
    """Picture and sound track that players choose; None for one that is not there."""
    with source.asked("weigh") as answers:
        *_, (_, payload) = answers
        facts = wire.facts(payload)
        return _weight(facts.get("picture")), _weight(facts.get("sound"))


def _weight(told: object) -> Weight | None:
    if told is None:
        return None
    if not (isinstance(told, list) and len(told) == 2 and all(isinstance(n, int) for n in told)):
        raise wire.ChildGone("a weight that makes no sense")
    return Weight(*told)
