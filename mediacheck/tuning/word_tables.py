"""The tables of a record that tell of words: are they said to differ, and is a term found that only the clip says?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mediacheck.tuning.error_rates import rate_of
from mediacheck.tuning.figures import CALLED, FIRST, Cell, Table, share_of
from mediacheck.tuning.scores import Score
from mediacheck.tuning.terms import Terms

SAME_WORDS = ("machine-voice-whole",)
OTHER_WORDS = ("dub-whole", "dub-part-4s", "voice-over-6db")

GROUPS: tuple[tuple[str, Callable[[Score], bool]], ...] = (
    ("the same, the same voice", lambda s: s.innocent),
    ("the same, a machine's voice", lambda s: s.recipe.startswith(SAME_WORDS)),
    ("others, by another voice", lambda s: s.recipe.startswith(OTHER_WORDS)),
)


def words(scored: Sequence[Score]) -> Table:
    """Whether words were said to differ, where it is known from the recipe that they do or do not."""
    heard = [s for s in scored if "words" in s.measured]
    rows: list[tuple[Cell, ...]] = []
    for name, belongs in GROUPS:
        for condition in FIRST:
            here = [s for s in heard if belongs(s) and condition in (FIRST[0], s.condition)]
            if not here:
                continue
            compared = [s for s in here if s.comparable]
            rows.append(
                (
                    name,
                    CALLED.get(condition, condition),
                    rate_of((s.source, s.comparable) for s in here),
                    rate_of((s.source, s.words_differ) for s in compared),
                )
            )
    head = ("the clip's words are", "condition", "comparable", "of these said to differ")
    return Table(head, tuple(rows))


ASKED: tuple[tuple[str, Callable[[Score, Terms], bool]], ...] = (
    ("said in both, the same voice: must not be claimed", lambda s, t: s.innocent and not t.new),
    (
        "said in both, a machine's voice: must not be claimed",
        lambda s, t: not s.innocent and not t.new,
    ),
    ("said by the new voice only: must be found", lambda s, t: t.new),
)


def terms(scored: Sequence[Score]) -> Table:
    """Terms said in the clip only, and terms said in both, by whether they were claimed to be in the clip only.

    Noted: heard in sound that is not said to be changed, where the clip is accused of nothing.
    """
    every = [(s, s.terms) for s in scored if s.terms is not None]
    rows: list[tuple[Cell, ...]] = []
    for name, belongs in ASKED:
        for condition in FIRST:
            here = [
                (s, t) for s, t in every if belongs(s, t) and condition in (FIRST[0], s.condition)
            ]
            known = [(s, t) for s, t in here if t.asked]
            if not here:
                continue
            count = sum(t.asked for _, t in known)
            claimed = sum(t.claimed for _, t in known)
            share = share_of((s.source, float(t.claimed), float(t.asked)) for s, t in known)
            rows.append(
                (
                    name,
                    CALLED.get(condition, condition),
                    len(here) - len(known) or "",
                    f"{claimed} of {count}",
                    share,
                    sum(t.noted for _, t in known),
                )
            )
    head = (
        *("terms", "condition", "pairs of which none is known"),
        *("claimed to be in the clip only", "share of terms"),
        "of these noted, not held against the clip",
    )
    return Table(head, tuple(rows))
