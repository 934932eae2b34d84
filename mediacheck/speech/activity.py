"""Where does somebody speak?

The Silero voice activity network gives one probability per 32 ms; hysteresis turns it into
stretches. The network is recurrent: a step depends on all before it, so probabilities of an excerpt
differ from those of the whole in the excerpt's first 2 s (by up to 0.3) and little after it. It
answers the same from 0 down to about -65 dBFS (tried on five recordings), so the level is left
alone. Singing and loud talking in the background count as speech.
"""

from __future__ import annotations

import functools
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mediacheck.errors import NotAvailable
from mediacheck.model import Span
from mediacheck.progress import SILENT, Progress
from mediacheck.weights.loading import load
from mediacheck.weights.registry import SILERO

if TYPE_CHECKING:
    import onnxruntime

logger = logging.getLogger(__name__)

RATE = 16_000  # the network knows 8 and 16 kHz only; the copy in faster-whisper is built for 16
STEP = 512  # samples per probability, fixed by the network
STEP_S = STEP / RATE
CONTEXT = 64  # samples before each step that the network sees again, fixed by it

# Steps per call. Any number gives the same bits (tried 128 to 4096); 512 is 16 s and keeps memory
# under 10 MB.
BLOCK = 512

ON = 0.5  # Silero's own threshold: a stretch begins
OFF = 0.35  # Silero's own (threshold - 0.15): below it a stretch may end
MIN_PAUSE_S = 0.3  # plosives and breath are shorter, pauses between phrases longer
MIN_SPEECH_S = 0.2  # shorter than any spoken word in a sentence; coughs and clicks go
# weak first and last consonants lie outside; more would reach into the neighbour's pause
PAD_S = 0.1


def speech_probability(
    samples: NDArray[np.int16] | NDArray[np.float32], rate: int = RATE, progress: Progress = SILENT
) -> NDArray[np.float32]:
    """Probability of speech per 32 ms: shape (ceil(n / 512),), in [0, 1], the last step padded.

    samples: mono, shape (n,), int16 or float32 in [-1, 1]; a memory map is read in blocks of 16 s.
    Costs 0.06 CPU s per minute of sound. Raises ValueError unless rate is 16000, NotAvailable
    without the network. Method: Silero VAD 6 as bundled with faster-whisper 1.2.1, run as its
    SileroVADModel does, except that blocks follow each other with their state, so memory does not
    grow with length. Same values, bit by bit.
    """
    if rate != RATE:
        raise ValueError(f"voice activity needs {RATE} Hz, not {rate} Hz: resample first")
    session = _session()
    steps = -(-len(samples) // STEP)
    probability = np.zeros(steps, np.float32)
    hidden = cell = np.zeros((1, 1, 128), np.float32)
    before = np.zeros(CONTEXT, np.float32)
    for first in range(0, steps, BLOCK):
        sound = as_float(samples[first * STEP : (first + BLOCK) * STEP])
        block = np.pad(sound, (0, -len(sound) % STEP)).reshape(-1, STEP)
        context = np.vstack([before[None], block[:-1, -CONTEXT:]])
        before = block[-1, -CONTEXT:].copy()
        outputs: list[Any] = list(
            session.run(None, {"input": np.hstack([context, block]), "h": hidden, "c": cell})
        )
        probability[first : first + len(block)] = outputs[0].reshape(-1)
        hidden, cell = outputs[1], outputs[2]
        progress.at("voice activity", first + len(block), steps)
    return probability


def voiced(probability: NDArray[np.float32], step_s: float = STEP_S) -> tuple[Span, ...]:
    """Stretches of speech in order, apart from each other, times from the first step, to the
    millisecond.

    A stretch begins where the probability reaches ON and ends where it stays under OFF for
    MIN_PAUSE_S; shorter ones than MIN_SPEECH_S are dropped before PAD_S is added on both sides
    (never past the ends of the sound or into the next stretch). Empty where nobody speaks.
    """
    total_s = len(probability) * step_s
    stretches = [
        (start * step_s, end * step_s)
        for start, end in _hysteresis(probability, max(1, round(MIN_PAUSE_S / step_s)))
        if (end - start) * step_s >= MIN_SPEECH_S
    ]
    spans = []
    for index, (start, end) in enumerate(stretches):
        room_before = start - stretches[index - 1][1] if index else 2 * start
        room_after = (
            stretches[index + 1][0] - end if index + 1 < len(stretches) else 2 * (total_s - end)
        )
        spans.append(
            Span(
                round(start - min(PAD_S, room_before / 2), 3),
                round(end + min(PAD_S, room_after / 2), 3),
            )
        )
    return tuple(spans)


def as_float(samples: NDArray[Any]) -> NDArray[np.float32]:
    """The same sound as float32 in [-1, 1].

    int16 is divided by 32768. Raises ValueError for other kinds.
    """
    if samples.dtype == np.int16:
        return samples.astype(np.float32) / np.float32(32768)
    if samples.dtype == np.float32:
        return np.asarray(samples, np.float32)
    raise ValueError(f"sound must be int16 or float32, not {samples.dtype}")


def _hysteresis(probability: NDArray[np.float32], min_pause: int) -> list[tuple[int, int]]:
    """Steps [start, end) that begin at ON and end at the first of min_pause steps under OFF."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    quiet_from: int | None = None
    for step, value in enumerate(probability.tolist()):
        if value >= ON:
            start = step if start is None else start
            quiet_from = None
        elif start is not None and value < OFF:
            quiet_from = step if quiet_from is None else quiet_from
            if step - quiet_from + 1 >= min_pause:
                runs.append((start, quiet_from))
                start = quiet_from = None
    if start is not None:
        runs.append((start, len(probability) if quiet_from is None else quiet_from))
    return runs


@functools.cache
def _session() -> onnxruntime.InferenceSession:
    weights = load(SILERO.name, "voice-activity")
    assert not isinstance(weights.content, Path)  # the registry has no folder
    try:
        import onnxruntime
    except ImportError as error:
        raise NotAvailable(f"voice activity needs onnxruntime: {SILERO.install}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the arena keeps what the largest block took
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        weights.content["silero_vad_v6.onnx"],
        sess_options=options,
        providers=["CPUExecutionProvider"],
    )
