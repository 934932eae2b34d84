"""Every state of the contract, from tracks made by hand: 20 s of a clip, one number per 0.1 s."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mediacheck.align.sound_segments import sound_segments
from mediacheck.align.sound_tracks import SoundTracks
from mediacheck.align.timeline import SoundTrack, sound_path
from mediacheck.calibration import Calibration
from mediacheck.model import (
    Alignment,
    Null,
    PictureSegment,
    PictureState,
    SoundSegment,
    SoundState,
    Span,
)
from mediacheck.timeline import LIMITS

LIMIT = Calibration.load().limits("timeline", LIMITS)
CLIP_S, ORIGINAL_S = 20.0, 60.0
GRID = 0.1 * (np.arange(200) + 0.5)
SAME, REPLACED, MIXED = SoundState.SAME, SoundState.REPLACED, SoundState.MIXED
MUSIC, SILENT = SoundState.MUSIC_ADDED, SoundState.SILENT
FOREIGN, OPEN = SoundState.FOREIGN, SoundState.UNDETERMINED
NULL = Null(4.5, 1.0, 9.0, 800)
ABSENT = 4.0  # presence as of unrelated sound
BORDER_S = 0.3

Part = tuple[float, float]
WHOLE: Part = (0.0, CLIP_S)


def within(*parts: Part) -> np.ndarray:
    return np.any([(start <= GRID) & (end > GRID) for start, end in parts], axis=0)


def values(base: float, other: float, *parts: Part) -> np.ndarray:
    """One number everywhere, another during the given parts."""
    return np.where(within(*parts), other, base) if parts else np.full(len(GRID), base)


def line_at(offset_s: float = 30.0, speed: float = 1.0) -> SoundTrack:
    """The original speaks on and on and stands clean in the clip."""
    return SoundTrack(
        line=Alignment(offset_s, speed),
        presence=values(60.0, 0),
        presence_long=values(90.0, 0),
        original_level=values(-22.0, 0),
        original_speech=values(0.9, 0),
        null=NULL,
        null_long=NULL,
        cleanliness=values(0.95, 0),
        residual=values(-25.0, 0),
        residual_speech=values(0.05, 0),
        residual_follows=values(0.9, 0),
    )


def absent(*parts: Part, under: float = ABSENT) -> SoundTrack:
    """As the picture's line has it where the sound is another: `under` in the long windows within the parts."""
    parts = parts or (WHOLE,)
    inner = [(start + 1.0 * (start > 0), end - 1.0 * (end < CLIP_S)) for start, end in parts]
    long = values(90.0, under, *[part for part in inner if part[0] < part[1]])
    if parts == (WHOLE,):
        long = values(under, 0)
    return replace(
        line_at(),
        presence=values(60.0, ABSENT, *parts),
        presence_long=long,
        residual=values(-25.0, 12.0, *parts),
    )


def tracks(
    *lines: SoundTrack,
    level: np.ndarray | None = None,
    speech: np.ndarray | None = None,
    clean_split: bool = True,
) -> SoundTracks:
    return SoundTracks(
        grid=GRID,
        level=values(-20.0, 0) if level is None else level,
        speech=values(0.9, 0) if speech is None else speech,
        lines=lines,
        loud=(-18.0, -20.0),
        clean_split=clean_split,
    )


def picture(offset_s: float = 30.0, *parts: Part) -> tuple[PictureSegment, ...]:
    return tuple(
        PictureSegment(
            Span(start, end),
            Span(offset_s + start, offset_s + end),
            PictureState.MATCHED,
            speed=1.0,
            basis="picture",
        )
        for start, end in parts or (WHOLE,)
    )


def unplaced(state: PictureState) -> tuple[PictureSegment, ...]:
    return (PictureSegment(Span(*WHOLE), None, state),)


SHOWN = picture()


def segments(
    made: SoundTracks, shown: tuple[PictureSegment, ...] = SHOWN
) -> tuple[SoundSegment, ...]:
    path = sound_path(made.level, made.lines, made.loud, LIMIT)
    found = sound_segments(made, path, shown, CLIP_S, ORIGINAL_S, LIMIT)
    assert found[0].clip.start == 0.0
    assert found[-1].clip.end == CLIP_S
    assert all(a.clip.end == b.clip.start for a, b in pairwise(found))
    return found


