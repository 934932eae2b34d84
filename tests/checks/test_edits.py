"""Each way to retell a film, and beside it the innocent clip that looks like it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from mediacheck.checks.base import series
from mediacheck.checks.edits import numbers_of
from mediacheck.model import (
    Alignment,
    Box,
    Finding,
    Measured,
    Measurement,
    PictureSegment,
    PictureState,
    Severity,
    SoundState,
    Span,
)

from .making import PICTURE, heard, judged, media, numbers, record, shown, told

OPEN = PictureState.UNDETERMINED


def edits(*picture: PictureSegment) -> list[Finding]:
    return judged("edits", record(picture))


def spans(finding: Finding) -> tuple[tuple[float, float] | None, tuple[float, float] | None]:
    clip, original = finding.clip, finding.original
    return (
        None if clip is None else (clip.start, clip.end),
        None if original is None else (original.start, original.end),
    )


def test_an_excerpt_is_not_a_cut() -> None:
    assert edits(shown((0, 20), (30, 50))) == []


def test_nothing_matched_tells_no_story() -> None:
    assert edits(shown((0, 20), None)) == []
    assert edits() == []


def test_time_that_is_missing_between_two_parts_is_a_cut() -> None:
    (cut,) = edits(shown((0, 8), (10, 18)), shown((8, 20), (21, 33)))
    assert told([cut]) == [("cut", "alteration")]
    assert spans(cut) == ((8, 8), (18, 21))


def test_a_joint_that_is_not_exact_is_no_cut() -> None:
    assert edits(shown((0, 8), (10, 18)), shown((8, 20), (18.1, 30.1))) == []


def test_a_fifth_of_a_second_that_is_missing_is_a_cut() -> None:
    (found,) = edits(shown((0, 8), (10, 18)), shown((8, 20), (18.2, 30.2)))
    assert told([found]) == [("cut", "alteration")]


def test_what_stands_elsewhere_in_the_clip_is_not_cut() -> None:
    found = edits(shown((0, 6), (10, 16)), shown((6, 14), (20, 28)), shown((14, 18), (16, 20)))
    assert told(found) == [("reorder", "alteration")]
    assert spans(found[0]) == ((14, 18), (16, 20))


def test_two_cuts_are_two_findings() -> None:
    found = edits(shown((0, 5), (0, 5)), shown((5, 10), (9, 14)), shown((10, 20), (20, 30)))
    assert [spans(finding) for finding in found] == [((5, 5), (5, 9)), ((10, 10), (14, 20))]


def test_foreign_footage_between_matched_parts_is_an_insert() -> None:
    (insert,) = edits(shown((0, 8), (10, 18)), shown((8, 12), None), shown((12, 20), (18, 26)))
    assert told([insert]) == [("insert", "alteration")]
    assert spans(insert) == ((8, 12), None)


def test_a_cutaway_is_an_insert_that_hides_and_removes_nothing() -> None:
    found = edits(shown((0, 8), (10, 18)), shown((8, 12), None), shown((12, 20), (22, 30)))
    assert told(found) == [("insert", "alteration")]


def test_an_insert_over_a_cut_is_both() -> None:
    found = edits(shown((0, 8), (10, 18)), shown((8, 12), None), shown((12, 20), (40, 48)))
    assert told(found) == [("insert", "alteration"), ("cut", "alteration")]
    assert spans(found[1]) == ((8, 12), (18, 40))


def test_a_foreign_head_or_tail_is_no_insert() -> None:
    assert edits(shown((0, 5), None), shown((5, 15), (30, 40)), shown((15, 20), None)) == []


def test_a_hard_transition_and_an_open_stretch_are_no_inserts() -> None:
    assert edits(shown((0, 8), (10, 18)), shown((8, 8.8), None), shown((8.8, 20), (18.8, 30))) == []
    gap = shown((8, 12), None, state=OPEN)
    assert edits(shown((0, 8), (10, 18)), gap, shown((12, 20), (22, 30))) == []


def test_the_shorter_part_out_of_order_is_named() -> None:
    (moved,) = edits(shown((0, 4), (30, 34)), shown((4, 20), (10, 26)))
    assert told([moved]) == [("reorder", "alteration")]
    assert spans(moved) == ((0, 4), (30, 34))


def test_of_two_equal_parts_out_of_order_the_later_is_named() -> None:
    (moved,) = edits(shown((0, 10), (30, 40)), shown((10, 20), (10, 20)))
    assert spans(moved) == ((10, 20), (10, 20))


def test_parts_that_run_on_are_one_reordered_part() -> None:
    (moved,) = edits(
        shown((0, 10), (10, 20)),
        shown((10, 12), (2, 4), basis="sound"),
        shown((12, 15), (4, 7)),
        shown((15, 20), (20, 25)),
    )
    assert spans(moved) == ((10, 15), (2, 7))


def test_a_part_shown_twice_is_a_repeat() -> None:
    (repeat,) = edits(
        shown((0, 10), (30, 40)), shown((10, 13), (37, 40)), shown((13, 20), (40, 47))
    )
    assert told([repeat]) == [("repeat", "alteration")]
    assert spans(repeat) == ((10, 13), (37, 40))


def test_only_what_is_shown_again_of_a_part_is_a_repeat() -> None:
    (repeat,) = edits(shown((0, 10), (30, 40)), shown((10, 20), (37, 47)))
    assert spans(repeat) == ((10, 13), (37, 40))


@pytest.mark.parametrize("overlap_s", [0.1, 0.4, 0.9])
def test_a_joint_that_overlaps_is_neither_repeat_nor_reorder(overlap_s: float) -> None:
    after = shown((10, 20), (40 - overlap_s, 50 - overlap_s))
    assert edits(shown((0, 10), (30, 40)), after) == []


def gone_back(back_s: float, heard_back_s: float, held_s: float = 0.0) -> list[Finding]:
    """What is told of a picture that goes back, the sound with it or not, held for a while before it does."""
    picture = [shown((0, 10), (30, 40)), shown((10, 20), (40 - back_s, 50 - back_s))]
    sound = [
        heard((0, 10), (30, 40)),
        heard((10, 20), (40 - heard_back_s, 50 - heard_back_s)),
    ]
    changes = np.full(250, 5.0)
    changes[round((10 - held_s) / 0.08) : 125] = 0.0
    change = series("picture", 1, "change", "thousandths", 0.08 * np.arange(250), changes)
    return judged("edits", record(picture, sound, [Measured("picture", 1, (), (change,))]))


@pytest.mark.parametrize("back_s", [0.35, 0.7, 0.95])
def test_half_a_second_that_is_shown_and_heard_again_is_a_repeat(back_s: float) -> None:
    (found,) = gone_back(back_s, back_s)
    assert told([found]) == [("repeat", "alteration")]
    assert spans(found) == ((10, 10 + back_s), (40 - back_s, 40))


@pytest.mark.parametrize(
    ("back_s", "heard_back_s", "held_s"),
    [
        (0.2, 0.2, 0.0),  # too short
        (0.7, 0.0, 0.0),  # the sound runs on
        (0.7, 0.4, 0.0),  # it goes elsewhere
        (0.7, 0.7, 0.7),  # a stream that stalled
    ],
)
def test_a_step_back_that_the_sound_does_not_make_or_a_stall_makes_is_no_repeat(
    back_s: float, heard_back_s: float, held_s: float
) -> None:
    assert gone_back(back_s, heard_back_s, held_s) == []


def test_where_a_reordered_part_ends_a_moment_late_nothing_is_repeated() -> None:
    """Only what the part before has just shown is known to the frame."""
    places = ((0, 10), (10, 20)), ((10, 15.4), (5, 10.4)), ((15.4, 20), (20, 24.6))
    made = record([shown(*each) for each in places], [heard(*each) for each in places])
    assert all(found.clip != Span(15, 15.4) for found in judged("edits", made))


def speeds(*rows: tuple[str, float]) -> Measured:
    return numbers("edits", *rows)


SAME_SOUND = (heard((0, 20), (30, 50.833)),)


@pytest.mark.parametrize("factor", [24 / 25, 25 / 24, 1000 / 1001, 1001 / 1000])
def test_a_conversion_that_the_sound_follows_is_presentation(factor: float) -> None:
    clip = media("c", 400.0)
    picture = shown((0, 400), (30, 30 + 400 * factor), speed=factor)
    sound = heard((0, 400), (30, 30 + 400 * factor))
    measured = speeds(("picture_speed", factor), ("sound_speed", factor))
    found = judged("edits", record([picture], [sound], [measured], clip=clip))
    if abs(factor - 1) < 0.002:
        assert found == []  # less than a minute of picture resolves
        return
    assert told(found) == [("speed", "presentation")]
    assert found[0].value == pytest.approx(factor, abs=1e-4)


@pytest.mark.parametrize("silent", ["clip", "original"])
def test_a_conversion_of_a_silent_film_is_presentation(silent: str) -> None:
    """There is no sound that could follow; the factor alone is that of a cinema film on television."""
    picture = shown((0, 20), (30, 50.833), speed=25 / 24)
    files = {"clip": media("c"), "original": media("0", 60.0)}
    files[silent] = replace(files[silent], streams=(PICTURE,))
    made = record([picture], (), [speeds(("picture_speed", 25 / 24))], **files)
    assert told(judged("edits", made)) == [("speed", "presentation")]


def test_a_conversion_under_silence_is_presentation() -> None:
    """A track without any sound follows as little as none; one that is silent for a part only could have."""
    picture = shown((0, 20), (30, 50.833), speed=25 / 24)
    for silent_s, severity in ((20, "presentation"), (8, "alteration")):
        parts = [
            heard((0, silent_s), None, SoundState.SILENT),
            heard((silent_s, 20), None, SoundState.REPLACED),
        ]
        sound = [part for part in parts if part.clip.length]
        made = record([picture], sound, [speeds(("picture_speed", 25 / 24))])
        assert ("speed", severity) in told(judged("edits", made))


def test_a_conversion_that_the_sound_does_not_follow_is_an_alteration() -> None:
    picture = shown((0, 20), (30, 50.833), speed=25 / 24)
    measured = speeds(("picture_speed", 25 / 24), ("sound_speed", 1.0))
    assert told(judged("edits", record([picture], SAME_SOUND, [measured]))) == [
        ("speed", "alteration")
    ]


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.03, 1.1, 1.25])
def test_any_other_speed_is_an_alteration_with_or_without_the_sound(factor: float) -> None:
    picture = shown((0, 20), (30, 30 + 20 * factor), speed=factor)
    sound = heard((0, 20), (30, 30 + 20 * factor))
    measured = speeds(("picture_speed", factor), ("sound_speed", factor))
    for made in (record([picture], [sound], [measured]), record([picture], (), [measured])):
        (found,) = judged("edits", made)
        assert told([found]) == [("speed", "alteration")]
        assert found.value == pytest.approx(factor, abs=1e-3)
        assert found.because


def test_the_sounds_finer_speed_is_believed() -> None:
    picture = shown((0, 20), (30, 50.1), speed=1.005)
    sound = heard((0, 20), (30, 50))
    measured = speeds(("picture_speed", 1.005), ("sound_speed", 1.0))
    assert judged("edits", record([picture], [sound], [measured])) == []


def test_a_speed_too_small_to_measure_is_not_reported() -> None:
    assert edits(shown((0, 20), (30, 50.02), speed=1.001)) == []
    assert edits(shown((0, 4), (30, 34.1), speed=1.025)) == []


@pytest.mark.parametrize(
    ("factor", "seconds", "severities"),
    [
        (1.048, 4.4, ["presentation"]),  # 25/24 within what 4.4 s tell
        (1.048, 20.0, ["alteration"]),
        (1.1, 4.4, ["alteration"]),
        (0.997, 4.5, []),
        (0.997, 30.0, ["alteration"]),
    ],
)
def test_a_speed_is_told_no_finer_than_its_seconds_allow(
    factor: float, seconds: float, severities: list[str]
) -> None:
    there = (30, 30 + seconds * factor)
    picture, sound = shown((0, seconds), there, speed=factor), heard((0, seconds), there)
    measured = speeds(("picture_speed", factor), ("sound_speed", factor))
    clip = media("c", max(20.0, seconds))
    found = judged("edits", record([picture], [sound], [measured], clip=clip))
    assert told(found) == [("speed", severity) for severity in severities]


def reframed(part: PictureSegment, every_s: float) -> list[PictureSegment]:
    """The part cut every so often, where it stands otherwise in the frame from then on."""
    assert part.original is not None
    pieces = []
    edges = [*np.arange(part.clip.start, part.clip.end, every_s).tolist(), part.clip.end]
    for number, (start, end) in enumerate(pairwise(edges)):
        there = [
            round(part.original.start + (part.speed or 1.0) * (at - part.clip.start), 3)
            for at in (start, end)
        ]
        nearer = Box(0.1, 0.1, 0.8, 0.8) if number % 2 else Box(0.0, 0.0, 1.0, 1.0)
        pieces.append(replace(part, clip=Span(start, end), original=Span(*there), crop=nearer))
    return pieces


@pytest.mark.parametrize("factor", [1.008, 1.0101, 1.035, 25 / 24, 1.0])
def test_zooms_neither_hide_nor_excuse_a_speed(factor: float) -> None:
    there = (10, round(10 + 30 * factor, 3))
    whole, sound = shown((0, 30), there, speed=factor), heard((0, 30), there)
    measured = speeds(("picture_speed", factor), ("sound_speed", factor))
    clip = media("c", 30.0)
    plain = judged("edits", record([whole], [sound], [measured], clip=clip))
    innocent = factor in (25 / 24, 1.0)
    assert any(each.severity is Severity.ALTERATION for each in plain) != innocent
    for every_s in (5.0, 6.0, 0.8):
        cut = record(reframed(whole, every_s), [sound], [measured], clip=clip)
        assert judged("edits", cut) == plain


def test_a_zoom_does_not_hide_what_is_shown_again() -> None:
    first, again = shown((0, 10), (30, 40)), shown((10, 11.6), (37, 38.6))
    last = shown((11.6, 20), (40, 48.4))
    plain = edits(first, again, last)
    assert ("repeat", "alteration") in told(plain)
    assert edits(*reframed(first, 3.0), *reframed(again, 0.8), last) == plain


def test_parts_of_two_speeds_are_not_joined() -> None:
    found = edits(shown((0, 10), (0, 11), speed=1.1), shown((10, 20), (11, 24), speed=1.3))
    assert [(finding.value, spans(finding)[0]) for finding in found] == [
        (1.1, (0, 10)),
        (1.3, (10, 20)),
    ]


def test_one_speed_over_several_parts_is_one_finding() -> None:
    (found,) = [
        finding
        for finding in edits(
            shown((0, 10), (0, 11), speed=1.1),
            shown((10, 12), None),
            shown((12, 20), (13.2, 22), speed=1.1),
        )
        if finding.kind.value == "speed"
    ]
    assert spans(found) == ((0, 20), None)


def test_an_innocent_part_does_not_swallow_a_guilty_one() -> None:
    factor = 25 / 24
    later = (10 * factor + 0.1, 20 * factor + 0.1)  # by less than what is told as a cut
    picture = [
        shown((0, 10), (0, 10 * factor), speed=factor),
        shown((10, 20), later, speed=factor),
    ]
    sound = [heard((0, 10), None, SoundState.REPLACED), heard((10, 20), later)]
    measured = speeds(("picture_speed", factor), ("sound_speed", factor))
    assert told(judged("edits", record(picture, sound, [measured]))) == [
        ("speed", "alteration"),
        ("speed", "presentation"),
    ]


FRAMES = np.round(np.arange(0.0, 20.0, 0.08), 3)
FRAME_S = 0.08


WINDOWS = np.round(np.arange(0.4, 20.0, 0.2), 3)


def frames(
    changes: np.ndarray, *there: tuple[Alignment, np.ndarray], original_moves: float = 2.0
) -> Measured:
    """How much each frame differs from the one before it, and from its place on each line; how much both files move."""
    own = original_moves * (np.interp(WINDOWS, FRAMES, changes) > 0.05)
    tracks = [
        series("picture", 1, "movement", "grey levels", WINDOWS, own),
        series("picture", 2, "change", "thousandths", FRAMES, changes),
    ]
    for number, (line, differ) in enumerate(there):
        moves = np.full(len(WINDOWS), original_moves)
        tracks += [
            series(
                "picture", 2 * number + 3, "original_movement", "grey levels", WINDOWS, moves,
                alignment=line,
            ),
            series(
                "picture", 2 * number + 4, "difference", "thousandths", FRAMES, differ,
                alignment=line,
            ),
        ]  # fmt: skip
    motion = Measurement("picture.m1", "picture", "mean_motion", 0.8, "correlation")
    return Measured("picture", 2, (motion,), tuple(tracks))


def held(start: float, end: float, change: float = 0.0) -> np.ndarray:
    """The changes of a clip in which the frame at start stays until end."""
    return np.where((start < FRAMES) & (end > FRAMES), change, 8.0)


def away(start: float, end: float, by: float = 60.0) -> np.ndarray:
    """What a clip that stands still differs by from an original that goes on."""
    return np.where((start + 0.4 < FRAMES) & (end > FRAMES), by, 1.0)


LINE = Alignment(30.0)
COPY = [shown((0, 20), (30, 50))]


def test_a_frame_that_stands_in_for_movement_is_a_freeze_to_the_frame() -> None:
    made = record(COPY, (), [frames(held(6, 10), (LINE, away(6, 10)))])
    (found,) = judged("edits", made)
    assert told([found]) == [("freeze", "alteration")]
    clip, original = spans(found)
    assert clip == (pytest.approx(6, abs=FRAME_S), pytest.approx(10, abs=FRAME_S))
    assert original == (pytest.approx(36, abs=FRAME_S), pytest.approx(40, abs=FRAME_S))


def test_a_freeze_quotes_how_little_the_clip_moves_and_how_much_the_original() -> None:
    made = record(COPY, (), [frames(held(6, 10), (LINE, away(6, 10)))])
    (found,) = judged("edits", made)
    taken = {m.name: m.value for m in numbers_of(found, made)}
    assert taken == {"movement": 0.0, "change": 0.0, "original_movement": 2.0}


def test_a_cut_quotes_what_each_of_its_parts_was_recognised_by() -> None:
    """Along the part's own line and within the part: beyond it the line means nothing."""
    joined = (shown((0, 8), (30, 38)), shown((8, 20), (43, 55)))
    lines = (
        (LINE, np.where(FRAMES < 8, 3.0, 900.0)),
        (Alignment(35.0), np.where(FRAMES < 8, 900.0, 4.0)),
    )
    made = record(joined, (), [frames(np.full(len(FRAMES), 8.0), *lines)])
    (found,) = judged("edits", made)
    assert found.kind == "cut"
    quoted = [(m.name, m.value, m.clip, m.original) for m in numbers_of(found, made)]
    assert quoted == [
        ("difference", 3.0, Span(0, 8), Span(30, 38)),
        ("difference", 4.0, Span(8, 20), Span(43, 55)),
    ]


