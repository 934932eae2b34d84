"""Each channel of a doctored clip holds what its truth says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from mediacheck.tuning.stereo import FURTHER_S

from .making import RATE, late_s, stretch

Make = Callable[[str], SimpleNamespace]
SAME_SOUND = 0.98  # correlation after one encoding
SAMPLE_S = 1 / RATE


def channels(path: Path) -> np.ndarray:
    """(2, n), in the file's order."""
    both = av.AudioResampler(format="fltp", layout="stereo", rate=RATE)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.layout.nb_channels == 2
        blocks = [
            block.to_ndarray()
            for frame in container.decode(audio=0)
            for block in both.resample(frame)
        ]
    return np.concatenate(blocks, axis=1)


def level(sound: np.ndarray) -> float:
    return float(np.sqrt((sound.astype(np.float64) ** 2).mean()))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    count = min(len(one), len(other))
    return float(np.corrcoef(one[:count], other[:count])[0, 1])


def original_of(clip: SimpleNamespace, sound: np.ndarray) -> np.ndarray:
    start_s, end_s = clip.heard[0]["original"]
    return stretch(sound, start_s, end_s - start_s)


def test_one_channel_holds_the_original_and_the_other_another_voice(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("channel-replaced")
    there = original_of(clip, speaker.sound)
    likenesses = [alike(channel, there) for channel in channels(clip.folder / "clip.mp4")]
    assert max(likenesses) > SAME_SOUND
    assert abs(min(likenesses)) < 0.2
    assert clip.truth["answer"] == "altered"
    assert clip.findings["mixed"]["value"] == 0.0
    assert clip.heard[0]["state"] == "mixed"


def test_the_original_in_one_channel_stands_beside_silence(
    make: Make, speaker: SimpleNamespace
) -> None:
    clip = make("channel-only")
    heard = channels(clip.folder / "clip.mp4")
    loud, quiet = sorted(heard, key=level, reverse=True)
    assert alike(loud, original_of(clip, speaker.sound)) > SAME_SOUND
    assert level(quiet) < 1e-4
    assert clip.heard[0]["state"] == "same"


def test_an_inverted_channel_adds_up_to_silence(make: Make) -> None:
    left, right = channels(make("channel-inverted").folder / "clip.mp4")
    assert alike(left, -right) > SAME_SOUND
    assert level(left + right) < 0.1 * level(left)


@pytest.mark.parametrize(("name", "later"), [("channels-kept", 1), ("channels-swapped", 0)])
def test_the_further_microphone_is_right_unless_channels_were_swapped(
    make: Make, name: str, later: int
) -> None:
    folder = make(name).folder
    heard, original = (channels(folder / f"{file}.mp4") for file in ("clip", "original"))
    for both, last in ((heard, later), (original, 1)):
        lag_s = late_s(both[last], 0.5, both[1 - last], 0.5)
        assert lag_s == pytest.approx(FURTHER_S, abs=SAMPLE_S)
        assert level(both[last]) < level(both[1 - last])
