"""The numbers of the very stretch that a finding speaks of: those of the whole clip would contradict a finding that
holds for a few seconds of it. Taken when judging, out of the stored series, each with its null.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from mediacheck.model import Measurement, Series, Span

CHECK_NAME = "verdict"  # that these measurements stand under: judging takes them
_MARGIN_SHARE = 1 / 3  # of a stretch, that the windows at either border are left out of at most


def numbers_in(
    clip: Span, there: Span, tracks: Sequence[Series], names: Collection[str], margin_s: float
) -> tuple[Measurement, ...]:
    """Middle values over a stretch of the clip, of the series of these names; without ids.

    there: its place in the original. Series along lines are taken along the one that runs closest to it. Windows
    within margin_s of the borders are left out where the stretch is long enough.
    """
    wanted = [track for track in tracks if track.name in names]
    middle, place = (clip.start + clip.end) / 2, (there.start + there.end) / 2
    lines = [track.alignment for track in wanted if track.alignment]
    line = min(lines, key=lambda each: abs(each.original_at(middle) - place), default=None)
    margin = min(margin_s, clip.length * _MARGIN_SHARE)
    taken = []
    for track in wanted:
        if track.alignment not in (None, line):
            continue
        times = track.start_s + track.step_s * np.arange(len(track.values))
        inside = (times >= clip.start + margin) & (times <= clip.end - margin)
        values = [v for v, here in zip(track.values, inside, strict=True) if here and v is not None]
        if values:
            source = there if line is None else line.original_span(clip)
            taken.append(
                Measurement(
                    id="",
                    check=CHECK_NAME,
                    name=track.name,
                    value=round(float(np.median(values)), 3),
                    unit=track.unit,
                    clip=clip,
                    original=Span(round(source.start, 3), round(source.end, 3)),
                    null=track.null,
                )
            )
    return tuple(taken)
