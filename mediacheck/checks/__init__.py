"""Every question that is asked of a pair, in the order of the report."""

from collections.abc import Mapping

from mediacheck.checks import (
    channels,
    container,
    edits,
    frame,
    picture,
    pitch,
    sound,
    sync,
    terms,
    voice,
    words,
)
from mediacheck.checks.base import Check, Limits, Record
from mediacheck.model import Kind

CHECKS: tuple[Check, ...] = (
    sound.CHECK,
    sync.CHECK,
    pitch.CHECK,
    channels.CHECK,
    voice.CHECK,
    picture.CHECK,
    edits.CHECK,
    frame.CHECK,
    words.CHECK,
    terms.CHECK,
    container.CHECK,
)

CHECK_OF: Mapping[Kind, str] = {kind: check.name for check in CHECKS for kind in check.kinds}

__all__ = ["CHECKS", "CHECK_OF", "Check", "Limits", "Record"]
