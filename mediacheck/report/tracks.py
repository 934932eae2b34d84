"""The measured numbers along the clip: one panel a series, on one time axis, with what chance gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from mediacheck.model import Comparison, Null, Series, Severity, Span
from mediacheck.report.shapes import (
    LETTER,
    MARGIN,
    Drawing,
    Path,
    Rect,
    Scale,
    Shape,
    Text,
    ticks,
)
from mediacheck.report.timelines import lettered
from mediacheck.wording import SERIES, at, between, listed

DRAWN = ("level", "presence", "cleanliness", "motion")
LEVEL_FLOOR_DB = -70.0  # quieter than the noise of any recording that was published
SAME_SPEED = 0.0005
PLACE_S = 0.1  # lines nearer than this to a part's place are that part's
LETTERS_AT_MOST = 3  # of parts that one line leads to, in the name of a panel
PANEL, HEAD = 74.0, 24.0
INSET = 3.0  # above the highest value, so that its line is not the panel's edge
SMALL_LETTER = 5.6  # width of a letter of a scale's words, upper estimate
AT_MOST_1 = (
    "correlation",
    "coherence",
)  # units whose scale ends at 1, however near the values come
SIGNED = ("correlation",)


def tracks(comparison: Comparison, width: float) -> Drawing | None:
    """None when no series that can be drawn along the clip was kept."""
    drawn = _drawn(comparison)
    if not drawn:
        return None
    clip = Scale(Span(0.0, comparison.clip.duration_s), width)
    shapes: list[Shape] = []
    y = _marked(comparison, clip, len(drawn), shapes)
    names = [_names(series, drawn, comparison) for series in drawn]
    for series, called in zip(drawn, names, strict=True):
        shapes += _panel(series, called, clip, y)
        y += HEAD + PANEL
    shapes += ticks(clip, y)
    return Drawing(
        f"tracks-{width:.0f}",
        width,
        y + 22,
        "The measured numbers along the clip",
        "; ".join(_told(series, called[0]) for series, called in zip(drawn, names, strict=True)),
        tuple(shapes),
    )


def note(comparison: Comparison) -> str:
    """How to read the figure; "" where there is none."""
    drawn = _drawn(comparison)
    told = []
    if any(series.null for series in drawn):
        told.append(
            "Grey bands with a dashed upper edge: what the same measurement gives by chance, at other places of this "
            "very pair. A value that stays within the band is by itself no sign of the original, and a single peak "
            "above it is no proof: stretches are judged as a whole."
        )
    several = [series for series in drawn if len(_of_one_name(series, drawn)) > 1]
    letters = next((on for series in several if (on := _parts(series, several, comparison))), "")
    if letters:
        told.append(
            f"“Place of {letters}” lays the original beside the clip as it stands at {letters} in the figure above, so "
            "elsewhere the two have nothing in common."
        )
    if several:
        told.append(
            "The other places of one part include the right place of the next, which can raise its band."
        )
    if any(row.severity is Severity.ALTERATION and row.clip for row in comparison.findings):
        told.append("Shaded stretches are alterations found.")
    return " ".join(told) if drawn else ""


def _drawn(comparison: Comparison) -> list[Series]:
    """In the order of the panels: what was measured, and under it the parts of the clip.

    Nothing that is 0 throughout, as the presence of any sound in silence.
    """
    drawn = [
        series
        for name in DRAWN
        for series in comparison.series
        if series.name == name and series.file == "clip" and any(_taken(series))
    ]
    last = "~"  # behind all letters

    def place(series: Series) -> tuple[int, str]:
        return DRAWN.index(series.name), _parts(series, drawn, comparison) or last

    return sorted(drawn, key=place)


def thinned(values: Sequence[float | None], buckets: int) -> list[tuple[float, float | None]]:
    """(index, value): the lowest and highest of each bucket, so that no dip or peak is lost; None
    where a bucket holds nothing."""
    if len(values) <= 2 * buckets:
        return [(float(index), value) for index, value in enumerate(values)]
    size = len(values) / buckets
    kept: list[tuple[float, float | None]] = []
    for bucket in range(buckets):
        first, last = int(bucket * size), int((bucket + 1) * size)
        taken = [(v, i) for i, v in enumerate(values[first:last], first) if v is not None]
        if not taken:
            kept.append((float(first), None))
            continue
        low, high = min(taken), max(taken)
        kept += [(float(i), v) for v, i in sorted({low, high}, key=lambda pair: pair[1])]
    return kept


def _marked(comparison: Comparison, clip: Scale, panels: int, shapes: list[Shape]) -> float:
    """Shades the stretches that were found altered behind all panels; returns where panels begin."""
    stretches = sorted(
        (finding.clip, finding.id)
        for finding in comparison.findings
        if finding.severity is Severity.ALTERATION and finding.clip is not None
    )
    right = 0.0
    for stretch, name in stretches:
        rect = clip.rect(stretch, 18, panels * (HEAD + PANEL), "stretch", name)
        shapes.append(rect)
        if rect.x >= right:
            shapes.append(Text(rect.x, 13, name, "mark-name"))
            right = rect.x + len(name) * 8 + 4
    return 18.0 if stretches else 0.0


def _of_one_name(series: Series, drawn: Sequence[Series]) -> list[Series]:
    return [each for each in drawn if each.name == series.name and each.alignment]


def _parts(series: Series, drawn: Sequence[Series], comparison: Comparison) -> str:
    """Letters of the clip's parts that stand where this series compares; "" for none, or where another does too."""
    told = _letters(series, comparison)
    if not told or any(
        _letters(each, comparison) == told
        for each in _of_one_name(series, drawn)
        if each is not series
    ):
        return ""
    more = len(told) - LETTERS_AT_MOST
    return listed([*told[:LETTERS_AT_MOST], *([f"{more} more"] if more > 0 else [])])


