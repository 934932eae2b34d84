"""The answer table of the contract, row by row, from timelines made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from mediacheck import verdict
from mediacheck.calibration import Calibration
from mediacheck.checks import CHECKS
from mediacheck.errors import CalibrationRefused
from mediacheck.model import (
    Answer,
    Box,
    Failed,
    Finding,
    Geometry,
    Kind,
    Measured,
    Outcome,
    PictureSegment,
    PictureState,
    Question,
    Severity,
    Skipped,
    SoundSegment,
    SoundState,
    Span,
    Stream,
    StreamInfo,
    Term,
    TermSearch,
    Timeline,
    Words,
)
from mediacheck.verdict import Judgement, judge

from .checks.making import BOTH, PICTURE, SOUND, heard, media, numbers, shown

CALIBRATION = Calibration.load()
Judged = Callable[..., Judgement]
OPEN, UNHEARD = PictureState.UNDETERMINED, SoundState.UNDETERMINED

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
COPY = (shown((0, 20), (30, 50)),)
NOWHERE = (shown((0, 20), None),)
UNSEEN = (shown((0, 20), None, state=OPEN),)
SAME = (heard((0, 20), (30, 50)),)
FOREIGN = (heard((0, 20), None, SoundState.FOREIGN),)
UNKNOWN = (heard((0, 20), None, UNHEARD),)
DUBBED = (heard((0, 20), None, SoundState.REPLACED),)
PARTLY_DUBBED = (heard((0, 6), None, SoundState.REPLACED), heard((6, 20), None, UNHEARD))
SILENT = (heard((0, 20), (30, 50), SoundState.SILENT),)
QUIET = (heard((0, 20), None, SoundState.SILENT),)


def split(at: float, end: float = 20.0) -> tuple[PictureSegment, ...]:
    """Matched up to a time, open from there."""
    return (shown((0, at), (30, 30 + at)), shown((at, end), None, state=OPEN))


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> Judged:
    """Judges a timeline as if the stored series had led to it."""

    def judge_timeline(
        picture: Sequence[PictureSegment] = (),
        sound: Sequence[SoundSegment] = (),
        *,
        clip: tuple[StreamInfo, ...] = BOTH,
        original: tuple[StreamInfo, ...] = BOTH,
        same_file: bool = False,
        question: Question | None = None,
        outcomes: Sequence[Outcome] | None = None,
        words: Words | None = None,
        original_s: float = 60.0,
    ) -> Judgement:
        made = Timeline(tuple(picture), tuple(sound))
        monkeypatch.setattr(verdict, "timeline", lambda *_: made)
        if outcomes is None:
            outcomes = [numbers(check.name) for check in CHECKS]
        if words is not None:
            searched = Measured("terms", 1, words=words)
            outcomes = [searched if o.check == "terms" else o for o in outcomes]
        return judge(
            media("c", streams=clip),
            media("c" if same_file else "0", original_s, streams=original),
            question or Question(),
            outcomes,
            CALIBRATION,
        )

    return judge_timeline


@pytest.mark.parametrize(
    ("picture", "sound", "answer"),
    [
        # An alteration decides, whatever else is open.
        (COPY, DUBBED, Answer.ALTERED),
        (split(6), PARTLY_DUBBED, Answer.ALTERED),
        # Both streams decided and none of them matched anywhere.
        (NOWHERE, FOREIGN, Answer.NOT_IN_ORIGINAL),
        (NOWHERE, QUIET, Answer.NOT_IN_ORIGINAL),
        # Too much stayed open.
        (UNSEEN, UNKNOWN, Answer.INCONCLUSIVE),
        (UNSEEN, SAME, Answer.INCONCLUSIVE),
        (COPY, UNKNOWN, Answer.INCONCLUSIVE),
        (UNSEEN, FOREIGN, Answer.INCONCLUSIVE),
        (NOWHERE, UNKNOWN, Answer.INCONCLUSIVE),
        (UNSEEN, QUIET, Answer.INCONCLUSIVE),
        # Picture nowhere and sound matched.
        (NOWHERE, SAME, Answer.INCONCLUSIVE),
        # Everything else.
        (COPY, SAME, Answer.NO_ALTERATION_FOUND),
        (COPY, SILENT, Answer.NO_ALTERATION_FOUND),
        (COPY, QUIET, Answer.NO_ALTERATION_FOUND),
        (split(15), SAME, Answer.NO_ALTERATION_FOUND),
        (split(12), SAME, Answer.INCONCLUSIVE),
    ],
)  # fmt: skip
def test_answer_of_picture_and_sound(
    judged: Judged,
    picture: Sequence[PictureSegment],
    sound: Sequence[SoundSegment],
    answer: Answer,
) -> None:
    assert judged(picture, sound).verdict.answer is answer


@pytest.mark.parametrize(
    ("picture", "answer"),
    [
        (COPY, Answer.NO_ALTERATION_FOUND),
        (NOWHERE, Answer.NOT_IN_ORIGINAL),
        (UNSEEN, Answer.INCONCLUSIVE),
        ((), Answer.INCONCLUSIVE),
    ],
)
def test_answer_where_only_pictures_are_shared(
    judged: Judged, picture: Sequence[PictureSegment], answer: Answer
) -> None:
    found = judged(picture, (), original=(PICTURE,))
    assert found.verdict.answer is answer


@pytest.mark.parametrize(
    ("sound", "answer"),
    [
        (SAME, Answer.NO_ALTERATION_FOUND),
        (FOREIGN, Answer.NOT_IN_ORIGINAL),
        (UNKNOWN, Answer.INCONCLUSIVE),
        (QUIET, Answer.INCONCLUSIVE),
        (SILENT, Answer.INCONCLUSIVE),
        ((heard((0, 5), (30, 35)), heard((5, 20), None, SoundState.FOREIGN)), Answer.INCONCLUSIVE),
        ((), Answer.INCONCLUSIVE),
    ],
)
def test_answer_where_only_sounds_are_shared(
    judged: Judged, sound: Sequence[SoundSegment], answer: Answer
) -> None:
    assert judged((), sound, clip=(SOUND,)).verdict.answer is answer


def test_files_that_share_no_kind_of_stream_are_inconclusive(judged: Judged) -> None:
    found = judged((), (), clip=(SOUND,), original=(PICTURE,))
    assert found.verdict.answer is Answer.INCONCLUSIVE
    assert "no kind of track in common" in found.verdict.headline


def test_the_headline_says_that_a_strange_pictures_sound_is_the_originals(judged: Judged) -> None:
    headline = judged(NOWHERE, SAME).verdict.headline
    assert headline.startswith("Inconclusive: the picture of the clip is nowhere in this original")
    assert "the sound is the original's" in headline


LEAST_S = CALIBRATION.tables["verdict"]["least_original_s"]
ENOUGH_FEATURES = int(CALIBRATION.tables["verdict"]["scene_features"])


@pytest.mark.parametrize(
    ("original_s", "asked", "answer"),
    [
        (60.0, None, Answer.NOT_IN_ORIGINAL),
        (LEAST_S, None, Answer.NOT_IN_ORIGINAL),
        (LEAST_S - 0.5, None, Answer.INCONCLUSIVE),
        (60.0, Span(20.0, 20.0 + LEAST_S), Answer.NOT_IN_ORIGINAL),
        (60.0, Span(30.8, 34.8), Answer.NOT_IN_ORIGINAL),  # 3.9999999999999964 s
        (60.0, Span(20.0, 19.5 + LEAST_S), Answer.INCONCLUSIVE),
        (60.0, Span(60.5 - LEAST_S, 90.0), Answer.INCONCLUSIVE),  # it ends with the file
        (0.0, None, Answer.NOT_IN_ORIGINAL),  # nobody knows how long it is
    ],
)
def test_nothing_is_missing_in_an_original_too_short_to_hold_it(
    judged: Judged, original_s: float, asked: Span | None, answer: Answer
) -> None:
    question = Question(original_range=asked)
    found = judged(NOWHERE, FOREIGN, original_s=original_s, question=question)
    assert found.verdict.answer is answer


def framed(features: int) -> list[Outcome]:
    """Outcomes of which one knows how the frames stand in each other."""
    geometry = Geometry(False, WHOLE, WHOLE, 0.0, features)
    outcomes: list[Outcome] = [numbers(check.name) for check in CHECKS]
    return [
        replace(each, geometry=geometry)
        if isinstance(each, Measured) and each.check == "frame"
        else each
        for each in outcomes
    ]


@pytest.mark.parametrize(
    ("picture", "features", "is_said"),
    [
        (NOWHERE, ENOUGH_FEATURES, True),
        (UNSEEN, ENOUGH_FEATURES, True),
        (NOWHERE, ENOUGH_FEATURES - 1, False),  # a caption or a logo of one broadcaster
        (COPY, ENOUGH_FEATURES, False),
        (split(0.5), ENOUGH_FEATURES, False),
    ],
)
def test_one_scene_at_another_time_is_said_to_be_one_scene(
    judged: Judged, picture: Sequence[PictureSegment], features: int, is_said: bool
) -> None:
    headline = judged(picture, FOREIGN, outcomes=framed(features)).verdict.headline
    said = f"show the same scene ({features} features agree), but no moment was established"
    assert (said in headline) is is_said


def test_an_original_too_short_to_tell_is_named_with_what_would_help(judged: Judged) -> None:
    headline = judged(NOWHERE, FOREIGN, original_s=2.0).verdict.headline
    assert headline.startswith(
        "Inconclusive: nothing of the clip's picture or sound (0:20.0 long) was found in the "
        "original, and 2.0 s are too short to be recognised for certain."
    )
    assert "What would help: a longer copy of the original." in headline
    part = judged(NOWHERE, FOREIGN, question=Question(original_range=Span(20.0, 23.0)))
    assert "in 0:20.0-0:23.0 of the original, and 3.0 s are" in part.verdict.headline
    assert "a search in a longer part of the original." in part.verdict.headline


def test_what_is_not_found_in_so_short_an_original_is_nowhere_called_foreign(
    judged: Judged,
) -> None:
    picture = (shown((0, 4), None), shown((4, 6), (0, 2)), shown((6, 20), None))
    sound = (
        heard((0, 4), None, SoundState.FOREIGN),
        heard((4, 6), (0, 2)),
        heard((6, 20), None, SoundState.FOREIGN),
    )
    short = judged(picture, sound, original_s=2.0)
    states = [part.state for part in (*short.timeline.picture, *short.timeline.sound)]
    assert PictureState.FOREIGN not in states
    assert SoundState.FOREIGN not in states
    assert [finding.kind for finding in short.findings] == []
    headline = short.verdict.headline
    assert "nowhere" not in headline
    assert "the original is 2.0 s long, and the clip 20.0 s" in headline
    assert "What would help: a longer copy of the original." in headline
    long = judged(picture, sound, original_s=60.0)
    assert [finding.kind for finding in long.findings] == [Kind.UNCOVERED, Kind.UNCOVERED]


def test_an_insert_between_parts_of_a_short_original_stays_one(judged: Judged) -> None:
    inserted = (shown((0, 1.5), (0, 1.5)), shown((1.5, 18.5), None), shown((18.5, 20), (1.5, 3)))
    found = judged(inserted, original=(PICTURE,), original_s=3.0)
    assert Kind.INSERT in [finding.kind for finding in found.findings]


def test_the_same_file_twice_is_not_altered_whatever_looks_repeated(judged: Judged) -> None:
    loop = (shown((0, 10), (0, 10)), shown((10, 20), (0, 10)))
    assert judged(loop, SAME).verdict.answer is Answer.ALTERED
    found = judged(loop, SAME, same_file=True)
    assert found.verdict.answer is Answer.NO_ALTERATION_FOUND
    assert [finding.kind for finding in found.findings] == [Kind.SAME_FILE]
    assert found.verdict.reasons == ()
    assert "the same, byte for byte" in found.verdict.headline


def test_skipped_and_failed_checks_are_unanswered_and_change_no_answer(judged: Judged) -> None:
    outcomes: list[Outcome] = [numbers(check.name) for check in CHECKS]
    names = [check.name for check in CHECKS]
    outcomes[names.index("words")] = Skipped("words", 1, "transcripts were turned off")
    outcomes[names.index("pitch")] = Failed("pitch", 1, "ValueError: no")
    found = judged(COPY, SAME, outcomes=outcomes)
    assert found.verdict.answer is Answer.NO_ALTERATION_FOUND
    rows = {row.check: row.reason for row in found.verdict.unanswered}
    assert rows["words"] == "transcripts were turned off"
    assert "ValueError: no" in rows["pitch"]
    second = found.verdict.headline.split(". ")[1]
    assert second.startswith("Not checked: ")
    assert "transcripts were turned off" in second
    status = {row.check: (row.status, row.reason) for row in found.outcomes}
    assert list(status) == names
    assert status["words"] == ("skipped", "transcripts were turned off")
    assert status["pitch"] == ("failed", "ValueError: no")
    assert status["sound"] == ("measured", None)


def test_terms_are_unanswered_only_when_somebody_asked(judged: Judged) -> None:
    outcomes = [
        Skipped("terms", 1, "no terms were asked for") if c.name == "terms" else numbers(c.name)
        for c in CHECKS
    ]
    unasked = judged(COPY, SAME, outcomes=outcomes)
    assert "terms" not in [row.check for row in unasked.verdict.unanswered]
    asked = judged(COPY, SAME, outcomes=outcomes, question=Question(terms=(Term("war"),)))
    assert "terms" in [row.check for row in asked.verdict.unanswered]


def test_a_term_that_could_not_be_searched_is_unanswered(judged: Judged) -> None:
    unheard = TermSearch("war", ("war",), (), None, 0.0, reason="the original has no speech")
    found = judged(COPY, SAME, words=Words(comparable=False, terms=(unheard,)))
    assert ("terms", "the original has no speech") in [
        (row.check, row.reason) for row in found.verdict.unanswered
    ]
    assert found.words.terms == (unheard,)


def test_further_sound_tracks_of_the_clip_are_said_to_be_unheard(judged: Judged) -> None:
    found = judged(COPY, SAME, clip=(*BOTH, replace(SOUND, index=2)))
    assert [row.check for row in found.verdict.unanswered if "2 sound tracks" in row.reason] == [
        "sound"
    ]
    found = judged(COPY, SAME, original=(*BOTH, replace(SOUND, index=2)))
    assert "sound" not in [row.check for row in found.verdict.unanswered]


PICTURE_STORY = (
    shown((0, 4), None),
    shown((4, 10), (30, 36)),
    shown((10, 14), (41, 45)),
    shown((14, 20), None),
)
SOUND_STORY = (
    heard((0, 4), None, SoundState.FOREIGN),
    heard((4, 13), (30, 39)),
    heard((13, 14), (44, 45), SoundState.MUSIC_ADDED),
    heard((14, 20), None, SoundState.FOREIGN),
)


def test_findings_are_complete_alterations_first_then_in_the_order_of_the_clip(
    judged: Judged,
) -> None:
    found = judged(PICTURE_STORY, SOUND_STORY).findings
    assert [f.id for f in found] == [f"f{number}" for number in range(1, len(found) + 1)]
    ranks = [list(Severity).index(f.severity) for f in found]
    assert ranks == sorted(ranks)
    assert [f.kind.value for f in found] == [
        *("desync", "cut", "music_added"),
        *("uncovered", "uncovered"),
    ]
    for finding in found:
        assert finding.explanations
        assert finding.summary.endswith(".")
        assert finding.error_rate is None
        assert finding.error_rate_reason


def test_the_reasons_are_the_alterations(judged: Judged) -> None:
    found = judged(PICTURE_STORY, SOUND_STORY)
    assert found.verdict.answer is Answer.ALTERED
    assert found.verdict.reasons == tuple(
        f.id for f in found.findings if f.severity is Severity.ALTERATION
    )


def test_judging_twice_gives_the_same(judged: Judged) -> None:
    first, second = (judged(PICTURE_STORY, SOUND_STORY) for _ in range(2))
    assert first == second


def test_findings_without_a_place_stand_last_among_their_kind(
    judged: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finding(clip: Span | None) -> Finding:
        return Finding(Kind.NO_SOUND, Stream.SOUND, Severity.NOTE, clip, None, ())

    silent = replace(CHECKS[0], judge=lambda *_: [finding(None), finding(Span(3, 4))])
    monkeypatch.setattr(verdict, "CHECKS", (silent, *CHECKS[1:]))
    assert [f.clip for f in judged(COPY, SAME).findings] == [Span(3, 4), None]


def test_nothing_measured_at_all_is_inconclusive() -> None:
    outcomes = [Skipped(check.name, 1, "it was not there") for check in CHECKS]
    found = judge(media("c"), media("0"), Question(), outcomes, CALIBRATION)
    assert found.verdict.answer is Answer.INCONCLUSIVE
    assert found.timeline == Timeline()
    assert found.findings == ()


def test_a_calibration_with_a_strange_table_is_refused() -> None:
    strange = replace(CALIBRATION, tables={**CALIBRATION.tables, "soundd": {}})
    outcomes: list[Measured] = []
    with pytest.raises(CalibrationRefused, match=r"\[soundd\]"):
        judge(media("c"), media("0"), Question(), outcomes, strange)


@pytest.mark.parametrize("track", [PICTURE, SOUND], ids=["picture", "sound"])
def test_track_that_was_not_compared_is_unanswered(judged: Judged, track: StreamInfo) -> None:
    told = judged(COPY, SAME, clip=(*BOTH, replace(track, index=2)))
    reason = f"of the clip's 2 {track.kind} tracks only the one that players choose was compared throughout"
    assert (track.kind, reason) in {(row.check, row.reason) for row in told.verdict.unanswered}
