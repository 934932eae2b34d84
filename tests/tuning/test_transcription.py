import json
import wave
from pathlib import Path

import numpy as np
import pytest

from mediacheck.errors import WrongUsage
from mediacheck.model import Transcript
from mediacheck.tuning import transcription
from mediacheck.tuning.transcription import (
    Reading,
    Recording,
    blocks,
    errors,
    interval,
    rate,
    recordings,
    table,
)


@pytest.mark.parametrize(
    ("said", "heard", "wrong"),
    [
        ("one day in May", "one day in May", (0, 0, 0, 0)),
        ("the big house", "the pig house", (0, 1, 0)),
        ("the big house", "the house", (0, 1, 0)),
        ("the big house", "the big old house now", (0, 1, 1)),
        ("the big house", "", (1, 1, 1)),
        ("the house", "see the house", (1, 0)),
        ("twenty five percent", "25%", (0,)),
    ],
)
def test_errors_stand_at_the_word_that_was_said(
    said: str, heard: str, wrong: tuple[int, ...]
) -> None:
    assert errors(said, heard, "en") == wrong


def test_letters_count_where_words_are_not_parted() -> None:
    assert errors("客観的実在", "客観性実在", "ja") == (0, 0, 1, 0, 0)


def test_the_interval_holds_the_rate_and_is_the_same_again() -> None:
    groups = [(0,) * 9 + (1,)] * 5 + [(0, 1)] * 5
    low, high = interval(groups)
    assert low < rate(groups) == 10 / 60 < high
    assert interval(groups) == (low, high)
    assert interval([(0, 1)] * 3) == (0.5, 0.5)


def test_blocks_hold_every_word_once() -> None:
    groups = [tuple(range(45)), (7,)]
    assert [len(block) for block in blocks(groups)] == [20, 20, 6]
    assert [word for block in blocks(groups) for word in block] == [*range(45), 7]


def listed(folder: Path, **rows: tuple[str | None, str | None, str | None]) -> None:
    names = ("lang", "transcript", "transcript_from")
    content = [
        {"file": f"speech/{name}.wav", **dict(zip(names, row, strict=True))}
        for name, row in rows.items()
    ]
    (folder / "media.json").write_text(json.dumps(content))
    (folder / "speech").mkdir()
    for name in rows:
        with wave.open(str(folder / "speech" / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(np.zeros(6 * 16_000, np.int16).tobytes())


def test_what_a_recogniser_wrote_is_no_truth(tmp_path: Path) -> None:
    listed(
        tmp_path,
        known=("en", "one day", "source (a book)"),
        guessed=("en", "one day", "a recogniser's output"),
        unknown=(None, None, None),
    )
    found = {each.path.stem: each.said for each in recordings(tmp_path / "speech")}
    assert found == {"known": "one day", "guessed": None, "unknown": None}
    assert recordings(tmp_path) == recordings(tmp_path / "speech")
    with pytest.raises(WrongUsage, match=r"no media\.json"):
        recordings(tmp_path.parent)


def heard(language: str, known: str | None, length_s: float = 6.0) -> Reading:
    transcript = Transcript(language, 0.9, "engine", "base", "f" * 64, None, ())
    return Reading(Recording(Path("one.wav"), known, None), transcript, (0, 1), length_s, 0.6)


@pytest.mark.parametrize(
    ("reading", "right"),
    [
        (heard("en", "en"), True),
        (heard("ur", "hi"), True),
        (heard("de", "en"), False),
        (heard("en", None), None),
        (heard("de", "en", 4.9), None),
    ],
)
def test_a_language_is_right_wrong_or_not_to_be_told(reading: Reading, right: bool | None) -> None:
    assert reading.language_is_right is right


def test_the_table_says_how_the_engines_compare() -> None:
    told = table({"first": [heard("en", "en")], "second": [heard("de", "en")]})
    assert "first: word error rate 0.5000" in told
    assert "languages right 1 of 1; 0.100 CPU s a second" in told
    assert "languages right 0 of 1" in told
    assert "second lies inside the interval over files of first" in told


@pytest.mark.slow
def test_the_command_measures_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed(tmp_path, silent=("en", "one day", "source"))
    transcription.main([str(tmp_path), "--engine", "faster-whisper"])
    assert "faster-whisper: word error rate 1.0000" in capsys.readouterr().out
