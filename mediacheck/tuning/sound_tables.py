"""The tables of a record that tell of the sound: other voices, and how long, how loud and how far off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from mediacheck.model import Kind
from mediacheck.tuning import error_rates
from mediacheck.tuning.error_rates import rate_of
from mediacheck.tuning.figures import CALLED, FIRST, Cell, Table, by_condition, share_of, spread_of
from mediacheck.tuning.hearing import LEAST_PAUSE_S, STRETCHES, Heard
from mediacheck.tuning.scores import Score, Told
from mediacheck.tuning.treatments import DEGRADED

MOSTLY = 0.5  # of a stretch, that must have been reported
VOICES = {
    "another voice": "dub-",
    "the same voice, other words": "own-voice-",
    "a machine's voice": "machine-voice-",
}
HALF_HOUR_S = 1800.0
NOISY = "noise"  # the recipe, by its name; the condition holds what was denoised too
LEVELS = ("voice-over-6db", "voice-over", "voice-over-25db")
IN_PAUSE = "words-in-pause"
WHOLE_DUBS = ("dub-whole", "own-voice-whole", "machine-voice-whole")
WHOLE = "whole"
LATE_S, LATE_OFF_S, PITCH_OFF = 0.08, 0.03, 0.2

Stretch = tuple[Score, Told]


def stretches(scored: Sequence[Score]) -> Table:
    """True `replaced` stretches by voice and length: whether most of each was reported as another sound."""
    rows: list[tuple[Cell, ...]] = []
    for voice, start in VOICES.items():
        told = [t for t in _told(scored, (Kind.REPLACED,)) if t[0].recipe.startswith(start)]
        for length in sorted({_length(each) for _, each in told}, key=_order):
            rows.append((voice, length, *_found([t for t in told if _length(t[1]) == length])))
    told = list(_told(scored, (Kind.REPLACED,)))
    if told:
        rows.append(("every", "every", *_found(told)))
    return Table(("by", "length", *_FOUND), tuple(rows))


_FOUND = (
    "found, clean",
    "found, degraded",
    "named as the kind it is",
    "borders within the clip: median error, s",
)


def _found(told: Sequence[Stretch]) -> tuple[Cell, ...]:
    worse = [(s, each) for s, each in told if s.condition == DEGRADED]
    better = [(s, each) for s, each in told if s.condition != DEGRADED]
    return (
        *(rate_of((s.source, reported(each)) for s, each in here) for here in (better, worse)),
        rate_of((s.source, each.found) for s, each in told),
        spread_of((s.source, each.joints_s) for s, each in told if each.found),
    )


def reported(told: Told) -> bool:
    return told.most in (Kind.REPLACED, Kind.MIXED, Kind.MUTED) and told.covered >= MOSTLY


def laid_over(scored: Sequence[Score]) -> Table:
    """Other speech over the original's sound: by the level of what is under it, and in its pauses by length."""
    rows: list[tuple[Cell, ...]] = []
    every = list(_told(scored, (Kind.MIXED,)))
    names = {s.made for s, _ in every}
    for name in (*LEVELS, *sorted(names - {*LEVELS})):
        here = [(s, each) for s, each in every if s.made == name]
        lengths = [each.length_s for _, each in here if each.length_s]
        if not here:
            continue
        if name in LEVELS:
            what = f"original {-(here[0][1].value or 0):.0f} dB lower"
        elif name.startswith(IN_PAUSE) and lengths:
            what = f"in a pause, {min(lengths):.1f} to {max(lengths):.1f} s: {name}"
        else:
            what = name
        rows.append((what, *_found(here)))
    return Table(("other speech over the original's", *_FOUND), tuple(rows))


def false_stretches(innocent: Sequence[Score]) -> Table:
    """`replaced` and `mixed` stretches in half an hour of innocent sound, by condition."""

    def row(here: Sequence[Score]) -> tuple[Cell, ...] | None:
        known = list(_heard(here))
        seconds = sum(h.sound_s for _, h in known)
        if not seconds:
            return None
        return (
            rate_of((s.source, h.accused > 0) for s, h in known),
            round(seconds / 60, 1),
            false_rate(here),
            share_of((s.source, h.accused_s, h.sound_s) for s, h in known),
        )

    rows = list(by_condition(innocent, row))
    for name, here in (
        ("noise 10 to 18 dB below the speech", [s for s in innocent if s.recipe == NOISY]),
        (
            f"a pause of {LEAST_PAUSE_S} s and more in the speech",
            [s for s, h in _heard(innocent) if h.has_pause],
        ),
    ):
        if here and (cells := row(here)) is not None:
            rows.append((name, *cells))
    head = (
        "innocent sound",
        "pairs with a false stretch",
        "minutes",
        "false stretches in 30 minutes",
        "of its time",
    )
    return Table(head, tuple(rows))


