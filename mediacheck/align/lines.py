"""Lines of time beside each other: how far they part, and which of the sound's run along one of the picture's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from mediacheck.model import Alignment, Span

BESIDE_S = (
    1.0  # sound and picture of one moment lie no further apart than players and editors leave them
)
SAME_S = 0.05  # apart at the clip's ends: one line, found twice
ALIKE_SPEED = 0.002  # difference of speeds that no picture tells
CONVERSION_SPEEDS = (24 / 25, 25 / 24)  # between film and television
STANDARD_SPEEDS = (1.0, *CONVERSION_SPEEDS)
AROUND_S = 2.0  # longer than any window of sound that is compared


def apart_s(one: Alignment, other: Alignment, end: float) -> float:
    """How far two lines part between the clip's start and its end."""
    return max(
        abs(one.offset_s - other.offset_s), abs(one.original_at(end) - other.original_at(end))
    )


def distinct(
    lines: Iterable[Alignment], end: float, least_apart_s: float = SAME_S
) -> list[Alignment]:
    """Without those that run as close as that to an earlier one from the clip's start to its end."""
    kept: list[Alignment] = []
    for line in lines:
        if all(apart_s(line, other, end) > least_apart_s for other in kept):
            kept.append(line)
    return kept


def speeds_heard(
    line: Alignment, hints: Sequence[Alignment], centres: np.ndarray
) -> tuple[float, ...]:
    """Speeds at which the sound was found beside a line."""
    middle = float(centres.mean()) if len(centres) else 0.0
    return tuple(
        hint.speed
        for hint in hints
        if abs(hint.original_at(middle) - line.original_at(middle)) <= BESIDE_S
    )


def reached(lines: Sequence[Alignment], seconds: float) -> Span:
    """The part of the original that lines lead to from a clip of that length, with AROUND_S to both sides."""
    ends = [line.original_at(at) for line in lines for at in (0.0, seconds)]
    return Span(min(ends) - AROUND_S, max(ends) + AROUND_S)
