"""The record in a dozen lines: how often the innocent were accused, and how much of what was altered was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mediacheck.model import Answer, Kind
from mediacheck.tuning.error_rates import EVERY, rate_of
from mediacheck.tuning.figures import CALLED, FIRST, Cell, Table, share_of
from mediacheck.tuning.picture_tables import EDITS, NEAR_S
from mediacheck.tuning.scores import Score, Told
from mediacheck.tuning.sound_tables import IN_PAUSE, false_rate, is_whole_dub, reported

LONG_STRETCH_S = 1.0


def glance(scored: Sequence[Score]) -> Table:
    """What matters most, over all and in the two conditions that most recipes are made in."""
    rows = tuple(
        (name, *(cell([s for s in scored if where in (EVERY, s.condition)]) for where in FIRST))
        for name, cell in (
            ("innocent copies called altered", _called(Answer.ALTERED, _innocent)),
            ("innocent copies without an alteration found", _called(_FINE, _innocent)),
            ("not in the original, called altered", _called(Answer.ALTERED, _stranger)),
            ("not in the original, taken for unaltered", _called(_FINE, _stranger)),
            (
                "whole replacements of the voice called altered",
                _called(Answer.ALTERED, is_whole_dub),
            ),
            (
                f"stretches of another voice of {LONG_STRETCH_S:g} s and more found",
                _stretches(True),
            ),
            ("shorter ones found", _stretches(False)),
            ("words put into pauses found", _told(_put_in, lambda t: reported(t))),
            ("false stretches in 30 minutes of innocent sound", false_rate),
            ("edits named as what they are", _told(_edit, lambda t: t.found)),
            ("innocent copies with an edit reported", _edited),
            (f"time placed within {NEAR_S} s", _near),
        )
    )
    return Table(("", *(CALLED.get(name, name) for name in FIRST)), rows)


_FINE = Answer.NO_ALTERATION_FOUND
Figure = Callable[[Sequence[Score]], Cell]


def _called(answer: Answer, belongs: Callable[[Score], bool]) -> Figure:
    return lambda scored: rate_of((s.source, s.answer is answer) for s in scored if belongs(s))


def _told(belongs: Callable[[Score, Told], bool], found: Callable[[Told], bool]) -> Figure:
    return lambda scored: rate_of(
        (s.source, found(t)) for s in scored for t in s.told if belongs(s, t)
    )


def _stretches(long: bool) -> Figure:
    def belongs(_: Score, told: Told) -> bool:
        length = told.length_s or 0.0
        return told.kind is Kind.REPLACED and not told.whole and (length >= LONG_STRETCH_S) is long

    return _told(belongs, reported)


def _innocent(score: Score) -> bool:
    return score.innocent


def _stranger(score: Score) -> bool:
    return score.wanted is Answer.NOT_IN_ORIGINAL


def _put_in(score: Score, told: Told) -> bool:
    return told.kind is Kind.MIXED and score.recipe.startswith(IN_PAUSE)


def _edit(score: Score, told: Told) -> bool:
    return told.kind in EDITS and score.wanted is Answer.ALTERED


def _edited(scored: Sequence[Score]) -> Cell:
    return rate_of((s.source, not {*s.false}.isdisjoint(EDITS)) for s in scored if s.innocent)


def _near(scored: Sequence[Score]) -> Cell:
    known = [(s.source, s.placement) for s in scored if s.placement is not None]
    known = [(source, p) for source, p in known if p.true_s]
    return share_of((source, p.share_within(NEAR_S) * p.true_s, p.true_s) for source, p in known)