def test_a_repeat_quotes_the_part_that_is_shown_again_alone() -> None:
    again = (shown((0, 8), (30, 38)), shown((8, 14), (32, 38)), shown((14, 20), (38, 44)))
    lines = [(Alignment(offset), np.full(len(FRAMES), offset)) for offset in (30.0, 24.0)]
    made = record(again, (), [frames(np.full(len(FRAMES), 8.0), *lines)])
    (found,) = [each for each in judged("edits", made) if each.kind == "repeat"]
    assert [(m.value, m.clip) for m in numbers_of(found, made)] == [(24.0, Span(8, 14))]


def test_a_freeze_is_told_once_however_many_lines_run_along() -> None:
    beside = (Alignment(30.1), away(6, 10))
    made = record(COPY, (), [frames(held(6, 10), (LINE, away(6, 10)), beside)])
    assert told(judged("edits", made)) == [("freeze", "alteration")]


def test_a_freeze_at_the_end_stays_within_the_clip() -> None:
    made = record(COPY, (), [frames(held(15, 30), (LINE, away(15, 30)))])
    (found,) = judged("edits", made)
    assert found.clip is not None
    assert found.clip.end == 20.0


def test_a_still_where_the_original_stands_still_too_is_no_freeze() -> None:
    made = record(COPY, (), [frames(held(6, 10), (LINE, away(6, 10, by=1.0)))])
    assert judged("edits", made) == []