def _letters(series: Series, comparison: Comparison) -> list[str]:
    line, named = series.alignment, lettered(comparison)
    return [
        named[part.clip]
        for part in comparison.timeline.picture
        if line
        and part.original
        and part.clip in named
        and abs(line.original_at(part.clip.start) - part.original.start) <= PLACE_S
        and abs(line.original_at(part.clip.end) - part.original.end) <= PLACE_S
    ]


def _names(series: Series, drawn: Sequence[Series], comparison: Comparison) -> tuple[str, ...]:
    """What it asks, in full and ever shorter; with the place that it compares with where several ask the same."""
    name, colon, question = SERIES.get(series.name, series.name).partition(":")
    line = series.alignment
    lines = [each.alignment for each in _of_one_name(series, drawn) if each.alignment]
    if line is None or len(lines) < 2:
        return f"{name}{colon}{question}", name
    if letters := _parts(series, drawn, comparison):
        place = f"place of {letters}"
    elif sum(at(each.offset_s) == at(line.offset_s) for each in lines) > 1:
        place = f"original from {line.offset_s:+.3f} s"
    elif line.offset_s >= 0:
        place = f"original from {at(line.offset_s)}"
    else:
        place = f"original begins at {at(-line.offset_s / line.speed)} of the clip"
    speed = f", {line.speed:.4g} times as fast" if abs(line.speed - 1) >= SAME_SPEED else ""
    exact, short = f"{name} ({place}{speed})", f"{name} ({place})"
    return f"{exact}{colon}{question}", exact, short


def _panel(series: Series, names: Sequence[str], clip: Scale, top: float) -> list[Shape]:
    low, high = _range(series)
    y = top + HEAD

    def height(value: float) -> float:
        share = (min(high, max(low, value)) - low) / (high - low)
        return round(y + PANEL - share * (PANEL - INSET), 1)

    unit = f" ({series.unit})" if series.unit else ""
    left, width = MARGIN, clip.width - 2 * MARGIN
    scales = _beside(f"{_scale(low)} to {_scale(high)}", series.null)
    choices = [each for name in names for each in (f"{name}{unit}", name)]
    heading = Text(
        left, y - 6, _fitting(choices, width - len(scales[-1]) * SMALL_LETTER, LETTER), "panel-name"
    )
    shapes: list[Shape] = [heading, Rect(left, y, width, PANEL, "panel")]
    if series.null is not None:
        shapes += _chance(series.null, left, width, y, height)
    shapes.append(_curve(series, names[0], clip, height, y + PANEL))
    # Beside the name, not on the scale: words there would cover what was measured.
    beside = _fitting(scales, width - len(heading.text) * LETTER, SMALL_LETTER)
    return [*shapes, Text(left + width, y - 6, beside, "scale", "end")]


def _chance(
    null: Null, left: float, width: float, y: float, height: Callable[[float], float]
) -> list[Shape]:
    top, bottom = height(null.max), height(null.mean - 2 * null.spread)
    words = f"by chance in this pair: up to {null.max:.3g}, {null.n} draws"
    band = Rect(left, top, width, round(bottom - top, 1), "chance", words)
    return [band, Path(f"M{left} {top}h{width}", "chance-limit")]


def _beside(ends: str, null: Null | None) -> list[str]:
    """The ends of the scale and what chance gives, in full and ever shorter."""
    if null is None:
        return [f"scale {ends}", ends]
    limit = f"chance up to {null.max:.3g}"
    return [
        f"scale {ends}; by {limit} in {null.n} draws of this pair",
        f"scale {ends}; by {limit}",
        f"{ends}; {limit}",
    ]


def _fitting(choices: Sequence[str], room: float, letter: float) -> str:
    """The first that leaves a letter's room; the last where none does."""
    return next((each for each in choices if (len(each) + 1) * letter < room), choices[-1])


def _curve(
    series: Series, name: str, clip: Scale, height: Callable[[float], float], floor: float
) -> Path:
    filled = series.name == "level"
    runs: list[list[tuple[float, float]]] = [[]]
    for index, value in thinned(series.values, int(clip.width / 2)):
        if value is None or not math.isfinite(value):
            runs.append([])
            continue
        runs[-1].append((clip.x(series.start_s + index * series.step_s), height(value)))
    parts = []
    for run in runs:
        if not run:
            continue
        line = "L".join(f"{x} {y}" for x, y in run)
        parts.append(f"M{run[0][0]} {floor}L{line}L{run[-1][0]} {floor}Z" if filled else f"M{line}")
    return Path("".join(parts), "level" if filled else "curve", _told(series, name))


def _taken(series: Series) -> list[float]:
    return [value for value in series.values if value is not None]


def _range(series: Series) -> tuple[float, float]:
    """What the scale reaches from and to; no value that the unit does not have."""
    values = _taken(series)
    if series.unit == "dB":
        low = min(max(LEVEL_FLOOR_DB, min(values)), -1.0)
        return low, max(0.0, *values)
    low, high = min(*values, 0.0), max(*values, 0.0)
    if series.null is not None:
        high = max(high, series.null.max)
        if series.unit in SIGNED:
            low = max(-1.0, min(low, series.null.mean - 2 * series.null.spread))
    return low, max(high, 1.0) if series.unit in AT_MOST_1 else high or 1.0


def _told(series: Series, name: str) -> str:
    values = _taken(series)
    span = Span(series.start_s, series.start_s + series.step_s * len(series.values))
    return (
        f"{name}: {min(values):.3g} to {max(values):.3g} "
        f"{series.unit} over the clip {between(span)}"
    )


def _scale(value: float) -> str:
    """An end of the scale in figures that everybody reads: 180, not 1.8e+02."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"
