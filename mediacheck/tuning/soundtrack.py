"""What is heard in a made clip: passages of the source, of the donor and of silence, laid end to end.

Sound is mono at footage.RATE throughout, so every passage starts and ends on the sample that its
truth names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import ffmpeg
import imageio_ffmpeg
import numpy as np

from mediacheck.model import SoundState
from mediacheck.tuning.footage import RATE, Footage, sound
from mediacheck.tuning.truth import Interval

FADE_S = 0.005  # at the ends of each laid-in passage: a bare joint clicks, and a click is not what a recipe is about
FRAME_S = 0.02  # levels are taken over frames as long as a vowel's steady part
PAUSE_DB = 20.0  # below the speech: nothing is said, though the room is heard
SPEECH_RANGE_DB = 30.0  # frames this far below the loud ones are pauses


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of the clip's sound of length_s clip seconds.

    source_s, donor_s: where the source's (donor's) sound starts that is heard in it, None when it
    is not heard; neither is silence. source_db: gain of the source's sound. speed: source seconds
    per clip second; kept_pitch False lets the pitch follow. semitones: pitch moved with the tempo
    kept. inverted: of opposite sign. donor_gain: factor of the donor's sound; None brings its speech to the
    source's level.
    """

    length_s: float
    state: SoundState
    source_s: float | None = None
    donor_s: float | None = None
    source_db: float = 0.0
    speed: float = 1.0
    kept_pitch: bool = True
    semitones: float = 0.0
    inverted: bool = False
    donor_gain: float | None = None

    @property
    def original(self) -> Interval | None:
        """The stretch of the source that is heard in it."""
        if self.source_s is None:
            return None
        return (self.source_s, self.source_s + self.length_s * self.speed)


@dataclass(frozen=True, slots=True)
class Bed:
    """Something laid under the whole soundtrack, decibels below the level of its speech."""

    kind: str  # "music", "beat" or "noise"
    below_db: float


def lay(
    passages: Sequence[Passage],
    source: Footage,
    donor: Footage | None,
    level: float,
    rng: Random,
    bed: Bed | None = None,
) -> np.ndarray:
    """The soundtrack, shape (samples,).

    level: root-mean-square level that donor speech is brought to and that a bed is measured from.
    Raises ValueError when a passage needs a donor and there is none.
    """
    ends = np.cumsum([passage.length_s for passage in passages])
    borders = [0, *(round(float(end) * RATE) for end in ends)]
    track = np.zeros(borders[-1], dtype=np.float32)
    for passage, start, end in zip(passages, borders, borders[1:], strict=False):
        samples = np.zeros(end - start, dtype=np.float32)
        if passage.source_s is not None:
            samples += _sized(_from_source(passage, source), end - start)
        if passage.donor_s is not None:
            if donor is None:
                raise ValueError(f"{passage.state} sound needs a donor")
            speech = _sized(repeated(donor, passage.donor_s, passage.length_s), end - start)
            if passage.donor_gain is not None:
                samples += speech * np.float32(passage.donor_gain)
            else:
                samples += speech * (level / (speech_level(speech) or 1.0)) if level else speech
        track[start:end] = samples if len(passages) == 1 else faded(samples)
    if bed is not None:
        layer = _BEDS[bed.kind](len(track), rng)
        track += layer * float(level / np.sqrt((layer**2).mean()) * 10 ** (-bed.below_db / 20))
    return track


def speech_level(samples: np.ndarray) -> float:
    """Root-mean-square level of the frames that are not pauses; 0 for silence.

    samples: mono, shape (n,). Pauses are left out so that a halting speaker and a fluent one are
    matched by voice.
    """
    frames = _frame_levels(samples)
    if not len(frames) or frames.max() == 0:
        return 0.0
    loud = frames[frames > np.quantile(frames, 0.95) * 10 ** (-SPEECH_RANGE_DB / 20)]
    return float(np.sqrt((loud**2).mean()))


def spoken_share(samples: np.ndarray, level: float) -> float:
    """Share of the frames within 15 dB of a speech level, 0 to 1."""
    frames = _frame_levels(samples)
    return float((frames > level * 10 ** (-15 / 20)).mean()) if len(frames) else 0.0


def pauses(footage: Footage, start_s: float, end_s: float, least_s: float) -> list[Interval]:
    """Stretches of the footage, at least so long, in which no frame comes within PAUSE_DB of the speech."""
    heard = sound(footage, start_s, end_s - start_s)
    levels, level = _frame_levels(heard), speech_level(heard)
    quiet = np.concatenate([[False], levels < level * 10 ** (-PAUSE_DB / 20), [False]])
    borders = np.flatnonzero(np.diff(quiet.astype(int))).reshape(-1, 2) * FRAME_S + start_s
    return [(float(first), float(last)) for first, last in borders if last - first >= least_s]


def repeated(footage: Footage, start_s: float, length_s: float) -> np.ndarray:
    """The footage's sound from start_s on, begun again from its first sample where it ends."""
    samples = sound(footage, start_s, min(length_s, footage.sound_s - start_s))
    wanted = round(length_s * RATE)
    while len(samples) < wanted:
        samples = np.concatenate([samples, sound(footage, 0.0, footage.sound_s)])
    return samples[:wanted]


def faded(samples: np.ndarray) -> np.ndarray:
    """The same samples with FADE_S of linear fade at both ends; shorter ones come back as they are."""
    length = round(FADE_S * RATE)
    if len(samples) < 2 * length:
        return samples
    gain = np.ones(len(samples), dtype=np.float32)
    gain[:length] = np.linspace(0, 1, length)
    gain[-length:] = np.linspace(1, 0, length)
    return samples * gain


