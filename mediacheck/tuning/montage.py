"""How does a plan become a clip with exact truth?

A Plan says, frame by frame and sample by sample, what the clip holds; `write` renders it and
derives the truth from the same numbers. Frames are chosen here by index and piped to ffmpeg, which
only crops, scales, draws over and encodes: no filter decides times.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import ffmpeg
import imageio_ffmpeg
import numpy as np
from scipy.io import wavfile

from mediacheck.model import Answer, Kind, PictureState
from mediacheck.tuning import soundtrack
from mediacheck.tuning.footage import RATE, Footage, pictures, sound
from mediacheck.tuning.lettering import Overlay, painted, pixels
from mediacheck.tuning.soundtrack import Bed, Passage
from mediacheck.tuning.truth import (
    WHOLE,
    Box,
    FindingTruth,
    Interval,
    PictureTruth,
    SoundTruth,
    Truth,
)

PEAK = 0.98  # full scale is 1; a soundtrack that would pass it is turned down as a whole


@dataclass(frozen=True, slots=True)
class Shot:
    """Frames of one footage, shown for `frames` frames of the clip; clip frame k shows start_s + k * speed / fps.

    speed 0 holds the first frame. foreign: the footage is not the source.
    """

    footage: Footage
    start_s: float
    frames: int
    speed: float = 1.0
    foreign: bool = False

    def __post_init__(self) -> None:
        if self.frames < 1:
            raise ValueError(
                f"a shot of {self.frames} frames shows nothing; is the source too short?"
            )

    def indexes(self, fps: Fraction) -> list[int]:
        """Which source frame each clip frame shows; the nearest in time, so within half a source frame."""
        step = self.speed / float(fps)
        return [self.footage.nearest(self.start_s + k * step) for k in range(self.frames)]

    def original(self, fps: Fraction) -> Interval | None:
        """Where in the source it comes from; a held frame is as long as that one frame."""
        if self.foreign:
            return None
        lasting = self.frames * self.speed / float(fps) or float(1 / self.footage.fps)
        return (self.start_s, self.start_s + lasting)


@dataclass(frozen=True, slots=True)
class Canvas:
    """A frame of another shape around the picture: width / height, and what fills the rest."""

    aspect: float
    blurred: bool = False


@dataclass(frozen=True, slots=True)
class Colour:
    """ffmpeg's eq: brightness from -1 to 1 (0 leaves it), contrast and saturation as factors."""

    brightness: float
    contrast: float
    saturation: float


@dataclass(frozen=True, slots=True)
class Encoding:
    """One generation of compression. height None keeps the size; sound_rate None keeps 48 kHz."""

    crf: int = 23
    height: int | None = None
    sound_codec: str = "aac"
    sound_kbit: int = 96
    sound_rate: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything a clip is made of. crop is a part of the source's frame (of its mirror image when mirrored).

    passages: empty when the source is silent. told: the findings that the recipe makes on purpose;
    those that follow from mirrored, crop, canvas, overlays and colour are added by `write`.
    """

    source: Footage
    donor: Footage | None
    fps: Fraction
    shots: tuple[Shot, ...]
    passages: tuple[Passage, ...]
    answer: Answer = Answer.ALTERED
    told: tuple[FindingTruth, ...] = ()
    mirrored: bool = False
    crop: Box = WHOLE
    canvas: Canvas | None = None
    overlays: tuple[Overlay, ...] = ()
    colour: Colour | None = None
    gain_db: float = 0.0
    bed: Bed | None = None
    encodings: tuple[Encoding, ...] = (Encoding(),)

    @property
    def frames(self) -> int:
        return sum(shot.frames for shot in self.shots)

    @property
    def duration_s(self) -> float:
        return float(self.frames / self.fps)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the picture goes, in whole even pixels. crop: of the source; inner: of a frame of size (width, height)."""

    source: tuple[int, int]
    crop: tuple[int, int, int, int]
    inner: tuple[int, int, int, int]
    size: tuple[int, int]

    @property
    def cropped(self) -> Box:
        return _fraction(self.crop, self.source)

    @property
    def placed(self) -> Box:
        return _fraction(self.inner, self.size)


