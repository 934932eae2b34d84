"""What was said of a clip's sound is weighed by who speaks when, whatever the verdict made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from mediacheck.model import (
    Alignment,
    Comparison,
    Finding,
    Kind,
    Null,
    PictureSegment,
    PictureState,
    Series,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    Stream,
    Timeline,
)
from mediacheck.tuning.hearing import Heard, heard, presence_at_picture, taken_for

Make = Callable[..., Comparison]
SPEAKING = 0.5


def track(name: str, values: tuple[float, ...], line: Alignment | None = None) -> Series:
    """One value for each second, taken in its middle."""
    null = Null(2.0, 1.0, 3.0, 9)
    return Series("s", "sound", name, "", "clip", 0.5, 1.0, values, null=null, alignment=line)


def said(kind: Kind, start: float, end: float, severity: Severity = Severity.ALTERATION) -> Finding:
    return Finding(kind, Stream.SOUND, severity, Span(start, end), None, because=())


def sounding(
    make: Make, speech: tuple[float, ...], *states: SoundState, findings: tuple[Finding, ...] = ()
) -> Heard:
    """Each state holds for one second."""
    parts = tuple(SoundSegment(Span(at, at + 1), None, state) for at, state in enumerate(states))
    told = replace(
        make(), timeline=Timeline(sound=parts), series=(track("speech", speech),), findings=findings
    )
    found = heard(told, SPEAKING)
    assert found is not None
    return found


def test_only_speaking_time_that_is_not_the_originals_counts(comparison: Make) -> None:
    same, other, music = SoundState.SAME, SoundState.REPLACED, SoundState.MUSIC_ADDED
    assert sounding(comparison, (1, 1, 0, 1), same, other, other, music).not_same == pytest.approx(
        1 / 3, abs=1e-4
    )
    assert sounding(comparison, (0, 0), same, other).not_same is None


def test_a_pause_has_speech_on_both_sides(comparison: Make) -> None:
    same = (SoundState.SAME,) * 4
    assert sounding(comparison, (1, 0, 0, 1), *same).has_pause
    assert not sounding(comparison, (0, 0, 1, 1), *same).has_pause
    assert not sounding(comparison, (1, 1, 1, 0), *same).has_pause


def test_music_and_what_is_only_noted_is_no_accusation(comparison: Make) -> None:
    findings = (
        said(Kind.REPLACED, 0, 2),
        said(Kind.MIXED, 2, 3),
        said(Kind.MUSIC_ADDED, 0, 4, Severity.PRESENTATION),
    )
    found = sounding(comparison, (1,) * 4, *(SoundState.SAME,) * 4, findings=findings)
    assert (found.accused, found.accused_s, found.sound_s) == (2, 3, 4)


def test_sound_that_nobody_compared_was_not_heard(comparison: Make) -> None:
    assert heard(comparison(), SPEAKING) is None


def test_a_stretch_is_taken_for_what_covers_most_of_it() -> None:
    findings = (said(Kind.MIXED, 0, 3), said(Kind.REPLACED, 3, 4), said(Kind.PITCH, 0, 10))
    assert taken_for(Span(0, 10), findings) == (Kind.MIXED, 0.4)
    assert taken_for(Span(5, 10), findings) == (None, 0.0)


def test_music_over_the_originals_sound_does_not_count_as_another_sound() -> None:
    findings = (said(Kind.MUSIC_ADDED, 0, 2.5), said(Kind.REPLACED, 3, 6))
    assert taken_for(Span(0, 10), findings) == (Kind.REPLACED, 0.3)


def test_the_originals_sound_at_the_pictures_place_decides_not_where_it_is_found_otherwise(
    comparison: Make,
) -> None:
    """A dub from another time of the same footage is all there, but elsewhere."""
    picture = PictureSegment(Span(0, 4), Span(10, 14), PictureState.MATCHED)
    here, elsewhere = Alignment(10.2), Alignment(30.0)

    def measured(at_picture: float, at_other: float) -> float:
        told = replace(
            comparison(),
            timeline=Timeline(picture=(picture,)),
            series=(
                track("level", (-20.0, -20.0, -120.0, -20.0)),
                track("presence_long", (at_picture,) * 4, here),
                track("presence_long", (at_other,) * 4, elsewhere),
            ),
        )
        found = presence_at_picture(told)
        assert found is not None
        return found

    copy, dub = measured(40.0, 2.0), measured(2.0, 40.0)
    assert copy > 2.9
    assert dub == 0.0


def test_without_a_line_along_the_picture_nobody_knows(comparison: Make) -> None:
    picture = PictureSegment(Span(0, 4), Span(10, 14), PictureState.MATCHED)
    told = replace(
        comparison(),
        timeline=Timeline(picture=(picture,)),
        series=(
            track("level", (-20.0,) * 4),
            track("presence_long", (40.0,) * 4, Alignment(30.0)),
        ),
    )
    assert presence_at_picture(told) is None
