"""Where in the original does the clip's sound come from? Lines of time, found without the picture.

Mel bands propose (a search over hours is cheap), whitened correlation makes exact: see presence.py for why only
the latter can tell a recording from the same words spoken again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.correlate import Haystack, Peak, cluster, parabola_offset, peaks
from mediacheck.align.pitch import pitch_shift
from mediacheck.align.presence import SEARCH_S, presence
from mediacheck.features.spectrum import MEL_STEP_S, RATE, mel_rows
from mediacheck.features.stretch import resampled, stretched
from mediacheck.model import Alignment

CHUNK_S = 8.0
SHORT_CHUNK_S = 2.4
FLOOR = 24 * 0.08**2  # squared log10 power over 24 bands: what silence with codec noise shows
SPEEDS = (
    1.0,
    *(s for s in np.round(np.exp(np.arange(np.log(0.5), np.log(2.0) + 0.01, 0.02)), 4) if s != 1),
)
MOST_CHUNKS = 24
MOST_LINES = 8
MOST_SPEED_LINES = 4
MOST_SPEEDS = 5  # each costs two stretches of the whole sound
WORTH_A_SPEED = 8.0  # weight of a line: chance gives 0 to 2, a tempo that was changed 11 and more
EXPLAINED = 0.6  # share of windows that need no other explanation
ALL = 0.95  # of the windows: the rest are borders and pauses
PROOF_WINDOW_S = 1.0
PROOF_STEP_S = 0.25
STRAIGHT = 0.004  # difference of speeds that windows of a second forgive
PROOF = (
    12.0  # presence in 1 s windows within 0.12 s: other moments of the same recording stay below 10
)
SLOPE = 0.001  # of the speed: 10 ms in 10 s, more than lags err
AGREE_S = 0.006  # lags of one recording repeat to 1 to 3 ms in windows of a second
STEP_REACH_S = 1.2
STEP_PROOF = (
    18.0  # the null's largest value grows with the lags looked at: 14 to 16 in 2.4 s of them
)
LEAST_PROOFS = 4  # windows a quarter of a second apart: 1.75 s of sound
REPEATED = 0.9  # of the windows that the best line explains: a second copy of the same sound explains as many
PITCH_TRIALS = 3
LEAST_SEMITONES = 0.25
LEAST_PITCH_SCORE = (
    0.2  # true shifts of 1 to 3 semitones: 0.61 to 0.76; the same words dubbed: 0.02 to 0.09
)
PITCH_MARGIN = 3.0  # over the best other shift; true ones reach 17


@dataclass(frozen=True, slots=True)
class SoundAlignment:
    """The clip's sound on the original's clock, and the lines on which the original's sound was found.

    samples: (n,) int16, the clip's sound made `speed` times as long. pitch_kept: whether that speed was
    applied with the pitch kept. lines: exact to milliseconds and supported by presence; empty where the
    original's sound was not found. proofs: windows that support each.
    """

    samples: np.ndarray
    speed: float
    pitch_kept: bool
    lines: tuple[Alignment, ...]
    proofs: tuple[int, ...]
    semitones: float = 0.0

    def on_clock(self, line: Alignment) -> Alignment:
        """A line of the clip's own time as one that counts on the stretched clock."""
        return Alignment(line.offset_s, line.speed / self.speed)

    @property
    def support(self) -> int:
        """Proofs of the lines that run straight on the stretched clock. Sound stretched with its pitch kept is
        found piece by piece on a slope as well, but not as what it is.
        """
        straight = [abs(self.on_clock(line).speed - 1.0) <= STRAIGHT for line in self.lines]
        return sum(
            count for count, is_straight in zip(self.proofs, straight, strict=True) if is_straight
        )

    @property
    def explains_all(self) -> bool:
        """Whether no other line could explain more of the clip."""
        return self.support > ALL * len(self.samples) / RATE / PROOF_STEP_S


def propose(clip_rows: np.ndarray, original_rows: np.ndarray) -> list[Alignment]:
    """Lines that the mel bands suggest at unchanged speed, best first."""
    found = search(clip_rows, original_rows, (1.0,), CHUNK_S)
    found += search(clip_rows, original_rows, (1.0,), SHORT_CHUNK_S)
    return [line for line, _ in sorted(found, key=lambda pair: -pair[1])][: 2 * MOST_LINES]