def states(made: SoundTracks, shown: tuple[PictureSegment, ...] = SHOWN) -> list[SoundState]:
    return [part.state for part in segments(made, shown)]


def changed(found: tuple[SoundSegment, ...], state: SoundState, start: float, end: float) -> None:
    """The clip is the original's but for one stretch."""
    assert [part.state for part in found] == [SAME, state, SAME]
    assert tuple(found[1].clip) == (
        pytest.approx(start, abs=BORDER_S),
        pytest.approx(end, abs=BORDER_S),
    )


def test_sound_found_elsewhere_and_at_the_place_shown_is_the_same() -> None:
    """An original that repeats itself holds it twice; the alignment may have named the other place."""
    elsewhere = line_at(5.0)
    there = replace(
        line_at(30.0),
        presence=values(45.0, 0),
        cleanliness=None,
        residual=None,
        residual_speech=None,
        residual_follows=None,
    )
    assert states(tracks(elsewhere, there), SHOWN) == [SAME]
    gone = replace(there, presence=values(ABSENT, 0), presence_long=values(ABSENT, 0))
    assert states(tracks(elsewhere, gone), SHOWN) == [REPLACED]


def test_same() -> None:
    (part,) = segments(tracks(line_at()))
    assert part.state is SAME
    assert part.original == Span(30.0, 50.0)
    assert (part.presence, part.cleanliness, part.residual_db) == (60.0, 0.95, -25.0)


@pytest.mark.parametrize("away_s", [0.12, 1.0, 4.9])
def test_same_sound_beside_its_place_is_the_originals(away_s: float) -> None:
    (part,) = segments(tracks(line_at(30.0 + away_s)))
    assert part.state is SAME
    assert part.original is not None
    assert part.original.start == 30.0 + away_s


def test_sound_from_another_place_of_the_original_is_replaced_and_says_from_where() -> None:
    (part,) = segments(tracks(line_at(10.0), absent()))
    assert part.state is REPLACED
    assert part.original == Span(10.0, 30.0)


def test_the_originals_sound_under_a_cutaway_or_a_still_is_the_same() -> None:
    for state in (PictureState.FOREIGN, PictureState.UNDETERMINED):
        assert states(tracks(line_at()), unplaced(state)) == [SAME]
    assert states(tracks(line_at()), ()) == [SAME]


def test_replaced_throughout() -> None:
    (part,) = segments(tracks(absent()))
    assert (part.state, part.original) == (REPLACED, None)
    assert part.presence == ABSENT


@pytest.mark.parametrize("seconds", [1.0, 1.5, 2.5, 6.0])
def test_replaced_in_part(seconds: float) -> None:
    found = segments(tracks(absent((8.0, 8.0 + seconds))))
    changed(found, REPLACED, 8.0, 8.0 + seconds)
    assert found[1].original is None


def test_other_speech_over_the_original_is_mixed() -> None:
    over: Part = (6.0, 11.0)
    line = replace(
        line_at(),
        residual=values(-25.0, 4.0, over),
        residual_speech=values(0.05, 0.9, over),
        residual_follows=values(0.9, 0.1, over),
    )
    found = segments(tracks(line))
    changed(found, MIXED, *over)
    assert found[1].residual_db == pytest.approx(4.0, abs=1.0)
    assert found[1].original is not None


def test_what_is_left_but_follows_the_original_is_codec_noise() -> None:
    line = replace(
        line_at(), residual=values(2.0, 0), residual_speech=values(0.9, 0)
    )  # as echo and failed prediction leave it
    assert states(tracks(line)) == [SAME]


def test_a_split_that_means_nothing_is_not_looked_at() -> None:
    line = replace(
        line_at(),
        residual=values(8.0, 0),
        residual_speech=values(0.9, 0),
        residual_follows=values(0.0, 0),
    )
    assert states(tracks(line)) == [MIXED]
    assert states(tracks(line, clean_split=False)) == [SAME]


def test_speech_over_an_original_that_only_long_windows_find_is_mixed() -> None:
    found = segments(tracks(absent((6.0, 14.0), under=60.0)))
    changed(found, MIXED, 6.0, 14.0)
    assert found[1].original is not None


