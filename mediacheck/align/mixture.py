"""How much of the clip's sound does the original explain, and what is left?

Cleanliness: mean coherence, one value per frequency. The residual: what remains after the best linear
prediction of the clip from the original's present and last quarter of a second (a convolutive transfer
function per band: R. Talmon, I. Cohen, S. Gannot, IEEE TASLP 17(4), 2009, fitted by ridge regression),
scaled once more over a second. A room's echo, an equaliser and automatic gain are thereby explained;
another voice is not. Whether single moments agree with that prediction: agreement.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from scipy.ndimage import uniform_filter1d

from mediacheck.align.agreement import BANDS, agreement, products
from mediacheck.features.spectrum import HIGH_HZ, LOW_HZ, RATE, windows
from mediacheck.model import Alignment


@dataclass(frozen=True, slots=True)
class Mixture:
    """The clip's sound split along one line into what the original explains and what is left.

    cleanliness: mean coherence over the band, 0 to 1, per centre. residual_db: level of what is left over
    what is explained. residual: (n,) int16 at RATE, the clip's sound less the original's, on the clock of
    `clip`. agreement: from agreement.py, per moment; chance: the same with the original's frames in reverse
    order, fitted as freely, which must find nothing.
    """

    cleanliness: np.ndarray
    residual_db: np.ndarray
    residual: np.ndarray
    agreement: np.ndarray
    chance: np.ndarray


_WINDOW = 1024
_HOP = 256
_AVERAGE_S = 1.0
_BLOCK_S = 30.0  # a block of complex spectra stays under 100 MB
_TOP_HZ = 4000.0  # what is above is left out of the residual: speech is told by what is below
_TAPS = 9  # 32 ms apart: a quarter of a second of echo
_TAP_FRAMES = 2
_SEGMENT_S = 6.0  # nine taps in 180 independent frames explain 5 % of anything: -13 dB
_RIDGE = 1e-3
# A line may be that of a room's first reflections. What comes straight is then up to so much earlier, and taps that
# only look back do not explain it: seven of ten such lines leave 3 to 8 dB less once they begin there.
_EARLIER_S = (0.016, 0.032, 0.048, 0.064)
_EARLIER_DB = 1.0  # less, or the line stays where it is
_LOOKED_S = 20.0
_EXPLAINED_DB = -12.0  # what leaves no more than that needs no other beginning


@dataclass(frozen=True, slots=True)
class _Block:
    """What one block adds to a Mixture; found, decoy: products of agreement.py at the block's moments."""

    cleanliness: np.ndarray
    residual_db: np.ndarray
    residual: np.ndarray
    found: np.ndarray
    decoy: np.ndarray


def straight(
    clip: np.ndarray, original: np.ndarray, line: Alignment, centres: np.ndarray
) -> Alignment:
    """The line, or the one a little earlier from which on the original explains clearly more of the clip.

    Arrays and centres as in `mixture`, whose residual decides, in the middle of its values over the _LOOKED_S in which
    the line explains most: no room changes within a clip.
    """
    if not len(centres):
        return line
    left = mixture(clip, original, line, centres).residual_db
    if np.median(left) <= _EXPLAINED_DB:
        return line
    if len(clip) > _LOOKED_S * RATE:
        width = max(1, round(_LOOKED_S * len(centres) / (centres[-1] - centres[0] + 1e-9)))
        middle_s = centres[uniform_filter1d(left, min(width, len(left)), mode="nearest").argmin()]
        first_s = float(np.clip(middle_s - _LOOKED_S / 2, 0, len(clip) / RATE - _LOOKED_S))
        clip = clip[round(first_s * RATE) : round((first_s + _LOOKED_S) * RATE)]
        centres = centres[(centres >= first_s) & (centres < first_s + _LOOKED_S)] - first_s
    else:
        first_s = 0.0

    def left_db(earlier_s: float) -> float:
        begun = Alignment(line.original_at(first_s) + earlier_s, line.speed)
        return float(np.median(mixture(clip, original, begun, centres).residual_db))

    tried = [left_db(earlier_s) for earlier_s in (0.0, *_EARLIER_S)]
    best = int(np.argmin(tried))
    if tried[best] > tried[0] - _EARLIER_DB:
        return line
    return Alignment(line.offset_s + (0.0, *_EARLIER_S)[best], line.speed)


