"""Two small drawings of rates with their intervals, as SVG that any browser and any forge shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from mediacheck.tuning.error_rates import Rate

LABEL, WIDTH, ROW, MARGIN = 190, 480, 30, 46
ALARM, MISS = "#b3261e", "#1f5fa8"  # told apart by people who see no red, and by shape


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the drawing; what was not measured is None."""

    name: str
    alarm: Rate | None
    miss: Rate | None


def intervals(bars: Sequence[Bar], title: str, one: str = "missed") -> str:
    """A line for each bar: the rate as a mark, its 95 % interval as a stroke, from 0 to 100 %."""
    height = MARGIN + ROW * len(bars) + 40
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LABEL + WIDTH + 60} {height}"'
        ' font-family="sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="100%" height="100%" fill="white"/><text x="10" y="22" font-size="15">{escape(title)}</text>',
    ]
    for percent in (0, 25, 50, 75, 100):
        x = LABEL + WIDTH * percent / 100
        drawn.append(
            f'<line x1="{x}" x2="{x}" y1="{MARGIN - 10}" y2="{height - 36}" stroke="#ccc"/>'
            f'<text x="{x}" y="{height - 20}" text-anchor="middle" fill="#444">{percent} %</text>'
        )
    for number, bar in enumerate(bars):
        middle = MARGIN + ROW * number + ROW / 2
        drawn.append(f'<text x="10" y="{middle + 4}">{escape(bar.name)}</text>')
        if bar.alarm is not None:
            drawn.append(_stroke(bar.alarm, middle - 5, ALARM, "circle"))
        if bar.miss is not None:
            drawn.append(_stroke(bar.miss, middle + 5, MISS, "square"))
    if any(bar.alarm is not None for bar in bars):
        drawn.append(
            f'<circle cx="{LABEL}" cy="{height - 8}" r="4" fill="{ALARM}"/>'
            f'<text x="{LABEL + 8}" y="{height - 4}">false alarms</text>'
        )
    drawn.append(
        f'<rect x="{LABEL + 136}" y="{height - 12}" width="8" height="8" fill="{MISS}"/>'
        f'<text x="{LABEL + 150}" y="{height - 4}">{escape(one)}</text></svg>'
    )
    return "\n".join(drawn) + "\n"


def _stroke(rate: Rate, y: float, colour: str, shape: str) -> str:
    low, at, high = (LABEL + WIDTH * value for value in (rate.low, rate.rate, rate.high))
    mark = (
        f'<circle cx="{at:.1f}" cy="{y}" r="4" fill="{colour}"/>'
        if shape == "circle"
        else f'<rect x="{at - 4:.1f}" y="{y - 4}" width="8" height="8" fill="{colour}"/>'
    )
    return f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="2"/>{mark}'