def test_a_freeze_from_the_first_frame_on_is_found() -> None:
    made = record(COPY, (), [frames(held(-1, 4), (LINE, away(-0.4, 3.9)))])
    (found,) = judged("edits", made)
    assert told([found]) == [("freeze", "alteration")]
    assert spans(found)[0] == (0.0, pytest.approx(4, abs=FRAME_S))


def test_a_banner_that_holds_most_of_the_frame_still_is_no_freeze() -> None:
    """It differs from the original from its first frame to its last: what stands still is no frame of the line."""
    banner = np.where((FRAMES > 5.9) & (FRAMES < 10.1), 900.0, 1.0)
    assert judged("edits", record(COPY, (), [frames(held(6, 10), (LINE, banner))])) == []


def test_what_goes_on_moving_with_the_original_is_no_freeze() -> None:
    made = frames(held(6, 10), (LINE, away(6, 10)))
    motion = series(
        "picture", 9, "motion", "correlation", WINDOWS, 0.8 + 0 * WINDOWS, alignment=LINE
    )
    assert judged("edits", record(COPY, (), [replace(made, series=(*made.series, motion))])) == []


@pytest.mark.parametrize(("share", "expected"), [(0.4, [("freeze", "alteration")]), (0.7, [])])
def test_a_clip_that_moves_nearly_as_much_as_the_original_is_no_freeze(
    share: float, expected: list[tuple[str, str]]
) -> None:
    """Its movement need not follow the original's for that: poor copies of near-still speakers hold frames too."""
    made = frames(held(6, 10), (LINE, away(6, 10)), original_moves=2.0)
    moves = series("picture", 1, "movement", "grey levels", WINDOWS, 2.0 * share + 0 * WINDOWS)
    rest = (each for each in made.series if each.name != "movement")
    assert told(judged("edits", record(COPY, (), [replace(made, series=(moves, *rest))]))) == (
        expected
    )


