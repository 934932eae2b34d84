"""The whole road, on the pairs that ship with their truth (fixtures/media); no speech model is needed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mediacheck.compare import compare
from mediacheck.model import (
    Answer,
    Comparison,
    Finding,
    Kind,
    Options,
    PictureState,
    Question,
    Severity,
    SoundState,
)
from mediacheck.report.json import dumps

MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CASES = ("innocent", "partial", "unrelated", "press-qa")
QUESTION = Question(options=Options(transcript=False))
PLACE_S = 0.1  # of a line: footage at 12.5 fps is placed to 0.08 s
BORDER_S = 0.2  # of a stretch of sound, as promised
EDGE = 0.01  # of a frame's side

Examined = Callable[[str], Comparison]


@pytest.fixture(scope="session")
def examined() -> Examined:
    """Each pair is examined once, whoever asks."""
    return cache(
        lambda case: compare(MEDIA / case / "clip.mp4", MEDIA / case / "original.mp4", QUESTION)
    )


def truth(case: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((MEDIA / case / "truth.json").read_text("utf-8"))
    return told


def findings(comparison: Comparison, kind: str) -> list[Finding]:
    return [finding for finding in comparison.findings if finding.kind == kind]


def alterations(comparison: Comparison) -> set[str]:
    return {
        finding.kind.value
        for finding in comparison.findings
        if finding.severity is Severity.ALTERATION
    }


@pytest.mark.parametrize("case", CASES)
def test_the_answer_is_the_true_one(examined: Examined, case: str) -> None:
    comparison = examined(case)
    assert comparison.verdict.answer == truth(case)["answer"]
    assert all(row.status != "failed" for row in comparison.outcomes)


@pytest.mark.parametrize("case", ["innocent", "partial", "press-qa"])
def test_the_picture_is_placed_in_the_original(examined: Examined, case: str) -> None:
    (part,) = examined(case).timeline.picture
    (true,) = truth(case)["timeline"]["picture"]
    assert part.state is PictureState.MATCHED
    assert part.original is not None
    assert tuple(part.original) == pytest.approx(true["original"], abs=PLACE_S)
    assert part.mirrored is true["mirrored"]
    assert part.crop is not None
    assert tuple(part.crop) == pytest.approx(true["crop"], abs=EDGE)


def test_an_innocent_clip_has_its_sound_and_no_alteration(examined: Examined) -> None:
    comparison = examined("innocent")
    assert alterations(comparison) == set()
    (sound,) = comparison.timeline.sound
    assert sound.state is SoundState.SAME
    assert sound.original is not None
    (true,) = truth("innocent")["timeline"]["sound"]
    assert sound.original.start == pytest.approx(true["original"][0], abs=0.02)
    (cropped,) = findings(comparison, "cropped")
    assert cropped.severity is Severity.PRESENTATION


def test_a_dubbed_sentence_is_found_with_its_borders(examined: Examined) -> None:
    comparison = examined("partial")
    assert alterations(comparison) == {"replaced"}
    (replaced,) = findings(comparison, "replaced")
    (true,) = [each for each in truth("partial")["findings"] if each["kind"] == "replaced"]
    assert replaced.clip is not None
    assert replaced.original is not None
    assert tuple(replaced.clip) == pytest.approx(true["clip"], abs=BORDER_S)
    assert tuple(replaced.original) == pytest.approx(true["original"], abs=BORDER_S)
    before, _, after = comparison.timeline.sound
    assert before.state is after.state is SoundState.SAME


def test_the_numbers_behind_a_dubbed_sentence_are_those_of_the_sentence(examined: Examined) -> None:
    comparison = examined("partial")
    (finding,) = [each for each in comparison.findings if each.kind is Kind.REPLACED]
    numbers = {m.name: m for m in comparison.measurements if m.id in finding.because}
    presence = numbers["presence"]
    assert presence.clip == finding.clip
    assert presence.null is not None
    assert presence.value is not None
    # The clip around it is the original's: a median of the whole clip would stand far above the null.
    assert presence.value < presence.null.max


def test_another_film_shares_nothing(examined: Examined) -> None:
    comparison = examined("unrelated")
    assert comparison.findings == ()
    assert {part.state for part in comparison.timeline.picture} == {PictureState.FOREIGN}
    assert {part.state for part in comparison.timeline.sound} == {SoundState.FOREIGN}
    assert comparison.verdict.headline.startswith("Not in this original")


def test_a_dubbed_speech_is_found_without_any_words(examined: Examined) -> None:
    comparison = examined("press-qa")
    assert alterations(comparison) == {"replaced"}
    covered = sum(f.clip.length for f in findings(comparison, "replaced") if f.clip)
    assert covered > 0.9 * comparison.clip.duration_s
    assert findings(comparison, "term_only_in_clip") == []
    unanswered = {row.check for row in comparison.verdict.unanswered}
    assert "words" in unanswered
    assert "transcripts were turned off" in comparison.verdict.headline


@pytest.mark.parametrize("case", CASES)
def test_every_number_behind_a_finding_is_in_the_report(examined: Examined, case: str) -> None:
    comparison = examined(case)
    ids = {measurement.id for measurement in comparison.measurements}
    assert all(set(finding.because) <= ids for finding in comparison.findings)


def test_the_same_pair_under_other_names_gives_the_same_bytes(
    examined: Examined, tmp_path: Path
) -> None:
    clip, original = tmp_path / "what I saw.mov", tmp_path / "Übertragung.bin"
    shutil.copy(MEDIA / "partial" / "clip.mp4", clip)
    shutil.copy(MEDIA / "partial" / "original.mp4", original)
    again = compare(clip, original, QUESTION)
    assert dumps(again) == dumps(examined("partial"))


def test_the_same_file_twice_is_said_to_be_that(tmp_path: Path) -> None:
    original = MEDIA / "unrelated" / "clip.mp4"
    comparison = compare(original, original, QUESTION)
    assert comparison.verdict.answer is Answer.NO_ALTERATION_FOUND
    assert [finding.kind.value for finding in comparison.findings] == ["same_file"]