def false_rate(scored: Sequence[Score]) -> float | None:
    """`replaced` and `mixed` stretches that were reported in half an hour of the innocent sound among them."""
    known = [h for s, h in _heard(scored) if s.innocent]
    seconds = sum(h.sound_s for h in known)
    return round(HALF_HOUR_S * sum(h.accused for h in known) / seconds, 2) if seconds else None


def kinds(scored: Sequence[Score]) -> Table:
    """True stretches of sound by what most of each was reported as."""
    rows: list[tuple[Cell, ...]] = []
    for kind in STRETCHES:
        told = list(_told(scored, (kind,)))
        if told:
            rows.append((f"`{kind}`", *_confused(Counter(each.most for _, each in told), told)))
    quiet = [s for s, _ in _heard(scored) if s.innocent and not _stretched(s)]
    counted = Counter(kind for s in quiet for kind in {*s.false, *s.presented} & {*STRETCHES})
    nothing = sum(not {*s.false, *s.presented} & {*STRETCHES} for s in quiet)
    rows.append(
        (
            "none of them: innocent copies",
            len(quiet),
            len({s.source for s in quiet}),
            *(counted[kind] or "" for kind in STRETCHES),
            nothing or "",
        )
    )
    head = (
        *("true", "stretches", "sources"),
        *(f"reported `{kind}`" for kind in STRETCHES),
        "reported nothing",
    )
    return Table(head, tuple(rows))


def _confused(counted: Counter[Kind | None], told: Sequence[Stretch]) -> tuple[Cell, ...]:
    return (
        len(told),
        len({s.source for s, _ in told}),
        *(counted[kind] or "" for kind in (*STRETCHES, None)),
    )


def _stretched(score: Score) -> bool:
    return any(each.kind in STRETCHES for each in score.told)


def values(scored: Sequence[Score]) -> Table:
    """How far the value of a shift or a pitch is off; one that was not found counts as not within."""
    rows: list[tuple[Cell, ...]] = []
    asked: tuple[tuple[str, Kind, float, float], ...] = (
        (f"`desync` of {LATE_S * 1000:.0f} ms and more, in s", Kind.DESYNC, LATE_S, LATE_OFF_S),
        ("`pitch`, in semitones", Kind.PITCH, 0.0, PITCH_OFF),
    )
    for name, kind, least, within in asked:
        every = [(s, t) for s, t in _told(scored, (kind,)) if abs(t.value or 0.0) >= least]
        for condition in FIRST:
            told = [(s, t) for s, t in every if condition in (FIRST[0], s.condition)]
            if not told:
                continue
            off = [(s, t.value_off) for s, t in told if t.value_off is not None]
            rows.append(
                (
                    name,
                    CALLED.get(condition, condition),
                    rate_of((s.source, t.found) for s, t in told),
                    f"within {within}",
                    rate_of(
                        (s.source, t.value_off is not None and t.value_off <= within + 1e-9)
                        for s, t in told
                    ),
                    spread_of((s.source, [each]) for s, each in off),
                )
            )
    head = ("value", "condition", "found", "near enough", "so near", "median error where found")
    return Table(head, tuple(rows))


def parted(scored: Sequence[Score]) -> Table:
    """Whole replacements against innocent copies by two numbers, as areas under the curve."""
    rows: list[tuple[Cell, ...]] = []
    for statistic, name, more, less in (
        (
            "not_same",
            "share of the speaking time that is not the original's sound",
            is_whole_dub,
            _is_innocent,
        ),
        (
            "presence",
            "presence of the original's sound where the picture is",
            _is_innocent,
            is_whole_dub,
        ),
    ):
        for condition in FIRST:
            here = [s for s in scored if condition in (FIRST[0], s.condition)]
            found = error_rates.auc_over_sources(here, statistic, more, less)
            if found is None:
                continue
            known = [s for s in here if statistic in s.statistics]
            shown = "{:.4f} ({:.4f} to {:.4f})".format(*found)
            dubs = [s for s in known if is_whole_dub(s)]
            copies = [s for s in known if s.innocent]
            rows.append(
                (name, CALLED.get(condition, condition), _counted(dubs), _counted(copies), shown)
            )
    head = ("number", "condition", "whole replacements", "innocent copies", "AUC")
    return Table(head, tuple(rows))


def is_whole_dub(score: Score) -> bool:
    return score.recipe.startswith(WHOLE_DUBS)


def _is_innocent(score: Score) -> bool:
    return score.innocent


def _counted(scored: Sequence[Score]) -> str:
    return f"{len(scored)} pairs, {len({s.source for s in scored})} sources"


def _told(scored: Iterable[Score], wanted: tuple[Kind, ...]) -> Iterator[Stretch]:
    return ((s, t) for s in scored for t in s.told if t.kind in wanted)


def _heard(scored: Iterable[Score]) -> Iterator[tuple[Score, Heard]]:
    return ((s, s.heard) for s in scored if s.heard is not None)


def _length(told: Told) -> str:
    return WHOLE if told.whole or told.length_s is None else f"{told.length_s:g} s"


def _order(length: str) -> float:
    return float("inf") if length == WHOLE else float(length.removesuffix(" s"))