def propose_speeds(clip_rows: np.ndarray, original_rows: np.ndarray) -> list[Alignment]:
    """Lines that the mel bands suggest at any speed from half to double, best first."""
    fast = search(clip_rows, original_rows, SPEEDS[1:], CHUNK_S)[:MOST_SPEED_LINES]
    return [
        refined(clip_rows, original_rows, line) for line, weight in fast if weight >= WORTH_A_SPEED
    ]


def align_sounds(
    clip: np.ndarray, original: np.ndarray, hints: Sequence[Alignment] = ()
) -> SoundAlignment:
    """The lines on which presence finds the original's sound, exact to milliseconds.

    clip, original: (n,) int16 at RATE. hints: lines from elsewhere, tried beside those of the mel bands.
    Other speeds and a moved pitch are only looked for where unchanged sound explains too little of the clip;
    each speed is tried with the pitch kept and with the pitch following, and what more windows support
    is taken for the whole clip.
    """
    rows = mel_rows(clip), mel_rows(original)
    proposed = [*hints, *propose(*rows)]
    best = _supported(clip, original, 1.0, False, proposed)
    windows = len(clip) / RATE / PROOF_STEP_S
    if best.support > EXPLAINED * windows:
        return best
    proposed += propose_speeds(*rows)
    # What the fit of a line turned it into is a hint as well: a steady drift is a speed.
    for speed in _speeds_of((*hints, *best.lines, *proposed)):
        for pitch_kept, change in ((True, stretched), (False, resampled)):
            other = _supported(change(clip, speed), original, speed, pitch_kept, proposed)
            own = other.lines[0].speed if other.lines else speed
            if abs(own / speed - 1.0) > SLOPE:
                # The speed was a guess; its fit is what the sound itself says.
                other = _supported(change(clip, own), original, own, pitch_kept, proposed)
            if other.support > best.support + LEAST_PROOFS:
                best = other
    if best.support > EXPLAINED * windows:
        return best
    undone = _with_pitch_undone(clip, original, proposed)
    if undone is not None and undone.support > best.support + LEAST_PROOFS:
        best = undone
    return best


def preferring(
    found: SoundAlignment, original: np.ndarray, hints: Sequence[Alignment]
) -> SoundAlignment:
    """The alignment on the hinted lines where they explain as much of the clip: an original that repeats itself
    holds the same sound at several places, and the picture tells which of them is meant.
    """
    there = _supported(found.samples, original, found.speed, found.pitch_kept, hints)
    if there.support < REPEATED * max(1, found.support):
        return found
    return replace(there, semitones=found.semitones)


def _with_pitch_undone(
    clip: np.ndarray, original: np.ndarray, proposed: Sequence[Alignment]
) -> SoundAlignment | None:
    """The clip with its pitch moved back, if presence then finds the original in it; else None.

    A spectrum's word alone is not enough: only the waveform's fine structure proves the recording.
    """
    for line in proposed[:PITCH_TRIALS]:
        if abs(line.speed - 1.0) > STRAIGHT:
            continue
        shift = pitch_shift(clip, original, line)
        if shift is None or abs(shift.semitones) < LEAST_SEMITONES:
            continue
        if shift.score < max(LEAST_PITCH_SCORE, PITCH_MARGIN * shift.second):
            continue
        factor = 2 ** (shift.semitones / 12)
        # Played slower by the factor the pitch falls back; stretched back with that pitch kept, so does the time.
        undone = stretched(resampled(clip, factor), 1 / factor)
        found = _supported(undone, original, 1.0, False, proposed)
        if found.lines:
            return replace(found, semitones=shift.semitones)
    return None


def _speeds_of(proposed: Sequence[Alignment]) -> list[float]:
    """Speeds worth a stretch of the whole sound: those that differ from 1 by more than windows forgive."""
    speeds: list[float] = []
    for line in proposed:
        if abs(line.speed - 1.0) > STRAIGHT and all(
            abs(line.speed - other) > 0.002 for other in speeds
        ):
            speeds.append(line.speed)
    return speeds[:MOST_SPEEDS]


