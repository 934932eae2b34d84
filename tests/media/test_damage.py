"""What is damaged or cut off is used as far as it goes, said, and read the same way every time."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from mediacheck.errors import MediaUnreadable
from mediacheck.media.decode import Decoded
from mediacheck.media.probe import open_source

from .making import decoded, film, marks, numbers


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The same two seconds, with the index last, with the index first, and as a broadcast."""
    folder = tmp_path_factory.mktemp("clips")
    return {
        "index last": film(folder / "last.mp4", "-g", "10").read_bytes(),
        "index first": film(
            folder / "first.mp4", "-g", "10", "-movflags", "+faststart"
        ).read_bytes(),
        "broadcast": film(folder / "broadcast.ts", "-g", "10").read_bytes(),
    }


def test_cut_off_with_the_index_is_refused(tmp_path, clips) -> None:
    (tmp_path / "clip.mp4").write_bytes(clips["index last"][: len(clips["index last"]) // 2])
    with pytest.raises(MediaUnreadable, match="is the download complete"):
        open_source(tmp_path / "clip.mp4")


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_cut_off_with_the_index_first_is_read_as_far_as_it_goes(tmp_path, clips, share) -> None:
    whole = clips["index first"]
    (tmp_path / "clip.mp4").write_bytes(whole[: int(len(whole) * share)])

    found = decoded(tmp_path / "clip.mp4")

    reached = found.media.duration_s
    assert 0.4 < reached < 1.8
    assert any(
        said.startswith("truncated: it says it lasts 2.0 s") for said in found.media.condition
    )
    assert list(found.frames.times) == pytest.approx(
        [0.04 * number for number in numbers(found.frames)]
    )
    assert marks(found.sounds[0]) == pytest.approx(
        [at for at in (0.1, 0.5, 1.0, 1.5) if at < found.sounds[0].ends - 0.025], abs=0.002
    )


def bits(found: Decoded) -> tuple[object, ...]:
    frames, sound = found.frames, found.sounds[0]
    return (
        frames.times.tobytes(),
        np.asarray(frames.thumbs).tobytes(),
        frames.album.encoded,
        np.asarray(sound.samples).tobytes(),
        found.media,
    )


@pytest.mark.parametrize(("kind", "ending"), [("index last", "mp4"), ("broadcast", "ts")])
def test_damaged_bytes_are_said_and_read_alike_every_time(tmp_path, clips, kind, ending) -> None:
    draws = random.Random(5)
    content = bytearray(clips[kind])
    # Spares the index of the MP4, which stands last.
    for place in draws.sample(range(2000, int(len(content) * 0.8)), 60):
        content[place] = draws.randrange(256)
    path = tmp_path / f"clip.{ending}"
    path.write_bytes(content)

    first, second = decoded(path), decoded(path)

    assert bits(first) == bits(second)
    assert first.media.condition[0].startswith("damaged: packets that could not be decoded: ")
    assert len(first.frames) > 10


def test_damaged_beyond_use_is_refused(tmp_path: Path, clips) -> None:
    content = bytearray(clips["index last"])
    index = content.index(b"moov")
    begin = content.index(b"mdat") + 4
    content[begin : index - 4] = random.Random(1).randbytes(index - 4 - begin)
    (tmp_path / "clip.mp4").write_bytes(content)
    with pytest.raises(MediaUnreadable, match=r"clip\.mp4: .*"):
        decoded(tmp_path / "clip.mp4")
