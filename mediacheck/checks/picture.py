"""Which part of the original does the clip's picture show?

Motion along each line that the pair suggests, with the same statistic at other moments of the original as its null;
perceptual hashes of the registered frames as evidence of the scene that a reader can check by eye. The states
themselves are found from these series in align/picture_states.py.
"""

from __future__ import annotations

import numpy as np

from mediacheck.align import looks, picture
from mediacheck.align.parts import Part
from mediacheck.checks.base import (
    Check,
    Limits,
    Record,
    null_of,
    rounded,
    rounded_geometry,
    series,
)
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    PictureState,
    Series,
    Severity,
    Span,
    Stream,
)

NAME = "picture"
HASH_STEP_S = 1.0
SPARSE = 5  # frames of the series: every 0.4 s one is compared with all moments of the original
MOST_SPARSE = 1500  # so many that is; of longer clips fewer


def measure(evidence: Evidence) -> Measured:
    found = evidence.picture
    frames = evidence.frames[0]
    grid = found.centres
    tracks = [
        series(NAME, 1, "movement", "grey levels", grid, picture.own_movement(found.clip, grid)),
        series(
            NAME,
            2,
            "detail",
            "grey levels",
            grid,
            _detail(frames.times, frames.thumbs, grid),
            digits=1,
        ),
    ]
    taken: list[Measurement] = []
    clip_s, original_s = float(frames.times[-1]), float(evidence.frames[1].times[-1])
    seen = evidence.looks()
    framed = looks.frame_grid(frames.times)
    tracks.append(
        series(NAME, 3, "change", "thousandths", framed, looks.changes(seen[0], framed), digits=2)
    )
    sparse = framed[:: max(SPARSE, -(-len(framed) // MOST_SPARSE))]
    stretches = evidence.picture_stretches
    others = looks.elsewhere(*seen, [rounded(line) for line in stretches], sparse)
    for (found_line, stretch), other in zip(stretches.items(), others, strict=True):
        line = rounded(found_line)
        motion, movement = picture.along(found.clip, found.original, line, grid)
        motion = _within(stretch, grid, motion)
        elsewhere = [
            picture.along(found.clip, found.original, decoy, grid)[0]
            for decoy in picture.decoys(line, clip_s, original_s)
        ]
        null = null_of(np.concatenate(elsewhere) if elsewhere else np.empty(0))
        hashed = np.arange(HASH_STEP_S / 2, clip_s, HASH_STEP_S)
        first = len(tracks) + 1
        tracks += [
            series(NAME, first, "motion", "correlation", grid, motion, null=null, alignment=line),
            series(NAME, first + 1, "original_movement", "grey levels", grid, movement, alignment=line),
            series(
                NAME, first + 2, "hash_distance", "bits of 64", hashed, evidence.hash_bits(line, hashed),
                digits=0, alignment=line,
            ),
            series(
                NAME, first + 3, "difference", "thousandths", framed,
                _within(stretch, framed, looks.differences(*seen, line, framed)), digits=1, alignment=line,
            ),
            series(
                NAME, first + 4, "difference_elsewhere", "thousandths", sparse, _within(stretch, sparse, other),
                digits=1, alignment=line,
            ),
        ]  # fmt: skip
        best = float(np.nanmean(motion)) if np.isfinite(motion).any() else None
        taken.append(
            Measurement(
                id=f"{NAME}.m{len(taken) + 1}",
                check=NAME,
                name="mean_motion",
                value=None if best is None else round(best, 3),
                unit="correlation",
                null=null,
            )
        )
    for part in evidence.picture_parts:
        tracks += _part_series(part, len(tracks) + 1, framed)
    for decoy in found.decoys:
        for line in map(rounded, decoy.lines):
            motion, _ = picture.along(decoy.clip, found.original, line, grid)
            tracks.append(
                series(
                    NAME, len(tracks) + 1, "decoy_motion", "correlation", grid, motion,
                    null=tracks[3].null if len(tracks) > 3 else None, alignment=line,
                )
            )  # fmt: skip
    return Measured(NAME, CHECK.version, tuple(taken), tuple(tracks), geometry=found.geometry)


def _part_series(part: Part, number: int, framed: np.ndarray) -> list[Series]:
    """What a part differs by at its place, and at moments beside it, under its own geometry."""
    name = "free" if part.covered else "part"
    at = framed[part.first : part.first + len(part.differences)]
    values = (("difference", part.differences), ("aside", part.aside))
    return [
        series(
            NAME, number + index, f"{name}_{kind}", "thousandths", at, each, digits=1,
            alignment=rounded(part.line), geometry=rounded_geometry(part.geometry),
        )
        for index, (kind, each) in enumerate(values)
    ]  # fmt: skip


def _within(stretch: Span | None, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """NaN outside the stretch of the clip that a line was found for."""
    if stretch is None:
        return values
    return np.where((times >= stretch.start) & (times < stretch.end), values, np.nan)


def _detail(times: np.ndarray, thumbs: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Spread of grey levels within the frame at each time: near 0 on black and on any flat colour."""
    spread = np.array([float(thumb.std()) for thumb in thumbs])
    return np.asarray(np.interp(grid, times, spread))


def judge(record: Record, limits: Limits) -> list[Finding]:
    """The clip's head or tail outside this candidate; the rest of the picture's story is told by edits.py."""
    parts = record.timeline.picture
    if not any(part.state is PictureState.MATCHED for part in parts):
        return []
    found = []
    for part in {parts[0], parts[-1]}:
        if part.state is PictureState.FOREIGN and part.clip.length >= limits["least_uncovered_s"]:
            found.append(
                Finding(
                    Kind.UNCOVERED, Stream.PICTURE, Severity.NOTE, part.clip, None, _because(record)
                )
            )
    return sorted(found, key=lambda finding: (finding.clip is not None, finding.clip))


def _because(record: Record) -> tuple[str, ...]:
    return tuple(m.id for m in record.measurements(NAME, "mean_motion"))


CHECK = Check(
    name=NAME,
    version=4,
    asks="Which part of the original does the clip's picture show?",
    kinds=(Kind.UNCOVERED,),
    measure=measure,
    judge=judge,
    thresholds=("least_uncovered_s",),
)