def mixture(
    clip: np.ndarray,
    original: np.ndarray,
    line: Alignment,
    centres: np.ndarray,
    moments: np.ndarray | None = None,
) -> Mixture:
    """Cleanliness and residual around each centre (clip seconds), averaged over _AVERAGE_S.

    clip, original: (n,) int16 at RATE. moments: where agreement is wanted, in clip seconds; by default nowhere.
    """
    moments = np.empty(0) if moments is None else moments
    seconds = len(clip) / RATE
    clean, ratio = np.zeros(len(centres)), np.zeros(len(centres))
    blocks: list[_Block] = []
    residual = np.zeros(len(clip), np.int16)
    begin = 0.0
    while begin < seconds:
        end = min(seconds, begin + _BLOCK_S)
        first = max(0, round((begin - _AVERAGE_S) * RATE))
        last = min(len(clip), round((end + _AVERAGE_S) * RATE))
        inside = (centres >= begin) & (centres < end)
        fine = moments[(moments >= begin) & (moments < end)]
        part = _mixed(clip[first:last], first, original, line, centres[inside], fine)
        blocks.append(part)
        clean[inside], ratio[inside] = part.cleanliness, part.residual_db
        own = slice(round(begin * RATE), round(end * RATE))
        residual[own] = part.residual[own.start - first : own.stop - first]
        begin = end
    told, chance = np.full(len(moments), np.nan), np.full(len(moments), np.nan)
    reached = (moments >= 0) & (moments < seconds)
    if reached.any():
        told[reached], chance[reached] = agreement(
            np.concatenate([block.found for block in blocks]),
            np.concatenate([block.decoy for block in blocks]),
        )
    return Mixture(clean, ratio, residual, told, chance)


