"""The tables of a record, one a section: scores in, Markdown out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise

import numpy as np

from mediacheck.checks import CHECK_OF
from mediacheck.model import Answer, Kind
from mediacheck.tuning import error_rates, figures
from mediacheck.tuning.error_rates import DESCRIBING, EVERY, Rate, rate_of
from mediacheck.tuning.scores import PRESENTED, Score, Told

ANSWERS = tuple(Answer)
LONG_S = 8.0  # shorter clips are seldom what is doubted, and hardest
LENGTHS_S = (0.0, 4.0, LONG_S, 1e4)


def answers(scored: Sequence[Score]) -> str:
    groups: tuple[tuple[str, Callable[[Score], bool]], ...] = (
        ("innocent copy", lambda s: s.innocent),
        ("altered", lambda s: s.wanted is Answer.ALTERED),
        ("not in the original", lambda s: s.wanted is Answer.NOT_IN_ORIGINAL),
        ("cannot be decided", lambda s: s.wanted is Answer.INCONCLUSIVE),
    )
    rows = []
    for name, belongs in groups:
        here = [s for s in scored if belongs(s)]
        if here:
            counted = Counter(s.answer for s in here)
            sources = len({s.source for s in here})
            rows.append((name, len(here), sources, *(counted[answer] or "" for answer in ANSWERS)))
    return table(("the clip is", "pairs", "sources", *(f"`{a}`" for a in ANSWERS)), rows)


def lengths(scored: Sequence[Score]) -> str:
    rows = []
    for least, most in pairwise(LENGTHS_S):
        here = [s for s in scored if least <= s.clip_s < most]
        unaltered, altered = ([s for s in here if s.unaltered is side] for side in (True, False))
        name = f"{least:.0f} s and longer" if most > 1e3 else f"{least:.0f} to {most:.0f} s"
        rows.append(
            (
                name,
                shown(rate_of((s.source, called_altered(s)) for s in unaltered)),
                shown(rate_of((s.source, called_altered(s)) for s in altered)),
            )
        )
    return table(("clip", "unaltered, called altered", "altered, called altered"), rows)


def checks(scored: Sequence[Score]) -> str:
    rows = [
        (f"`{row.check}`", shown(row.false_alarm), shown(row.miss))
        for row in error_rates.rows(scored)
        if row.condition == EVERY and row.check not in DESCRIBING
    ]
    return table(("check", "false alarms", "missed"), rows)


def presentation(scored: Sequence[Score]) -> str:
    """What copying does to a picture or lays under its sound: innocent, so never counted above."""
    rows = []
    for kind in sorted(PRESENTED):
        true = [(s, each) for s in scored for each in s.told if each.kind is kind]
        without = [s for s in scored if all(each.kind is not kind for each in s.told)]
        if not true:
            continue
        if kind not in CHECK_OF:
            rows.append((f"`{kind}`", len(true), "no check looks for it", ""))
            continue
        named = sum(each.found for _, each in true)
        wrong = rate_of((s.source, kind in s.presented) for s in without)
        rows.append((f"`{kind}`", len(true), f"{named} of {len(true)}", shown(wrong)))
    return table(("kind", "clips with it", "named", "named on clips without it"), rows)


def negatives(scored: Sequence[Score]) -> str:
    rows = []
    here = [s for s in scored if s.wanted is Answer.NOT_IN_ORIGINAL]
    for name in sorted({s.recipe for s in here}):
        these = [s for s in here if s.recipe == name]
        counted = Counter(s.answer for s in these)
        sources = len({s.source for s in these})
        rows.append((name, len(these), sources, *(counted[answer] or "" for answer in ANSWERS)))
    return table(("recipe", "pairs", "sources", *(f"`{a}`" for a in ANSWERS)), rows)


def innocents(innocent: Sequence[Score]) -> str:
    rows = []
    for name in sorted({s.recipe for s in innocent}):
        here = [s for s in innocent if s.recipe == name]
        counted = Counter(s.answer for s in here)
        false = ", ".join(sorted({str(kind) for s in here for kind in s.false}))
        rows.append((name, here[0].condition if here else "", len(here), *_three(counted), false))
    return table(
        (
            "recipe", "condition", "pairs", "no alteration found", "left open", "called altered",
            "wrongly reported",
        ),
        rows,
    )  # fmt: skip


def _three(counted: Mapping[Answer | None, int]) -> tuple[object, object, object]:
    left = counted.get(Answer.INCONCLUSIVE, 0) + counted.get(Answer.NOT_IN_ORIGINAL, 0)
    return (
        counted.get(Answer.NO_ALTERATION_FOUND, 0),
        left or "",
        counted.get(Answer.ALTERED, 0) or "",
    )


def alterations(altered: Sequence[Score]) -> str:
    rows = []
    for name in sorted({s.recipe for s in altered}):
        here = [s for s in altered if s.recipe == name]
        told = _alterations_of(here)
        rows.append(
            (
                name,
                len(here),
                len({s.source for s in here}),
                shown(rate_of((s.source, called_altered(s)) for s in here)),
                f"{sum(each.found for each in told)} of {len(told)}" if told else "",
            )
        )
    return table(("recipe", "pairs", "sources", "called altered", "named as what it is"), rows)


def _alterations_of(altered: Sequence[Score]) -> list[Told]:
    """What is true of them besides how they are presented."""
    return [each for s in altered for each in s.told if each.kind not in PRESENTED]


def places(scored: Sequence[Score]) -> str:
    by_kind: dict[Kind, list[Told]] = {}
    for each in chain.from_iterable(s.told for s in scored):
        if each.off_s:
            by_kind.setdefault(each.kind, []).append(each)
    rows = []
    for kind in sorted(by_kind):
        off = [value for each in by_kind[kind] for value in each.off_s]
        values = [each.value_off for each in by_kind[kind] if each.value_off is not None]
        rows.append(
            (
                f"`{kind}`",
                len(by_kind[kind]),
                f"{np.median(off):.2f}",
                f"{np.quantile(off, 0.95):.2f}",
                f"{np.median(values):.3f}" if values else "",
            )
        )
    return table(("kind", "found", "median s", "95 % within s", "median error of its value"), rows)


def confusion(altered: Sequence[Score]) -> str:
    told = _alterations_of(altered)
    rows = []
    for kind in sorted({each.kind for each in told}):
        here = [each for each in told if each.kind == kind]
        missed = sum(not each.found and not each.taken_for for each in here)
        other = Counter(k for each in here if not each.found for k in each.taken_for)
        named = ", ".join(f"`{k}` {n}" for k, n in other.most_common())
        rows.append((f"`{kind}`", len(here), sum(e.found for e in here), named, missed or ""))
    return table(("true kind", "times", "found", "called something else", "not noticed"), rows)


def aucs(scored: Sequence[Score]) -> str:
    asked = (
        (
            "motion along the best line, innocent against unrelated",
            "motion",
            lambda s: s.innocent,
            lambda s: s.wanted is Answer.NOT_IN_ORIGINAL,
        ),
    )
    rows = []
    for name, statistic, positive, negative in asked:
        found = error_rates.auc_over_sources(scored, statistic, positive, negative)
        known = [s for s in scored if statistic in s.statistics]
        sides = f"{sum(map(positive, known))} / {sum(map(negative, known))}"
        shown = "not measured" if found is None else "{:.4f} ({:.4f} to {:.4f})".format(*found)
        rows.append((name, sides, shown))
    return table(("number", "pairs", "AUC"), rows)


def failures(failed: Sequence[Score]) -> str:
    if not failed:
        return "None."
    return "\n".join(f"- {s.recipe} of {s.source}: {s.failure}" for s in failed)


def called_altered(score: Score) -> bool:
    return score.answer is Answer.ALTERED


def shown(rate: Rate | None) -> str:
    return figures.shown(rate)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell) for cell in row)} |"