def filtered(samples: np.ndarray, *filters: tuple[str, Mapping[str, float | str]]) -> np.ndarray:
    """The samples after ffmpeg audio filters given as (name, options); mono at RATE in and out."""
    stream = ffmpeg.input("pipe:", format="f32le", ar=RATE, ac=1)
    for name, options in filters:
        stream = stream.filter(name, **options)
    output, _ = stream.output("pipe:", format="f32le", ar=RATE, ac=1, threads=1).run(
        cmd=[imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"],
        input=samples.astype("<f4").tobytes(),
        capture_stdout=True,
        capture_stderr=True,
    )
    return np.frombuffer(output, dtype="<f4")


def chords(count: int, rng: Random) -> np.ndarray:
    """Slow synthetic music, shape (count,): four-note chords with overtones, changing every 1.5 to 3 s, and a beat."""
    music = np.zeros(count, dtype=np.float32)
    start = 0
    while start < count:
        length = min(count - start, round(rng.uniform(1.5, 3.0) * RATE))
        clock = np.arange(length) / RATE
        root = 110.0 * 2 ** (rng.choice((0, 2, 3, 5, 7, 8, 10)) / 12)
        for semitone in (0, rng.choice((3, 4)), 7, 12):
            note = root * 2 ** (semitone / 12)
            for overtone in (1, 2, 3):
                phase = rng.uniform(0, 2 * np.pi)
                tone = np.sin(2 * np.pi * note * overtone * clock + phase) / overtone**1.5
                music[start : start + length] += tone * np.exp(-0.5 * clock)
        start += length
    return music


def beat(count: int, rng: Random) -> np.ndarray:
    """Lively synthetic music, shape (count,): drums, a bass, and a lead that moves and quavers like a voice.

    90 to 130 beats a minute, up to two notes of the lead on each: about as many a second as syllables.
    """
    beat_s, root = 60 / rng.uniform(90, 130), 55.0 * 2 ** (rng.randrange(12) / 12)
    noise = np.random.default_rng(rng.getrandbits(64)).standard_normal(RATE // 5)
    clock = np.arange(len(noise)) / RATE
    drum = 1.5 * np.sin(2 * np.pi * 60 * clock) * np.exp(-clock / 0.05)
    snare, cymbal = 0.4 * noise * np.exp(-clock / 0.04), 0.12 * noise * np.exp(-clock / 0.011)
    music = np.zeros(count, dtype=np.float32)
    for half in range(int(count / RATE / beat_s * 2) + 1):
        layers = [cymbal]
        if half % 2 == 0:
            layers += [drum, 0.5 * _note(root * rng.choice((1, 1, 1.5, 2)), 0.9 * beat_s, 4)]
        if half % 4 == 2:
            layers.append(snare)
        if rng.random() < 0.6:
            hz = root * 8 * 2 ** (rng.choice((0, 2, 3, 5, 7, 8, 10)) / 12)
            layers.append(0.4 * _note(hz, rng.choice((0.5, 1.0)) * beat_s, 6, vibrato=0.012))
        at = round(half * beat_s / 2 * RATE)
        for layer in layers:
            fitting = layer[: max(0, count - at)]
            music[at : at + len(fitting)] += fitting
    return music


def _note(hz: float, length_s: float, overtones: int, vibrato: float = 0.0) -> np.ndarray:
    """A note that swells and fades; vibrato: share by which its pitch swings, 5.5 times a second."""
    clock = np.arange(round(length_s * RATE)) / RATE
    swing = 2 * np.pi * 5.5
    phase = 2 * np.pi * hz * (clock - vibrato * np.cos(swing * clock) / swing)
    sound = np.sum([np.sin(n * phase) / n for n in range(1, overtones + 1)], axis=0)
    return np.asarray(
        sound * np.clip(clock / 0.03, 0, 1) * np.clip((length_s - clock) / 0.08, 0, 1)
    )


def rumble(count: int, rng: Random) -> np.ndarray:
    """Street-like noise, shape (count,): falling 3 dB an octave, swelling and sinking by some 3 dB over seconds."""
    noise = np.random.default_rng(rng.getrandbits(64)).standard_normal(count)
    spectrum = np.fft.rfft(noise)
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(count, 1 / RATE), 50.0))
    swell = 1 + 0.3 * np.sin(np.arange(count) / RATE * rng.uniform(0.6, 1.1) + rng.uniform(0, 6))
    return (np.fft.irfft(spectrum, count) * swell).astype(np.float32)


_BEDS = {"music": chords, "beat": beat, "noise": rumble}


def _from_source(passage: Passage, source: Footage) -> np.ndarray:
    assert passage.source_s is not None
    samples = sound(source, passage.source_s, passage.length_s * passage.speed)
    if passage.speed != 1 and passage.kept_pitch:
        samples = filtered(samples, ("atempo", {"tempo": round(passage.speed, 8)}))
    elif passage.speed != 1:
        samples = filtered(samples, ("asetrate", {"sample_rate": round(RATE * passage.speed)}))
    if passage.semitones:
        factor = 2 ** (passage.semitones / 12)
        samples = filtered(
            samples,
            ("asetrate", {"sample_rate": round(RATE * factor)}),
            ("aresample", {"sample_rate": RATE}),
            ("atempo", {"tempo": round(1 / factor, 8)}),
        )
    sign = -1 if passage.inverted else 1
    return samples * np.float32(sign * 10 ** (passage.source_db / 20))


def _sized(samples: np.ndarray, count: int) -> np.ndarray:
    return np.pad(samples, (0, max(0, count - len(samples))))[:count]


def _frame_levels(samples: np.ndarray) -> np.ndarray:
    size = round(FRAME_S * RATE)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    levels: np.ndarray = np.sqrt((frames.astype(np.float64) ** 2).mean(axis=1))
    return levels