def test_a_still_speaker_is_no_freeze() -> None:
    made = record(COPY, (), [frames(held(6, 10, change=1.0), (LINE, away(6, 10)))])
    assert judged("edits", made) == []


def test_what_differs_as_much_as_the_rest_of_the_clip_is_no_freeze() -> None:
    made = record(COPY, (), [frames(held(6, 10), (LINE, np.full(len(FRAMES), 60.0)))])
    assert judged("edits", made) == []


def hardly(moving: float, start: float, end: float) -> np.ndarray:
    """The changes of a speaker who hardly moves, and not at all from start to end."""
    return np.where((start < FRAMES) & (end > FRAMES), 0.0, moving)


def leaving(start: float, end: float, least: float, most: float) -> np.ndarray:
    """What a held frame differs by from an original that slowly leaves it."""
    grown = least + (most - least) * (FRAMES - start) / (end - start)
    return np.where((start < FRAMES) & (end > FRAMES), grown, least)


def test_of_a_speaker_who_hardly_moves_only_the_very_same_frame_is_a_freeze() -> None:
    drift = leaving(6, 10, 0.7, 1.8)
    made = frames(hardly(0.06, 6, 10), (LINE, drift), original_moves=0.3)
    (found,) = judged("edits", record(COPY, (), [made]))
    assert spans(found)[0] == (pytest.approx(6, abs=FRAME_S), pytest.approx(10, abs=FRAME_S))
    encoded = frames(hardly(0.06, 6, 6), (LINE, drift), original_moves=0.3)
    assert judged("edits", record(COPY, (), [encoded])) == []


