"""What does the clip show again that it has shown before?

A joint may be inexact by half a second where a speaker stands still, so that short overlaps mean nothing; by how much
two lines are apart is exact to a frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from mediacheck.checks.base import Limits, Record, array
from mediacheck.model import PictureSegment, SoundState, Span

JOINED_S = 0.05  # places closer than a camera frame are one place
HEARD_S, IN_STEP_S = 0.5, 0.1  # of sound that bears out a place, and how exactly
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


def shown_again(
    matched: Sequence[PictureSegment], record: Record, limits: Limits
) -> tuple[list[PictureSegment], list[PictureSegment]]:
    """(the parts without what an earlier part has shown already, each second showing).

    A second showing too short to be told from an inexact joint is neither, unless picture and sound go back together.
    """
    first: list[PictureSegment] = []
    again: list[PictureSegment] = []
    for number, part in enumerate(matched):
        before = matched[number - 1] if number else None
        goes_back = before is not None and _goes_back(before, part, record, limits)
        left = [part]
        for earlier in list(first):
            left = [piece for each in left for piece in _split(each, _source(earlier))]
        for piece in left:
            known = sum(_source(piece).overlap(_source(earlier)) for earlier in first)
            if known <= 0.5 * _source(piece).length:
                first.append(piece)
            else:
                # From the joint on it is exact by how much the clip goes back; where that ends otherwise is not.
                exact = goes_back and piece.clip.start - part.clip.start < JOINED_S
                if (
                    piece.clip.length
                    >= limits["least_repeat_heard_s" if exact else "least_repeat_s"]
                ):
                    again.append(piece)
    return first, again


def _goes_back(
    before: PictureSegment, part: PictureSegment, record: Record, limits: Limits
) -> bool:
    """Whether a part follows on another and shows its end again, with the sound that belongs to it.

    Where in the clip that happens may be inexact, by how much is not. A stream that stalls shows nothing again: it
    holds its last frame.
    """
    back = _source(before).end - _source(part).start
    joint = part.clip.start
    if abs(joint - before.clip.end) >= JOINED_S or back <= 0 or part.speed != before.speed:
        return False
    if _held_s(record, Span(max(0.0, joint - back), joint + back), limits) >= back / 2:
        return False
    return all(_in_step(record, each) for each in (before, part))


def _held_s(record: Record, clip: Span, limits: Limits) -> float:
    """Seconds of a stretch of the clip in which its picture does not change."""
    series = record.measured["picture"].series if "picture" in record.measured else ()
    change = next((each for each in series if each.name == "change"), None)
    if change is None:
        return 0.0
    times = change.start_s + change.step_s * np.arange(len(change.values))
    inside = (times >= clip.start) & (times < clip.end)
    held = np.nan_to_num(array(change.values)) <= limits["freeze_change"]
    return float(change.step_s * (inside & held).sum())


def _in_step(record: Record, part: PictureSegment) -> bool:
    """Whether sound of the original is heard within a part at the very place that it shows."""
    speed = part.speed or 1.0
    for heard in record.timeline.sound:
        start, end = max(heard.clip.start, part.clip.start), min(heard.clip.end, part.clip.end)
        if heard.state not in _HEARD or heard.original is None or end - start < HEARD_S:
            continue
        shown = _source(part).start + speed * (start - part.clip.start)
        if abs(heard.original.start + speed * (start - heard.clip.start) - shown) < IN_STEP_S:
            return True
    return False


def _split(part: PictureSegment, shown: Span) -> list[PictureSegment]:
    """The part in pieces that lie wholly inside or wholly outside a span of the original."""
    source, speed = _source(part), part.speed or 1.0
    edges = sorted(
        {source.start, source.end, *(edge for edge in shown if source.start < edge < source.end)}
    )
    pieces = []
    for start, end in pairwise(edges):
        clip = Span(
            round(part.clip.start + (start - source.start) / speed, 3),
            round(part.clip.start + (end - source.start) / speed, 3),
        )
        pieces.append(replace(part, clip=clip, original=Span(start, end)))
    return pieces


def _source(part: PictureSegment) -> Span:
    assert part.original is not None
    return part.original
