"""The films that are doctored: made once for all tests of recipes."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from .making import (
    SPEAKER_S,
    grey_frames,
    made,
    make_source,
    make_speaker,
    samples,
    with_other_voice,
)


@pytest.fixture(scope="session")
def footage(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Planes that drift, without anybody in them: 12 s, and a donor of 9 s."""
    folder = tmp_path_factory.mktemp("footage")
    source = make_source(folder / "source.mp4", 12.0, seed=1)
    donor = make_source(folder / "donor.mp4", 9.0, seed=2)
    return SimpleNamespace(
        source=source,
        donor=donor,
        frames=grey_frames(source),
        sound=samples(source),
        folder=folder,
    )


@pytest.fixture(scope="session")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Somebody speaking with pauses, another speaker as the donor, and the first with another voice."""
    folder = tmp_path_factory.mktemp("speaker")
    source = make_speaker(folder / "source.mp4", seed=4)
    donor = make_speaker(folder / "donor.mp4", seed=5, tone_hz=530.0)
    voice = with_other_voice(source, folder / "voice.mp4", seed=6)
    return SimpleNamespace(
        source=source,
        donor=donor,
        voice=voice,
        frames=grey_frames(source),
        sound=samples(source),
        donor_frames=grey_frames(donor),
        donor_sound=samples(donor),
        voice_sound=samples(voice),
        seconds=SPEAKER_S,
        folder=folder,
    )


@pytest.fixture(scope="session")
def make(speaker: SimpleNamespace) -> Callable[[str], SimpleNamespace]:
    """A recipe's clip of the speaker with its truth, each made once."""
    there: dict[str, SimpleNamespace] = {}

    def clip(name: str) -> SimpleNamespace:
        if name not in there:
            other = speaker.voice if name.startswith("machine-voice") else speaker.donor
            there[name] = made(name, speaker.source, other, speaker.folder)
        return there[name]

    return clip
