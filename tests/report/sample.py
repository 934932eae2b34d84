"""Comparisons as a finished run leaves them, with invented numbers; several reports to look at and test."""

from __future__ import annotations

import math
from dataclasses import replace

from mediacheck.judging import with_self_check
from mediacheck.model import (
    Alignment,
    Answer,
    Box,
    CalibrationRecord,
    Comparison,
    Confirmation,
    Context,
    ErrorRate,
    FalseAlarm,
    Finding,
    Geometry,
    Kind,
    Likeness,
    Measurement,
    Media,
    Null,
    OutcomeRow,
    PictureSegment,
    PictureState,
    Question,
    Run,
    SelfCheck,
    Series,
    Severity,
    SoundSegment,
    SoundState,
    Span,
    SpeechSegment,
    Statement,
    Stream,
    StreamInfo,
    Term,
    TermSearch,
    Timeline,
    Tool,
    Transcript,
    Transcripts,
    Twin,
    Unanswered,
    Verdict,
    Word,
    WordChange,
    Words,
)
from mediacheck.wording import explanations, headline, summary

HOSTILE = (
    '"><script>alert(1)</script><meta http-equiv=refresh content="0;url=http://evil.example/">'
    "\u202egpj.exe\x1b[31mred\x1b[0m\n</title></style>{{7*7}}\x00\u2028\ud800"
)
ERROR_RATE = ErrorRate(
    condition="AAC 32k to 128k, speech, windows of 3 s",
    false_alarm=(0.012, 0.003, 0.042),
    miss=(0.031, 0.011, 0.077),
    pairs=162,
    sources=14,
    measured_on="doctored talking footage, reports/calibration/default-1.md",
    false_alarm_of=(90, 14),
    miss_of=(72, 11),
)
_ROW = {
    "pairs": 90,
    "sources": 12,
    "measured_on": "doctored talking footage, bench 1",
    "false_alarm_of": (50, 12),
    "miss_of": (44, 9),
}
BY_CONDITION = {
    "sound": (
        ErrorRate("all", (0.02, 0.01, 0.05), (0.08, 0.04, 0.13), **_ROW),
        ErrorRate("clean", (0.0, 0.0, 0.25), (0.03, 0.0, 0.09), **_ROW),
        ErrorRate("heavy compression", (0.044, 0.012, 0.11), (0.12, 0.05, 0.2), **_ROW),
    ),
    "verdict": (
        ErrorRate("all", (0.031, 0.01, 0.07), (0.06, 0.03, 0.1), **_ROW),
        ErrorRate("clean", (0.0, 0.0, 0.25), (0.02, 0.0, 0.07), **_ROW),
        ErrorRate("heavy compression", (0.067, 0.02, 0.15), None, **_ROW),
    ),
}
RUSSIAN = (
    "Добрый день, уважаемые коллеги.",
    "Мы только что завершили заседание попечительского совета.",
    "Речь шла об экспедициях и о картах Арктики.",
    "Молодые учёные получили новые гранты.",
    "Есть ещё вопросы, пожалуйста.",
    "Спасибо, это хороший вопрос.",
    "Реки и леса требуют внимания.",
    "На этом всё, благодарю вас.",
)
ENGLISH = (
    "Let me be very clear about Atlantia.",
    "We will not accept what has happened there.",
    "Atlantia will feel the consequences soon.",
    "This is my last warning.",
)


