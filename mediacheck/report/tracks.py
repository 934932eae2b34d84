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
from mediacheck.wording import SERIES, at, between

DRAWN = ("level", "presence", "cleanliness", "motion")
LEVEL_FLOOR_DB = -70.0  # quieter than the noise of any recording that was published
SAME_SPEED = 0.0005
PANEL, HEAD = 74.0, 24.0
SMALL_LETTER = 5.6  # width of a letter of a scale's words, upper estimate


def tracks(comparison: Comparison, width: float) -> Drawing | None:
    """None when no series that can be drawn along the clip was kept."""
    drawn = [
        series
        for name in DRAWN
        for series in comparison.series
        if series.name == name and series.file == "clip" and _taken(series)
    ]
    if not drawn:
        return None
    clip = Scale(Span(0.0, comparison.clip.duration_s), width)
    shapes: list[Shape] = []
    y = _marked(comparison, clip, len(drawn), shapes)
    names = [_names(series, drawn) for series in drawn]
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


def _names(series: Series, drawn: Sequence[Series]) -> tuple[str, ...]:
    """What it asks, in full and ever shorter; with the place that it compares with where several ask the same."""
    name, colon, question = SERIES.get(series.name, series.name).partition(":")
    line = series.alignment
    lines = [each.alignment for each in drawn if each.name == series.name and each.alignment]
    if line is None or len(lines) < 2:
        return f"{name}{colon}{question}", name
    if sum(at(each.offset_s) == at(line.offset_s) for each in lines) > 1:
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
        return round(y + PANEL - share * PANEL, 1)

    unit = f" ({series.unit})" if series.unit else ""
    left, width = MARGIN, clip.width - 2 * MARGIN
    choices = [f"{name}{unit}" for name in names] + [names[-1]]
    fitting = [each for each in choices if len(each) * LETTER < width] or choices[-1:]
    heading = Text(left, y - 6, fitting[0], "panel-name")
    shapes: list[Shape] = [heading, Rect(left, y, width, PANEL, "panel")]
    if series.null is not None:
        shapes += _chance(series.null, left, width, y, height, width - len(heading.text) * LETTER)
    shapes.append(_curve(series, names[0], clip, height, y + PANEL))
    shapes.append(Text(left + 3, y + 12, _scale(high), "scale"))
    shapes.append(Text(left + 3, y + PANEL - 4, _scale(low), "scale"))
    return shapes


def _chance(
    null: Null, left: float, width: float, y: float, height: Callable[[float], float], room: float
) -> list[Shape]:
    """room: units beside the panel's name; the words there are shortened to fit."""
    top, bottom = height(null.max), height(null.mean - 2 * null.spread)
    words = f"by chance in this pair: up to {null.max:.3g}, {null.n} draws"
    band = Rect(left, top, width, round(bottom - top, 1), "chance", words)
    choices = (words, f"by chance up to {null.max:.3g}", f"≤ {null.max:.3g}")
    fitting = [each for each in choices if len(each) * SMALL_LETTER < room][:1]
    said = [Text(left + width, y - 6, each, "scale", "end") for each in fitting]
    return [band, Path(f"M{left} {top}h{width}", "chance-limit"), *said]


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
    values = _taken(series)
    if series.unit == "dB":
        low = min(max(LEVEL_FLOOR_DB, min(values)), -1.0)
        return low, max(0.0, *values)
    limits = [*values, 0.0]
    if series.null is not None:
        limits += [series.null.max, series.null.mean - 2 * series.null.spread]
    low, high = min(limits), max(limits)
    return low, high + 0.08 * ((high - low) or 1.0)


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
