"""Sound comes at one rate in one channel, whole and in its place, however it was stored."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mediacheck.media.decode import decode
from mediacheck.media.probe import open_source
from mediacheck.media.sound import Sound, excerpt
from mediacheck.model import Span

from .making import decoded, ffmpeg, film, marked, marks, marks_in, wav

AT = (0.1, 0.5, 1.0, 1.5, 1.9)
WITHIN_S = 0.002
LOUDEST = 0.6 * 32767  # of a mark


def marked_wav(path: Path, at: tuple[float, ...] = AT, rate: int = 48_000) -> Path:
    return wav(path, marked(2.0, at, rate), rate)


@pytest.mark.parametrize(
    ("name", "arguments", "late_s", "ends_s"),
    [
        ("clip.wav", "-c:a pcm_s16le", 0.0, 2.0),
        ("clip.mp3", "-c:a libmp3lame", 0.0, 2.0),
        ("clip.m4a", "-c:a aac", 0.0, 2.0),
        ("clip.ogg", "-c:a libvorbis", 0.0, 2.0),
        ("clip.opus", "-c:a libopus", 0.0, 2.0),
        (
            "clip.aac",
            "-c:a aac",
            1024 / 48_000,
            2.027,
        ),  # cannot say that its first packet is priming
    ],
)
def test_sound_alone(tmp_path, name, arguments, late_s, ends_s) -> None:
    ffmpeg("-i", marked_wav(tmp_path / "sound.wav"), *arguments.split(), tmp_path / name)

    found = decoded(tmp_path / name)

    assert found.frames is None
    assert found.media.has("sound")
    assert not found.media.has("picture")
    assert marks(found.sounds[0]) == pytest.approx([at + late_s for at in AT], abs=WITHIN_S)
    assert found.sounds[0].starts == 0.0
    assert found.sounds[0].ends == pytest.approx(ends_s, abs=0.022)
    assert found.media.duration_s == pytest.approx(ends_s, abs=0.022)
    assert found.media.condition == ()


@pytest.mark.parametrize(
    ("rate", "layout"), [(8_000, "mono"), (44_100, "stereo"), (96_000, "5.1"), (22_050, "quad")]
)
def test_rates_and_channels_become_one(tmp_path, rate, layout) -> None:
    marked_wav(tmp_path / "sound.wav", rate=rate)
    count = {"mono": 1, "stereo": 2, "5.1": 6, "quad": 4}[layout]
    pan = f"pan={layout}|" + "|".join(f"c{number}=c0" for number in range(count))
    ffmpeg("-i", tmp_path / "sound.wav", "-af", pan, "-c:a", "flac", tmp_path / "clip.mkv")

    found = decoded(tmp_path / "clip.mkv")

    assert (found.media.streams[0].rate, found.media.streams[0].channels) == (rate, count)
    assert marks(found.sounds[0]) == pytest.approx(AT, abs=WITHIN_S)
    assert np.abs(found.sounds[0].samples).max() == pytest.approx(LOUDEST, rel=0.15)


def test_four_tracks_are_heard_and_the_one_that_plays_is_first(tmp_path) -> None:
    inputs, maps = [], []
    for number in range(6):
        path = marked_wav(tmp_path / f"{number}.wav", (0.2 + 0.1 * number,))
        inputs += ["-i", path]
        maps += ["-map", str(number)]
    ffmpeg(
        *inputs, *maps, "-c:a", "aac", "-disposition:a", "0", "-disposition:a:2", "default",
        tmp_path / "clip.mkv",
    )  # fmt: skip

    found = decoded(tmp_path / "clip.mkv")

    assert [sound.stream_index for sound in found.sounds] == [2, 0, 1, 3]
    for sound in found.sounds:
        assert marks(sound) == pytest.approx([0.2 + 0.1 * sound.stream_index], abs=WITHIN_S)
    heard = excerpt(tmp_path / "clip.mkv", Span(0.0, 1.0))
    assert marks_in(heard, 16_000) == pytest.approx([0.4], abs=WITHIN_S)


def test_channels_of_opposite_sign_are_not_silence(tmp_path) -> None:
    """A listener with two loudspeakers hears it; so must we."""
    marked_wav(tmp_path / "sound.wav")
    opposite = "pan=stereo|c0=c0|c1=-1*c0"
    ffmpeg("-i", tmp_path / "sound.wav", "-af", opposite, "-c:a", "aac", tmp_path / "clip.m4a")

    found = decoded(tmp_path / "clip.m4a")

    assert marks(found.sounds[0]) == pytest.approx(AT, abs=WITHIN_S)
    assert found.media.condition == (
        "its sound channels cancel each other; the first was taken alone",
    )


def test_one_empty_channel_leaves_the_other(tmp_path) -> None:
    marked_wav(tmp_path / "sound.wav")
    right = "pan=stereo|c0=0*c0|c1=c0"
    ffmpeg("-i", tmp_path / "sound.wav", "-af", right, "-c:a", "flac", tmp_path / "clip.flac")

    found = decoded(tmp_path / "clip.flac")

    assert marks(found.sounds[0]) == pytest.approx(AT, abs=WITHIN_S)
    assert found.media.condition == ()


def test_silent_track_is_a_track(tmp_path) -> None:
    found = decoded(film(tmp_path / "clip.mp4", at=(), count=10))

    assert len(found.sounds) == 1
    assert not np.abs(found.sounds[0].samples).max()
    assert found.sounds[0].ends == pytest.approx(2.0, abs=0.022)


def test_picture_alone(tmp_path) -> None:
    found = decoded(film(tmp_path / "clip.mp4", "-an"))

    assert found.sounds == ()
    assert found.media.duration_s == 2.0
    assert len(excerpt(tmp_path / "clip.mp4", Span(0.0, 1.0))) == 0


TWO = "aevalsrc=0.4*sin(440*2*PI*t)|0.3*sin(1000*2*PI*t):d=2:s=48000"


def loudest_hz(samples: np.ndarray) -> float:
    return float(np.fft.rfftfreq(len(samples), 1 / 16_000)[np.abs(np.fft.rfft(samples)).argmax()])


def test_channels_that_differ_are_each_there(tmp_path) -> None:
    ffmpeg("-f", "lavfi", "-i", TWO, "-c:a", "aac", "-b:a", "128k", tmp_path / "clip.m4a")

    (sound,) = decoded(tmp_path / "clip.m4a").sounds
    left, right = sound.channels()

    assert len(left) == len(right) == len(sound.samples)
    assert loudest_hz(left) == pytest.approx(440, abs=1)
    assert loudest_hz(right) == pytest.approx(1000, abs=1)
    assert np.abs(left.astype(int) + right - 2 * sound.samples.astype(int)).max() <= 2  # rounding


def test_channels_of_a_part_begin_with_the_part(tmp_path) -> None:
    half = "aevalsrc=0.4*sin(440*2*PI*t)|gte(t\\,1)*0.3*sin(1000*2*PI*t):d=2:s=48000"
    ffmpeg("-f", "lavfi", "-i", half, "-c:a", "flac", tmp_path / "clip.flac")
    with open_source(tmp_path / "clip.flac") as source:
        (sound,) = decode(source, part=Span(0.5, 1.5)).sounds
    left, right = sound.channels()
    assert len(left) == len(right) == 16_000
    assert np.abs(right[:7_900]).max() < 10
    assert np.abs(right[8_100:]).max() > 5_000


def test_one_voice_in_both_channels_costs_nothing(tmp_path) -> None:
    marked_wav(tmp_path / "sound.wav")
    ffmpeg("-i", tmp_path / "sound.wav", "-ac", "2", "-c:a", "aac", tmp_path / "clip.m4a")

    (sound,) = decoded(tmp_path / "clip.m4a").sounds

    assert sound.side is None
    left, right = sound.channels()
    assert left is right is sound.samples


def stereo(samples: int) -> Sound:
    """Loud noise whose channels leave the range of 16 bits now and then; the side ends a little earlier."""
    noise = np.random.default_rng(5)
    mono, side = noise.integers(-32768, 32768, (2, samples), np.int16, endpoint=False)
    return Sound(mono, 16_000, 0.0, samples / 16_000, 0, side=side[: samples - samples // 9])


@pytest.mark.parametrize("samples", [0, 1, 3, 4, 5, 16_000, 61 * 16_000])
def test_channels_stop_at_the_loudest_that_16_bits_hold(samples) -> None:
    sound = stereo(samples)
    side = np.zeros(samples, np.int64)
    assert sound.side is not None
    side[: len(sound.side)] = sound.side

    left, right = sound.channels()

    assert np.array_equal(left, np.clip(sound.samples + side, -32768, 32767))
    assert np.array_equal(right, np.clip(sound.samples - side, -32768, 32767))


def test_minutes_follow_each_other_without_a_gap() -> None:
    sound = stereo(61 * 16_000)
    for minutes, whole in zip(zip(*sound.minutes(), strict=True), sound.channels(), strict=True):
        assert [len(minute) for minute in minutes] == [60 * 16_000, 16_000]
        assert np.array_equal(np.concatenate(minutes), whole)


@pytest.mark.parametrize(("start", "end"), [(1.0, 2.5), (-3.0, 0.5), (4.0, 99.0), (70.0, 80.0)])
def test_channels_within_a_span_are_those_of_the_whole_and_silent_outside(start, end) -> None:
    sound = stereo(5 * 16_000)
    inside = np.zeros(5 * 16_000, bool)
    inside[round(max(0.0, start) * 16_000) : round(max(0.0, end) * 16_000)] = True
    for part, whole in zip(sound.channels(Span(start, end)), sound.channels(), strict=True):
        assert np.array_equal(part, np.where(inside, whole, 0))


def test_an_excerpt_of_two_channels_is_mono(tmp_path) -> None:
    ffmpeg("-f", "lavfi", "-i", TWO, "-c:a", "flac", tmp_path / "clip.flac")
    (sound,) = decoded(tmp_path / "clip.flac").sounds
    heard = excerpt(tmp_path / "clip.flac", Span(0.0, 1.0))
    assert np.array_equal(heard, sound.samples[:16_000])
