"""The tables of a record that tell of the picture: places, frames, edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from mediacheck.model import Answer, Kind
from mediacheck.tuning.error_rates import EVERY, rate_of
from mediacheck.tuning.figures import Cell, Table, by_condition, share_of, spread_of
from mediacheck.tuning.placement import Framing, Placement
from mediacheck.tuning.scores import Score, Told
from mediacheck.tuning.treatments import DEGRADED

NEAR_S = 0.2
ROUNDED_S = 0.001  # times are stored to the millisecond
ALIKE = 0.95  # intersection over union from which a box is the true one
EDITS = (Kind.CUT, Kind.INSERT, Kind.REORDER, Kind.REPEAT, Kind.FREEZE, Kind.SPEED)
JOINT_S = 0.1

Placed = tuple[Score, Placement]


def placed(scored: Sequence[Score]) -> Table:
    """Clips that truly stem from the original: where their picture was placed, by condition."""

    def row(here: Sequence[Score]) -> tuple[Cell, ...] | None:
        known = [each for each in _placements(here) if each[1].true_s]
        if not known:
            return None
        frames = [(s, p, p.frame_s) for s, p in known]
        return (
            rate_of((s.source, p.share_within(NEAR_S) > 0.5) for s, p in known),
            share_of((s.source, p.share_within(NEAR_S) * p.true_s, p.true_s) for s, p in known),
            share_of(
                (s.source, p.share_within(frame_s + ROUNDED_S) * p.true_s, p.true_s)
                for s, p, frame_s in frames
                if frame_s is not None
            ),
            spread_of((s.source, [off for off in p.off_s if off is not None]) for s, p in known),
        )

    head = (
        "condition",
        "clips placed",
        f"of their time within {NEAR_S} s",
        "within one frame",
        "median error, s",
    )
    rows = list(by_condition(scored, row))
    for name, innocent in (("all, innocent copies", True), ("all, altered", False)):
        here = [s for s in scored if s.innocent is innocent]
        if (cells := row(here)) is not None:
            rows.insert(1 if innocent else 2, (name, *cells))
    return Table(head, tuple(rows))


def misplaced(scored: Sequence[Score]) -> Table:
    """Clips, and parts of clips, of other footage: whether they were placed in the original all the same."""
    rows: list[tuple[Cell, ...]] = []
    known = list(_placements(scored))
    strangers = [each for each in known if each[0].wanted is Answer.NOT_IN_ORIGINAL]
    for name in (EVERY, *sorted({s.recipe for s, _ in strangers})):
        here = [each for each in strangers if name in (EVERY, each[0].recipe)]
        if here:
            rows.append((f"clips: {name}", *_wrongly(here), _sound_wrongly(here)))
    parts = [(s, p) for s, p in known if s.wanted is not Answer.NOT_IN_ORIGINAL and p.foreign_s]
    if parts:
        rows.append(("parts: cutaways, inserts, intros", *_wrongly(parts), ""))
    head = (
        "footage that is not in the original",
        "picture placed",
        "of its time",
        "sound placed",
    )
    return Table(head, tuple(rows))


def _wrongly(known: Sequence[Placed]) -> tuple[Cell, Cell]:
    return (
        rate_of((s.source, p.wrong_s > NEAR_S) for s, p in known),
        share_of((s.source, p.wrong_s, p.foreign_s) for s, p in known),
    )


def _sound_wrongly(known: Sequence[Placed]) -> Cell:
    return rate_of((s.source, p.sound_placed) for s, p in known if "sound" in s.measured)


def still_open(innocent: Sequence[Score]) -> Table:
    """Of innocent copies: what stayed undetermined of the time in which something moves, or somebody speaks."""

    def row(here: Sequence[Score]) -> tuple[Cell, ...]:
        return tuple(
            share_of((s.source, s.open_share[stream], 1.0) for s in here if stream in s.open_share)
            for stream in ("picture", "sound")
        )

    head = ("condition", "picture, moving time undetermined", "sound, speaking time undetermined")
    return Table(head, by_condition(innocent, row))


def framing(scored: Sequence[Score]) -> Table:
    """Parts that were found: whether crop, place in the frame, mirror and turn are the true ones, by condition."""

    def row(here: Sequence[Score]) -> tuple[Cell, ...] | None:
        parts = [(s.source, f) for s, p in _placements(here) for f in p.framing]
        if not parts:
            return None
        found = [(source, f) for source, f in parts if f.found]
        return (
            f"{len(found)} of {len(parts)}",
            rate_of((source, f.crop >= ALIKE) for source, f in found if f.crop is not None),
            rate_of((source, f.placed >= ALIKE) for source, f in found if f.placed is not None),
            _mirrors(found),
            spread_of((source, [f.turned_off]) for source, f in found if f.turned_off is not None),
        )

    head = (
        "condition",
        "parts found",
        f"crop: overlap of {ALIKE} and more",
        f"place in the clip's frame: {ALIKE} and more",
        "mirrored or not, rightly",
        "median error of the turn, degrees",
    )
    return Table(head, by_condition(scored, row))


def _mirrors(found: Sequence[tuple[str, Framing]]) -> Cell:
    return rate_of((source, bool(f.mirrored_right)) for source, f in found)


def edits(scored: Sequence[Score]) -> Table:
    """True edits by kind and recipe, clean and degraded: found, and how far the joints within the clip are off."""
    told = [(s, each) for s in scored for each in s.told if each.kind in EDITS]
    rows: list[tuple[Cell, ...]] = []
    for kind in EDITS:
        of_kind = [(s, each) for s, each in told if each.kind is kind]
        for name in (EVERY, *sorted({s.made for s, _ in of_kind})):
            here = [(s, each) for s, each in of_kind if name in (EVERY, s.made)]
            if here:
                rows.append((f"`{kind}`", name, *_edit(here)))
    head = (
        "kind",
        "made as",
        "lengths, s",
        "found, clean",
        "found, degraded",
        "joints: median error, s",
        f"joints within {JOINT_S} s",
        "within one frame",
    )
    return Table(head, tuple(rows))


def _edit(told: Sequence[tuple[Score, Told]]) -> tuple[Cell, ...]:
    lengths = [each.length_s for _, each in told if each.length_s]
    span = f"{min(lengths):.1f} to {max(lengths):.1f}" if lengths else ""
    worse = [(s, each) for s, each in told if s.condition == DEGRADED]
    better = [(s, each) for s, each in told if s.condition != DEGRADED]
    joints = [(s, each.joints_s) for s, each in told if each.found]
    return (
        span,
        *(rate_of((s.source, each.found) for s, each in here) for here in (better, worse)),
        spread_of((s.source, off_s) for s, off_s in joints),
        rate_of((s.source, off <= JOINT_S) for s, off_s in joints for off in off_s),
        rate_of(
            (s.source, off <= s.placement.frame_s + ROUNDED_S)
            for s, off_s in joints
            if s.placement is not None and s.placement.frame_s is not None
            for off in off_s
        ),
    )


def false_edits(innocent: Sequence[Score]) -> Table:
    """Innocent copies of which an edit was reported, by condition."""

    def row(here: Sequence[Score]) -> tuple[Cell, ...]:
        counted = Counter(kind for kind in chain.from_iterable(s.false for s in here))
        wrong = rate_of((s.source, any(kind in EDITS for kind in s.false)) for s in here)
        return wrong, ", ".join(f"`{kind}` {counted[kind]}" for kind in EDITS if counted[kind])

    head = ("condition", "innocent copies with an edit reported", "as")
    return Table(head, by_condition(innocent, row))


def _placements(scored: Iterable[Score]) -> Iterator[Placed]:
    return ((s, s.placement) for s in scored if s.placement is not None)
