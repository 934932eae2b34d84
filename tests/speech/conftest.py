import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mediacheck.model import Span, SpeechSegment, Transcript, Word

Say = Callable[..., Transcript]


@pytest.fixture
def say() -> Say:
    """A transcript in which every line is a segment and every word takes `word_s`."""

    def transcript(
        *lines: str,
        start: float = 0.0,
        word_s: float = 0.4,
        pause_s: float = 0.6,
        language: str = "en",
        probability: float = 0.95,
        unreliable: tuple[int, ...] = (),
        voiced: tuple[Span, ...] | None = None,
    ) -> Transcript:
        segments = []
        position = start
        for number, line in enumerate(lines):
            words = []
            for text in line.split():
                words.append(
                    Word(text, round(position, 3), round(position + word_s, 3), probability)
                )
                position += word_s
            segments.append(
                SpeechSegment(
                    start=words[0].start,
                    end=words[-1].end,
                    text=line,
                    words=tuple(words),
                    no_speech=0.02,
                    mean_logprob=-0.2,
                    compression=1.2,
                    reliable=number not in unreliable,
                )
            )
            position += pause_s
        spoken = tuple(Span(segment.start, segment.end) for segment in segments)
        return Transcript(
            language=language,
            language_probability=0.99,
            engine="test",
            model="test",
            sha256="0" * 64,
            range=None,
            segments=tuple(segments),
            voiced=spoken if voiced is None else voiced,
        )

    return transcript


@pytest.fixture
def footage() -> Path:
    """The developers' folder of real speech, which is not part of the project."""
    folder = os.environ.get("MEDIACHECK_FOOTAGE")
    if not folder or not Path(folder, "speech").is_dir():
        pytest.skip("MEDIACHECK_FOOTAGE does not name a folder with real speech")
    return Path(folder)