def write(plan: Plan, rng: Random, path: Path) -> Truth:
    """Render the plan to an mp4 and return what is true of it.

    The same plan and rng state give the same bytes on the same ffmpeg: one encoder thread, no dates
    in the file. Raises RuntimeError when ffmpeg fails or the file made does not hold the planned
    frames.
    """
    layout = _layout(plan)
    with tempfile.TemporaryDirectory(dir=path.parent) as scratch:
        folder = Path(scratch)
        size = f"{plan.source.width}x{plan.source.height}"
        raw = ffmpeg.input(
            "pipe:", format="rawvideo", pix_fmt="yuv420p", s=size, framerate=f"{plan.fps}"
        )
        picture, heard = _drawn(raw, plan, layout, folder), None
        if plan.passages:
            wavfile.write(folder / "sound.wav", RATE, _soundtrack(plan, rng))
            heard = ffmpeg.input(str(folder / "sound.wav")).audio
        frames: Iterator[bytes] = _frames(plan)
        for generation, encoding in enumerate(plan.encodings, start=1):
            made = folder / f"{generation}.mp4"
            _encode(picture, heard, encoding, made, frames)
            previous = ffmpeg.input(str(made))
            picture, heard = previous.video, previous.audio if plan.passages else None
            frames = iter(())
        _check(plan, made)
        made.replace(path)
    return _truth(plan, layout)


