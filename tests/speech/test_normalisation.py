import subprocess
import sys

import pytest

from mediacheck.speech import normalisation
from mediacheck.speech.normalisation import normalised, same_words


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("twenty five percent", "25%", "en"),
        ("The colour", "the color", "en"),
        ("won't", "will not", "en"),
        ("uh", "", "en"),  # Whisper's own list of sounds that are no words
        ("Über uns", "über  uns!", "de"),
        ("Сам", "сам.", "ru"),
    ],
)
def test_two_spellings_of_the_same_words(left: str, right: str, language: str) -> None:
    assert same_words(left, right, language)
    assert same_words(right, left, language)


@pytest.mark.parametrize(
    ("left", "right", "language"),
    [
        ("twenty five percent", "26%", "en"),
        ("won't", "will", "en"),
        ("(Pakistan)", "", "en"),  # the normalisers take brackets for a subtitle's
        ("[Pakistan]", "", "fr"),
        ("twenty five", "25", "de"),  # only English has numbers
        ("मरना", "मारना", "hi"),  # the basic normaliser drops what tells them apart
        ("ไม้", "ไม่", "th"),
    ],
)
def test_other_words_stay_other_words(left: str, right: str, language: str) -> None:
    assert not same_words(left, right, language)


def test_the_normalisers_are_whispers_own() -> None:
    import whisper.normalizers as theirs

    text = "Mr. Smith won't pay $20 million, i.e. twenty-five percent, for the colour!"
    assert normalised(text, "en") == theirs.EnglishTextNormalizer()(text).strip()
    assert normalised("Où est-il ?", "fr") == theirs.BasicTextNormalizer()("Où est-il ?").strip()


def test_whisper_itself_is_not_imported() -> None:
    script = (
        "import sys\nfrom mediacheck.speech.normalisation import same_words\n"
        "assert same_words('25%', 'twenty five percent', 'en')\n"
        "assert not {'torch', 'whisper'} & set(sys.modules), set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_without_whisper_nothing_is_the_same_and_the_reason_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(normalisation.importlib.util, "find_spec", lambda name: None)
    normalisation._normaliser.cache_clear()
    try:
        assert not same_words("25%", "twenty five percent", "en")
        assert not same_words("25%", "twenty five percent", "en")
    finally:
        normalisation._normaliser.cache_clear()
    assert len(caplog.records) == 1
    assert "openai-whisper is missing" in caplog.text