def test_a_key_frame_does_not_end_a_freeze() -> None:
    changes = hardly(0.06, 6, 10)
    changes[100] = 0.25
    made = frames(changes, (LINE, leaving(6, 10, 0.7, 1.8)), original_moves=0.3)
    (found,) = judged("edits", record(COPY, (), [made]))
    assert spans(found)[0] == (pytest.approx(6, abs=FRAME_S), pytest.approx(10, abs=FRAME_S))


def test_key_frames_closer_than_encoders_set_them_are_movement() -> None:
    changes = hardly(0.06, 6, 10)
    changes[76:125:4] = 0.25
    made = record(COPY, (), [frames(changes, (LINE, leaving(6, 10, 0.7, 1.8)), original_moves=0.3)])
    assert judged("edits", made) == []
    assert told(judged("edits", made, freeze_key_frames=3.0)) == [("freeze", "alteration")]


def test_how_far_the_original_leaves_a_held_frame_is_no_single_frames_matter() -> None:
    differ = np.full(len(FRAMES), 0.7)
    differ[90:93] = 1.8
    made = record(COPY, (), [frames(hardly(0.06, 6, 10), (LINE, differ), original_moves=0.3)])
    assert judged("edits", made) == []
    assert told(judged("edits", made, freeze_left_share=1.0)) == [("freeze", "alteration")]