def test_anything_else_over_the_original_is_music() -> None:
    line = replace(line_at(), residual=values(-25.0, 9.0, (6.0, 11.0)))
    changed(segments(tracks(line)), MUSIC, 6.0, 11.0)
    buried = absent((6.0, 14.0), under=60.0)
    changed(segments(tracks(buried, speech=values(0.9, 0.0, (6.0, 14.0)))), MUSIC, 6.0, 14.0)


def voice(*parts: Part, speech: float = 0.9, residual: float = 1.0) -> dict[str, np.ndarray]:
    """Of a line: what the original does not explain within the parts, about so loud.

    It wavers too much to be told for a voice over the original.
    """
    wavers = 1.5 * np.where(np.round(GRID / 0.1 - 0.5) // 4 % 2, 1, -1)
    return {
        "residual": np.where(within(*parts), residual + wavers, -25.0),
        "residual_speech": values(0.05, speech, *parts),
        "residual_follows": values(0.9, 0.0, *parts),
    }


def test_speech_in_the_originals_pause_is_mixed_without_presence() -> None:
    pause: Part = (8.0, 12.0)
    line = replace(
        line_at(),
        original_level=values(-22.0, -60.0, pause),
        original_speech=values(0.9, 0.0, pause),
        presence=values(60.0, ABSENT, pause),
        **voice(pause),
    )
    found = segments(tracks(line))
    changed(found, MIXED, *pause)
    assert found[1].presence is None
    quiet = tracks(line, level=values(-20.0, -58.0, pause), speech=values(0.9, 0.0, pause))
    assert states(quiet) == [SAME]


@pytest.mark.parametrize("length_s", [0.5, 1.0])
def test_a_word_is_heard_in_a_pause_that_hardly_outlasts_it(length_s: float) -> None:
    word: Part = (8.1, 8.1 + length_s)
    pause: Part = (8.0, 8.2 + length_s)
    line = replace(
        line_at(),
        original_level=values(-22.0, -60.0, pause),
        **voice((word[0] + 0.1, word[1])),
    )
    level = np.where(within(word) | ~within(pause), -20.0, -58.0)
    changed(segments(tracks(line, level=level)), MIXED, *word)


def in_pause(level: np.ndarray, left: float = 0.9) -> SoundTracks:
    """A clip of that level along an original that pauses from 8 to 12; left: how likely what is left is speech."""
    pause: Part = (8.0, 12.0)
    line = replace(
        line_at(),
        original_level=values(-22.0, -60.0, pause),
        **voice(pause, speech=left),
    )
    return tracks(line, level=level)


def test_an_echo_of_the_last_word_is_no_speech_in_the_pause() -> None:
    falling = np.where(within((8.0, 12.0)), np.maximum(-20.0 - 50 * (GRID - 8.0), -58.0), -20.0)
    assert states(in_pause(falling)) == [SAME]
    risen = np.where(within((8.6, 9.2)), -25.0, falling)
    assert MIXED in states(in_pause(risen))


def test_an_echo_that_the_original_does_not_explain_is_no_speech_in_the_pause() -> None:
    """A hall's late echo outlasts what the split explains, sounds like speech and is as loud as what is explained."""
    fading: Part = (8.0, 8.5)
    line = replace(
        line_at(),
        original_level=values(-22.0, -60.0, (8.0, 12.0)),
        **{**voice((8.0, 12.0)), "residual": values(-25.0, 3.0, fading)},
    )
    falling = np.where(within((8.0, 12.0)), np.maximum(-20.0 - 50 * (GRID - 8.0), -58.0), -20.0)
    assert states(tracks(line, level=falling)) == [SAME]
    said = np.where(within((8.5, 12.0)), -58.0, -20.0)
    assert states(tracks(line, level=said)) == [SAME, MIXED, SAME]


def test_noise_or_murmur_in_a_pause_is_nobody_speaking() -> None:
    assert states(in_pause(values(-20.0, -30.0, (8.0, 12.0)), left=0.1)) == [SAME]
    assert states(in_pause(values(-20.0, -47.0, (8.0, 12.0)))) == [SAME]
    assert states(in_pause(values(-20.0, -30.0, (8.0, 12.0)))) == [SAME, MIXED, SAME]


FAR: Part = (8.0, 12.0)


def far_voice(**left: np.ndarray) -> SoundTrack:
    """An original in which somebody else speaks far from the microphone, 24 dB under the first."""
    return replace(line_at(), original_level=values(-22.0, -46.0, FAR), **left)


@pytest.mark.parametrize(
    "left",
    [
        voice(FAR, residual=-14.0),
        {**voice(FAR), "residual_follows": values(0.9, 0.7, FAR)},
    ],
    ids=["explained", "following"],
)
def test_a_quiet_voice_of_the_originals_that_a_leveller_raised_is_not_mixed(
    left: dict[str, np.ndarray],
) -> None:
    assert states(tracks(far_voice(**left))) == [SAME]
    assert states(tracks(far_voice(**voice(FAR)))) == [SAME, MIXED, SAME]


def test_where_nothing_can_be_split_off_a_raised_voice_may_be_the_originals() -> None:
    raised = far_voice(**voice(FAR))
    assert states(tracks(raised, clean_split=False)) == [SAME]
    silent = replace(raised, original_speech=values(0.9, 0.0, FAR))
    assert states(tracks(silent, clean_split=False)) == [SAME, MIXED, SAME]


def test_the_words_beside_a_short_one_stand_in_its_residual() -> None:
    """The residual is averaged over a second: at the end of half a word the next one of the original counts."""
    word: Part = (8.0, 8.5)
    line = replace(
        line_at(),
        original_level=values(-22.0, -60.0, word),
        **{**voice(word), "residual": np.interp(GRID, [7.9, 8.1, 8.5, 9.0], [-25, 8, -1.5, -25])},
    )
    assert MIXED in states(tracks(line))


def test_a_word_of_a_voice_over_in_which_no_speech_is_told_belongs_to_it() -> None:
    over: Part = (6.0, 11.0)
    line = replace(
        line_at(),
        residual=values(-25.0, 6.0, over),
        residual_speech=values(0.05, 0.9, (6.0, 9.5)),
        residual_follows=values(0.9, 0.1, over),
    )
    changed(segments(tracks(line)), MIXED, *over)
    jingle = replace(line, residual_speech=values(0.05, 0.9, (6.0, 8.0)))
    assert states(tracks(jingle)) == [SAME, MIXED, MUSIC, SAME]


def test_music_is_told_by_the_tones_it_holds_however_quiet() -> None:
    bed: Part = (5.0, 15.0)
    line = replace(line_at(), tones=values(0.0, 1.5, bed), level_under=values(12.0, 0))
    found = segments(tracks(line))
    changed(found, MUSIC, *bed)
    assert found[1].residual_db == -12.0
    assert states(tracks(replace(line, tones=values(0.0, 0.2, bed)))) == [SAME]
    assert states(tracks(replace(line, tones=values(0.0, 1.5, (5.0, 6.5))))) == [SAME]
    rests = replace(line, tones=values(0.0, 1.5, (2.0, 8.0), (11.5, 18.0)))
    changed(segments(tracks(rests)), MUSIC, 2.0, 18.0)


def test_noise_is_added_sound_where_it_drowns_the_original() -> None:
    part: Part = (5.0, 15.0)
    loud = replace(line_at(), tones=values(0.0, 0), residual=values(-25.0, 8.0, part))
    applause = tracks(loud, level=values(-20.0, -12.0, part))
    changed(segments(applause), MUSIC, *part)
    over_a_pause = tracks(loud, level=values(-20.0, -32.0, part))
    assert states(over_a_pause) == [SAME]
    moment: Part = (5.0, 5.6)
    slam = replace(loud, residual=values(-25.0, 8.0, moment))
    assert states(tracks(slam, level=values(-20.0, -12.0, moment))) == [SAME]


def test_what_the_original_is_found_under_is_added_sound_if_it_is_as_loud() -> None:
    part: Part = (6.0, 14.0)
    buried = replace(absent(part, under=60.0), tones=values(0.0, 0), residual=None)
    clip = {"speech": values(0.9, 0.0, part), "level": values(-20.0, -14.0, part)}
    drowned = replace(buried, level_under=values(20.0, -10.0, part))
    assert MUSIC in states(tracks(drowned, **clip))
    hissing = replace(buried, level_under=values(20.0, 5.0, part))
    assert states(tracks(hissing, **clip)) == [SAME]


def test_how_deep_the_original_lies_says_nothing_where_it_stands_on_its_own() -> None:
    """On a line of the picture's that is a tenth of a second off, sums over seconds find nothing to be under."""
    beside = replace(line_at(), residual=None, tones=values(0.0, 0), level_under=values(-25.0, 0))
    assert states(tracks(beside)) == [SAME]


def test_the_held_vowels_of_another_voice_are_no_music() -> None:
    over: Part = (5.0, 15.0)
    voice = replace(
        line_at(),
        residual=values(-25.0, -6.0, over),
        residual_speech=values(0.05, 0.9, over),
        residual_follows=values(0.9, 0.1, over),
        tones=values(0.0, 1.0, over),
    )
    assert states(tracks(voice)) == [SAME]


def test_tones_of_a_stretched_sound_are_the_stretchings() -> None:
    line = replace(line_at(), tones=values(2.0, 0))
    assert states(tracks(line, clean_split=False)) == [SAME]


def test_sums_over_seconds_find_the_original_deep_under_a_voice() -> None:
    null = Null(6.1, 0.8, 10.0, 200)
    deep = replace(
        absent(WHOLE),
        presence_summed=values(25.0, 0),
        null_summed=null,
        level_under=values(-25.0, 0),
    )
    (found,) = segments(tracks(deep))
    assert (found.state, found.residual_db) == (MIXED, 25.0)
    gone = replace(deep, presence_summed=values(7.0, 0))
    assert states(tracks(gone)) == [REPLACED]
    too_short_for_a_null = replace(deep, null_summed=Null(6.1, 0.8, 10.0, 8))
    assert states(tracks(too_short_for_a_null)) == [MIXED]


def test_sums_over_seconds_do_not_hear_what_stands_beside_a_replaced_word() -> None:
    word: Part = (8.0, 12.0)
    short = replace(
        absent(word),
        presence_summed=values(90.0, 0),
        null_summed=Null(6.1, 0.8, 10.0, 200),
    )
    changed(segments(tracks(short)), REPLACED, *word)


def test_a_voice_over_that_hides_the_original_beside_a_pause_of_its_own_goes_on() -> None:
    over, hidden, pause = (0.0, 17.0), (8.0, 9.2), (9.2, 10.0)
    line = replace(
        line_at(),
        presence=values(60.0, ABSENT, hidden),
        residual=np.where(within(pause), -25.0, values(-25.0, 12.0, over)),
        residual_speech=np.where(within(pause), 0.0, values(0.05, 0.9, over)),
        residual_follows=values(0.9, 0.1, over),
    )
    assert REPLACED not in states(tracks(line))


@pytest.mark.parametrize(("breath_s", "stretches"), [(0.8, 1), (1.4, 2)])
def test_a_voice_over_that_takes_breath_is_one_finding(breath_s: float, stretches: int) -> None:
    phrases: tuple[Part, Part] = ((4.0, 8.0), (8.0 + breath_s, 12.0))
    line = replace(
        line_at(),
        residual=values(-25.0, 4.0, *phrases),
        residual_speech=values(0.05, 0.9, *phrases),
        residual_follows=values(0.9, 0.1, *phrases),
    )
    assert states(tracks(line)).count(MIXED) == stretches


def test_a_word_that_is_gone_between_two_phrases_is_no_breath() -> None:
    gone = laid_over((6.0, 8.5), (7.0, 7.6), voice=True)
    assert states(tracks(gone)) == [SAME, MIXED, REPLACED, MIXED, SAME]


def test_words_in_two_pauses_of_the_original_are_two_findings() -> None:
    words: tuple[Part, Part] = ((6.0, 7.0), (7.5, 8.5))
    line = replace(line_at(), original_level=values(-22.0, -60.0, *words), **voice(*words))
    assert states(tracks(line)).count(MIXED) == 2


def test_digital_silence_is_silent_and_says_what_is_missing() -> None:
    found = segments(tracks(line_at(), level=values(-20.0, -120.0, (8.0, 11.0))))
    changed(found, SILENT, 8.0, 11.0)
    assert found[1].original is not None
    assert found[1].original.start == pytest.approx(38.0, abs=BORDER_S)
    assert found[1].presence is None


def test_a_gate_that_shuts_in_short_pauses_is_no_silence() -> None:
    assert states(tracks(line_at(), level=values(-20.0, -120.0, (8.0, 8.6)))) == [SAME]


def test_silence_of_both_is_the_same_sound() -> None:
    line = replace(line_at(), original_level=values(-22.0, -120.0, (8.0, 11.0)))
    assert states(tracks(line, level=values(-20.0, -120.0, (8.0, 11.0)))) == [SAME]


def test_a_clip_that_is_silent_throughout() -> None:
    silent = values(-120.0, 0)
    nothing = replace(absent(), presence=values(0.0, 0), presence_long=values(0.0, 0))
    (part,) = segments(replace(tracks(nothing, level=silent), loud=(-120.0, -20.0)))
    assert (part.state, part.original) == (SILENT, Span(30.0, 50.0))
    both = replace(nothing, original_level=silent)
    (part,) = segments(replace(tracks(both, level=silent), loud=(-120.0, -120.0)))
    assert (part.state, part.original) == (SILENT, None)  # nothing of the original is missing


def test_foreign_where_no_picture_tells_the_place() -> None:
    for shown in ((), unplaced(PictureState.FOREIGN), unplaced(PictureState.UNDETERMINED)):
        (part,) = segments(tracks(), shown)
        assert (part.state, part.original) == (FOREIGN, None)


def test_too_little_sound_is_not_called_foreign() -> None:
    faint = values(-120.0, -20.0, (8.0, 8.5))
    assert FOREIGN not in states(tracks(level=faint), ())


@pytest.mark.parametrize("there", [-120.0, -60.0])
def test_a_silent_original_under_a_picture_never_gives_replaced(there: float) -> None:
    line = replace(absent(), original_level=values(there, 0), original_speech=values(0.0, 0))
    assert states(tracks(line)) == [OPEN]


def test_replaced_does_not_run_on_into_an_original_that_is_silent() -> None:
    line = replace(absent(), original_level=values(-22.0, -120.0, (8.0, 20.0)))
    found = segments(tracks(line))
    assert [part.state for part in found] == [REPLACED, OPEN]
    assert found[0].clip.end == pytest.approx(8.0, abs=BORDER_S)


def test_a_pause_within_replaced_sound_belongs_to_it() -> None:
    line = replace(absent(), original_level=values(-22.0, -120.0, (8.0, 9.5)))
    assert states(tracks(line)) == [REPLACED]


def test_sound_beyond_the_originals_end_is_open() -> None:
    line = line_at(45.0)
    line = replace(line, original_level=values(-22.0, np.nan, (15.0, 20.0)))
    line = replace(line, presence=values(60.0, 0.0, (15.0, 20.0)))
    found = segments(tracks(line), picture(45.0, (0.0, 15.0)))
    assert found[0].state is SAME
    assert found[0].original == Span(45.0, 60.0)
    assert found[0].clip.end == pytest.approx(15.0, abs=BORDER_S)
    assert REPLACED not in [part.state for part in found]


def test_sound_before_the_originals_beginning_is_open() -> None:
    line = replace(line_at(-0.15), original_level=values(-22.0, np.nan, (0.0, 0.1)))
    head, rest = segments(tracks(line), picture(-0.15, (0.15, 20.0)))
    assert (head.state, head.original, head.clip) == (OPEN, None, Span(0.0, 0.15))
    assert (rest.state, rest.original) == (SAME, Span(0.0, 19.85))


def test_flickers_are_not_states() -> None:
    line = replace(line_at(), presence=values(60.0, ABSENT, (5.0, 5.1), (9.0, 9.2)))
    assert states(tracks(line)) == [SAME]


def test_no_windows_have_no_segments() -> None:
    empty = SoundTracks(np.empty(0), np.empty(0), np.empty(0), (), (-20.0, -20.0), True)
    assert sound_segments(empty, np.empty(0, int), SHOWN, 0.0, ORIGINAL_S, LIMIT) == ()


def laid_over(over: Part, gone: Part, *, voice: bool) -> SoundTrack:
    """Something louder over the original, which is itself gone during a part too short to leave the line."""
    return replace(
        line_at(),
        presence=values(60.0, ABSENT, gone),
        residual=values(-25.0, 9.0, over),
        residual_speech=values(0.05, 0.9 if voice else 0.05, over),
        residual_follows=values(0.9, 0.1, over),
    )


def test_a_word_within_added_sound_that_leaves_nothing_of_the_original_is_replaced() -> None:
    spoken = states(tracks(laid_over((6.0, 8.5), (6.0, 6.5), voice=True)))
    assert spoken == [SAME, REPLACED, MIXED, SAME]
    found = segments(tracks(laid_over((6.0, 8.5), (7.0, 7.6), voice=False)))
    assert [part.state for part in found] == [SAME, MUSIC, REPLACED, MUSIC, SAME]
    assert found[2].original is None
    assert found[2].clip.start == pytest.approx(7.0, abs=BORDER_S)


@pytest.mark.parametrize("voice", [True, False])
def test_a_moment_without_the_original_in_a_long_mix_is_not_replaced(voice: bool) -> None:
    gone = (6.0, 6.5) if voice else (7.0, 7.6)
    added = MIXED if voice else MUSIC
    assert states(tracks(laid_over((6.0, 11.0), gone, voice=voice))) == [SAME, added, SAME]


def hidden(seconds: float) -> SoundTrack:
    """Speech over the original from 4 to 16 s, with nothing of the original in the middle."""
    middle = (10.0 - seconds / 2, 10.0 + seconds / 2)
    return replace(
        laid_over((4.0, 16.0), middle, voice=True), presence_long=values(90.0, ABSENT, middle)
    )


def test_an_original_hidden_for_a_moment_of_a_mix_is_mixed_and_for_long_replaced() -> None:
    assert states(tracks(hidden(1.6))) == [SAME, MIXED, SAME]
    assert states(tracks(hidden(3.0))) == [SAME, MIXED, REPLACED, MIXED, SAME]


def unspoken(part: Part, **changed: np.ndarray) -> SoundTrack:
    """An original that holds no more than noise in a part in which the clip's sound is not found."""
    return replace(absent(part), original_speech=values(0.9, 0.0, part), **changed)


def test_noise_for_noise_is_not_called_replaced_and_a_word_or_a_tone_is() -> None:
    part: Part = (8.0, 11.0)
    silent = values(0.9, 0.0, part)
    assert states(tracks(unspoken(part), speech=silent)) == [SAME, OPEN, SAME]
    assert states(tracks(unspoken(part))) == [SAME, REPLACED, SAME]
    assert states(tracks(absent(part), speech=silent)) == [SAME, REPLACED, SAME]
    tone = unspoken(part, tones=values(0.0, 2.0, part))
    assert states(tracks(tone, speech=silent)) == [SAME, REPLACED, SAME]


def test_noise_of_many_seconds_for_other_noise_is_replaced() -> None:
    """Ambience for ambience: a copy, however noisy, would be found by sums over so long."""
    part: Part = (6.0, 13.0)
    silent = values(0.9, 0.0, part)
    assert states(tracks(unspoken(part), speech=silent)) == [SAME, REPLACED, SAME]
    louder = values(-20.0, -12.0, part)
    assert states(tracks(unspoken(part), speech=silent, level=louder)) == [SAME, OPEN, SAME]


THIRDS: tuple[Part, ...] = ((0.0, 6.5), (6.5, 13.0), (13.0, 20.0))
MONTAGE = tuple(
    part for third, at in zip(THIRDS, (10, 20, 30), strict=True) for part in picture(at, third)
)


def montage(gone: Part, **last: np.ndarray) -> list[SoundTrack]:
    """Three places of the original, each heard in its third of the clip; from the last one something is gone."""
    made = []
    for third, at in zip(THIRDS, (10.0, 20.0, 30.0), strict=True):
        presence = values(ABSENT, 60.0, third)
        presence[within(gone)] = ABSENT
        made.append(replace(line_at(at), presence=presence, presence_long=presence))
    return [*made[:2], replace(made[2], **last)]


def test_a_word_gone_from_one_place_of_a_montage_is_replaced() -> None:
    """No line holds half of the clip, and still its sound stands clear wherever it is the original's."""
    gone: Part = (15.0, 17.0)
    found = states(tracks(*montage(gone)), MONTAGE)
    assert found == [SAME, SAME, SAME, REPLACED, SAME]


def test_how_loud_a_copy_is_counts_at_its_own_place() -> None:
    """At the last place the original speaks 20 dB louder than it is heard at the others."""
    gone: Part = (15.0, 17.0)
    others = values(-22.0, -42.0, *THIRDS[:2])
    quiet = values(0.9, 0.0, gone)
    found = states(tracks(*montage(gone, original_level=others), speech=quiet), MONTAGE)
    assert found == [SAME, SAME, SAME, REPLACED, SAME]


@pytest.mark.parametrize(("louder_db", "state"), [(1.0, REPLACED), (5.0, OPEN)])
def test_a_louder_noise_may_hide_the_word_that_it_seems_to_replace(
    louder_db: float, state: SoundState
) -> None:
    """The clip is 2 dB louder than the original, which speaks throughout at -22 dB."""
    part: Part = (8.0, 11.0)
    level = values(-20.0, -20.0 + louder_db, part)
    made = tracks(absent(part), level=level, speech=values(0.9, 0.0, part))
    assert states(made) == [SAME, state, SAME]


def test_how_loud_the_copy_is_does_not_count_the_noise_in_it() -> None:
    """Half of the clip's power is noise: its copy of the original is as loud as that, and hidden 4 dB lower."""
    part: Part = (8.0, 11.0)
    noisy = replace(absent(part), residual=values(0.0, 12.0, part))
    level = values(-20.0, -19.5, part)
    made = tracks(noisy, level=level, speech=values(0.9, 0.0, part))
    assert states(made) == [SAME, OPEN, SAME]


def test_what_the_original_explains_is_the_same_though_presence_lost_it() -> None:
    echoing = replace(absent((6.0, 14.0), under=60.0), residual=values(-25.0, -8.0, (6.0, 14.0)))
    assert states(tracks(echoing)) == [SAME]
    assert MIXED in states(tracks(echoing, clean_split=False))


@pytest.mark.parametrize(
    ("summed", "swing_db", "state"),
    [(10.5, 6.0, OPEN), (10.5, 0.0, REPLACED), (8.0, 6.0, REPLACED)],
    ids=["half found, following", "another voice", "the same words again"],
)
def test_sound_past_recognition_is_open_where_it_follows_the_original(
    summed: float, swing_db: float, state: SoundState
) -> None:
    there = values(-22.0, 0) + 6.0 * np.sin(2 * GRID)
    line = replace(
        absent(),
        original_level=there,
        presence_summed=values(summed, 0),
        null_summed=Null(6.1, 1.22, 9.0, 100),
        residual=None,
        residual_speech=None,
        residual_follows=None,
        cleanliness=None,
    )
    level = values(-20.0, 0) + swing_db * np.sin(2 * GRID) + 1.5 * np.cos(9 * GRID)
    assert states(tracks(line, level=level)) == [state]


def test_noise_over_the_original_that_hides_a_word_of_it_has_not_replaced_it() -> None:
    """As in a word within added sound, but the noise is louder than the word was."""
    line = laid_over((6.0, 8.5), (7.0, 7.6), voice=False)
    assert REPLACED in states(tracks(line))
    assert REPLACED not in states(tracks(line, level=values(-20.0, -12.0, (6.0, 8.5))))


BURIED = 11.0  # presence under heavy noise: four spreads above the null


@pytest.mark.parametrize(("own", "told"), [(60.0, True), (BURIED, False)])
def test_absence_is_not_replacement_where_presence_hardly_stands_out(
    own: float, told: bool
) -> None:
    gone = (8.0, 11.0)
    line = replace(
        line_at(),
        presence=values(own, ABSENT, gone),
        presence_long=values(90.0, ABSENT, gone),
    )
    found = states(tracks(line))
    assert (REPLACED in found) is told
    if not told:
        assert SoundState.UNDETERMINED in found


def test_a_line_known_from_the_picture_alone_is_the_same_only_with_strong_presence() -> None:
    shown = replace(
        line_at(), cleanliness=None, residual=None, residual_speech=None, residual_follows=None
    )
    assert states(tracks(shown)) == [SAME]
    weak = values(BURIED, 0)
    assert states(tracks(replace(shown, presence=weak))) == [OPEN]
    assert states(tracks(replace(line_at(), presence=weak))) == [SAME]  # found by its sound
