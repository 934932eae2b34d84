"""Footage made of numbers to doctor, and ways to read back what was made; nothing here is the doctor's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import ffmpeg
import imageio_ffmpeg
import numpy as np
from scipy.io import wavfile
from scipy.ndimage import gaussian_filter, gaussian_filter1d, uniform_filter1d
from scipy.signal import correlate

from mediacheck.tuning.doctor import doctor, recipe_named

FPS, WIDTH, HEIGHT, RATE = 25, 192, 108, 48_000
SAME_FRAME = (
    6.0  # mean grey difference of a frame after two encodings; neighbours differ by 14 and more
)
SAME_PLACE = 1.0  # mean grey difference of two encodings of one frame at one place
SEED = 3
TONE_HZ = 400.0  # in the speaker's voice, so that a change of pitch can be read off a spectrum
SPEAKER_S = 15.0
PAUSES = ((2.5, 3.7), (6.5, 7.7), (10.5, 11.7))  # seconds in which the speaker breathes
FFMPEG = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y"]


def make_source(path: Path, seconds: float, seed: int) -> Path:
    """A textured plane drifting irregularly, under dull noise that swells like syllables."""
    rng = np.random.default_rng(seed)
    frames = _drifting_plane(rng, round(seconds * FPS))
    return _filmed(path, frames, _syllables(rng, seconds))


def make_speaker(path: Path, seed: int, tone_hz: float = TONE_HZ) -> Path:
    """A drawn face before such a plane, SPEAKER_S long; its voice has a tone in it, and PAUSES."""
    rng = np.random.default_rng(seed)
    frames = _drifting_plane(rng, round(SPEAKER_S * FPS))
    spoken = _syllables(rng, SPEAKER_S)
    clock = np.arange(len(spoken)) / RATE
    spoken = spoken + 0.02 * np.sin(2 * np.pi * tone_hz * clock)
    for first, end in PAUSES:
        spoken[round(first * RATE) : round(end * RATE)] *= 0.01
    opening = np.abs(np.sin(np.arange(len(frames)) * rng.uniform(0.4, 0.6)))
    for k, frame in enumerate(frames):
        x, y = face_at(k, seed)
        _draw_face(frame, x, y, FACE_RADIUS, float(opening[k]), 150 + 15 * seed % 40)
    return _filmed(path, frames, spoken)


FACE_RADIUS = 30


def face_at(k: int, seed: int) -> tuple[int, int]:
    """Where the middle of the face is in frame k, in pixels."""
    return (
        round(WIDTH / 2 + 10 * np.sin(0.05 * k + seed)),
        round(HEIGHT / 2 + 5 * np.cos(0.04 * k + seed)),
    )


def with_other_voice(source: Path, path: Path, seed: int) -> Path:
    """The very same pictures with another sound."""
    rng = np.random.default_rng(seed)
    wav = path.with_suffix(".wav")
    wavfile.write(wav, RATE, _syllables(rng, SPEAKER_S).astype(np.float32))
    picture = ffmpeg.input(str(source)).video
    ffmpeg.output(picture, ffmpeg.input(str(wav)), str(path), vcodec="copy", acodec="aac").run(
        cmd=FFMPEG
    )
    wav.unlink()
    return path


def made(
    name: str, source: Path, donor: Path | None, folder: Path, seed: int = SEED
) -> SimpleNamespace:
    """One clip with its truth as it stands in truth.json."""
    folder = folder / name
    doctor(recipe_named(name), source, donor, folder, seed)
    truth = json.loads((folder / "truth.json").read_text())
    return SimpleNamespace(
        truth=truth,
        findings={finding["kind"]: finding for finding in truth["findings"]},
        picture=truth["timeline"]["picture"],
        heard=truth["timeline"]["sound"],
        frames=grey_frames(folder / "clip.mp4"),
        sound=samples(folder / "clip.mp4"),
        folder=folder,
    )


def grey_frames(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    return np.stack(frames).astype(np.float32)


def samples(path: Path) -> np.ndarray:
    mono = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    with av.open(str(path)) as container:
        blocks = [
            block.to_ndarray().ravel()
            for frame in container.decode(audio=0)
            for block in mono.resample(frame)
        ]
    return np.concatenate(blocks)


def stretch(sound: np.ndarray, start_s: float, length_s: float) -> np.ndarray:
    return sound[round(start_s * RATE) : round((start_s + length_s) * RATE)]


def distance(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def likeness(clip: np.ndarray, clip_s: float, original: np.ndarray, original_s: float) -> float:
    """Correlation of 0.4 s of sound, both starting at the given times."""
    one, other = stretch(clip, clip_s, 0.4), stretch(original, original_s, 0.4)
    return float(np.corrcoef(one, other)[0, 1])


def late_s(
    clip: np.ndarray, clip_s: float, original: np.ndarray, original_s: float, reach_s: float = 0.05
) -> float:
    """By how much the clip's sound comes later than it stands in the original, from a second of both."""
    reach = round(reach_s * RATE)
    here = stretch(clip, clip_s, 1.0)
    there = stretch(original, original_s - reach_s, 1.0 + 2 * reach_s)
    likenesses = correlate(there, here, mode="valid", method="fft")
    return (reach - int(np.argmax(likenesses))) / RATE


