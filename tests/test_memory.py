"""With a cold cache, a warm one, a broken one or none: the report is the same, byte by byte."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mediacheck import memory
from mediacheck.compare import Case, compare, examine
from mediacheck.errors import MediaUnreadable
from mediacheck.media import confine, decode, probe
from mediacheck.media.cache import Cache
from mediacheck.media.decode import Decoded
from mediacheck.memory import Memory, opened
from mediacheck.model import Options, Question, Span, Transcript
from mediacheck.progress import SILENT
from mediacheck.report.json import dumps

MEDIA = Path(__file__).parents[1] / "fixtures" / "media"
CLIP, ORIGINAL = MEDIA / "partial" / "clip.mp4", MEDIA / "partial" / "original.mp4"
QUESTION = Question(options=Options(transcript=False))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files for which a decoding child was started."""
    names: list[str] = []
    start = confine.start_child

    def counted(file, path):
        names.append(path.name)
        return start(file, path)

    monkeypatch.setattr(probe, "start_child", counted)
    return names


def examined(cache: Path | str | None, clip: Path = CLIP) -> Case:
    return examine(clip, ORIGINAL, QUESTION, cache=cache)


def damaged_copy(tmp_path: Path) -> Path:
    content = bytearray(CLIP.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = bytes(400)
    copy = tmp_path / "damaged.mp4"
    copy.write_bytes(content)
    return copy


def test_a_warm_cache_gives_the_same_bytes_and_decodes_nothing(
    folder: Path, children: list[str]
) -> None:
    without = examined(None)
    cold = examined(folder)
    assert children == ["clip.mp4", "original.mp4"] * 2
    warm = examined(folder)
    assert children == ["clip.mp4", "original.mp4"] * 2
    assert dumps(cold.comparison) == dumps(without.comparison) == dumps(warm.comparison)
    assert cold.run.warnings == warm.run.warnings == ()


def test_a_second_clip_costs_only_the_clip(folder: Path, children: list[str]) -> None:
    examined(str(folder))  # as files are, a folder may be named by a str
    children.clear()
    examined(folder, clip=MEDIA / "innocent" / "clip.mp4")
    assert children == ["clip.mp4"]


def test_damage_is_told_from_the_cache_too(folder: Path, tmp_path: Path) -> None:
    clip = damaged_copy(tmp_path)
    cold, warm = examined(folder, clip), examined(folder, clip)
    assert any("damaged" in told for told in cold.comparison.clip.condition)
    assert dumps(warm.comparison) == dumps(cold.comparison)


def test_a_broken_cache_is_named_in_the_run_and_not_in_the_report(folder: Path) -> None:
    cold = examined(folder)
    for path in folder.glob("*.entry"):
        path.write_bytes(path.read_bytes()[:-1])

    broken = examined(folder)

    assert dumps(broken.comparison) == dumps(cold.comparison)
    assert len(broken.run.warnings) == 1
    assert examined(folder).run.warnings == ()  # made again


def test_without_a_cache_nothing_is_written(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("MEDIACHECK_CACHE")
    compare(CLIP, ORIGINAL, QUESTION)
    assert list(tmp_path.iterdir()) == []


def decoded(path: Path, cache: Cache | None, part: Span | None = None) -> Decoded:
    with opened(path, cache) as source:
        return Memory(source, part, cache).decoded("decode")


def same(one: Decoded, other: Decoded) -> bool:
    assert one.frames is not None
    assert other.frames is not None
    pairs = [
        (one.frames.times, other.frames.times),
        (one.frames.thumbs, other.frames.thumbs),
        (one.frames.album.times, other.frames.album.times),
        *((a.samples, b.samples) for a, b in zip(one.sounds, other.sounds, strict=True)),
    ]
    return (
        all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)
        and [bytes(a) for a in one.frames.album.encoded]
        == [bytes(b) for b in other.frames.album.encoded]
        and [(s.rate, s.starts, s.ends, s.stream_index) for s in one.sounds]
        == [(s.rate, s.starts, s.ends, s.stream_index) for s in other.sounds]
        and one.media == other.media
    )


def test_a_decoded_file_comes_back_bit_by_bit(folder: Path) -> None:
    cold = decoded(ORIGINAL, Cache(folder, {}))
    warm = decoded(ORIGINAL, Cache(folder, {}))
    assert same(cold, warm)
    assert warm.frames is not None
    assert cold.frames is not None
    assert np.array_equal(warm.frames.nearest(1.0)[1], cold.frames.nearest(1.0)[1])


def test_a_part_of_a_file_is_not_taken_for_the_whole(folder: Path) -> None:
    whole = decoded(ORIGINAL, Cache(folder, {}))
    part = decoded(ORIGINAL, Cache(folder, {}), Span(2.0, 5.0))
    assert not same(whole, part)
    assert same(part, decoded(ORIGINAL, Cache(folder, {}), Span(2.0, 5.0)))
    assert same(whole, decoded(ORIGINAL, Cache(folder, {})))


def test_speech_is_looked_for_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(samples):
        raise AssertionError("looked for again")

    cache = Cache(folder, {})
    with opened(CLIP, cache) as source:
        first = Memory(source, None, cache)
        sound = first.decoded("decode").sounds[0]
        found = first.speech(sound)
        monkeypatch.setattr(memory, "speech_probability", refuse)
        assert first.speech(sound) is found
        again = Memory(source, None, Cache(folder, {})).speech(sound)
    assert np.array_equal(found, again)
    assert found.dtype == again.dtype


class Reader:
    """An engine that counts how often it is asked, and reads each time the same."""

    def __init__(self, **other: str) -> None:
        self.name, self.model, self.sha256 = "faster-whisper", "base", "5" * 64
        self.asked = 0
        for name, value in other.items():
            setattr(self, name, value)

    def transcribe(self, samples, start_s, voiced, language, progress) -> Transcript:
        self.asked += 1
        return Transcript(
            language or "ru",
            1 / 3,
            self.name,
            self.model,
            self.sha256,
            range=None,
            segments=(),
            voiced=voiced,
        )


SPOKEN = (Span(0.25, 1.5), Span(2.0, 2.5))
Reading = Callable[..., Transcript]


@pytest.fixture
def reading(folder: Path) -> Reading:
    """The transcript of the clip's sound by a reader, with a cache opened anew each time."""
    sound = decoded(CLIP, None).sounds[0]

    def read(reader: Reader, spoken=SPOKEN, language=None, part=None, model="base") -> Transcript:
        cache = Cache(folder, {})
        with opened(CLIP, cache) as source:
            return Memory(source, part, cache).transcript(
                reader, model, sound, spoken, language, SILENT
            )

    return read


def test_the_same_speech_is_read_once(reading: Reading) -> None:
    first, second = Reader(), Reader()
    assert reading(first) == reading(second)
    assert (first.asked, second.asked) == (1, 0)


@pytest.mark.parametrize(
    ("reader", "other"),
    [
        (Reader(name="openai-whisper"), {}),
        (Reader(sha256="6" * 64), {}),
        (Reader(model="mine"), {}),
        (Reader(), {"language": "ru"}),
        (Reader(), {"spoken": SPOKEN[:1]}),
        (Reader(), {"part": Span(0.0, 3.0)}),
    ],
    ids=["engine", "weights", "name", "language", "voiced", "part"],
)
def test_what_changes_a_transcript_is_read_again(reading: Reading, reader: Reader, other) -> None:
    reading(Reader())
    reader.asked = 0
    reading(reader, **other)
    assert reader.asked == 1


def test_another_tokenizer_beside_the_model_is_read_again(reading: Reading, tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.bin").write_bytes(b"weights")
    (model / "tokenizer.json").write_text("{}")
    reader = Reader()
    reading(reader, model=str(model))
    reading(reader, model=str(model))
    assert reader.asked == 1
    (model / "tokenizer.json").write_text("[]")
    reading(reader, model=str(model))
    assert reader.asked == 2


def test_a_known_file_that_was_closed_starts_no_child(folder: Path, children: list[str]) -> None:
    opened(CLIP, Cache(folder, {})).close()
    children.clear()
    with opened(CLIP, Cache(folder, {})) as source:
        source.end()
        with pytest.raises(MediaUnreadable, match="the decoder stopped"):
            decode.decode(source)
    assert children == []


def test_a_run_that_fails_leaves_nobody_waiting(folder: Path, tmp_path: Path, monkeypatch) -> None:
    """One file cannot be decoded while the other one's child has not even been started."""
    begun = threading.Event()
    real = Memory.decoded

    def failing(self, stage, progress):
        if stage == "decode the clip":
            begun.wait(10)
            raise MediaUnreadable("clip.mp4: no")
        begun.set()
        return real(self, stage, progress)

    monkeypatch.setattr(Memory, "decoded", failing)
    with pytest.raises(MediaUnreadable):
        examined(folder)
    assert not list(folder.glob("partial-*"))
