"""Where in the original does each part of the clip stand? One figure: the clip above, the original below."""

from __future__ import annotations

from dataclasses import replace

from mediacheck.model import (
    Comparison,
    Kind,
    PictureSegment,
    PictureState,
    Severity,
    SoundState,
    Span,
)
from mediacheck.report.shapes import MARGIN, Drawing, Path, Rect, Scale, Shape, Text, label, ticks
from mediacheck.wording import at, between, kind_names, picture_states, sound_states, within

ZOOM_FROM = 2.0  # an original this many times longer than what the clip shows of it is drawn twice
SHIFT_S = 0.05  # sound nearer than this to its picture's place needs no band of its own
LANES = 3  # rows of finding marks; more findings than fit are in the list only
TRACK, BAND, GAP = 30.0, 72.0, 20.0

SOUND, PICTURE = "Its sound", "Its picture"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # of the parts, where there are several; beyond them none has a name

BANDS = {
    Kind.REORDER: "out of the original's order",
    Kind.REPEAT: "shown a second time",
    Kind.SPEED: "at another speed",
}
"""What a band may say besides that it leads to the same picture."""

Track = tuple[str, list[tuple[Rect, tuple[str, ...]]]]
"""Name and segments of one stream, each with the words that may stand in it, longest first."""


def timelines(comparison: Comparison, width: float) -> Drawing | None:
    """None when neither stream of the clip was placed or judged."""
    line = comparison.timeline
    if not line.picture and not line.sound:
        return None
    clip = Scale(Span(0.0, comparison.clip.duration_s), width)
    whole = Span(0.0, comparison.original.duration_s)
    near = _near(comparison)
    zoomed = near is not None and whole.length > ZOOM_FROM * near.length
    below = Scale(near if near is not None and zoomed else whole, width)
    shapes: list[Shape] = []
    y, sound = _clip_tracks(comparison, clip, shapes)
    shapes += _bands(comparison, clip, below, y, y + BAND, sound)
    y += BAND
    shapes += [*_original(comparison, below, y, TRACK), *ticks(below, y + TRACK)]
    y += TRACK + GAP
    if zoomed:
        y = _whole_original(comparison, below.span, Scale(whole, width), y, shapes)
    searched = _searched(comparison)
    only = f", only {between(searched)} searched" if searched else ""
    shapes.append(Text(MARGIN, y + 12, f"The original, {at(whole.end)} long{only}", "heading"))
    return Drawing(
        f"timelines-{width:.0f}",
        width,
        y + 20,
        "Where each part of the clip stands in the original",
        _description(comparison),
        tuple(shapes),
    )


def _searched(comparison: Comparison) -> Span | None:
    return comparison.question.searched(comparison.original)


def note(comparison: Comparison) -> str:
    """How to read the figure, as far as it holds such things."""
    told = "Bands lead from each part of the clip to its place in the original"
    told += "; a letter names the same part in both." if lettered(comparison) else "."
    flags = any(row.severity is Severity.ALTERATION and row.clip for row in comparison.findings)
    return f"{told} Flags are the findings." if flags else told


def _clip_tracks(comparison: Comparison, clip: Scale, shapes: list[Shape]) -> tuple[float, float]:
    """Adds the clip's half of the figure; returns where it ends and where the sound's track ends."""
    line = comparison.timeline
    shapes.append(Text(MARGIN, 14, f"The clip, {at(clip.span.end)} long", "heading"))
    shapes += ticks(clip, 24.0)
    y = 24.0 + GAP
    y += _marks(comparison, clip, y, shapes)
    tracks = [_sound_track(comparison, clip), _picture_track(comparison, clip)]
    # What was matched stands next to the original, so that its bands cross nothing.
    if not any(part.state is PictureState.MATCHED for part in line.picture):
        tracks.reverse()
    ends = {name: y for name, _ in tracks}
    for name, rects in tracks:
        if not rects:
            continue
        shapes.append(Text(MARGIN, y + 12, name))
        for rect, words in rects:
            placed = replace(rect, y=y + 18)
            shapes += [placed, *label(placed, words)]
        y += 18 + TRACK + 4
        ends[name] = y - 4
    return y - 4, ends[SOUND]


def _whole_original(
    comparison: Comparison, shown: Span, whole: Scale, y: float, shapes: list[Shape]
) -> float:
    """Adds the original's full length under the enlarged part; returns where it ends."""
    name = f"The original from {between(shown)}, enlarged"
    shapes.append(Text(MARGIN, y + 12, name, "heading"))
    top, bottom = y + 16, y + 40
    left, right = whole.x(shown.start), whole.x(shown.end)
    lens = f"M{MARGIN} {top}H{whole.width - MARGIN}L{right} {bottom}H{left}Z"
    shapes.append(Path(lens, "lens", name))
    shapes += [*_original(comparison, whole, bottom, 16), *ticks(whole, bottom + 16)]
    return bottom + 16 + GAP


