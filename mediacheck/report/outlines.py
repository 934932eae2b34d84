"""Which part of a still is outlined, and how alike are two stills once one is laid onto the other?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mediacheck.model import (
    Box,
    Comparison,
    FileRole,
    Finding,
    Kind,
    Media,
    PictureSegment,
    PictureState,
    Series,
)
from mediacheck.report.exhibits import Exhibit
from mediacheck.wording import at

FRAMED = frozenset({Kind.CROPPED, Kind.BORDERED, Kind.MIRRORED, Kind.ROTATED})
NEARLY_WHOLE = 0.985  # of width and height: the edge of the frame needs no outline


def outlines(
    overview: Sequence[Exhibit],
    stills: Iterable[tuple[Finding, Sequence[Exhibit]]],
    seen: Comparison,
) -> Mapping[str, Box]:
    """Box by the still's name.

    A changed region lies on the clip's still. Where the frame itself was changed, and on the pair for the whole, both
    stills show the part that they have in common.
    """
    found: dict[str, Box | None] = {row.name: _common(row, seen) for row in overview}
    for finding, rows in stills:
        for row in rows:
            if row.owner == finding.id and finding.kind in FRAMED:
                found[row.name] = _common(row, seen)
            elif row.owner == finding.id and row.file == "clip":
                found[row.name] = finding.box
    return {name: box for name, box in found.items() if box is not None}


def note(pair: Sequence[Exhibit], finding: Finding | None, seen: Comparison) -> str:
    """What stands under a pair of stills: what is outlined, in how many bits their hashes differ; "" for nothing."""
    if finding is not None and finding.kind not in FRAMED:
        return ""
    if not pair or {row.file for row in pair} != {"clip", "original"}:
        return ""
    parts = [_common(row, seen) for row in pair]
    told = []
    if any(box is not None for box in parts):
        told.append("Outlined: what the two frames have in common.")
    first = {row.file: row.span.start for row in reversed(pair)}
    distance = _distance(seen.series, first["clip"], first["original"])
    if distance is not None:
        bits, moment = distance
        told.append(
            f"At the nearest moment measured (clip at {at(moment)}) the perceptual hashes of the two frames, laid onto "
            f"each other, differ in {bits:.0f} of 64 bits; those of unrelated pictures differ in some 32."
        )
    return " ".join(told)


def tall(seen: Comparison) -> tuple[FileRole, ...]:
    """The files whose frames are shown higher than wide."""
    files: tuple[tuple[FileRole, Media], ...] = (("clip", seen.clip), ("original", seen.original))
    return tuple(file for file, media in files if _is_tall(media))


def _is_tall(media: Media) -> bool:
    for stream in media.streams:
        if stream.kind == "picture" and stream.width and stream.height:
            turned = round((stream.rotation or 0.0) / 90) % 2 == 1
            return (stream.width > stream.height) == turned and stream.width != stream.height
    return False


def _common(row: Exhibit, seen: Comparison) -> Box | None:
    """None where it is nearly the whole frame, or where no feature was found to agree on it."""
    part = _part(row, seen)
    if part is None or (seen.geometry is not None and not seen.geometry.evidence):
        return None
    box = part.placed if row.file == "clip" else _upright(part)
    if box is None or min(box.width, box.height) >= NEARLY_WHOLE:
        return None
    return box


def _upright(part: PictureSegment) -> Box | None:
    """The crop in the original's own frame: the timeline has it in the mirrored one."""
    crop = part.crop
    if crop is None or not part.mirrored:
        return crop
    return Box(max(0.0, 1.0 - crop.x - crop.width), crop.y, crop.width, crop.height)


def _part(row: Exhibit, seen: Comparison) -> PictureSegment | None:
    moment = row.span.start
    for part in seen.timeline.picture:
        span = part.clip if row.file == "clip" else part.original
        if part.state is PictureState.MATCHED and span and span.start <= moment < span.end:
            return part
    return None


def _distance(
    every: Sequence[Series], clip_s: float, original_s: float
) -> tuple[float, float] | None:
    """(bits, the clip's moment) nearest to the pair, on the line that leads to the original's moment."""
    tracks = [each for each in every if each.name == "hash_distance" and each.alignment]
    near = [
        each
        for each in tracks
        if each.alignment and abs(each.alignment.original_at(clip_s) - original_s) < 0.5
    ]
    for each in near:
        index = round((clip_s - each.start_s) / each.step_s)
        value = each.values[index] if 0 <= index < len(each.values) else None
        if value is not None:
            return value, each.start_s + index * each.step_s
    return None