def assert_picture_is_at(
    clip: SimpleNamespace, original: np.ndarray, parts: Sequence[int], fps: float = FPS
) -> None:
    """First, middle and last frame of each part are the original's frames that truth names, not their neighbours."""
    for number in parts:
        part = clip.truth["timeline"]["picture"][number]
        first, end = (round(seconds * fps) for seconds in part["clip"])
        for at in (first, (first + end) // 2, end - 1):
            due = (part["original"][0] + (at - first) / fps * part["speed"]) * FPS
            near = range(max(0, round(due) - 3), min(len(original), round(due) + 4))
            apart = {each: distance(clip.frames[at], original[each]) for each in near}
            # Half way between two frames of the source either is the nearest; some neighbours are alike.
            nearest = min(apart[each] for each in near if abs(each - due) <= 0.51)
            assert nearest <= min(apart.values()) + SAME_PLACE
            assert nearest < SAME_FRAME


def inside(box: Sequence[float], shape: tuple[int, ...]) -> np.ndarray:
    """True within a box of a frame of (height, width)."""
    x, y, width, height = box
    within = np.zeros(shape, dtype=bool)
    top, left = round(y * shape[0]), round(x * shape[1])
    within[top : top + round(height * shape[0]), left : left + round(width * shape[1])] = True
    return within


def _drifting_plane(rng: np.random.Generator, count: int) -> list[np.ndarray]:
    plane = gaussian_filter(rng.standard_normal((HEIGHT * 4, WIDTH * 4)), 2.5)
    plane = np.clip(128 + 55 * plane / plane.std(), 0, 255).astype(np.uint8)
    walk = np.cumsum(uniform_filter1d(rng.standard_normal((count, 2)) * 9, 5, axis=0), axis=0)
    steps = np.abs(walk).round().astype(int) % (HEIGHT * 3)
    return [plane[y : y + HEIGHT, x : x + WIDTH].copy() for y, x in steps]


def _syllables(rng: np.random.Generator, seconds: float) -> np.ndarray:
    swell = np.repeat(rng.uniform(0.1, 1.0, round(seconds * 8)), RATE // 8)
    return np.asarray(gaussian_filter1d(rng.standard_normal(len(swell)), 5) * swell * 0.4)


def _draw_face(frame: np.ndarray, x: int, y: int, r: int, opening: float, skin: int) -> None:
    """What a Haar cascade takes for a face: brows and eyes dark in a light oval, and a mouth that opens."""

    def oval(aside: float, below: float, width: float, height: float, grey: int) -> None:
        middle = (x + round(aside * r), y + round(below * r))
        cv2.ellipse(frame, middle, (round(width * r), round(height * r)), 0, 0, 360, grey, -1)

    oval(0, 0, 0.95, 1.2, 100)
    oval(0, 0, 0.78, 1.0, skin + 30)
    for side in (-0.32, 0.32):
        oval(side, -0.15, 0.2, 0.1, 50)
        oval(side, -0.36, 0.24, 0.06, 75)
    oval(0, 0.2, 0.1, 0.12, skin)
    oval(0, 0.55, 0.3, 0.05 + 0.15 * opening, 60)


def _filmed(path: Path, frames: Sequence[np.ndarray], spoken: np.ndarray) -> Path:
    wav = path.with_suffix(".wav")
    wavfile.write(wav, RATE, spoken.astype(np.float32))
    size = f"{WIDTH}x{HEIGHT}"
    picture = ffmpeg.input("pipe:", format="rawvideo", pix_fmt="gray", s=size, framerate=FPS)
    ffmpeg.output(
        picture,
        ffmpeg.input(str(wav)),
        str(path),
        vcodec="libx264",
        crf=18,
        preset="veryfast",
        pix_fmt="yuv420p",
        threads=1,
        acodec="aac",
        audio_bitrate="128k",
    ).run(cmd=FFMPEG, input=b"".join(frame.tobytes() for frame in frames))
    wav.unlink()
    return path