def _sound_track(comparison: Comparison, clip: Scale) -> Track:
    rects: list[tuple[Rect, tuple[str, ...]]] = []
    for part in comparison.timeline.sound:
        words = sound_states(_searched(comparison))[part.state]
        title = f"Sound of the clip {between(part.clip)}: {words}"
        rect = clip.rect(part.clip, 0.0, TRACK, f"sound-{part.state.value}", title)
        rects.append((rect, (words, part.state.value.replace("_", " "))))
    return SOUND, rects


def _picture_track(comparison: Comparison, clip: Scale) -> Track:
    rects: list[tuple[Rect, tuple[str, ...]]] = []
    named = lettered(comparison)
    for part in comparison.timeline.picture:
        words = picture_states(_searched(comparison))[part.state]
        title = f"Picture of the clip {between(part.clip)}: {words}"
        rect = clip.rect(part.clip, 0.0, TRACK, f"picture-{part.state.value}", title)
        name = named.get(part.clip, "")
        choices = (f"{name} · {words}", name) if name else (words, part.state.value)
        rects.append((rect, choices))
    return PICTURE, rects


def lettered(comparison: Comparison) -> dict[Span, str]:
    """A letter for each matched part of the clip, where there are several; the same letter stands in the original."""
    parts = [p.clip for p in comparison.timeline.picture if p.state is PictureState.MATCHED]
    return dict(zip(parts, LETTERS, strict=False)) if len(parts) > 1 else {}


def _coloured(comparison: Comparison) -> list[tuple[Kind, Span, Span]]:
    """(kind, clip, original) of each alteration that says something of where a part of the clip leads."""
    return [
        (finding.kind, finding.clip, finding.original)
        for finding in comparison.findings
        if finding.kind in BANDS
        and finding.severity is Severity.ALTERATION
        and finding.clip is not None
        and finding.original is not None
    ]


def _is_coloured(comparison: Comparison, part: PictureSegment) -> bool:
    """Whether most of this part of the clip has a coloured band of its own."""
    told = sum(clip.overlap(part.clip) for _, clip, _ in _coloured(comparison))
    return told > 0.5 * part.clip.length


def legend(comparison: Comparison) -> tuple[tuple[str, str], ...]:
    """(look, words) of every look that the figure uses, in reading order."""
    line, searched = comparison.timeline, _searched(comparison)
    rows = [
        (f"picture-{state.value}", f"picture {picture_states(searched)[state]}")
        for state in PictureState
        if any(part.state is state for part in line.picture)
    ]
    rows += [
        (f"sound-{state.value}", f"sound: {sound_states(searched)[state]}")
        for state in SoundState
        if any(part.state is state for part in line.sound)
    ]
    if any(
        part.original and not _with_picture(comparison, part.clip, part.original)
        for part in line.sound
    ):
        rows.append(("heard", "where the clip's sound stands, apart from its picture"))
    kinds = {kind for kind, _, _ in _coloured(comparison)}
    rows += [(f"band-{kind.value}", words) for kind, words in BANDS.items() if kind in kinds]
    if any(finding.kind is Kind.CUT and finding.original for finding in comparison.findings):
        rows.append(("missing", "in the original, missing in the clip"))
    if searched is not None:
        rows.append(("unsearched", "part of the original that was not searched"))
    return tuple(rows)


def _marks(comparison: Comparison, clip: Scale, y: float, shapes: list[Shape]) -> float:
    """A flag for each alteration over its part of the clip; returns the height taken."""
    ends = [0.0] * LANES
    used = 0
    names = kind_names(_searched(comparison))
    altered = [
        row for row in comparison.findings if row.severity is Severity.ALTERATION and row.clip
    ]
    for finding in sorted(altered, key=lambda row: row.clip or Span(0.0, 0.0)):
        assert finding.clip is not None
        left, right = clip.x(finding.clip.start), clip.x(finding.clip.end)
        wanted = max(right - left, len(finding.id) * 7 + 10)
        left = min(left, clip.width - MARGIN - wanted)
        lane = next((lane for lane in range(LANES) if ends[lane] <= left), None)
        if lane is None:
            continue
        ends[lane] = left + wanted + 2
        used = max(used, lane + 1)
        title = f"{finding.id}: {names[finding.kind]}, clip {between(finding.clip)}"
        rect = Rect(round(left, 1), y + lane * 19, round(wanted, 1), 16, "mark", title)
        choices = (f"{finding.id} · {names[finding.kind].lower()}", finding.id)
        shapes += [rect, *label(rect, choices, "mark-label")]
    return used * 19 + 4  # the times above and the first name below must not touch


def _near(comparison: Comparison) -> Span | None:
    """The part of the original that the clip has to do with, with room on both sides."""
    places = [part.original for part in comparison.timeline.picture if part.original]
    places += [part.original for part in comparison.timeline.sound if part.original]
    if not places:
        return None
    first, last = min(place.start for place in places), max(place.end for place in places)
    room = max(2.0, (last - first) * 0.15)
    return Span(max(0.0, first - room), min(comparison.original.duration_s, last + room))


