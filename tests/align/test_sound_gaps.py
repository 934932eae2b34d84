"""What agreement, two moments to each window of 0.1 s, adds to the states that presence finds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mediacheck.align.timeline import SoundTrack
from mediacheck.model import Alignment, Null, PictureSegment, PictureState, Span

from .test_sound_states import (
    ABSENT,
    MIXED,
    REPLACED,
    SAME,
    Part,
    absent,
    changed,
    line_at,
    picture,
    segments,
    states,
    tracks,
    values,
)

MOMENTS = 0.05 * (np.arange(400) + 0.5)
CHANCE = Null(0.12, 0.08, 0.4, 300)
USUAL, GONE = 0.95, 0.1
HALF_A_SECOND: Part = (8.0, 8.5)


def agreeing(line: SoundTrack, *parts: Part, under: float = GONE) -> SoundTrack:
    """The line with its agreement: `under` within the parts."""
    moments = np.full(len(MOMENTS), USUAL)
    for start, end in parts:
        moments[(start <= MOMENTS) & (end > MOMENTS)] = under
    return replace(line, agreement=moments, chance=CHANCE)


def hole(*parts: Part) -> SoundTrack:
    """Presence as windows of 0.4 s have it: only in the middle of half a second is nothing left."""
    inner = [(start + 0.2, max(end - 0.2, start + 0.3)) for start, end in parts]
    return replace(line_at(), presence=values(60.0, ABSENT, *inner))


def placed(*parts: tuple[float, float, float]) -> tuple[PictureSegment, ...]:
    """(start, end, offset) of each part of the picture, all of them matched."""
    return tuple(
        PictureSegment(
            Span(start, end), Span(start + by, end + by), PictureState.MATCHED, speed=1.0
        )
        for start, end, by in parts
    )


def test_half_a_second_of_something_else_is_replaced() -> None:
    assert states(tracks(hole(HALF_A_SECOND))) == [SAME]  # presence alone cannot tell
    changed(segments(tracks(agreeing(hole(HALF_A_SECOND), HALF_A_SECOND))), REPLACED, 8.0, 8.5)


def test_noise_or_music_over_the_original_lowers_agreement_and_removes_nothing() -> None:
    part: Part = (8.0, 10.0)
    assert states(tracks(agreeing(line_at(), part, under=0.5))) == [SAME]


def test_a_tenth_of_a_second_is_no_state() -> None:
    assert states(tracks(agreeing(hole((8.0, 8.1)), (8.0, 8.1)))) == [SAME]


def test_moments_in_which_nothing_is_heard_disagree_with_nothing() -> None:
    silent: Part = (8.0, 9.0)
    assert states(tracks(agreeing(hole(silent), silent, under=np.nan))) == [SAME]


def test_a_bang_without_speech_must_hide_the_original_for_longer() -> None:
    quiet = values(0.9, 0.0, (7.0, 10.0))
    short, long = HALF_A_SECOND, (8.0, 8.8)
    assert states(tracks(agreeing(hole(short), short), speech=quiet)) == [SAME]
    assert REPLACED in states(tracks(agreeing(hole(long), long), speech=quiet))


def test_where_presence_stays_the_prediction_has_failed() -> None:
    assert states(tracks(agreeing(line_at(), HALF_A_SECOND))) == [SAME]


def test_agreement_that_is_chance_throughout_tells_nothing() -> None:
    part: Part = (0.0, 20.0)
    assert states(tracks(agreeing(hole(HALF_A_SECOND), part, under=0.2))) == [SAME]


def test_a_clip_of_which_too_little_is_the_originals_tells_nothing() -> None:
    found = segments(tracks(agreeing(absent((0.5, 20.0)), (0.5, 20.0))))
    assert REPLACED in [part.state for part in found]  # by presence, which needs no comparison


def test_half_a_second_from_elsewhere_says_from_where() -> None:
    other = replace(line_at(4.0), presence=values(ABSENT, 45.0, HALF_A_SECOND))
    other = agreeing(other, (0.0, 20.0), under=0.05)
    found = segments(tracks(agreeing(hole(HALF_A_SECOND), HALF_A_SECOND), other))
    changed(found, REPLACED, *HALF_A_SECOND)
    assert found[1].original is not None
    assert found[1].original.start == pytest.approx(12.0, abs=0.1)
    nowhere = replace(other, presence=values(ABSENT, 7.0, HALF_A_SECOND))
    found = segments(tracks(agreeing(hole(HALF_A_SECOND), HALF_A_SECOND), nowhere))
    assert found[1].original is None


def test_sound_that_goes_elsewhere_with_its_picture_is_the_originals() -> None:
    """Half a second cut in from 3 s later, picture and sound."""
    other = replace(line_at(33.0), presence=values(ABSENT, 45.0, (8.1, 8.4)))
    other = agreeing(other, (0.0, 8.0), (8.5, 20.0), under=0.05)
    picture = placed((0.0, 8.0, 30.0), (8.0, 8.5, 33.0), (8.5, 20.0, 30.0))
    found = segments(tracks(agreeing(hole(HALF_A_SECOND), HALF_A_SECOND), other), picture)
    assert {part.state for part in found} == {SAME}


def test_another_sound_where_the_picture_goes_elsewhere_is_not_judged_by_the_line_it_left() -> None:
    picture = placed((0.0, 8.0, 30.0), (8.0, 8.5, 33.0), (8.5, 20.0, 30.0))
    found = segments(tracks(agreeing(hole(HALF_A_SECOND), HALF_A_SECOND)), picture)
    assert REPLACED not in {part.state for part in found}


def test_the_original_that_noise_hides_from_presence_is_not_replaced() -> None:
    hidden: Part = (8.0, 9.2)
    buried = absent(hidden, under=60.0)
    assert REPLACED in states(tracks(buried))
    assert states(tracks(agreeing(buried, hidden, under=0.75))) == [SAME]


def test_what_agreement_cannot_tell_is_not_replaced_on_weak_presence() -> None:
    hidden: Part = (8.0, 9.2)
    weak = replace(absent(hidden), presence=values(60.0, 6.8, hidden))
    assert REPLACED in states(tracks(weak))
    assert states(tracks(agreeing(weak, hidden, under=np.nan))) == [SAME]
    nothing = agreeing(absent(hidden), hidden, under=np.nan)
    changed(segments(tracks(nothing)), REPLACED, *hidden)


def test_a_voice_over_that_hides_the_original_for_long_stays_mixed() -> None:
    over: Part = (6.0, 12.0)
    line = replace(
        line_at(),
        presence=values(60.0, 14.0, over),
        residual=values(-25.0, 8.0, over),
        residual_speech=values(0.05, 0.9, over),
        residual_follows=values(0.9, 0.1, over),
    )
    changed(segments(tracks(agreeing(line, over, under=0.2))), MIXED, *over)


def test_a_line_of_another_speed_is_judged_alike() -> None:
    line = replace(hole(HALF_A_SECOND), line=Alignment(30.0, 25 / 24))
    assert states(tracks(agreeing(line, HALF_A_SECOND))) == [SAME, REPLACED, SAME]


def only_shown(offset_s: float) -> SoundTrack:
    """A line that the picture suggests and the sound does not lie on."""
    return replace(
        line_at(offset_s),
        presence=values(ABSENT, 0),
        presence_long=values(ABSENT, 0),
        cleanliness=None,
        residual=None,
        residual_speech=None,
        residual_follows=None,
    )


@pytest.mark.parametrize("late_s", [0.13, 0.2, 0.29])
def test_a_picture_a_little_out_of_step_takes_no_proof_from_the_sound_s_own_line(
    late_s: float,
) -> None:
    hidden: Part = (8.0, 9.2)
    buried = agreeing(absent(hidden, under=60.0), hidden, under=0.75)
    weak = replace(absent(hidden), presence=values(60.0, 6.8, hidden))
    untold = agreeing(weak, hidden, under=np.nan)
    for line in (buried, untold):
        both = tracks(line, only_shown(30.0 + late_s))
        assert states(both, picture(30.0 + late_s)) == [SAME]
