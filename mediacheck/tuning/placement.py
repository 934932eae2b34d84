"""Where in the original did a clip's picture come from, and how does it stand in the frame: found against true?

Looked at in MOMENTS at equal distances over what truly shows the original running; a still shows one frame and has no
place to be wrong about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mediacheck.model import Box, Comparison, PictureSegment, PictureState, Span

MOMENTS = 25
SHORTEST_S = 0.5  # of a part whose geometry is looked at
TURN = 360.0

Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Framing:
    """One part that truly shows the original. crop, placed: intersection over union with the true boxes.

    turned_off: degrees. None where the part was not found at all, or nothing of it is known.
    """

    found: bool
    crop: float | None = None
    placed: float | None = None
    mirrored_right: bool | None = None
    turned_off: float | None = None
    turned: float = 0.0
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """true_s: of the clip that truly shows the original running. foreign_s: that truly shows anything else, and
    wrong_s of it was placed in the original.

    off_s: how far off each of MOMENTS was placed, None where it was not. frame_s: a frame of the file with fewer.
    """

    true_s: float
    off_s: tuple[float | None, ...]
    frame_s: float | None
    foreign_s: float
    wrong_s: float
    sound_placed: bool
    framing: tuple[Framing, ...]

    def share_within(self, seconds: float) -> float:
        """Of the moments, those not placed among them; nan without any."""
        near = [off is not None and off <= seconds for off in self.off_s]
        return sum(near) / len(near) if near else float("nan")


def placement(truth: Mapping[str, Any], comparison: Comparison) -> Placement:
    """Of a pair's picture; truth: as in truth.json."""
    parts: Sequence[Part] = truth["timeline"]["picture"]
    found = comparison.timeline.picture
    running = [part for part in parts if part["original"] is not None and part["speed"]]
    foreign = [Span(*part["clip"]) for part in parts if part["original"] is None]
    placed = [p.clip for p in found if p.state is PictureState.MATCHED]
    return Placement(
        true_s=round(sum(_length(part) for part in running), 3),
        off_s=tuple(_off(part, at, found) for part, at in _moments(running)),
        frame_s=_frame_s(comparison),
        foreign_s=round(sum(span.length for span in foreign), 3),
        wrong_s=round(sum(span.overlap(each) for span in foreign for each in placed), 3),
        sound_placed=any(part.original is not None for part in comparison.timeline.sound),
        framing=tuple(_framing(part, found) for part in running if _length(part) >= SHORTEST_S),
    )


def _length(part: Part) -> float:
    return float(part["clip"][1] - part["clip"][0])


def _moments(running: Sequence[Part]) -> list[tuple[Part, float]]:
    """(part, clip time), at the middles of equal shares of all of them."""
    ends = np.cumsum([_length(part) for part in running])
    if not len(ends) or ends[-1] <= 0:
        return []
    moments = []
    for run in ends[-1] * (np.arange(MOMENTS) + 0.5) / MOMENTS:
        number = int(np.searchsorted(ends, run))
        part = running[number]
        moments.append((part, part["clip"][1] - float(ends[number] - run)))
    return moments


def _off(part: Part, at: float, found: Sequence[PictureSegment]) -> float | None:
    true = float(part["original"][0] + (at - part["clip"][0]) * part["speed"])
    here = next((p for p in found if p.clip.start <= at < p.clip.end), None)
    if here is None or here.original is None or here.state is not PictureState.MATCHED:
        return None
    along = (at - here.clip.start) / here.clip.length
    return round(abs(here.original.start + along * here.original.length - true), 4)


def _frame_s(comparison: Comparison) -> float | None:
    rates = [
        next((s.fps for s in media.streams if s.kind == "picture" and s.fps), None)
        for media in (comparison.clip, comparison.original)
    ]
    known = [rate for rate in rates if rate]
    return round(1 / min(known), 5) if known else None


def _framing(part: Part, found: Sequence[PictureSegment]) -> Framing:
    span = Span(*part["clip"])
    turned, mirrored = float(part.get("rotation", 0.0)), bool(part["mirrored"])
    here = max(found, key=lambda p: p.clip.overlap(span), default=None)
    if here is None or here.state is not PictureState.MATCHED or not here.clip.overlap(span):
        return Framing(False, turned=turned, mirrored=mirrored)
    return Framing(
        found=True,
        crop=_likeness(here.crop, part["crop"]),
        placed=_likeness(here.placed, part["placed"]),
        mirrored_right=here.mirrored is mirrored,
        turned_off=None if here.rotation is None else round(_between(here.rotation, turned), 3),
        turned=turned,
        mirrored=mirrored,
    )


def _between(one: float, other: float) -> float:
    """Degrees from one direction to another, the short way round."""
    away = abs(one - other) % TURN
    return min(away, TURN - away)


def _likeness(found: Box | None, true: Sequence[float] | None) -> float | None:
    """Intersection over union; None where either is not told."""
    if found is None or true is None:
        return None
    sides = [
        max(0.0, min(f + f_length, t + t_length) - max(f, t))
        for f, f_length, t, t_length in (
            (found.x, found.width, true[0], true[2]),
            (found.y, found.height, true[1], true[3]),
        )
    ]
    both = sides[0] * sides[1]
    return round(both / (found.width * found.height + true[2] * true[3] - both), 4)