def test_what_a_held_frame_differs_by_at_first_is_told_by_its_first_frames() -> None:
    drift = leaving(6, 10, 0.7, 1.8)
    made = record(COPY, (), [frames(hardly(0.06, 6, 10), (LINE, drift), original_moves=0.3)])
    assert told(judged("edits", made)) == [("freeze", "alteration")]
    assert judged("edits", made, freeze_first_share=1.0) == []


def test_the_very_same_frame_that_stays_a_copy_is_no_freeze() -> None:
    made = frames(hardly(0.06, 6, 10), (LINE, np.full(len(FRAMES), 0.7)), original_moves=0.3)
    assert judged("edits", record(COPY, (), [made])) == []


def test_a_title_that_is_held_in_the_original_too_is_no_freeze() -> None:
    """Encoders make of some stills a poorer copy than of the rest: it differs more, and stays so."""
    made = frames(held(6, 10), (LINE, away(6, 10)), original_moves=0.02)
    assert judged("edits", record(COPY, (), [made])) == []


def test_a_speaker_who_hardly_moves_through_the_whole_of_a_poor_copy_is_no_freeze() -> None:
    made = frames(np.full(len(FRAMES), 0.06), (LINE, np.full(len(FRAMES), 2.2)), original_moves=0.3)
    assert judged("edits", record(COPY, (), [made])) == []