def _supported(
    samples: np.ndarray,
    original: np.ndarray,
    speed: float,
    pitch_kept: bool,
    proposed: Sequence[Alignment],
) -> SoundAlignment:
    centres = np.arange(PROOF_WINDOW_S / 2, len(samples) / RATE, PROOF_STEP_S)
    chosen: list[tuple[Alignment, int]] = []
    explained = np.zeros(len(centres), bool)
    candidates: list[tuple[Alignment, np.ndarray]] = []
    for line in proposed:
        if candidates and max(int(proof.sum()) for _, proof in candidates) > ALL * len(centres):
            break  # one line explains it all
        exact = _exact(samples, original, Alignment(line.offset_s, line.speed / speed), centres)
        if exact is not None:
            candidates.append(exact)
    candidates += _stepped(samples, original, candidates, centres)
    while candidates and len(chosen) < MOST_LINES:
        gains = [int((proof & ~explained).sum()) for _, proof in candidates]
        index = int(np.argmax(gains))
        if gains[index] < LEAST_PROOFS:
            break
        line, proof = candidates.pop(index)
        chosen.append((Alignment(line.offset_s, line.speed * speed), int(proof.sum())))
        explained |= proof
    return SoundAlignment(
        samples,
        speed,
        pitch_kept,
        tuple(line for line, _ in chosen),
        tuple(count for _, count in chosen),
    )


def _stepped(
    samples: np.ndarray,
    original: np.ndarray,
    known: Sequence[tuple[Alignment, np.ndarray]],
    centres: np.ndarray,
) -> list[tuple[Alignment, np.ndarray]]:
    """Lines within STEP_REACH_S of known ones, for what those leave unexplained: processing that swallows or
    adds a fraction of a second shifts all that follows.
    """
    explained = np.zeros(len(centres), bool)
    for _, proof in known:
        explained |= proof
    left = centres[~explained]
    found: list[tuple[Alignment, np.ndarray]] = []
    if len(left) < LEAST_PROOFS:
        return found
    for line, _ in known[:MOST_LINES]:
        near = presence(samples, original, line, left, STEP_REACH_S, PROOF_WINDOW_S)
        proof = near.ratio >= STEP_PROOF
        if proof.sum() >= LEAST_PROOFS:
            moved = Alignment(line.offset_s - float(np.median(near.lag_s[proof])), line.speed)
            exact = _exact(samples, original, moved, left)
            if exact is not None:
                proof = np.zeros(len(centres), bool)
                proof[np.flatnonzero(~explained)] = exact[1]
                found.append((exact[0], proof))
    return found