def _mixed(
    clip: np.ndarray,
    first: int,
    original: np.ndarray,
    line: Alignment,
    centres: np.ndarray,
    moments: np.ndarray,
) -> _Block:
    frames = max(1, (len(clip) - _WINDOW) // _HOP + 1)
    clock = (first + np.arange(frames) * _HOP + _WINDOW / 2) / RATE
    own = _spectra(clip, clock - first / RATE)
    other = _spectra(original, line.offset_s + line.speed * clock)
    frequencies = np.arange(_WINDOW // 2 + 1) * RATE / _WINDOW
    band = ((frequencies >= LOW_HZ) & (frequencies <= HIGH_HZ))[: own.shape[1]]
    coherence, _ = _coherence(own, other)
    loud = (np.abs(other[:, band]) ** 2).max(axis=0, keepdims=True)
    heard = _averaged(np.abs(other[:, band]) ** 2) > 1e-5 * loud.max()
    clean = np.where(heard, coherence[:, band], 0).sum(axis=1) / np.maximum(heard.sum(axis=1), 1)
    predicted = _with_echo(own, other)
    explained, prediction = _coherence(own, predicted)
    power = _averaged(np.abs(own[:, band]) ** 2)
    left = ((1 - explained[:, band]) * power).sum(axis=1)
    ratio_db = 10 * np.log10((left + 1.0) / ((explained[:, band] * power).sum(axis=1) + 1.0))
    found = decoy = np.empty((0, BANDS, 3))
    if len(moments):
        found = _at(moments, clock, products(own, predicted, _WINDOW, _HOP))
        backwards = _with_echo(own, other[::-1])
        decoy = _at(moments, clock, products(own, backwards, _WINDOW, _HOP))
    return _Block(
        np.interp(centres, clock, clean),
        np.clip(np.interp(centres, clock, ratio_db), -40, 40),
        _waveform(own - prediction * predicted, len(clip)),
        found,
        decoy,
    )


def _at(moments: np.ndarray, clock: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values per frame, (frames, ...), as they are at the moments: linear between frames."""
    place = np.clip(np.interp(moments, clock, np.arange(len(clock))), 0, len(clock) - 1)
    before = np.minimum(place.astype(int), max(0, len(clock) - 2))
    after = np.minimum(before + 1, len(clock) - 1)
    share = (place - before)[:, None, None]
    return np.asarray(values[before] * (1 - share) + values[after] * share)


def _coherence(own: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(share of power that one moving average predicts, its transfer function), both (frames, bins)."""
    cross = _averaged(own * np.conj(other))
    power = _averaged(np.abs(other) ** 2)
    coherence = np.abs(cross) ** 2 / np.maximum(power * _averaged(np.abs(own) ** 2), 1e-9)
    # Frames overlap by three quarters: under a Hann window about 0.48 of them are independent.
    independent = _AVERAGE_S * RATE / _HOP * 0.48
    coherence = np.clip((coherence - 1 / independent) / (1 - 1 / independent), 0, 1)
    return coherence, cross / np.maximum(power, 1e-3)


def _with_echo(own: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The original's spectra as the clip's room and processing turn them into; (frames, bins).

    Fitted in segments of _SEGMENT_S that overlap by half and fade into each other.
    """
    frames, bins = other.shape
    length = min(frames, round(_SEGMENT_S * RATE / _HOP))
    taps = max(1, min(_TAPS, length // 40))
    delayed = np.zeros((bins, frames, taps), np.complex64)
    for tap in range(taps):
        shift = tap * _TAP_FRAMES
        delayed[:, shift:, tap] = other[: frames - shift].T
    out = np.zeros((frames, bins), np.complex64)
    weight = np.zeros((frames, 1), np.float32)
    starts = range(0, max(1, frames - length + 1), max(1, length // 2))
    for start in sorted({*starts, frames - length}):
        part = slice(start, start + length)
        seen = delayed[:, part]
        gram = seen.conj().transpose(0, 2, 1) @ seen
        size = np.trace(gram, axis1=1, axis2=2).real / taps
        gram += (_RIDGE * size + 1.0)[:, None, None] * np.eye(taps, dtype=np.complex64)
        target = seen.conj().transpose(0, 2, 1) @ own[part].T[:, :, None].astype(np.complex64)
        fitted = seen @ np.linalg.solve(gram, target)
        fade = (np.hanning(length + 2)[1:-1, None] + 1e-3).astype(np.float32)
        out[part] += fade * fitted[:, :, 0].T
        weight[part] += fade
    return np.asarray(out / np.maximum(weight, 1e-6))


def _spectra(samples: np.ndarray, centres_s: np.ndarray) -> np.ndarray:
    """(centres, bins up to _TOP_HZ) complex, under a Hann window."""
    framed = windows(samples, centres_s, _WINDOW / RATE)
    top = round(_TOP_HZ * _WINDOW / RATE) + 1
    spectra = scipy.fft.rfft(framed * np.hanning(_WINDOW).astype(np.float32), axis=1)
    return np.asarray(spectra[:, :top])


def _averaged(values: np.ndarray) -> np.ndarray:
    """Mean over _AVERAGE_S around each frame, shorter at the ends."""
    width = round(_AVERAGE_S * RATE / _HOP)
    # In single precision what is left of a loud second would pass for the power of a silent one.
    wide = np.result_type(values.dtype, np.float64)
    summed = np.zeros((len(values) + 1, values.shape[1]), wide)
    np.cumsum(values, axis=0, out=summed[1:])
    count = len(values)
    low = np.maximum(np.arange(count) - width // 2, 0)
    high = np.minimum(np.arange(count) + width // 2 + 1, count)
    return np.asarray((summed[high] - summed[low]) / (high - low)[:, None])


def _waveform(spectra: np.ndarray, length: int) -> np.ndarray:
    """Overlap-add of Hann-tapered frames a quarter apart."""
    frames = scipy.fft.irfft(spectra, _WINDOW, axis=1)
    out = np.zeros(max(length, (len(frames) - 1) * _HOP + _WINDOW), np.float32)
    for index, frame in enumerate(frames):
        out[index * _HOP : index * _HOP + _WINDOW] += frame
    # Four Hann windows a quarter apart add up to 2.
    return np.asarray(np.clip(out[:length] / 2, -32768, 32767), np.int16)
