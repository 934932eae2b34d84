"""Where does the picture go in the clip's frame, and by which filters does it get there?

ffmpeg only crops, scales, draws over, weaves and leaves out; no filter here decides times.
"""

from dataclasses import dataclass
from pathlib import Path

import ffmpeg

from mediacheck.tuning.lettering import Overlay, painted, pixels
from mediacheck.tuning.plan import Canvas, Colour, Plan
from mediacheck.tuning.truth import Box

BROADCAST = 1080  # lines that interlaced footage is woven in
DESKTOP, TITLE = "0x24506b", "0xd8dade"  # behind a window, and its title bar
TITLE_SHARE = 0.04  # of the frame's height


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the picture goes, in whole even pixels. crop: of the source; inner: of a frame of size (width, height)."""

    source: tuple[int, int]
    crop: tuple[int, int, int, int]
    inner: tuple[int, int, int, int]
    size: tuple[int, int]

    @property
    def cropped(self) -> Box:
        return fraction(self.crop, self.source)

    @property
    def placed(self) -> Box:
        return fraction(self.inner, self.size)


def layout(plan: Plan) -> Layout:
    """The layout that ffmpeg's filters carry out; what a lens does is not in it."""
    source = (plan.source.width, plan.source.height)
    crop = pixels(plan.crop, source)
    width, height = crop[2:]
    if plan.turned % 2:
        width, height = height, width
    if plan.canvas is None:
        return Layout(source, crop, (0, 0, width, height), (width, height))
    aspect, free = plan.canvas.aspect, 1 - 2 * plan.canvas.margin
    outer = (height * aspect, height) if aspect > width / height else (width, width / aspect)
    # A reframed clip is not larger than its source: people post 720x1280, not 1280x2276.
    scale = min(1.0, max(source) / max(outer))
    size = (round(outer[0] * scale / 2) * 2, round(outer[1] * scale / 2) * 2)
    inner = (
        min(size[0], round(width * scale * free / 2) * 2),
        min(size[1], round(height * scale * free / 2) * 2),
    )
    corner = ((size[0] - inner[0]) // 4 * 2, (size[1] - inner[1]) // 4 * 2)
    return Layout(source, crop, (*corner, *inner), size)


def drawn(raw: ffmpeg.Stream, plan: Plan, there: Layout, folder: Path) -> ffmpeg.Stream:
    """The filters between the source's frames and the encoder. Drawings are written to folder."""
    picture = _whole_again(raw, there.source) if plan.interlaced else raw
    if plan.once:
        held = "+".join(f"between(n,{first},{end - 1})" for first, end in plan.stalls)
        picture = picture.filter("select", f"not({held})")
    picture = picture.hflip() if plan.mirrored else picture
    x, y, width, height = there.crop
    if (x, y, width, height) != (0, 0, *there.source):
        picture = picture.filter("crop", width, height, x, y)
    for _ in range(plan.turned):
        picture = picture.filter("transpose", "clock")
    if plan.canvas is not None:
        picture = _framed(picture, plan.canvas, there)
    if plan.colour is not None:
        picture = _graded(picture, plan.colour)
    for number, overlay in enumerate(plan.overlays):
        drawing = folder / f"overlay-{number}.png"
        picture = _drawn_over(picture, overlay, plan, there, drawing)
    return picture


def fraction(box: tuple[int, int, int, int], size: tuple[int, int]) -> Box:
    """A box in pixels as fractions of a frame of (width, height)."""
    x, y, width, height = box
    return (x / size[0], y / size[1], width / size[0], height / size[1])


def within(box: Box, part: Box) -> Box:
    """A part of a box, given in fractions of the box, in the frame that the box is given in."""
    x, y, width, height = box
    return (x + part[0] * width, y + part[1] * height, part[2] * width, part[3] * height)


def in_clip(box: Box, plan: Plan, there: Layout) -> Box | None:
    """A box of the source's frame in the clip's frame, cut to what is shown; None where it is cropped off."""
    x, y, width, height = box
    if plan.mirrored:
        x = 1 - x - width
    left, top, across, down = there.cropped
    first = (max(0.0, (x - left) / across), max(0.0, (y - top) / down))
    end = (min(1.0, (x + width - left) / across), min(1.0, (y + height - top) / down))
    if end[0] <= first[0] or end[1] <= first[1]:
        return None
    placed = there.placed
    return (
        placed[0] + first[0] * placed[2],
        placed[1] + first[1] * placed[3],
        (end[0] - first[0]) * placed[2],
        (end[1] - first[1]) * placed[3],
    )


def _whole_again(fields: ffmpeg.Stream, size: tuple[int, int]) -> ffmpeg.Stream:
    """Pairs of frames woven into interlaced ones of BROADCAST lines, deinterlaced, at the source's size again."""
    wide = round(size[0] / size[1] * BROADCAST / 2) * 2
    return (
        fields.filter("scale", wide, BROADCAST)
        .filter("tinterlace", mode="interleave_top")
        .filter("yadif", mode="send_frame", parity="tff", deint="all")
        .filter("scale", *size)
    )


def _framed(picture: ffmpeg.Stream, canvas: Canvas, there: Layout) -> ffmpeg.Stream:
    left, top, inner_width, inner_height = there.inner
    across, down = there.size
    if canvas.blurred:
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
        return ground.overlay(front, x=left, y=top)
    picture = picture.filter("scale", inner_width, inner_height)
    if not canvas.margin:
        return picture.filter("pad", across, down, left, top, "black")
    bar = max(4, round(down * TITLE_SHARE / 2) * 2)
    return picture.filter("pad", across, down, left, top, DESKTOP).filter(
        "drawbox", left, max(0, top - bar), inner_width, min(bar, top), TITLE, "fill"
    )


def _graded(picture: ffmpeg.Stream, colour: Colour) -> ffmpeg.Stream:
    picture = picture.filter(
        "eq",
        brightness=colour.brightness,
        contrast=colour.contrast,
        saturation=colour.saturation,
        gamma=colour.gamma,
    )
    if colour.local:
        picture = picture.filter("unsharp", lx=13, ly=11, la=colour.local)
    return picture


def _drawn_over(
    picture: ffmpeg.Stream, overlay: Overlay, plan: Plan, there: Layout, drawing: Path
) -> ffmpeg.Stream:
    x, y, width, height = pixels(overlay.box, there.size)
    painted(overlay, (width, height)).save(drawing)
    options: dict[str, str | int] = {"x": x, "y": y}
    if overlay.to is not None:
        end_x, end_y, _, _ = pixels((*overlay.to, *overlay.box[2:]), there.size)
        share = f"t/{plan.duration_s:.6f}"
        options = {"x": f"{x}+({end_x - x})*{share}", "y": f"{y}+({end_y - y})*{share}"}
    if overlay.shown is not None:
        # A quarter of a frame early on both sides, so that rounding cannot move a border by a frame.
        early = 0.25 / float(plan.fps)
        first, end = (seconds - early for seconds in overlay.shown)
        options["enable"] = f"gte(t,{first:.6f})*lt(t,{end:.6f})"
    return picture.overlay(ffmpeg.input(str(drawing)), **options)
