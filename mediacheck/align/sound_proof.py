"""Does presence bear out a line of time, and where exactly does it run?

In windows of a second: the waveform's fine structure places them to milliseconds, and what it does not hold is not
found, however alike it sounds.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mediacheck.align.presence import SEARCH_S, presence
from mediacheck.align.sound_search import MOST_LINES, fitted
from mediacheck.features.spectrum import RATE
from mediacheck.model import Alignment

PROOF_WINDOW_S = 1.0
PROOF_STEP_S = 0.25
LEAST_STEP_S = 0.1
PROOF_STEPS = 16  # that even a short clip has
PROOF = (
    12.0  # presence in 1 s windows within 0.12 s: other moments of the same recording stay below 10
)
AGREE_S = 0.006  # lags of one recording repeat to 1 to 3 ms in windows of a second
STEP_REACH_S = 1.2
STEP_PROOF = (
    18.0  # the null's largest value grows with the lags looked at: 14 to 16 in 2.4 s of them
)
LEAST_PROOFS = 4  # windows a quarter of a second apart: 1.75 s of sound
PROVEN_S = 0.5  # between the first and the last of them: 1.5 s of sound in the shortest clips


def step_s(samples: np.ndarray) -> float:
    """From one window to the next: closer in a short clip, which has but few of them."""
    seconds = len(samples) / RATE
    return float(np.clip(seconds / PROOF_STEPS, LEAST_STEP_S, PROOF_STEP_S))


def least_proofs(samples: np.ndarray) -> int:
    """Windows that make a line: neighbours that share nine tenths of their sound are hardly two witnesses."""
    return max(LEAST_PROOFS, int(np.ceil(PROVEN_S / step_s(samples))) + 1)


def stepped(
    samples: np.ndarray,
    original: np.ndarray,
    known: Sequence[tuple[Alignment, np.ndarray]],
    centres: np.ndarray,
) -> list[tuple[Alignment, np.ndarray]]:
    """Lines within STEP_REACH_S of known ones, for what those leave unexplained: processing that swallows or
    adds a fraction of a second shifts all that follows.
    """
    explained = np.zeros(len(centres), bool)
    for _, strength in known:
        explained |= strength > 0
    left = centres[~explained]
    least = least_proofs(samples)
    found: list[tuple[Alignment, np.ndarray]] = []
    if len(left) < least:
        return found
    for line, _ in known[:MOST_LINES]:
        near = presence(samples, original, line, left, STEP_REACH_S, PROOF_WINDOW_S)
        proof = near.ratio >= STEP_PROOF
        if proof.sum() >= least:
            moved = Alignment(line.offset_s - float(np.median(near.lag_s[proof])), line.speed)
            borne_out = exact(samples, original, moved, left)
            if borne_out is not None:
                strength = np.zeros(len(centres))
                strength[~explained] = borne_out[1]
                found.append((borne_out[0], strength))
    return found


def exact(
    samples: np.ndarray,
    original: np.ndarray,
    line: Alignment,
    centres: np.ndarray,
    is_guess: bool = False,
) -> tuple[Alignment, np.ndarray] | None:
    """(the line fitted to milliseconds, by how much the logarithm of presence in each window exceeds PROOF, 0
    where it does not support the line); None without support.
    """
    if abs(line.speed - 1.0) > 0.01:
        return None
    # A line that not one of every third window supports is not worth the others.
    glance = presence(samples, original, line, centres[::3], SEARCH_S, PROOF_WINDOW_S)
    if not (glance.ratio >= PROOF).any():
        return None
    for _ in range(2):
        found = presence(samples, original, line, centres, SEARCH_S, PROOF_WINDOW_S)
        proof = found.ratio >= PROOF
        if proof.sum() < least_proofs(samples):
            return None
        line = _straight(line, centres[proof], -found.lag_s[proof], is_guess)
    found = presence(samples, original, line, centres, SEARCH_S, PROOF_WINDOW_S)
    near = (found.ratio >= PROOF) & (np.abs(found.lag_s) < 0.03)
    if near.sum() < least_proofs(samples):
        return None
    return line, np.where(near, np.log(np.maximum(found.ratio, PROOF) / PROOF) + 1e-9, 0.0)


def _straight(line: Alignment, at: np.ndarray, lag: np.ndarray, is_guess: bool) -> Alignment:
    """The line moved to what most lags agree on to a few milliseconds: the clock's own speed, or else a slope.

    A step of the sound by a tenth of a second looks like a slope to least squares; only few lags lie on it.
    is_guess: nothing speaks for the clock's own speed, so that the smaller error decides where both agree.
    """
    place = lag + (line.speed - 1.0) * at  # the lags of a line of speed 1 with the same offset
    ranked = np.sort(place)
    counts = np.searchsorted(ranked, ranked + 2 * AGREE_S, side="right") - np.arange(len(ranked))
    first = int(counts.argmax())
    level = float(ranked[first : first + int(counts[first])].mean())
    flat = Alignment(line.offset_s + level, 1.0)
    slanted = fitted(line, at, lag, LEAST_PROOFS)
    wanted = line.offset_s + line.speed * at + lag
    off = [np.abs(each.offset_s + each.speed * at - wanted) for each in (flat, slanted)]
    agree = [int((each <= AGREE_S).sum()) for each in off]
    if agree[0] == agree[1] and is_guess:
        return min((flat, slanted), key=lambda each: off[each is slanted].mean())
    return flat if agree[0] >= agree[1] else slanted