def _bands(
    comparison: Comparison, clip: Scale, original: Scale, top: float, bottom: float, sound: float
) -> list[Shape]:
    """From each part of the clip to its place in the original; sound only where it stands elsewhere."""
    line = comparison.timeline
    shapes: list[Shape] = []
    leading = [
        (part.clip, part.original, "band")
        for part in line.picture
        if part.original is not None
        and part.state is PictureState.MATCHED
        and not _is_coloured(comparison, part)
    ]
    leading += [(ours, there, f"band-{kind.value}") for kind, ours, there in _coloured(comparison)]
    for ours, there, look in leading:
        title = f"Picture of the clip {between(ours)} = original {between(there)}"
        shapes.append(_band(clip, ours, top, original, there, bottom, look, title))
    for finding in comparison.findings:
        if finding.kind is Kind.CUT and finding.clip is not None and finding.original is not None:
            title = f"Original {between(finding.original)}: missing in the clip"
            joint = Span(finding.clip.start, finding.clip.start)
            shapes.append(
                _band(clip, joint, top, original, finding.original, bottom, "band-missing", title)
            )
    for heard in line.sound:
        if heard.original is None or _with_picture(comparison, heard.clip, heard.original):
            continue
        title = f"Sound of the clip {between(heard.clip)} = original {between(heard.original)}"
        shapes.append(
            _band(clip, heard.clip, sound, original, heard.original, bottom, "band-sound", title)
        )
    nothing = f"No part of the clip was found in {within(_searched(comparison))}"
    middle = (top + bottom) / 2
    return shapes or [Text(clip.width / 2, middle, nothing, "note", "middle")]


def _band(
    clip: Scale,
    ours: Span,
    top: float,
    original: Scale,
    theirs: Span,
    bottom: float,
    look: str,
    title: str,
) -> Path:
    upper = (clip.x(ours.start), clip.x(ours.end))
    lower = (original.x(theirs.start), original.x(theirs.end))
    d = f"M{upper[0]} {top}H{upper[1]}L{lower[1]} {bottom}H{lower[0]}Z"
    return Path(d, look, title)


def _with_picture(comparison: Comparison, ours: Span, theirs: Span) -> bool:
    """Whether the picture of this stretch, or of most of it, is drawn to the same place already."""
    parts = [part for part in comparison.timeline.picture if part.clip.overlap(ours) > 0]
    part = max(parts, key=lambda part: part.clip.overlap(ours), default=None)
    if part is None or part.original is None:
        return False
    pace = part.original.length / part.clip.length
    start = max(part.clip.start, ours.start)
    shown = part.original.start + (start - part.clip.start) * pace
    heard = theirs.start + (start - ours.start) * (theirs.length / ours.length)
    return abs(shown - heard) <= SHIFT_S


def _original(comparison: Comparison, scale: Scale, y: float, height: float) -> list[Shape]:
    whole = Span(0.0, comparison.original.duration_s)
    shapes: list[Shape] = [scale.rect(scale.span, y, height, "original", "The original")]
    said: list[Shape] = []
    named = lettered(comparison)
    for part in comparison.timeline.picture:
        if part.original is not None and part.state is PictureState.MATCHED:
            title = f"Original {between(part.original)}: shown in the clip {between(part.clip)}"
            rect = scale.rect(part.original, y, height, "picture-matched", title)
            words, name = between(part.original), named.get(part.clip, "")
            choices = (f"shown in the clip, {words}", words)
            if name:
                choices = (f"{name} · {words}", name)
            shapes.append(rect)
            said += label(rect, choices)
    for heard in comparison.timeline.sound:
        if heard.original is None or _with_picture(comparison, heard.clip, heard.original):
            continue
        title = f"Original {between(heard.original)}: heard in the clip {between(heard.clip)}"
        rect = scale.rect(heard.original, y, height, "heard", title)
        words = f"heard in the clip, {between(heard.original)}"
        shapes.append(rect)
        said += label(rect, (words, between(heard.original)))
    for finding in comparison.findings:
        if finding.kind is Kind.CUT and finding.original is not None:
            title = f"Original {between(finding.original)}: missing in the clip"
            rect = scale.rect(finding.original, y, height, "missing", title)
            shapes.append(rect)
            said += label(rect, ("missing in the clip", "missing"))
    searched = _searched(comparison)
    if searched is not None:
        for start, end in ((whole.start, searched.start), (searched.end, whole.end)):
            start, end = max(start, scale.span.start), min(end, scale.span.end)
            if start < end:
                shapes.append(scale.rect(Span(start, end), y, height, "unsearched", "Not searched"))
    # Above all rectangles: parts of the original that are shown twice overlap.
    return [*shapes, *(said if height > 20 else ())]


def _description(comparison: Comparison) -> str:
    line, searched = comparison.timeline, _searched(comparison)
    told = [
        f"Picture {between(part.clip)}: {picture_states(searched)[part.state]}"
        + (f" at {between(part.original)}" if part.original else "")
        for part in line.picture
    ]
    told += [
        f"Sound {between(part.clip)}: {sound_states(searched)[part.state]}" for part in line.sound
    ]
    return ". ".join(told)
