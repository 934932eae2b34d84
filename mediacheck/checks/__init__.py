"""Every question that is asked of a pair, in the order of the report."""

from mediacheck.checks import (
    container,
    edits,
    frame,
    picture,
    pitch,
    sound,
    sync,
    terms,
    words,
)
from mediacheck.checks.base import Check, Limits, Record

CHECKS: tuple[Check, ...] = (
    sound.CHECK,
    sync.CHECK,
    pitch.CHECK,
    picture.CHECK,
    edits.CHECK,
    frame.CHECK,
    words.CHECK,
    terms.CHECK,
    container.CHECK,
)

__all__ = ["CHECKS", "Check", "Limits", "Record"]
