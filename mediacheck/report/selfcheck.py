"""The innocent copies of this very original, as rows: how they were made, and what they were answered."""

from __future__ import annotations

from dataclasses import dataclass

from mediacheck.model import Box, Comparison, Likeness
from mediacheck.report.tables import Fact, Table, number, table
from mediacheck.wording import answer_name, between, counted, size_in_frame
from mediacheck.wording.selfcheck import alarms, bound, tried

_WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class SelfCheckView:
    """`notes`: what limits it, a sentence each."""

    said: str
    rows: Table
    made_like: tuple[Fact, ...]
    notes: tuple[str, ...]


def self_check(comparison: Comparison) -> SelfCheckView | None:
    found = comparison.self_check
    if found is None:
        return None
    searched = comparison.question.searched(comparison.original)
    rows = [
        (between(twin.original), answer_name(twin.answer, searched), alarms(twin))
        for twin in found.twins
    ]
    notes = [bound(found)]
    if found.twins and found.reason:
        notes.append(f"{found.reason[0].upper()}{found.reason[1:]}.")
    if found.twins and found.calibration != comparison.calibration.digest:
        notes.append(
            "The copies were judged by other limits than this report: those of the calibration with "
            f"the digest {found.calibration}."
        )
    head = ("Copy of the original at", "Answer", "Wrongly reported")
    return SelfCheckView(
        said=tried(found),
        rows=table("The innocent copies", head, rows),
        made_like=_made_like(found.made_like) if found.made_like and found.twins else (),
        notes=tuple(note for note in notes if note),
    )


def _made_like(like: Likeness) -> tuple[Fact, ...]:
    facts = [
        Fact("Length", f"{like.duration_s:.1f} s"),
        Fact(
            "Picture",
            f"{like.width}×{like.height}, {like.fps:.5g} frames a second, {like.picture_codec}, "
            f"{number(like.picture_kbit)} kbit a second",
        ),
        Fact("Frame", _frame(like)),
    ]
    if like.sound_codec is None:
        return (*facts, Fact("Sound", "none"))
    level = "as in the original" if like.gain_db is None else f"{like.gain_db:+.1f} dB"
    channels = counted(like.channels, "channel") if like.channels else "1 channel"
    sound = (
        f"{like.sound_codec}, {like.rate or 0:,} Hz, {channels}, "
        f"{number(like.sound_kbit)} kbit a second, level {level}"
    )
    return (*facts, Fact("Sound", sound))


def _frame(like: Likeness) -> str:
    parts = ["mirrored"] if like.mirrored else []
    parts += [f"cropped to {size_in_frame(like.crop)}"] if like.crop != _WHOLE else []
    parts += [f"placed on {size_in_frame(like.placed)}"] if like.placed != _WHOLE else []
    return ", ".join(parts) or "whole"
