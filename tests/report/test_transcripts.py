"""What is said of the reading of each file."""

from __future__ import annotations

from dataclasses import replace

from mediacheck.report.transcripts import side_by_side

from . import sample


def test_a_language_that_was_given_is_not_called_sure() -> None:
    base = sample.press_qa()
    told = side_by_side(base)
    assert told is not None
    assert " sure), read by" in told.clip.reading
    options = replace(base.question.options, language="en")
    given = side_by_side(replace(base, question=replace(base.question, options=options)))
    assert given is not None
    assert given.clip.reading.startswith("English (as given), read by ")


def test_where_nobody_spoke_no_language_is_told() -> None:
    base = sample.press_qa()
    assert base.transcripts.clip is not None
    silent = replace(base.transcripts.clip, language="und", language_probability=0.0, segments=())
    told = side_by_side(replace(base, transcripts=replace(base.transcripts, clip=silent)))
    assert told is not None
    assert told.clip.reading.startswith("no speech found, read by ")