def _exact(
    samples: np.ndarray, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> tuple[Alignment, np.ndarray] | None:
    """(the line fitted to milliseconds, which windows support it); None without support."""
    if abs(line.speed - 1.0) > 0.01:
        return None
    # A line that not one of every third window supports is not worth the others.
    glance = presence(samples, original, line, centres[::3], SEARCH_S, PROOF_WINDOW_S)
    if not (glance.ratio >= PROOF).any():
        return None
    for _ in range(2):
        found = presence(samples, original, line, centres, SEARCH_S, PROOF_WINDOW_S)
        proof = found.ratio >= PROOF
        if proof.sum() < LEAST_PROOFS:
            return None
        line = _straight(line, centres[proof], -found.lag_s[proof])
    found = presence(samples, original, line, centres, SEARCH_S, PROOF_WINDOW_S)
    near = (found.ratio >= PROOF) & (np.abs(found.lag_s) < 0.03)
    return (line, near) if near.sum() >= LEAST_PROOFS else None


def _straight(line: Alignment, at: np.ndarray, lag: np.ndarray) -> Alignment:
    """The line moved to what most lags agree on to a few milliseconds: the clock's own speed, or else a slope.

    A step of the sound by a tenth of a second looks like a slope to least squares; only few lags lie on it.
    """
    place = lag + (line.speed - 1.0) * at  # the lags of a line of speed 1 with the same offset
    ranked = np.sort(place)
    counts = np.searchsorted(ranked, ranked + 2 * AGREE_S, side="right") - np.arange(len(ranked))
    first = int(counts.argmax())
    level = float(ranked[first : first + int(counts[first])].mean())
    flat = Alignment(line.offset_s + level, 1.0)
    slanted = fitted(line, at, lag, LEAST_PROOFS)
    wanted = line.offset_s + line.speed * at + lag
    agree = [
        int((np.abs(each.offset_s + each.speed * at - wanted) <= AGREE_S).sum())
        for each in (flat, slanted)
    ]
    return flat if agree[0] >= agree[1] else slanted


def search(
    clip_rows: np.ndarray, original_rows: np.ndarray, speeds: Sequence[float], chunk_s: float
) -> list[tuple[Alignment, float]]:
    """Alignments that chunks of the clip's mel rows vote for, with their weight, best first."""
    chunk = round(chunk_s / MEL_STEP_S)
    if len(original_rows) < 8 or len(clip_rows) < 8:
        return []
    chunk = min(chunk, max(8, round(len(clip_rows) * min(speeds))))
    haystack = Haystack(original_rows, chunk, FLOOR)
    lines: list[tuple[Alignment, float]] = []
    for speed in speeds:
        rows = clip_rows if speed == 1.0 else _stretched(clip_rows, speed)
        found = _peaks_of(rows, haystack, chunk, speed)
        lines += cluster(found, speed, 0.15, MOST_LINES)
    return sorted(lines, key=lambda line: -line[1])[: 2 * MOST_LINES]


def _stretched(rows: np.ndarray, speed: float) -> np.ndarray:
    """Rows of the clip on the original's clock, linearly interpolated."""
    count = int(len(rows) * speed)
    at = np.clip((np.arange(count) + 0.5) / speed - 0.5, 0, len(rows) - 1.000001)
    before = np.floor(at).astype(int)
    share = (at - before)[:, None].astype(np.float32)
    return np.asarray(
        rows[before] * (1 - share) + rows[np.minimum(before + 1, len(rows) - 1)] * share
    )


def _peaks_of(rows: np.ndarray, haystack: Haystack, chunk: int, speed: float) -> list[Peak]:
    if len(rows) < chunk:
        rows = np.pad(rows, ((0, chunk - len(rows)), (0, 0)))
    wanted = min(MOST_CHUNKS, max(1, 2 * (len(rows) - chunk) // chunk + 1) + (len(rows) > chunk))
    starts = np.unique(np.linspace(0, len(rows) - chunk, wanted).astype(int))
    found = []
    for batch in range(0, len(starts), 8):
        some = starts[batch : batch + 8]
        scores = haystack.scores(np.stack([rows[start : start + chunk] for start in some]))
        for start, line in zip(some, scores, strict=True):
            for column, score, z in peaks(line, round(0.5 / MEL_STEP_S), 3):
                row = haystack.row_of(column) + parabola_offset(line, column)
                found.append(Peak(start * MEL_STEP_S / speed, row * MEL_STEP_S, score, z))
    return found


def refined(
    clip_rows: np.ndarray, original_rows: np.ndarray, line: Alignment, reach_s: float = 0.6
) -> Alignment:
    """Offset and speed of a line fitted to mel rows in windows of 2.4 s, where at least six of them agree."""
    rows = clip_rows if line.speed == 1.0 else _stretched(clip_rows, line.speed)
    window, hop = round(2.4 / MEL_STEP_S), round(0.8 / MEL_STEP_S)
    reach = round(reach_s / MEL_STEP_S)
    at, lag = [], []
    for begin in range(0, len(rows) - window + 1, hop):
        first = begin + line.offset_s / MEL_STEP_S
        low = round(first) - reach
        if low < 0 or low + window + 2 * reach > len(original_rows):
            continue
        needle = rows[begin : begin + window]
        own = float((needle**2).sum()) + FLOOR * window
        scores = np.empty(2 * reach + 1)
        for step in range(2 * reach + 1):
            there = original_rows[low + step : low + step + window]
            scores[step] = (needle * there).sum() / np.sqrt(
                own * ((there**2).sum() + FLOOR * window)
            )
        best = int(scores.argmax())
        if scores[best] > 0.5 and 0 < best < 2 * reach:
            at.append((begin + window / 2) * MEL_STEP_S / line.speed)
            lag.append((low + best + parabola_offset(scores, best) - first) * MEL_STEP_S)
    return fitted(line, np.array(at), np.array(lag), least=6)


def fitted(line: Alignment, at: np.ndarray, lag: np.ndarray, least: int) -> Alignment:
    """The line moved by a straight fit to lags (original seconds, positive = later in the original).

    Lags that most others contradict are dropped. With fewer than `least` left the line stays as it is; with
    a spread of less than 4 s in time only the offset moves.
    """
    if len(at) < least:
        return line
    keep = np.abs(lag - np.median(lag)) < max(
        0.01, 3 * float(np.median(np.abs(lag - np.median(lag))))
    )
    slope, level = 0.0, 0.0
    for _ in range(3):
        if keep.sum() < least:
            return line
        if np.ptp(at[keep]) >= 4.0:
            slope, level = np.polyfit(at[keep], lag[keep], 1)
        else:
            slope, level = 0.0, float(np.mean(lag[keep]))
        left = np.abs(lag - (level + slope * at))
        keep = left <= max(0.002, 3 * float(np.median(left[keep])))
    return Alignment(line.offset_s + float(level), line.speed + float(slope))
