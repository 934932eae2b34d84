"""Is a voice that replaced the original's as high as any voice of the original?

Only how high it is: microphones, codecs and rooms change nearly everything else of a voice. Half of all strangers are
as high as somebody in the original, so a voice that is alike says nothing, and one that is not is a note.

Pieces of PIECE_S of voiced sound are compared by their middle pitch. What the original's own pieces differ by from each
other is the null, so a second speaker and a lively one are in it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mediacheck.align.presence import SEARCH_S, presence
from mediacheck.align.sound_proof import PROOF, PROOF_WINDOW_S
from mediacheck.checks.base import Check, Limits, Record, array, null_of, series
from mediacheck.checks.sound_series import probability_at
from mediacheck.checks.stretch import CHECK_NAME
from mediacheck.evidence import Evidence
from mediacheck.features.pitchtrack import STEP_S, pitch_track
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    Series,
    Severity,
    SoundState,
    Span,
    Stream,
)

NAME = "voice"
GRID_S = 0.1
PIECE_S = 1.5  # of voiced sound, some 3 to 5 s of speech: middle pitches of a second wander by a word's melody
WITHIN_S = 10.0  # in which a piece must be found together
LEAST_SPOKEN_S = 3.0  # of speech that the original's sound does not explain
_PIECE = round(PIECE_S / GRID_S)
_HALF = -(-_PIECE // 2)  # rounded up: every second piece shares no moment with the one before
_EVERY_S = 1.0  # of the original, a piece is told
_SPEECH = 0.5  # Silero's own threshold
_HZ = 100.0  # that semitones count from


def measure(evidence: Evidence) -> Measured:
    """The pitch along the clip, and that of pieces of the original; nothing where the clip has the original's voice."""
    clip, original = evidence.sounds
    if _unexplained_s(evidence) < LEAST_SPOKEN_S:
        return Measured(NAME, CHECK.version, ())
    evidence.progress.at("compare the voices", 0, 1)
    own = _pitches(clip.samples, evidence.clip_speech)
    there = _pitches(original.samples, evidence.original_speech)
    evidence.progress.at("compare the voices", 1, 1)
    grid = GRID_S * (np.arange(len(own)) + 0.5)
    told = _EVERY_S * np.arange(int(len(there) * GRID_S / _EVERY_S))
    unit = "semitones over 100 Hz"
    return Measured(
        NAME,
        CHECK.version,
        (),
        (
            series(NAME, 1, "pitch", unit, grid, own, digits=1),
            replace(
                series(NAME, 2, "pitch_from_here", unit, told, _from_here(there, told), digits=1),
                file="original",
                null=null_of(_own_distances(_pieces(there)), 1),
            ),
        ),
    )


def _unexplained_s(evidence: Evidence) -> float:
    """Seconds of speech in the clip for which no line of the sound finds the original."""
    aligned, original = evidence.sound, evidence.sounds[1].samples
    centres = np.arange(PROOF_WINDOW_S / 2, evidence.sounds[0].duration_s, PROOF_WINDOW_S / 2)
    gone = probability_at(evidence.clip_speech, centres) > _SPEECH
    for line in aligned.lines:
        clock, at = aligned.on_clock(line), centres * aligned.speed
        found = presence(aligned.samples, original, clock, at, SEARCH_S, PROOF_WINDOW_S)
        gone &= found.ratio < PROOF
    return float(gone.sum() * PROOF_WINDOW_S / 2)


