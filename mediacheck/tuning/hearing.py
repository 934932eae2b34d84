"""What was said of a clip's sound, against what is true of it: shares of speech, pauses, stretches that are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mediacheck.model import (
    Comparison,
    Finding,
    Kind,
    Series,
    Severity,
    SoundSegment,
    SoundState,
    Span,
)

ACCUSED = frozenset({Kind.REPLACED, Kind.MIXED})
STRETCHES = (Kind.REPLACED, Kind.MIXED, Kind.MUSIC_ADDED, Kind.MUTED)
LEAST_PAUSE_S = 0.5
SILENT_DB = -60.0
BESIDE_S = 0.6  # of the picture's place: an innocent copy's sound may be off by some frames
# The original's own sound, whatever lies over it.
KEPT = frozenset({SoundState.SAME, SoundState.MUSIC_ADDED})


@dataclass(frozen=True, slots=True)
class Heard:
    """sound_s: of the clip's sound that was compared. accused: `replaced` and `mixed` stretches that were reported.

    accused_s: how long they are together. not_same: share of the speaking time that is not the original's sound; None
    where nobody speaks. has_pause: somebody speaks before and after LEAST_PAUSE_S without speech.
    """

    sound_s: float
    accused: int
    accused_s: float
    not_same: float | None
    has_pause: bool


def heard(comparison: Comparison, speaking: float) -> Heard | None:
    """speaking: the probability from which it is speech. None where the sound was not compared."""
    spoken = next((s for s in comparison.series if s.check == "sound" and s.name == "speech"), None)
    if spoken is None:
        return None
    talk = np.array([value is not None and value >= speaking for value in spoken.values])
    at = spoken.start_s + spoken.step_s * np.arange(len(talk))
    stretches = [f for f in comparison.findings if f.kind in ACCUSED]
    stretches = [f for f in stretches if f.severity is Severity.ALTERATION and f.clip is not None]
    return Heard(
        sound_s=round(sum(part.clip.length for part in comparison.timeline.sound), 3),
        accused=len(stretches),
        accused_s=round(sum(f.clip.length for f in stretches if f.clip is not None), 3),
        not_same=_not_same(comparison.timeline.sound, at[talk]),
        has_pause=_longest_pause(talk) * spoken.step_s >= LEAST_PAUSE_S,
    )


def _not_same(parts: Sequence[SoundSegment], at: np.ndarray) -> float | None:
    if not len(at):
        return None
    kept = np.zeros(len(at), bool)
    for part in parts:
        if part.state in KEPT:
            kept |= (at >= part.clip.start) & (at < part.clip.end)
    return round(1 - float(kept.mean()), 4)


def _longest_pause(talk: np.ndarray) -> int:
    """In steps, between speech and speech."""
    spoken = np.flatnonzero(talk)
    return int(np.diff(spoken).max()) - 1 if len(spoken) > 1 else 0


def presence_at_picture(comparison: Comparison) -> float | None:
    """How present the original's sound is where the picture says that it is: median over the time that is no silence,
    over its null, in logarithms. None where no line of the sound runs along the picture's.

    It is measured before anything is judged; only the picture's places are as judged.
    """
    places = [p for p in comparison.timeline.picture if p.original is not None]
    level = next((s for s in comparison.series if s.check == "sound" and s.name == "level"), None)
    found: dict[float, float] = {}
    for track in comparison.series:
        if track.check != "sound" or track.name != "presence_long" or track.alignment is None:
            continue
        null = max(track.null.mean, 1.0) if track.null is not None else 1.0
        for number, value in enumerate(track.values):
            at = round(track.start_s + number * track.step_s, 3)
            place = next((p for p in places if p.clip.start <= at < p.clip.end), None)
            if value is None or place is None or _silent(level, number):
                continue
            assert place.original is not None
            along = (at - place.clip.start) / place.clip.length
            there = place.original.start + along * place.original.length
            if abs(track.alignment.original_at(at) - there) <= BESIDE_S:
                found[at] = max(found.get(at, 0.0), max(value, 1.0) / null)
    return round(float(np.log(np.median(list(found.values())))), 4) if found else None


def _silent(level: Series | None, number: int) -> bool:
    heard_db = None if level is None or number >= len(level.values) else level.values[number]
    return heard_db is None or heard_db <= SILENT_DB


def taken_for(true: Span, findings: Sequence[Finding]) -> tuple[Kind | None, float]:
    """What most of a stretch was reported as, and the share of it that was reported as other than the original's sound.

    Music laid over the original leaves it the original's.
    """
    over = {
        kind: sum(true.overlap(f.clip) for f in findings if f.kind is kind and f.clip is not None)
        for kind in STRETCHES
    }
    most = max(over, key=lambda kind: over[kind])
    other = sum(length for kind, length in over.items() if kind is not Kind.MUSIC_ADDED)
    share = min(1.0, other / true.length) if true.length else 0.0
    return (most if over[most] > 0 else None), round(share, 3)