def _layout(plan: Plan) -> Layout:
    source = (plan.source.width, plan.source.height)
    crop = pixels(plan.crop, source)
    width, height = crop[2:]
    if plan.canvas is None:
        return Layout(source, crop, (0, 0, width, height), (width, height))
    aspect = plan.canvas.aspect
    outer = (height * aspect, height) if aspect > width / height else (width, width / aspect)
    # A reframed clip is not larger than its source: people post 720x1280, not 1280x2276.
    scale = min(1.0, max(source) / max(outer))
    size = (round(outer[0] * scale / 2) * 2, round(outer[1] * scale / 2) * 2)
    inner = (
        min(size[0], round(width * scale / 2) * 2),
        min(size[1], round(height * scale / 2) * 2),
    )
    corner = ((size[0] - inner[0]) // 4 * 2, (size[1] - inner[1]) // 4 * 2)
    return Layout(source, crop, (*corner, *inner), size)


def _drawn(raw: ffmpeg.Stream, plan: Plan, layout: Layout, folder: Path) -> ffmpeg.Stream:
    """The filters between the source's frames and the encoder; times are not touched."""
    picture = raw.hflip() if plan.mirrored else raw
    x, y, width, height = layout.crop
    if (x, y, width, height) != (0, 0, *layout.source):
        picture = picture.filter("crop", width, height, x, y)
    if plan.canvas is not None:
        left, top, inner_width, inner_height = layout.inner
        across, down = layout.size
        if plan.canvas.blurred:
            split = picture.split()
            # Blurred at an eighth of the size: the same look for a small part of the work.
            small = (max(8, across // 8), max(8, down // 8))
            ground = (
                split[0]
                .filter("scale", *small, force_original_aspect_ratio="increase")
                .filter("crop", *small)
                .filter("gblur", sigma=3)
                .filter("scale", across, down)
            )
            front = split[1].filter("scale", inner_width, inner_height)
            picture = ground.overlay(front, x=left, y=top)
        else:
            picture = picture.filter("scale", inner_width, inner_height)
            picture = picture.filter("pad", across, down, left, top, "black")
    if plan.colour is not None:
        picture = picture.filter(
            "eq",
            brightness=plan.colour.brightness,
            contrast=plan.colour.contrast,
            saturation=plan.colour.saturation,
        )
    for number, overlay in enumerate(plan.overlays):
        x, y, width, height = pixels(overlay.box, layout.size)
        drawing = folder / f"overlay-{number}.png"
        painted(overlay, (width, height)).save(drawing)
        when = {}
        if overlay.shown is not None:
            # A quarter of a frame early on both sides, so that rounding cannot move a border by a frame.
            early = 0.25 / float(plan.fps)
            first, end = (seconds - early for seconds in overlay.shown)
            when = {"enable": f"gte(t,{first:.6f})*lt(t,{end:.6f})"}
        picture = picture.overlay(ffmpeg.input(str(drawing)), x=x, y=y, **when)
    return picture


def _soundtrack(plan: Plan, rng: Random) -> np.ndarray:
    """The whole soundtrack in [-1, 1], as long as the picture."""
    shown = [shot for shot in plan.shots if not shot.foreign]
    reference = plan.source if shown else plan.donor
    assert reference is not None
    start_s = min(shot.start_s for shot in shown or plan.shots)
    level = soundtrack.speech_level(sound(reference, start_s, plan.duration_s))
    track = soundtrack.lay(plan.passages, plan.source, plan.donor, level, rng, plan.bed)
    track = track[: round(plan.duration_s * RATE)] * np.float32(10 ** (plan.gain_db / 20))
    loudest = float(np.abs(track).max(initial=0.0))
    return track * np.float32(PEAK / loudest) if loudest > PEAK else track


def _frames(plan: Plan) -> Iterator[bytes]:
    for shot in plan.shots:
        size = (plan.source.width, plan.source.height)
        yield from pictures(shot.footage, shot.indexes(plan.fps), size)


def _encode(
    picture: ffmpeg.Stream,
    heard: ffmpeg.Stream | None,
    encoding: Encoding,
    made: Path,
    frames: Iterator[bytes],
) -> None:
    if encoding.height is not None:
        picture = picture.filter("scale", -2, encoding.height, flags="bicubic")
    options: dict[str, str | int] = {
        "vcodec": "libx264",
        "preset": "veryfast",
        "crf": encoding.crf,
        "pix_fmt": "yuv420p",
        "threads": 1,  # x264's bytes change with the number of threads
        "map_metadata": -1,
        "fflags": "+bitexact",
        "movflags": "+faststart",
    }
    if heard is not None:
        options |= {"acodec": encoding.sound_codec, "audio_bitrate": f"{encoding.sound_kbit}k"}
        if encoding.sound_rate is not None:
            options["ar"] = encoding.sound_rate
    streams = [picture] if heard is None else [picture, heard]
    run = (
        ffmpeg.output(*streams, str(made), **options)
        .global_args("-filter_threads", "1", "-filter_complex_threads", "1")
        .overwrite_output()
        .run_async(
            cmd=[imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error"],
            pipe_stdin=True,
            pipe_stderr=True,
        )
    )
    with run:
        try:
            for frame in frames:
                run.stdin.write(frame)
            run.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg has ended early; its own words, below, say why
        said = run.stderr.read().decode(errors="replace").strip()
    if run.returncode != 0:
        raise RuntimeError(f"{made.name}: ffmpeg ended with {run.returncode}: {said}")


def _check(plan: Plan, path: Path) -> None:
    """The made file, read back, holds the planned frames at the planned times."""
    with av.open(str(path)) as container:
        times = sorted(
            float(packet.pts * packet.time_base)
            for packet in container.demux(video=0)
            if packet.pts is not None and not packet.is_discard
        )
    off_s = max(abs(times[-1] - (plan.frames - 1) / float(plan.fps)), abs(times[0]))
    if len(times) != plan.frames or off_s > 0.5 / float(plan.fps):
        raise RuntimeError(
            f"{path}: {len(times)} frames up to {times[-1]:.3f} s, planned {plan.frames} at {plan.fps} a second"
        )


def _truth(plan: Plan, layout: Layout) -> Truth:
    picture: list[PictureTruth] = []
    shown = 0
    for shot in plan.shots:
        clip = (float(shown / plan.fps), float((shown + shot.frames) / plan.fps))
        shown += shot.frames
        if shot.foreign:
            picture.append(PictureTruth(clip, None, PictureState.FOREIGN, crop=None, placed=None))
            continue
        original = shot.original(plan.fps)
        picture.append(
            PictureTruth(
                clip,
                original,
                PictureState.MATCHED,
                shot.speed,
                plan.mirrored,
                layout.cropped,
                layout.placed,
            )
        )
    heard: list[SoundTruth] = []
    start_s = 0.0
    for passage in plan.passages:
        clip = (start_s, min(start_s + passage.length_s, plan.duration_s))
        heard.append(SoundTruth(clip, passage.original, passage.state))
        start_s += passage.length_s
    told = plan.told
    if any(part.state is PictureState.MATCHED for part in picture):
        told += _visible(plan, layout, picture)
    return Truth(plan.answer, tuple(picture), tuple(heard), told)


def _visible(plan: Plan, layout: Layout, picture: list[PictureTruth]) -> tuple[FindingTruth, ...]:
    """What was done to the whole picture on purpose, as presentation findings."""
    clip = (0.0, plan.duration_s)
    original = picture[0].original if len(picture) == 1 else None
    found = []
    if plan.mirrored:
        found.append(FindingTruth(Kind.MIRRORED, clip, original))
    if layout.cropped != WHOLE:
        found.append(FindingTruth(Kind.CROPPED, clip, original, layout.cropped))
    if layout.placed != WHOLE:
        found.append(FindingTruth(Kind.BORDERED, clip, original, layout.placed))
    if plan.colour is not None:
        found.append(FindingTruth(Kind.COLOUR, clip, original))
    for overlay in plan.overlays:
        box = _fraction(pixels(overlay.box, layout.size), layout.size)
        shown = overlay.shown or clip
        found.append(FindingTruth(Kind.OVERLAY, shown, _mapped(shown, picture), box))
    return tuple(found)


def _mapped(clip: Interval, picture: list[PictureTruth]) -> Interval | None:
    """The part of the original under a part of the clip; None unless one unbroken part covers the clip."""
    (part,) = picture if len(picture) == 1 else (None,)
    if part is None or part.original is None:
        return None
    start_s = part.original[0]
    return (start_s + clip[0] * part.speed, start_s + clip[1] * part.speed)


def _fraction(box: tuple[int, int, int, int], size: tuple[int, int]) -> Box:
    x, y, width, height = box
    return (x / size[0], y / size[1], width / size[0], height / size[1])