def test_a_stall_of_a_stream_is_no_freeze() -> None:
    made = record(COPY, (), [frames(held(6, 7), (LINE, away(6, 7)))])
    assert judged("edits", made) == []


def test_a_part_outside_the_original_tells_no_story() -> None:
    nowhere = PictureSegment(Span(0, 20), Span(60, 60), PictureState.MATCHED, speed=1.0)
    assert judged("edits", record([nowhere])) == []


def test_a_speed_is_told_with_the_number_of_its_own_part() -> None:
    picture = [shown((0, 10), (10, 20)), shown((10, 20), (20, 32), speed=1.2)]
    measured = speeds(("picture_speed", 1.0), ("picture_speed", 0.9), ("picture_speed", 1.2))
    (found,) = judged("edits", record(picture, (), [measured]))
    assert (found.value, found.because) == (1.2, ("edits.m3",))


def test_parts_told_together_are_told_with_the_numbers_of_each() -> None:
    picture = [
        shown((0, 10), (0, 11), speed=1.1),
        shown((10, 20), (11, 22.05), speed=1.105),
    ]
    measured = speeds(("picture_speed", 1.105), ("picture_speed", 1.1))
    (found,) = judged("edits", record(picture, (), [measured]))
    assert found.because == ("edits.m2", "edits.m1")
