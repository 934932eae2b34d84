"""What one channel alone holds is told apart, and an innocent stereo copy is left as it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mediacheck.align.sound_channels import SIDES, ChannelTrack, ChannelTracks, with_channels
from mediacheck.calibration import Calibration
from mediacheck.model import Alignment, Channel, SoundSegment, SoundState, Span
from mediacheck.timeline import LIMITS

LINE = Alignment(5.0)
GRID = 0.1 * (np.arange(200) + 0.5)
CLEAN = -20.0  # dB of what the original leaves unexplained in a copy


def limits() -> dict[str, float]:
    return dict(Calibration.load().limits("timeline", LIMITS))


def channel(
    name: Channel,
    residual: float = CLEAN,
    *,
    speech: float = 0.0,
    follows: float = 0.0,
    level: float = -20.0,
    over: tuple[float, float] = (0.0, 20.0),
) -> ChannelTrack:
    """A channel that holds this over a part of the clip, and elsewhere a clean copy."""
    there = (over[0] <= GRID) & (over[1] > GRID)
    return ChannelTrack(
        name,
        LINE,
        np.full(len(GRID), level),
        np.where(there, residual, CLEAN),
        np.where(there, speech, 0.0),
        np.where(there, follows, 0.7),
    )


VOICE = {"residual": 10.0, "speech": 0.9}
SAME = SoundSegment(Span(0, 20), Span(5, 25), SoundState.SAME, 60.0, 0.9, -20.0)


def told(
    left: ChannelTrack, right: ChannelTrack, *parts: SoundSegment
) -> list[tuple[tuple[float, ...], str, str | None]]:
    found = with_channels(parts or (SAME,), ChannelTracks(GRID, (left, right)), limits())
    return [(tuple(part.clip), part.state.value, part.channel) for part in found]


def test_a_stereo_copy_stays_the_originals() -> None:
    assert told(channel("left"), channel("right", -17.0)) == [((0, 20), "same", None)]


def test_a_voice_in_one_channel_lies_over_the_original() -> None:
    assert told(channel("left"), channel("right", **VOICE)) == [((0, 20), "mixed", "right")]


def test_a_voice_in_a_part_has_the_parts_borders_and_place_and_its_own_level() -> None:
    voice = channel("left", **VOICE, over=(6.0, 12.0))
    found = with_channels((SAME,), ChannelTracks(GRID, (voice, channel("right"))), limits())
    assert [part.state.value for part in found] == ["same", "mixed", "same"]
    assert found[1].clip == Span(6.0, 12.0)
    assert found[1].original == Span(11.0, 17.0)
    assert found[1].channel == "left"
    assert [part.residual_db for part in found] == [-20.0, 10.0, -20.0]


DROWNED = SoundSegment(Span(8, 10), None, SoundState.REPLACED, 4.0)
AROUND = replace(SAME, clip=Span(0, 8), original=Span(5, 13)), DROWNED
BEHIND = replace(SAME, clip=Span(10, 20), original=Span(15, 25))


def test_a_voice_that_drowns_the_original_in_mono_lies_beside_it_in_one_channel() -> None:
    voice = channel("right", **VOICE, over=(6.0, 12.0))
    found = told(channel("left"), voice, *AROUND, BEHIND)
    assert found == [((0, 6), "same", None), ((6, 12), "mixed", "right"), ((12, 20), "same", None)]


def test_what_replaced_the_original_in_both_channels_stays_replaced() -> None:
    both = [channel(side, **VOICE, over=(8.0, 10.0)) for side in SIDES]
    assert told(both[0], both[1], *AROUND, BEHIND)[1] == ((8, 10), "replaced", None)
    unlike = channel("left", 3.0, over=(8.0, 10.0)), channel("right", 15.0, over=(8.0, 10.0))
    assert told(*unlike, *AROUND, BEHIND)[1] == ((8, 10), "replaced", None)


@pytest.mark.parametrize(
    "right",
    [
        channel("right", **VOICE, over=(6.0, 6.4)),  # shorter than a short word
        channel("right", 10.0, speech=0.9, follows=0.8),  # echo and failed prediction follow
        channel("right", -9.0, speech=0.9),  # too little to be a voice
        channel("right", 10.0, speech=0.9, level=-50.0),  # noise of a channel with nothing in it
    ],
    ids=["short", "following", "weak", "quiet"],
)
def test_what_is_no_other_voice_is_left_alone(right: ChannelTrack) -> None:
    assert told(channel("left"), right) == [((0, 20), "same", None)]


def test_what_both_channels_hold_is_for_mono_to_judge() -> None:
    both = channel("left", **VOICE), channel("right", **VOICE)
    assert told(*both) == [((0, 20), "same", None)]


def test_music_in_one_channel_is_presentation() -> None:
    assert told(channel("left"), channel("right", 10.0)) == [((0, 20), "music_added", "right")]


def test_a_hum_in_one_channel_that_only_pauses_lay_bare_is_no_added_sound() -> None:
    """The original pauses from 5 to 10: what is left stands over it, and far under its voice."""
    pause = (5.0, 10.0)
    left, right = channel("left"), channel("right", 10.0, over=pause)
    during = (pause[0] <= GRID) & (pause[1] > GRID)
    humming = replace(right, level=np.where(during, -35.0, -20.0))
    assert told(left, humming) == [((0, 20), "same", None)]
    applause = replace(right, level=np.where(during, -15.0, -20.0))
    assert told(left, applause) == [
        ((0, 5), "same", None),
        ((5, 10), "music_added", "right"),
        ((10, 20), "same", None),
    ]


def test_what_mono_heard_gets_its_channel_and_becomes_one() -> None:
    parts = (
        replace(SAME, clip=Span(0, 8), original=Span(5, 13), state=SoundState.MIXED),
        replace(SAME, clip=Span(8, 20), original=Span(13, 25)),
    )
    assert told(channel("left"), channel("right", **VOICE), *parts) == [((0, 20), "mixed", "right")]


def mixed(start: float, end: float, residual_db: float, offset_s: float = 5.0) -> SoundSegment:
    """What mono heard, of which the channels tell what they hold."""
    place = Span(start + offset_s, end + offset_s)
    return SoundSegment(Span(start, end), place, SoundState.MIXED, 60.0, 0.9, residual_db)


def test_moments_of_a_voice_that_no_channel_tells_belong_to_it() -> None:
    voice = channel("right", **VOICE, over=(2.0, 9.0))
    parts = (
        replace(SAME, clip=Span(0, 1), original=Span(5, 6)),
        mixed(1, 2, 0.0),
        mixed(2, 9, 4.0),
        mixed(9, 9.5, 2.0),
        replace(SAME, clip=Span(9.5, 20), original=Span(14.5, 25)),
    )
    found = with_channels(parts, ChannelTracks(GRID, (channel("left"), voice)), limits())
    assert [(tuple(p.clip), p.state.value, p.channel) for p in found] == [
        ((0, 1), "same", None),
        ((1, 9.5), "mixed", "right"),
        ((9.5, 20), "same", None),
    ]
    assert found[1].original == Span(6, 14.5)
    assert found[1].residual_db == pytest.approx((7 * 10.0 + 0.5 * 2.0) / 8.5, abs=0.05)


def test_a_voice_that_mostly_stands_in_both_channels_is_of_none() -> None:
    voice = channel("right", **VOICE, over=(9.0, 12.0))
    assert told(channel("left"), voice, mixed(1, 9, 4.0), mixed(9, 12, 4.0)) == [
        ((1, 12), "mixed", None)
    ]


@pytest.mark.parametrize(
    "parts",
    [
        (mixed(1, 2, 0.0), mixed(2, 9, 4.0, offset_s=7.0)),  # another place of the original
        (mixed(1, 1.9, 0.0), mixed(2, 9, 4.0)),  # not beside each other
    ],
)
def test_voices_over_two_places_are_two(parts: tuple[SoundSegment, ...]) -> None:
    assert len(told(channel("left"), channel("right", **VOICE, over=(2.0, 9.0)), *parts)) == 2


def test_voices_of_both_channels_are_two() -> None:
    left = channel("left", **VOICE, over=(1.0, 5.0))
    right = channel("right", **VOICE, over=(5.0, 9.0))
    assert told(left, right, mixed(1, 5, 4.0), mixed(5, 9, 4.0)) == [
        ((1, 5), "mixed", "left"),
        ((5, 9), "mixed", "right"),
    ]


@pytest.mark.parametrize(
    "part",
    [
        replace(SAME, state=SoundState.REPLACED),
        replace(SAME, state=SoundState.SILENT),
        replace(SAME, original=None, state=SoundState.UNDETERMINED),
        replace(SAME, original=Span(40, 60)),  # on no line that was compared
    ],
)
def test_other_states_are_not_touched(part: SoundSegment) -> None:
    voice = channel("left"), channel("right", **VOICE)
    assert with_channels((part,), ChannelTracks(GRID, voice), limits()) == (part,)
