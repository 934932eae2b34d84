"""The still of a term shows who speaks when the word is heard, not when its excerpt is half over."""

from __future__ import annotations

import pytest

from mediacheck.media.showing import of_finding
from mediacheck.model import (
    Finding,
    Kind,
    PictureSegment,
    PictureState,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
    Timeline,
)

CLIP, ORIGINAL = Span(0.0, 30.0), Span(100.0, 130.0)
TIMELINE = Timeline(
    (PictureSegment(CLIP, ORIGINAL, PictureState.MATCHED, 1.0),),
    (SoundSegment(CLIP, None, SoundState.REPLACED),),
)


@pytest.mark.parametrize("hits", [Span(12.0, 12.5), Span(12.0, 27.0)])
def test_the_stills_of_a_term_are_of_the_moment_when_it_is_first_heard(hits: Span) -> None:
    finding = Finding(
        Kind.TERM_ONLY_IN_CLIP, Stream.WORDS, Severity.ALTERATION, hits, None, (), id="f1"
    )
    wanted = of_finding(finding, TIMELINE)
    moments = {each.file: each.span.start for each in wanted if each.sort == "still"}
    assert moments == {"clip": 12.2, "original": 112.2}
    (sound,) = (each for each in wanted if each.sort == "sound" and each.file == "clip")
    assert sound.span.start < 12.0 < sound.span.end
