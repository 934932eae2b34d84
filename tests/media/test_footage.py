"""A stretch of a file comes whole, in colour and in order, from the child alone."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from mediacheck.errors import MediaUnreadable
from mediacheck.media import wire
from mediacheck.media.footage import shown, weights
from mediacheck.media.probe import Source, open_source
from mediacheck.model import Span

from .making import HEIGHT, WIDTH, film, number_of


@pytest.mark.parametrize("name", ["film.mp4", "film.ts", "film.mkv"])
def test_every_frame_of_a_stretch_comes_in_order(tmp_path: Path, name: str) -> None:
    path = film(tmp_path / name, "-g", "100")
    with open_source(path) as source:
        stills = list(shown(source, Span(0.51, 1.0), 4096))
    assert [number_of(still.pixels[:, :, 0]) for still in stills] == list(range(12, 25))
    assert stills[0].pixels.shape == (HEIGHT, WIDTH, 3)


def test_a_stretch_between_two_frames_shows_the_one_on_screen(tmp_path: Path) -> None:
    with open_source(film(tmp_path / "film.mp4", count=10, fps=5)) as source:
        (still,) = shown(source, Span(1.05, 1.1), 4096)
    assert number_of(still.pixels[:, :, 0]) == 5
    assert still.time_s == pytest.approx(1.0)


def test_frames_are_no_larger_than_asked_for(tmp_path: Path) -> None:
    with open_source(film(tmp_path / "film.mp4", count=5)) as source:
        assert {still.pixels.shape for still in shown(source, Span(0, 1), 64)} == {(36, 64, 3)}


def test_one_source_answers_again_and_again(tmp_path: Path) -> None:
    with open_source(film(tmp_path / "film.mp4")) as source:
        for _ in range(2):
            assert len(list(shown(source, Span(0.0, 0.4), 64))) == 10
            assert None not in weights(source)


def test_tracks_weigh_what_their_packets_do(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4")
    with av.open(str(path)) as container:
        sums = {stream.index: 0 for stream in container.streams}
        for packet in container.demux():
            sums[packet.stream.index] += packet.size
    with open_source(path) as source:
        found = weights(source)
    assert {track.index: track.bytes for track in found if track} == sums


def test_a_track_that_is_not_there_has_no_weight(tmp_path: Path) -> None:
    with open_source(film(tmp_path / "film.mp4", "-an")) as source:
        picture, sound = weights(source)
    assert picture is not None
    assert sound is None


@pytest.mark.parametrize("times", [(0.2, 0.1), (0.1, 0.1)])
def test_frames_out_of_order_are_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: tuple[float, ...]
) -> None:
    pixels = np.zeros((2, 2, 3), np.uint8).tobytes()
    told = [(wire.FRAME, wire.FRAME_HEADER.pack(at, 2, 2, 3) + pixels) for at in times]
    monkeypatch.setattr("mediacheck.media.probe._answers", lambda *_: iter(told))
    with (
        open_source_without_probe(tmp_path) as source,
        pytest.raises(MediaUnreadable, match="stopped"),
    ):
        list(shown(source, Span(0, 1), 64))


def open_source_without_probe(folder: Path) -> Source:
    """An open file whose child is there and is never listened to."""
    from mediacheck.media.confine import start_child
    from mediacheck.model import Media

    path = folder / "film.mp4"
    path.write_bytes(b"film")
    file = path.open("rb")
    media = Media("0" * 64, 4, 1.0, container="mp4", streams=(), metadata={})
    return Source(path, file, start_child(file, path), media)