def _pitches(samples: np.ndarray, speech: np.ndarray) -> np.ndarray:
    """Semitones over 100 Hz per GRID_S where somebody speaks and most of it is voiced, else NaN; (steps,)."""
    hertz = pitch_track(samples)
    spoken = probability_at(speech, STEP_S * (np.arange(len(hertz)) + 0.5)) > _SPEECH
    semitones = 12 * np.log2(np.where(spoken, hertz, np.nan) / _HZ)
    size = round(GRID_S / STEP_S)
    steps = semitones[: len(semitones) // size * size].reshape(-1, size)
    voiced = np.isfinite(steps).sum(axis=1) > size / 2
    middle = np.full(len(steps), np.nan)
    middle[voiced] = np.nanmedian(steps[voiced], axis=1)
    return middle


def _pieces(semitones: np.ndarray) -> np.ndarray:
    """Middle pitches of pieces that overlap by half, pauses left out; empty where there is less than one piece."""
    voiced = semitones[np.isfinite(semitones)]
    firsts = range(0, len(voiced) - _PIECE + 1, _HALF)
    return np.array([np.median(voiced[first : first + _PIECE]) for first in firsts])


def _own_distances(pieces: np.ndarray) -> np.ndarray:
    """From each piece to the nearest of those that share no sound with it."""
    apart = np.abs(pieces[:, None] - pieces[None, :])
    number = np.arange(len(pieces))
    apart[np.abs(number[:, None] - number[None, :]) <= 1] = np.inf
    nearest = apart.min(axis=1, initial=np.inf)
    return np.asarray(nearest[np.isfinite(nearest)])


def _from_here(semitones: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """The middle pitch of the first piece after each time; NaN where it is not complete within WITHIN_S."""
    voiced = np.flatnonzero(np.isfinite(semitones))
    found = np.full(len(times_s), np.nan)
    for index, at in enumerate(times_s):
        first = int(np.searchsorted(voiced, round(at / GRID_S)))
        piece = voiced[first : first + _PIECE]
        if len(piece) == _PIECE and (piece[-1] + 1) * GRID_S - at <= WITHIN_S:
            found[index] = np.median(semitones[piece])
    return found


def judge(record: Record, limits: Limits) -> list[Finding]:
    found = []
    for part in record.timeline.sound:
        if part.state is not SoundState.REPLACED or part.original is not None:
            continue  # what stands elsewhere in the original is one of its voices
        measured = _apart(part.clip, record)
        if measured is None or measured.value is None or measured.null is None:
            continue
        least = max(limits["least_semitones"], limits["times_own"] * measured.null.max)
        if measured.null.n < limits["least_pieces"] or abs(measured.value) < least:
            continue
        found.append(
            Finding(
                Kind.VOICE_DIFFERS, Stream.WORDS, Severity.NOTE, part.clip, record.shown(part.clip), (),
                value=measured.value, unit=measured.unit,
            )
        )  # fmt: skip
    return found


def numbers_of(finding: Finding, record: Record) -> tuple[Measurement, ...]:
    measured = None if finding.clip is None else _apart(finding.clip, record)
    return () if measured is None else (measured,)


def _apart(clip: Span, record: Record) -> Measurement | None:
    """By how much the middle piece of a stretch is higher than the nearest piece of the original; None without both.

    The null's max is what pieces of the original differ by from the nearest other one, at most.
    """
    tracks = {track.name: track for track in _tracks(record)}
    if not {"pitch", "pitch_from_here"} <= set(tracks):
        return None
    own, there = tracks["pitch"], tracks["pitch_from_here"]
    times = own.start_s + own.step_s * np.arange(len(own.values))
    here = _pieces(array(own.values)[(times >= clip.start) & (times < clip.end)])
    known = array(there.values)
    known = known[np.isfinite(known)]
    if not len(here) or not len(known):
        return None
    apart = here[:, None] - known[None, :]
    nearest = apart[np.arange(len(here)), np.abs(apart).argmin(axis=1)]
    middle = np.sort(nearest)[(len(nearest) - 1) // 2]
    return Measurement(
        id="",
        check=CHECK_NAME,
        name="voice_apart",
        value=round(float(middle), 1),
        unit="semitones",
        clip=clip,
        original=None,
        null=there.null,
    )


def _tracks(record: Record) -> tuple[Series, ...]:
    measured = record.measured.get(NAME)
    return () if measured is None else measured.series


CHECK = Check(
    name=NAME,
    version=1,
    asks="Is a voice that replaced the original's as high as any voice of the original?",
    kinds=(Kind.VOICE_DIFFERS,),
    measure=measure,
    judge=judge,
    thresholds=("least_semitones", "times_own", "least_pieces"),
    numbers=numbers_of,
)
