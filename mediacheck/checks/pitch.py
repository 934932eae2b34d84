"""Was the sound's pitch or speed changed apart from the picture?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from mediacheck.align.lines import CONVERSION_SPEEDS
from mediacheck.align.pitch import pitch_shift
from mediacheck.align.sound_proof import PROOF_WINDOW_S, PROVEN_S
from mediacheck.checks.base import Check, Limits, Record
from mediacheck.errors import NotAvailable
from mediacheck.evidence import Evidence
from mediacheck.model import (
    Finding,
    Kind,
    Measured,
    Measurement,
    Severity,
    SoundState,
    Span,
    Stream,
)

NAME = "pitch"
SILENT_PEAK = 18  # of 32767: -65 dB, below the noise of any microphone chain
LEAST_FOUND_S = PROOF_WINDOW_S + PROVEN_S  # of sound for one line
CONVERSION_NEAR = 0.005  # as far as seconds of sound tell a speed
_HEARD = (SoundState.SAME, SoundState.MIXED, SoundState.MUSIC_ADDED)


def measure(evidence: Evidence) -> Measured:
    """The shift of pitch along the best line, how well it explains the sound, and the next best shift."""
    clip, original = evidence.sounds
    lines = evidence.sound.lines
    if not lines:
        raise NotAvailable(_why_not_found(evidence))
    line = lines[0]
    taken = [
        Measurement(f"{NAME}.m1", NAME, "undone", round(evidence.sound.semitones, 2), "semitones"),
        Measurement(f"{NAME}.m2", NAME, "sound_speed", round(line.speed, 5), "factor"),
    ]
    shift = pitch_shift(clip.samples, original.samples, line)
    if shift is not None:
        taken += [
            Measurement(f"{NAME}.m3", NAME, "shift", round(shift.semitones, 2), "semitones"),
            Measurement(f"{NAME}.m4", NAME, "agreement", round(shift.score, 3), "correlation"),
            Measurement(f"{NAME}.m5", NAME, "next_best", round(shift.second, 3), "correlation"),
        ]
    return Measured(NAME, CHECK.version, tuple(taken))


def _why_not_found(evidence: Evidence) -> str:
    """Silence and a moment of sound are found nowhere, whatever they are taken from."""
    files = tuple(zip(("clip", "original"), evidence.sounds, strict=True))
    for file, sound in files:
        if (
            max(-int(sound.samples.min(initial=0)), int(sound.samples.max(initial=0)))
            <= SILENT_PEAK
        ):
            return f"the {file}'s sound is silent"
    for file, sound in files:
        if sound.duration_s < LEAST_FOUND_S:
            return f"the {file}'s sound is {sound.duration_s:.1f} s long, too short to be found in another"
    return "the original's sound was not found in the clip"


def judge(record: Record, limits: Limits) -> list[Finding]:
    heard = [part.clip for part in record.timeline.sound if part.state in _HEARD]
    undone = record.value(NAME, "undone")
    speed = record.value(NAME, "sound_speed")
    if undone is None or speed is None or not heard:
        return []
    shown = [p.speed for p in record.timeline.picture if p.speed is not None and p.basis != "sound"]
    clip = Span(heard[0].start, heard[-1].end)
    apart = 0.0
    if shown and clip.length >= limits["least_stretch_s"]:
        apart = speed / min(shown, key=lambda each: abs(each - speed)) - 1
    drifts = abs(apart) * clip.length >= limits["least_drift_s"]
    undone = undone or _moved(record, speed, drifts, shown or [speed], limits)
    semitones: float | None = undone if undone else 12 * math.log2(1 + apart)
    if not undone and record.value("sound", "pitch_kept"):
        semitones = None  # played faster or slower at the pitch that it had
    ran_apart = drifts and abs(apart) >= limits["least_speed_apart"]
    changed = abs(undone) >= limits["least_semitones"] or ran_apart
    if not changed:
        return []
    because = tuple(m.id for m in record.measured[NAME].measurements)
    return [
        Finding(
            Kind.PITCH, Stream.SOUND, Severity.ALTERATION, clip, None, because,
            value=None if semitones is None else round(semitones, 2),
            unit=None if semitones is None else "semitones",
        )
    ]  # fmt: skip


def _moved(
    record: Record, speed: float, drifts: bool, shown: Sequence[float], limits: Limits
) -> float:
    """Semitones that no speed of the picture accounts for, where spectra agree on them and presence proved about as
    much; else 0.

    A second or two of sound half a semitone higher fits a speed nearly as well; its picture tells them apart. Spectra
    alone prove nothing: two hums, two engines are as alike.
    """
    shift, agreement, next_best = (
        record.value(NAME, name) for name in ("shift", "agreement", "next_best")
    )
    if shift is None or agreement is None or next_best is None:
        return 0.0
    if agreement < max(limits["least_agreement"], limits["agreement_times"] * next_best):
        return 0.0
    proven = 12 * math.log2(speed)
    if abs(shift - proven) >= limits["least_semitones"]:
        return 0.0
    expected = [0.0, *(12 * math.log2(speed) for speed in shown)]
    if not drifts and any(abs(speed / known - 1) <= CONVERSION_NEAR for known in CONVERSION_SPEEDS):
        expected.append(proven)  # too short for the picture to tell film speed from its own
    apart = min(abs(shift - each) for each in expected)
    return shift if apart >= limits["least_semitones"] else 0.0


CHECK = Check(
    name=NAME,
    version=1,
    asks="Was the sound's pitch or speed changed apart from the picture?",
    kinds=(Kind.PITCH,),
    measure=measure,
    judge=judge,
    thresholds=(
        "least_stretch_s",
        "least_semitones",
        "least_agreement",
        "agreement_times",
        "least_speed_apart",
        "least_drift_s",
    ),
)
