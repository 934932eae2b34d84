"""The headline of an open answer says of each stretch what its state says, and asks for what would really help."""

from __future__ import annotations

import pytest

from mediacheck.model import (
    Answer,
    Media,
    PictureState,
    SoundState,
    Span,
    Timeline,
    Transcripts,
    Words,
)
from mediacheck.wording import headline

from .checks.making import BOTH, PICTURE, SOUND, heard, media, shown

UNPLACED = (shown((0, 20), None, state=PictureState.UNDETERMINED),)
NOWHERE = (heard((0, 20), None, SoundState.FOREIGN),)


def said(
    timeline: Timeline,
    clip: Media | None = None,
    original: Media | None = None,
    searched: Span | None = None,
    too_short: bool = False,
) -> str:
    return headline(
        Answer.INCONCLUSIVE,
        (),
        timeline,
        clip or media("c"),
        original or media("0", 60.0),
        Transcripts(),
        Words(False),
        (),
        searched,
        too_short,
    )


def test_sound_found_in_one_stretch_is_not_said_to_be_nowhere() -> None:
    picture = (shown((0, 5), None), shown((5, 8), (0, 3)), shown((8, 20), None))
    sound = (
        heard((0, 5), None, SoundState.FOREIGN),
        heard((5, 8), (0, 3)),
        heard((8, 20), None, SoundState.FOREIGN),
    )
    told = said(Timeline(picture, sound), original=media("0", 3.0))
    assert told == (
        "Inconclusive: the picture of the clip is the original's from 0:00.0 to 0:03.0 and is nowhere in this "
        "original for 17.0 of its 20.0 s; the sound is the original's from 0:00.0 to 0:03.0 and is nowhere in it "
        "for 17.0 of its 20.0 s; the original is 3.0 s long, and the clip 20.0 s. "
        "What would help: a longer copy of the original or the footage that the picture comes from."
    )


def test_sound_found_at_no_moment_is_said_to_be_nowhere() -> None:
    told = said(Timeline(UNPLACED, NOWHERE))
    assert told.startswith(
        "Inconclusive: the picture of the clip could not be placed in this original at any moment; "
        "the sound was found nowhere in it."
    )


def test_a_still_picture_asks_for_its_video() -> None:
    still = media("5", 0.0, streams=(PICTURE,))
    told = said(Timeline(), clip=still)
    assert told == (
        "Inconclusive: the clip is a still picture, with no moments to compare. "
        "What would help: the video that the still picture was taken from, as the clip."
    )
    assert "the original is a still picture" in said(Timeline(), original=still)
    both = said(Timeline(), clip=still, original=still)
    assert "the clip and the original are still pictures" in both


@pytest.mark.parametrize("seconds", [0.2, 0.9])
def test_a_clip_of_less_than_a_second_asks_for_more_of_it_and_not_for_clearer_sound(
    seconds: float,
) -> None:
    short = Timeline((), (heard((0, seconds), None, SoundState.UNDETERMINED),))
    told = said(short, clip=media("c", seconds, streams=BOTH))
    assert f"the clip is {seconds} s long, too short" in told
    assert told.endswith("What would help: a longer copy of the clip.")


def test_a_silent_clip_asks_for_its_sound() -> None:
    silent = Timeline((), (heard((0, 20), None, SoundState.SILENT),))
    told = said(silent, clip=media("c", streams=(SOUND,)))
    assert told == (
        "Inconclusive: the sound is silent. What would help: a copy of the clip with its sound."
    )


def test_a_part_too_short_to_search_asks_for_a_longer_one() -> None:
    told = said(Timeline(UNPLACED, NOWHERE), searched=Span(10.0, 13.0), too_short=True)
    assert "in 0:10.0-0:13.0 of the original, and 3.0 s are too short" in told
    assert told.endswith("a search in a longer part of the original.")


def test_a_track_that_was_not_compared_is_the_reason_and_not_the_one_that_was_found() -> None:
    told = said(Timeline((shown((0, 20), (5, 25)),), ()))
    assert told == (
        "Inconclusive: the picture of the clip is the original's from 0:05.0 to 0:25.0; the sound was not compared. "
        "What would help: a comparison of the sound as well."
    )


def test_a_picture_without_sound_is_too_short_to_search_as_well() -> None:
    silent = media("c", streams=(PICTURE,)), media("0", 2.0, streams=(PICTURE,))
    told = said(Timeline(UNPLACED, ()), *silent, too_short=True)
    assert "nothing of the clip's picture (0:20.0 long) was found in the original, and 2.0" in told