def media(
    sha: str, duration: float, sound: bool = True, picture: bool = True, **changes: object
) -> Media:
    streams = []
    if picture:
        streams.append(
            StreamInfo(0, "picture", "h264", 0.0, duration, 1280, 720, 25.0, "yuv420p", 0.0)
        )
    if sound:
        streams.append(
            StreamInfo(1, "sound", "aac", 0.021, duration, rate=44100, channels=2, language="und")
        )
    base = Media(
        sha256=sha * 8,
        bytes=int(duration * 181_337),
        duration_s=duration,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        streams=tuple(streams),
        metadata={
            "major_brand": "isom",
            "encoder": "Lavf58.76.100",
            "title": "Q&A после заседания",
        },
        condition=(),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def run(clip_name: str = "viral clip.mp4", original_name: str = "press-qa-full.mp4") -> Run:
    return Run(
        clip_name=clip_name,
        original_name=original_name,
        clip_path=f"/home/desk/{clip_name}",
        original_path=f"/home/desk/{original_name}",
        received="2026-11-20T06:17:04Z",
        finished="2026-11-20T06:18:22Z",
        host="desk-3",
        platform="Linux-6.1-x86_64",
        processor="AMD EPYC 7B13",
        instruction_set="AVX2",
        python="3.11.7",
        packages={"av": "18.1.0", "numpy": "2.4.6", "faster-whisper": "1.2.1", "scipy": "1.17.1"},
        confinement="A: bubblewrap",
        cpu_s=74.2,
        wall_s=48.112,
        stages={"decode": 12.52, "align": 3.1, "speech": 28.9},
        warnings=(),
    )


def spoken(
    start: float, end: float, text: str, reliable: bool = True, logprob: float = -0.21
) -> SpeechSegment:
    parts = text.split()
    step = (end - start) / max(1, len(parts))
    words = tuple(
        Word(part, round(start + i * step, 3), round(start + (i + 1) * step, 3), 0.93)
        for i, part in enumerate(parts)
    )
    return SpeechSegment(
        start, end, text, words, 0.02 if reliable else 0.71, logprob, 1.42, reliable
    )


def transcript(
    language: str, segments: tuple[SpeechSegment, ...], sure: float = 0.98
) -> Transcript:
    return Transcript(
        language=language,
        language_probability=sure,
        engine="faster-whisper 1.2.1",
        model="base",
        sha256="d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
        range=None,
        segments=segments,
        voiced=tuple(Span(segment.start, segment.end) for segment in segments),
    )


def wave(
    id_: str,
    check: str,
    name: str,
    unit: str,
    count: int,
    step: float,
    value: object,
    null: Null | None,
) -> Series:
    values = tuple(value(i) for i in range(count))  # type: ignore[operator]
    return Series(id_, check, name, unit, "clip", step / 2, step, values, null, Alignment(12.0))


def outcomes(**changes: tuple[str, str]) -> tuple[OutcomeRow, ...]:
    names = ("picture", "edits", "frame", "sound", "sync", "pitch", "words", "terms", "container")
    return tuple(
        OutcomeRow(name, 1, *changes.get(name, ("measured", None)))  # type: ignore[arg-type]
        for name in names
    )


def finished(
    answer: Answer,
    clip: Media,
    original: Media,
    timeline: Timeline,
    findings: tuple[Finding, ...],
    *,
    measurements: tuple[Measurement, ...] = (),
    series: tuple[Series, ...] = (),
    transcripts: Transcripts = Transcripts(),  # noqa: B008 - frozen
    words: Words = Words(False),  # noqa: B008 - frozen
    unanswered: tuple[Unanswered, ...] = (),
    question: Question = Question(),  # noqa: B008 - frozen
    geometry: Geometry | None = None,
) -> Comparison:
    told = tuple(
        replace(
            finding,
            id=f"f{number}",
            explanations=explanations(finding.kind),
            summary=summary(finding, words, transcripts, timeline),
        )
        for number, finding in enumerate(findings, 1)
    )
    said = headline(
        answer,
        told,
        timeline,
        clip,
        original,
        transcripts,
        words,
        unanswered,
        question.original_range,
    )
    skipped = {row.check: ("skipped", row.reason) for row in unanswered}
    return Comparison(
        tool=Tool("mediacheck", "0.1.0"),
        question=question,
        clip=clip,
        original=original,
        verdict=Verdict(
            answer,
            said,
            tuple(f.id for f in told if f.severity is Severity.ALTERATION),
            unanswered,
        ),
        timeline=timeline,
        findings=told,
        measurements=measurements,
        series=series,
        outcomes=outcomes(**skipped),
        transcripts=transcripts,
        words=words,
        calibration=CalibrationRecord("default-1", "5f" * 32, {"sound": (ERROR_RATE,)}),
        geometry=geometry,
    )


def sound_series(length: float, presence: tuple[tuple[Span, float], ...]) -> tuple[Series, ...]:
    """Level, presence, cleanliness and motion; presence as given per stretch of the clip."""
    step = 0.05

    def strength(second: float) -> float:
        return next((value for span, value in presence if span.start <= second < span.end), 8.0)

    def level(i: int) -> float | None:
        speaking = abs(math.sin(i * 0.031)) * abs(math.sin(i * 0.43))
        return -62.0 + 48.0 * speaking**0.4 if i % 97 > 6 else -64.0

    def present(i: int) -> float | None:
        return None if i % 61 == 0 else strength(i * step * 4) * (1 + 0.18 * math.sin(i * 0.7))

    count = int(length / step)
    return (
        wave("s-level", "sound", "level", "dB", count, step, level, None),
        wave(
            "s-presence",
            "sound",
            "presence",
            "",
            count // 4,
            step * 4,
            present,
            Null(6.1, 1.4, 11.8, 400),
        ),
        wave(
            "s-clean",
            "sound",
            "cleanliness",
            "",
            count // 4,
            step * 4,
            lambda i: 0.02 * (strength(i * step * 4) - 6) * (1 + 0.1 * math.sin(i * 0.9)),
            Null(0.03, 0.02, 0.09, 400),
        ),
        wave(
            "p-motion",
            "picture",
            "motion",
            "",
            count // 4,
            step * 4,
            lambda i: 0.71 + 0.12 * math.sin(i * 0.33),
            Null(0.02, 0.05, 0.19, 280),
        ),
    )


def press_qa() -> Comparison:
    """The whole sound replaced: English in the clip, Russian in the original, and a term."""
    clip, original = media("a1b2c3d4", 20.0), media("9f8e7d6c", 312.48)
    timeline = Timeline(
        (
            PictureSegment(
                Span(0.0, 20.0),
                Span(12.0, 32.0),
                PictureState.MATCHED,
                speed=1.0,
                mirrored=False,
                crop=Box(0.0, 0.0, 1.0, 1.0),
                placed=Box(0.0, 0.0, 1.0, 1.0),
                rotation=0.0,
                score=0.84,
                basis="picture",
            ),
        ),
        (SoundSegment(Span(0.0, 20.0), None, SoundState.REPLACED, 7.4, 0.03, None),),
    )
    russian = tuple(
        spoken(2.0 + 9.5 * i, 9.0 + 9.5 * i, text) for i, text in enumerate(RUSSIAN * 4)
    )
    english = (
        spoken(0.6, 4.4, ENGLISH[0]),
        spoken(5.0, 8.8, ENGLISH[1]),
        spoken(9.4, 10.4, "Thank you for watching.", reliable=False, logprob=-1.62),
        spoken(11.0, 14.8, ENGLISH[2]),
        spoken(15.8, 18.9, ENGLISH[3]),
    )
    spellings = ("Atlantia", "Атлантия", "Атлантии", "Атлантию")
    words = Words(
        comparable=False,
        terms=(
            TermSearch(
                "Atlantia",
                spellings,
                (Span(3.857, 4.4), Span(11.0, 11.633)),
                (),
                original_searched_s=224.0,
                original_unreliable=(Span(101.2, 104.7),),
                confirmed_by=(Confirmation("openai-whisper 20250625", "d0" * 32, False),),
            ),
        ),
    )
    measurements = (
        Measurement(
            "m-motion",
            "picture",
            "motion_correlation",
            0.8412,
            "",
            Span(0.0, 20.0),
            Span(12.0, 32.0),
            Null(0.02, 0.05, 0.19, 280),
        ),
        Measurement(
            "m-presence",
            "sound",
            "presence",
            7.41,
            "",
            Span(0.0, 20.0),
            Span(12.0, 32.0),
            Null(6.1, 1.4, 11.8, 400),
        ),
        Measurement(
            "m-clean",
            "sound",
            "cleanliness",
            0.031,
            "",
            Span(0.0, 20.0),
            Span(12.0, 32.0),
            Null(0.03, 0.02, 0.09, 400),
        ),
        Measurement("m-language", "words", "language_probability", 0.971, "", Span(0.0, 20.0)),
        Measurement("m-term", "terms", "heard", 2.0, "times", Span(3.857, 11.633)),
    )
    findings = (
        Finding(
            Kind.REPLACED,
            Stream.SOUND,
            Severity.ALTERATION,
            Span(0.0, 20.0),
            Span(12.0, 32.0),
            ("m-presence", "m-clean", "m-motion"),
            error_rate=ERROR_RATE,
        ),
        Finding(
            Kind.TERM_ONLY_IN_CLIP,
            Stream.WORDS,
            Severity.ALTERATION,
            Span(3.857, 11.633),
            None,
            ("m-term",),
            error_rate_reason="No labelled material for this language pair was measured.",
        ),
        Finding(
            Kind.LANGUAGE_DIFFERS,
            Stream.WORDS,
            Severity.NOTE,
            Span(0.0, 20.0),
            Span(12.0, 32.0),
            ("m-language",),
            error_rate_reason="Measured on too few sources.",
        ),
    )
    return finished(
        Answer.ALTERED,
        clip,
        original,
        timeline,
        findings,
        measurements=measurements,
        series=sound_series(20.0, ((Span(0.0, 20.0), 7.4),)),
        transcripts=Transcripts(transcript("en", english, 0.971), transcript("ru", russian, 0.993)),
        words=words,
        unanswered=(
            Unanswered("frame", "the face model is not installed: pip install mediacheck[weights]"),
        ),
        question=Question(
            claim="The president threatens Atlantia during a press conference.",
            terms=(Term("Atlantia", spellings[1:]),),
            context=Context(
                event="Press questions after a meeting of the board of trustees",
                date="2025-10-23",
                place="Санкт-Петербург",
                sources=("https://example.org/press-qa-full",),
                statements=(
                    Statement(
                        "یہ ویڈیو جعلی ہے، اور 23 اکتوبر کو اس ملک کا ذکر تک نہیں ہوا۔",
                        "سفارت خانہ، اسلام آباد",
                        "https://example.org/statement",
                        "2025-10-25",
                    ),
                    Statement("The country was not mentioned at all.", "A spokeswoman"),
                ),
            ),
        ),
        geometry=Geometry(False, Box(0, 0, 1, 1), Box(0, 0, 1, 1), 0.0, 312),
    )


def partial() -> Comparison:
    """Part of the sound replaced, time removed, another part of the frame changed; cropped; same language."""
    clip, original = media("b7c6d5e4", 30.0), media("18273645", 7384.2)
    head, tail = Span(0.0, 18.0), Span(18.0, 30.0)
    crop = Box(0.1, 0.0, 0.8, 0.9)
    shared = {
        "mirrored": False,
        "crop": crop,
        "placed": Box(0, 0, 1, 1),
        "rotation": 0.0,
        "speed": 1.0,
    }
    timeline = Timeline(
        (
            PictureSegment(
                head, Span(6120.4, 6138.4), PictureState.MATCHED, score=0.77, basis="both", **shared
            ),  # type: ignore[arg-type]
            PictureSegment(
                tail, Span(6171.9, 6183.9), PictureState.MATCHED, score=0.8, basis="both", **shared
            ),  # type: ignore[arg-type]
        ),
        (
            SoundSegment(Span(0.0, 8.2), Span(6120.4, 6128.6), SoundState.SAME, 41.2, 0.88),
            SoundSegment(Span(8.2, 12.6), None, SoundState.REPLACED, 7.1, 0.04),
            SoundSegment(Span(12.6, 18.0), Span(6133.0, 6138.4), SoundState.SAME, 39.0, 0.86),
            SoundSegment(
                Span(18.0, 26.0), Span(6171.9, 6179.9), SoundState.MIXED, 18.0, 0.21, -11.5
            ),
            SoundSegment(Span(26.0, 28.4), Span(6179.9, 6182.3), SoundState.MUSIC_ADDED, 33.0, 0.4),
            SoundSegment(Span(28.4, 29.2), None, SoundState.SILENT),
            SoundSegment(Span(29.2, 30.0), None, SoundState.UNDETERMINED),
        ),
    )
    clip_said = (
        spoken(0.5, 4.0, "We welcome the talks on the northern bridge."),
        spoken(4.6, 8.0, "Both sides have agreed to continue."),
        spoken(8.3, 12.4, "and we will never pay them back"),
        spoken(13.0, 17.6, "That is what the committee decided."),
        spoken(18.4, 25.6, "The minister spoke about the harbour."),
    )
    original_said = (
        spoken(6120.9, 6124.4, "We welcome the talks on the northern bridge."),
        spoken(6125.0, 6128.4, "Both sides have agreed to continue."),
        spoken(6128.8, 6132.6, "and we will repay every loan in spring"),
        spoken(6133.4, 6138.0, "That is what the committee decided."),
        spoken(6139.2, 6151.0, "There was no mention of new taxes at all."),
        spoken(6172.3, 6179.5, "The minister spoke about the harbour."),
    )
    words = Words(
        True,
        (
            WordChange(
                "replaced",
                Span(9.5, 12.4),
                Span(6129.8, 6132.6),
                "will never pay them back",
                "will repay every loan in spring",
            ),
            WordChange(
                "removed",
                None,
                Span(6139.2, 6151.0),
                "",
                "There was no mention of new taxes at all.",
            ),
        ),
        0.71,
    )
    measurements = tuple(
        Measurement(f"m{i}", check, name, value, unit, span, there, null)
        for i, (check, name, value, unit, span, there, null) in enumerate(
            (
                (
                    "sound",
                    "presence",
                    7.12,
                    "",
                    Span(8.2, 12.6),
                    Span(6128.6, 6133.0),
                    Null(6.0, 1.3, 11.2, 400),
                ),
                (
                    "sound",
                    "cleanliness",
                    0.041,
                    "",
                    Span(8.2, 12.6),
                    Span(6128.6, 6133.0),
                    Null(0.03, 0.02, 0.1, 400),
                ),
                (
                    "sound",
                    "residual_level",
                    -11.5,
                    "dB",
                    Span(18.0, 26.0),
                    Span(6171.9, 6179.9),
                    None,
                ),
                ("edits", "jump", 33.5, "s", Span(18.0, 18.0), Span(6138.4, 6171.9), None),
                (
                    "frame",
                    "cluster_z",
                    14.25,
                    "",
                    Span(3.2, 6.8),
                    Span(6123.6, 6127.2),
                    Null(1.1, 0.9, 4.7, 960),
                ),
                ("frame", "crop_width", 0.8, "", None, None, None),
                (
                    "words",
                    "similarity",
                    0.7123456789,
                    "",
                    Span(8.3, 12.4),
                    Span(6128.8, 6132.6),
                    None,
                ),
            )
        )
    )
    rows = (
        Finding(
            Kind.REPLACED,
            Stream.SOUND,
            Severity.ALTERATION,
            Span(8.2, 12.6),
            None,
            ("m0", "m1"),
            error_rate=ERROR_RATE,
        ),
        Finding(
            Kind.MIXED,
            Stream.SOUND,
            Severity.ALTERATION,
            Span(18.0, 26.0),
            Span(6171.9, 6179.9),
            ("m2",),
            value=-11.5,
            unit="dB",
            error_rate_reason="Too few pairs.",
        ),
        Finding(
            Kind.MUSIC_ADDED,
            Stream.SOUND,
            Severity.PRESENTATION,
            Span(26.0, 28.4),
            Span(6179.9, 6182.3),
            ("m2",),
            error_rate_reason="Too few pairs.",
        ),
        Finding(
            Kind.CUT,
            Stream.PICTURE,
            Severity.ALTERATION,
            Span(18.0, 18.0),
            Span(6138.4, 6171.9),
            ("m3",),
            value=33.5,
            unit="s",
            error_rate_reason="Too few pairs.",
        ),
        Finding(
            Kind.REGION,
            Stream.PICTURE,
            Severity.ALTERATION,
            Span(3.2, 6.8),
            Span(6123.6, 6127.2),
            ("m4",),
            box=Box(0.62, 0.08, 0.22, 0.34),
            value=14.25,
            error_rate_reason="Too few pairs.",
        ),
        Finding(
            Kind.CROPPED,
            Stream.PICTURE,
            Severity.PRESENTATION,
            Span(0.0, 30.0),
            None,
            ("m5",),
            box=crop,
            error_rate_reason="Too few pairs.",
        ),
        Finding(
            Kind.WORDS_DIFFER,
            Stream.WORDS,
            Severity.ALTERATION,
            Span(9.5, 12.4),
            Span(6129.8, 6132.6),
            ("m6",),
            error_rate_reason="Too few pairs.",
        ),
    )
    presence = ((Span(8.2, 12.6), 7.1), (Span(18.0, 26.0), 18.0), (Span(0.0, 30.0), 40.0))
    return finished(
        Answer.ALTERED,
        clip,
        original,
        timeline,
        rows,
        measurements=measurements,
        series=sound_series(30.0, presence),
        transcripts=Transcripts(transcript("en", clip_said), transcript("en", original_said)),
        words=words,
        geometry=Geometry(False, crop, Box(0, 0, 1, 1), 0.0, 187),
    )


def no_alteration() -> Comparison:
    """Picture and sound match throughout; mirrored; speech was turned off."""
    clip, original = media("c0ffee01", 41.6), media("0ddba115", 95.0)
    timeline = Timeline(
        (
            PictureSegment(
                Span(0.0, 41.6),
                Span(20.0, 61.6),
                PictureState.MATCHED,
                1.0,
                True,
                score=0.9,
                basis="both",
            ),
        ),
        (SoundSegment(Span(0.0, 41.6), Span(20.0, 61.6), SoundState.SAME, 44.0, 0.9),),
    )
    return finished(
        Answer.NO_ALTERATION_FOUND,
        clip,
        original,
        timeline,
        (
            Finding(
                Kind.MIRRORED,
                Stream.PICTURE,
                Severity.PRESENTATION,
                Span(0.0, 41.6),
                Span(20.0, 61.6),
                (),
            ),
        ),
        series=sound_series(41.6, ((Span(0.0, 41.6), 42.0),)),
        unanswered=(
            Unanswered("words", "transcripts were turned off"),
            Unanswered("terms", "transcripts were turned off"),
        ),
    )


def inconclusive() -> Comparison:
    """The picture is nowhere in the original, part of it too still to tell; the sound is the original's."""
    clip, original = media("dead10cc", 24.0), media("5ca1ab1e", 600.0)
    timeline = Timeline(
        (
            PictureSegment(Span(0.0, 15.0), None, PictureState.FOREIGN, score=0.04),
            PictureSegment(Span(15.0, 24.0), None, PictureState.UNDETERMINED, score=0.02),
        ),
        (SoundSegment(Span(0.0, 24.0), Span(200.0, 224.0), SoundState.SAME, 37.0, 0.8),),
    )
    return finished(
        Answer.INCONCLUSIVE,
        clip,
        original,
        timeline,
        (),
        series=sound_series(24.0, ((Span(0.0, 24.0), 37.0),)),
        unanswered=(Unanswered("edits", "no part of the picture was matched"),),
    )


def not_in_original() -> Comparison:
    """Neither picture nor sound stands anywhere in the part of the original that was searched."""
    clip, original = media("faded001", 12.0), media("0ff5e701", 180.0)
    timeline = Timeline(
        (PictureSegment(Span(0.0, 12.0), None, PictureState.FOREIGN, score=0.03),),
        (SoundSegment(Span(0.0, 12.0), None, SoundState.FOREIGN, 6.2, 0.02),),
    )
    return finished(
        Answer.NOT_IN_ORIGINAL,
        clip,
        original,
        timeline,
        (Finding(Kind.UNCOVERED, Stream.PICTURE, Severity.NOTE, Span(0.0, 12.0), None, ()),),
        question=Question(original_range=Span(10.0, 170.0)),
    )


def hostile() -> Comparison:
    """press_qa() with an attack in every place that holds text from outside."""
    base = press_qa()
    term = replace(
        base.words.terms[0], term=HOSTILE, spellings=(HOSTILE, "Atlantia"), reason=HOSTILE
    )
    said = (spoken(0.6, 4.4, HOSTILE), spoken(5.0, 8.8, "پریس کانفرنس میں صدر نے کہا"))
    heard = transcript("en", said)
    clip = replace(
        base.clip,
        container=HOSTILE,
        metadata={
            HOSTILE: HOSTILE,
            "comment": "A" * 5000,
            "z": "Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306",
        },
        condition=(HOSTILE,),
        streams=tuple(
            replace(stream, codec=HOSTILE, language=HOSTILE) for stream in base.clip.streams
        ),
    )
    return replace(
        finished(
            base.verdict.answer,
            clip,
            base.original,
            base.timeline,
            tuple(replace(finding, error_rate_reason=HOSTILE) for finding in base.findings),
            measurements=tuple(replace(row, name=HOSTILE) for row in base.measurements),
            series=tuple(replace(row, unit=HOSTILE) for row in base.series),
            transcripts=replace(base.transcripts, clip=replace(heard, language=HOSTILE)),
            words=replace(base.words, terms=(term,)),
            unanswered=(Unanswered(HOSTILE, HOSTILE),),
            question=Question(
                claim=HOSTILE,
                terms=(Term(HOSTILE),),
                context=Context(
                    *(HOSTILE, HOSTILE, HOSTILE),
                    sources=(HOSTILE,),
                    statements=(Statement(HOSTILE, HOSTILE, HOSTILE, HOSTILE),),
                ),
            ),
        ),
        tool=Tool(HOSTILE, HOSTILE),
    )


def self_checked() -> Comparison:
    """partial() with error rates by condition, and innocent copies of which one was called altered."""
    base = partial()
    like = Likeness(
        *(30.0, 640, 360, 25.0, "h264", 212.4, False, Box(0.1, 0.0, 0.8, 0.9), Box(0, 0, 1, 1)),
        *("aac", 48.2, 44100, 2, -3.2),
    )
    alarm = FalseAlarm(Kind.REPLACED, Stream.SOUND, Span(3.0, 5.5), Span(903.0, 905.5))
    twins = (
        Twin(Span(100.0, 130.0), Answer.NO_ALTERATION_FOUND),
        Twin(Span(900.0, 930.0), Answer.ALTERED, (alarm,)),
        Twin(Span(2100.0, 2130.0), Answer.NO_ALTERATION_FOUND),
        Twin(Span(5000.0, 5030.0), Answer.INCONCLUSIVE),
    )
    record = replace(base.calibration, error_rates=BY_CONDITION, condition="heavy compression")
    found = SelfCheck(twins, like, base.calibration.digest)
    return with_self_check(replace(base, calibration=record), found)


ALL = (press_qa, partial, no_alteration, inconclusive, not_in_original, hostile, self_checked)
