"""Which frames are held while the original moves on?

Encoders hold frames as well, of speakers who hardly move; but what they hold is the original to within their own
coding, and seldom for a second are two decoded frames the very same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from mediacheck.align.picture import WINDOW_S
from mediacheck.align.timeline import runs
from mediacheck.checks.base import Limits, Record, array
from mediacheck.model import Alignment, PictureSegment, Series, Span


def freezes(
    record: Record, matched: Sequence[PictureSegment], limits: Limits
) -> list[tuple[Span, Span]]:
    """(what is held in the clip, what the original shows meanwhile) of one frame each.

    What stands still in the original as well is no freeze: there the held frame goes on being a copy. Nor is a banner
    that holds most of a frame still while the rest of it moves with the original. Of a speaker who hardly moves every
    frame is like the one before it; there only frames that are the very same tell.
    """
    series = record.measured["picture"].series if "picture" in record.measured else ()
    change = next((s for s in series if s.name == "change"), None)
    tracks = [(t, t.alignment) for t in series if t.name == "difference" and t.alignment]
    if change is None or not tracks:
        return []
    times = change.start_s + change.step_s * np.arange(len(change.values))
    changed = np.nan_to_num(array(change.values))
    held = changed <= limits["freeze_change"]
    same = _but_key_frames(changed <= limits["freeze_same"], held, limits)
    found: list[tuple[Span, Span]] = []
    for part in matched:
        track, line = min(tracks, key=lambda each: _away(each[1], part))
        beside = {each.name: each for each in series if each.alignment in (None, line)}
        differ = np.nan_to_num(array(track.values))
        inside = (times >= part.clip.start) & (times < part.clip.end)
        usual = float(np.median(differ[inside & ~held])) if (inside & ~held).any() else 0.0
        least = max(limits["freeze_times"] * usual, limits["freeze_difference"])
        for still in (held, same):
            for run in runs((inside & still).astype(int)):
                if not (inside & still)[run.first]:
                    continue
                # The frame that is held is the one before the first that does not change.
                before = max(0, run.first - 1)
                end = float(times[run.last]) if run.last < len(times) else record.clip.duration_s
                end = min(end, record.clip.duration_s)
                clip = Span(round(float(times[before]), 3), round(end, 3))
                if clip.length < limits["least_freeze_s"] or any(
                    clip.overlap(known) for known, _ in found
                ):
                    continue
                gone = float(np.median(differ[run.windows]))
                left = gone >= least or (still is same and _left(differ[run.windows], limits))
                # What stands still is a frame of the line, that before or behind it: else it lies over the picture.
                own = float(differ[[before, run.last - 1]].min())
                is_own = own < max(least, gone / limits["freeze_times"])
                if left and is_own and _stands_alone(beside, clip, limits):
                    there = line.original_span(clip)
                    found.append((clip, Span(*(round(max(0.0, at), 3) for at in there))))
    return found


def _stands_alone(series: Mapping[str, Series], clip: Span, limits: Limits) -> bool:
    """Whether the original moves in that part of the clip, and the clip neither with it nor as much."""
    moves = _within(series.get("original_movement"), clip)
    return (
        moves >= limits["freeze_original"]
        and _within(series.get("motion"), clip) < limits["freeze_motion"]
        and _within(series.get("movement"), clip) <= limits["freeze_stiller"] * moves
    )


def _but_key_frames(same: np.ndarray, held: np.ndarray, limits: Limits) -> np.ndarray:
    """The frames that are the very same as the one before, and between long stretches of them the single frame in
    which the same still is coded anew.
    """
    out = same.copy()
    found = list(runs(same.astype(int)))
    for before, run, after in zip(found, found[1:], found[2:], strict=False):
        alone = run.count == 1 and not same[run.first] and held[run.first]
        if alone and min(before.count, after.count) >= limits["freeze_key_frames"]:
            out[run.first] = True
    return out


def _left(differ: np.ndarray, limits: Limits) -> bool:
    """Whether the original leaves the held frame: that frame's own difference, at first, is what coding made of it."""
    first = float(differ[: max(1, int(limits["freeze_first_share"] * len(differ)))].mean())
    away = float(np.quantile(differ, limits["freeze_left_share"]))
    return away >= limits["freeze_grown"] * first + limits["freeze_grown_least"]


def _within(track: Series | None, clip: Span) -> float:
    """Mean over the windows that lie within a part of the clip; 0 without any."""
    if track is None:
        return 0.0
    values = array(track.values)
    at = track.start_s + track.step_s * np.arange(len(values))
    inside = (
        (at >= clip.start + WINDOW_S / 2) & (at <= clip.end - WINDOW_S / 2) & np.isfinite(values)
    )
    return float(values[inside].mean()) if inside.any() else 0.0


def _away(line: Alignment, part: PictureSegment) -> float:
    """How far a line runs from where the part was placed, at its worse end."""
    assert part.original is not None
    there = line.original_span(part.clip)
    return max(abs(there.start - part.original.start), abs(there.end - part.original.end))
