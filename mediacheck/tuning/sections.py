"""What a record tells of places, frames, sound, edits and words, each with what its tables count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mediacheck.model import Answer
from mediacheck.tuning import picture_tables, sound_tables, word_tables
from mediacheck.tuning.figures import Table
from mediacheck.tuning.hearing import LEAST_PAUSE_S
from mediacheck.tuning.placement import SHORTEST_S
from mediacheck.tuning.scores import Score


@dataclass(frozen=True, slots=True)
class Section:
    """note: what is counted, for whoever reads the tables without having read how they are made."""

    title: str
    note: str
    tables: tuple[Table, ...]


def sections(scored: Sequence[Score]) -> tuple[Section, ...]:
    """Of pairs that did not fail; without tables nothing of the kind was measured."""
    innocent = [s for s in scored if s.innocent]
    altered = [s for s in scored if s.wanted is Answer.ALTERED]
    related = [s for s in scored if s.wanted is not Answer.NOT_IN_ORIGINAL]
    told = (
        Section(
            "Where the picture comes from",
            "Of clips, and parts of clips, that truly show the original running. A clip is placed when more than half"
            f" of that time is placed within {picture_tables.NEAR_S} s of where it comes from; time that was not placed"
            " is not within anything. One frame is that of the file with fewer in a second.",
            (picture_tables.placed(related),),
        ),
        Section(
            "What was placed though it is not there",
            "Other footage, another time on the same set, and the foreign parts of clips that are otherwise copies.",
            (picture_tables.misplaced(scored),),
        ),
        Section(
            "What stayed open",
            "Mean over innocent copies.",
            (picture_tables.still_open(innocent),),
        ),
        Section(
            "How the picture stands in the frame",
            f"Parts of {SHORTEST_S} s and longer that truly show the original. Overlap is intersection over union with"
            " the true box, both of one part of the timeline.",
            (picture_tables.framing(related),),
        ),
        Section(
            "Other voices",
            f"A stretch is found when {sound_tables.MOSTLY:.0%} or more of it was reported as `replaced`, `mixed` or"
            " `muted`. Named: a finding of the true kind touches it, clean and degraded together.",
            (sound_tables.stretches(altered), sound_tables.laid_over(altered)),
        ),
        Section(
            "Innocent sound that was accused",
            f"`replaced` and `mixed` stretches, reported of innocent copies. A pause lasts {LEAST_PAUSE_S} s and more"
            " and has speech on both sides.",
            (sound_tables.false_stretches(innocent),),
        ),
        Section(
            "Kinds of sound",
            "Each true stretch by what most of it was reported as.",
            (sound_tables.kinds(scored),),
        ),
        Section(
            "Shifts and pitch",
            "What was not found is not near enough.",
            (sound_tables.values(scored),),
        ),
        Section(
            "How well whole replacements part from innocent copies",
            "Area under the curve: the share of (replacement, copy) pairs in which the number is on the right side.",
            (sound_tables.parted(scored),),
        ),
        Section(
            "Edits",
            "Joints: only the borders that lie within the clip, of edits that were found.",
            (picture_tables.edits(altered), picture_tables.false_edits(innocent)),
        ),
        Section(
            "Words",
            "Not measured where no words were read (`--transcripts`). Terms are chosen by the bench, always the same:"
            " of copies from what the clip says; of dubs from what the donor's own file was heard to say at that place,"
            " and the original never. Words of four letters and more. A term heard only where the sound was not found"
            " changed is noted, and misheard in one of the two; it is no alteration.",
            (word_tables.words(scored), word_tables.terms(scored)),
        ),
    )
    return tuple(
        Section(each.title, each.note, tuple(table for table in each.tables if table.rows))
        for each in told
    )
