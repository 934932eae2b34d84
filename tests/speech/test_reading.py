from dataclasses import dataclass, field, replace

import numpy as np

from mediacheck.model import Span, SpeechSegment, Transcript, Word
from mediacheck.speech.activity import RATE
from mediacheck.speech.reading import NO_LANGUAGE, Reader, transcribed
from mediacheck.speech.reliability import LIMITS

BLANK = Transcript(NO_LANGUAGE, 0.0, "test", "test", "0" * 64, None, ())
SOUND = np.zeros(200 * RATE, np.int16)


def passage(*words: tuple[str, float, float]) -> SpeechSegment:
    made = tuple(Word(text, start, end, 0.912345) for text, start, end in words)
    text = "".join(word.text for word in made)
    return SpeechSegment(made[0].start, made[-1].end, text, made, 0.123456, -0.25, 1.5, False)


@dataclass
class Scripted:
    """A reader that answers every chunk alike, and remembers what it was asked."""

    speech: list[SpeechSegment]
    in_steps: list[SpeechSegment] = field(default_factory=list)
    probabilities: list[dict[str, float]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    known: tuple[str, ...] = ("en", "uk", "ru")

    def languages(self, sound: np.ndarray) -> dict[str, float]:
        self.asked.append(f"language of {len(sound) / RATE:g} s")
        return self.probabilities.pop(0)

    def read(self, sound: np.ndarray, language: str) -> list[SpeechSegment]:
        self.asked.append(f"{language} {len(sound) / RATE:g} s")
        return self.speech

    def read_in_steps(self, sound: np.ndarray, language: str) -> list[SpeechSegment]:
        self.asked.append(f"{language} {len(sound) / RATE:g} s in steps")
        return self.in_steps


class Heard:
    def __init__(self) -> None:
        self.steps: list[tuple[str, float, float]] = []

    def at(self, stage: str, done: float, total: float) -> None:
        self.steps.append((stage, done, total))


def run(
    reader: Reader, *spans: Span, start_s: float = 0.0, language: str | None = "en"
) -> Transcript:
    return transcribed(
        BLANK, lambda: reader, SOUND, start_s, spans, language, LIMITS, progress=Heard()
    )


def test_without_speech_nothing_is_built_and_no_language_is_claimed() -> None:
    def build() -> Reader:
        raise AssertionError("the model was built")

    found = transcribed(BLANK, build, SOUND, 0.0, (), None, LIMITS, Heard())
    assert (found.segments, found.language, found.language_probability) == ((), "und", 0.0)


def test_times_are_those_of_the_file_and_numbers_rounded() -> None:
    reader = Scripted([passage((" Come", 0.5, 1.0), (" in.", 1.0, 1.5))])
    found = run(reader, Span(20, 21.2), start_s=100.1)
    (segment,) = found.segments
    assert (segment.start, segment.end, segment.text) == (120.1, 121.1, "Come in.")
    assert segment.words == (Word("Come", 120.1, 120.6, 0.9123), Word("in.", 120.6, 121.1, 0.9123))
    assert (segment.no_speech, segment.reliable) == (0.1235, True)
    assert found.voiced == (Span(120.1, 121.3),)
    assert (found.language, found.language_probability) == ("en", 1.0)


def test_words_of_each_chunk_stand_in_their_chunk() -> None:
    reader = Scripted([passage((" Come", 0.5, 1.0), (" in.", 1.0, 1.5))])
    found = run(reader, Span(0.5, 20), Span(40, 60))
    assert [segment.start for segment in found.segments] == [0.5, 40.0]


def test_the_language_is_that_of_most_speech() -> None:
    shares = [{"uk": 0.4, "ru": 0.6}, {"uk": 0.9, "ru": 0.1}]
    reader = Scripted([passage((" так", 0.5, 1.0))], probabilities=shares)
    # The chunk with most speech (27 s) is asked first.
    found = run(reader, Span(10, 37), Span(60, 75), language=None)
    assert found.language == "uk"  # 0.4 * 27 + 0.9 * 15 against 0.6 * 27 + 0.1 * 15
    assert found.language_probability == round((0.4 * 27 + 0.9 * 15) / 42, 4)
    assert reader.asked[:2] == ["language of 28 s", "language of 16 s"]


def test_a_chunk_of_which_speech_was_left_out_is_read_in_steps() -> None:
    short = [passage((" Come", 0.5, 1.0))]
    full = [
        passage((" Come", 0.5, 1.0), (" in", 1.5, 2.5), (" and", 3.0, 4.0), (" sit.", 4.5, 5.5))
    ]
    reader = Scripted(short, full)
    assert run(reader, Span(10, 15)).segments[0].text == "Come in and sit."
    assert reader.asked == ["en 6 s", "en 6 s in steps"]
    # A second reading that hears no more does not replace the first.
    reader = Scripted(short, [passage((" Go", 0.5, 1.0))])
    assert run(reader, Span(10, 15)).segments[0].text == "Come"


def test_a_chunk_taken_for_no_speech_is_not_read_again() -> None:
    doubtful = replace(passage((" you", 0.5, 1.0)), no_speech=0.9, mean_logprob=-1.1)
    reader = Scripted([doubtful], [passage((" you", 0.5, 1.0), (" all", 2.0, 3.0))])
    run(reader, Span(10, 15))
    assert reader.asked == ["en 6 s"]
    run(nothing := Scripted([], reader.in_steps), Span(10, 15))
    assert nothing.asked == ["en 6 s"]


def test_made_up_words_are_marked() -> None:
    loop = passage(*((" na", 0.5 + i * 0.25, 0.75 + i * 0.25) for i in range(20)))
    (segment,) = run(Scripted([loop]), Span(10, 15.5)).segments
    assert not segment.reliable
    (segment,) = run(Scripted([replace(loop, compression=9.0)]), Span(10, 15.5)).segments
    assert not segment.reliable


def test_progress_ends_with_all_of_the_speech() -> None:
    heard = Heard()
    reader = Scripted([passage((" Come", 0.5, 1.0))])
    transcribed(BLANK, lambda: reader, SOUND, 0.0, (Span(1, 2),), "en", LIMITS, heard)
    assert heard.steps == [("speech", 0.0, 1.0), ("speech", 1.0, 1.0)]
