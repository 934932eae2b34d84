"""Tiny media whose truth is known: every frame wears its number, every mark in the sound stands at a known time."""

from __future__ import annotations

import subprocess
import wave
from collections.abc import Sequence
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

from mediacheck.media.decode import Decoded, decode
from mediacheck.media.frames import Frames
from mediacheck.media.probe import open_source
from mediacheck.media.sound import Sound

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
BITS = 8
WIDTH, HEIGHT = 256, 144
RATE = 48_000
QUADRANTS = ((40, 100), (160, 220))  # grey levels: upper left, upper right, lower left, lower right


def ffmpeg(*arguments: str | Path, stdin: bytes | None = None) -> None:
    """Runs ffmpeg on one thread, so that the same file comes out everywhere."""
    command = [FFMPEG, "-nostdin", "-y", "-v", "error", *map(str, arguments)]
    ended = subprocess.run(command, input=stdin, capture_output=True)
    assert ended.returncode == 0, ended.stderr.decode(errors="replace")


def numbered(count: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """Grey frames (count, height, width): two rows of four blocks hold the frame's number, bit 0 first."""
    frames = np.full((count, height, width), 60, np.uint8)
    for number in range(count):
        for bit in range(BITS):
            row, column = divmod(bit, BITS // 2)
            block = frames[
                number,
                row * height // 2 : (row + 1) * height // 2,
                column * width * 2 // BITS : (column + 1) * width * 2 // BITS,
            ]
            block[:] = 220 if number >> bit & 1 else 30
    return frames


def number_of(pixels: np.ndarray) -> int:
    """The number that an upright frame of any size wears."""
    height, width = pixels.shape[:2]
    number = 0
    for bit in range(BITS):
        row, column = divmod(bit, BITS // 2)
        y, x = int((row + 0.5) * height / 2), int((column + 0.5) * width * 2 / BITS)
        number |= int(pixels[y - 1 : y + 2, x - 1 : x + 2].mean() > 125) << bit
    return number


def quadrants(width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """One grey frame (height, width) with four different quarters."""
    frame = np.zeros((height, width), np.uint8)
    for row in (0, 1):
        for column in (0, 1):
            frame[
                row * height // 2 : (row + 1) * height // 2,
                column * width // 2 : (column + 1) * width // 2,
            ] = QUADRANTS[row][column]
    return frame


def corners(pixels: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """The grey level in the middle of each quarter."""
    height, width = pixels.shape[:2]
    (a, b), (c, d) = (
        [
            int(
                np.median(
                    pixels[
                        int(height * y) - 2 : int(height * y) + 3,
                        int(width * x) - 2 : int(width * x) + 3,
                    ]
                )
            )
            for x in (0.25, 0.75)
        ]
        for y in (0.25, 0.75)
    )
    return (a, b), (c, d)


def raw(frames: np.ndarray, fps: float | str = 25) -> list[str]:
    """ffmpeg's input arguments for frames on its stdin."""
    height, width = frames.shape[1:3]
    return f"-f rawvideo -pix_fmt gray -s {width}x{height} -framerate {fps} -i pipe:0".split()


def mark(rate: int = RATE) -> np.ndarray:
    """25 ms of a rising tone, 400 to 3000 Hz, faded in and out: its place is found to a fraction of 1 ms."""
    t = np.arange(round(0.025 * rate)) / rate
    return np.sin(2 * np.pi * (400 * t + 52_000 * t**2)) * np.hanning(len(t))


def marked(length_s: float, at: Sequence[float], rate: int = RATE, channels: int = 1) -> np.ndarray:
    """Sound (samples, channels) int16 with a mark beginning at each of these seconds."""
    sound = np.zeros(round(length_s * rate))
    for begin in at:
        first = round(begin * rate)
        shape = mark(rate)[: max(0, len(sound) - first)]
        sound[first : first + len(shape)] += 0.6 * shape
    return np.repeat((sound * 32767).astype(np.int16)[:, None], channels, axis=1)


def wav(path: Path, sound: np.ndarray, rate: int = RATE) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(sound.tobytes())
    return path


def marks_in(samples: np.ndarray, rate: int) -> list[float]:
    """Seconds at which marks begin, in order."""
    sound = samples.astype(float)
    if not len(sound) or not np.abs(sound).max():
        return []
    score = np.correlate(sound, mark(rate), "valid")
    found = []
    least = 0.5 * score.max()
    while (best := int(score.argmax())) >= 0 and score[best] >= least:
        found.append(best / rate)
        score[max(0, best - rate // 20) : best + rate // 20] = -np.inf
    return sorted(found)


def decoded(path: Path) -> Decoded:
    """What the room makes of a file."""
    with open_source(path) as source:
        return decode(source)


def film(
    path: Path,
    *arguments: str,
    count: int = 50,
    fps: float | str = 25,
    at: Sequence[float] = (0.1, 0.5, 1.0, 1.5, 1.9),
    before: Sequence[str] = (),
    between: Sequence[str] = (),
    video: str = "libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p",
    audio: str = "aac",
) -> Path:
    """Numbered frames and marked sound; the sound's length is 2 s.

    before, between: options for the picture's and the sound's input; arguments: for the output.
    """
    frames = numbered(count)
    sound = wav(path.with_suffix(".wav"), marked(2.0, at))
    ffmpeg(
        *before, *raw(frames, fps), *between, "-i", sound,
        *f"-c:v {video} -threads 1 -c:a {audio}".split(), *arguments, path,
        stdin=frames.tobytes(),
    )  # fmt: skip
    return path


def numbers(frames: Frames) -> list[int]:
    return [number_of(thumb) for thumb in frames.thumbs]


def marks(sound: Sound) -> list[float]:
    return marks_in(np.asarray(sound.samples), sound.rate)


def placed_by_stamps(path: Path) -> tuple[np.ndarray, int]:
    """(samples, rate) of the first sound track, each decoded packet put where its own stamp says.

    Plain and slow: the reference for the room's own placing. Time 0 is the stamp 0 of the container.
    """
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        frames = list(container.decode(stream))
        rate = stream.rate
        last = frames[-1]
        line = np.zeros(round(float(last.pts * last.time_base) * rate) + last.samples)
        for frame in frames:
            begin = round(float(frame.pts * frame.time_base) * rate)
            line[max(0, begin) : begin + frame.samples] = frame.to_ndarray()[0][max(0, -begin) :]
    return line, rate
