"""What else could cause a finding? Innocent causes first; the reader weighs them, not the tool."""

from __future__ import annotations

from mediacheck.model import Kind, Span

_CANDIDATE = (
    "The candidate may not be the footage that the clip was made from: another camera or take."
)
_PUBLISHER = (
    "The publisher may have edited the original after the clip was made from an earlier version."
)
_NOISE = "Heavy compression, noise or a re-recording from a screen can look or sound like a change."
_EDITING = (
    "It may be ordinary editing for length, which can be honest or misleading: compare the sense."
)
_TRACK = (
    "The clip may carry another sound track of the same event: an interpreter, a dubbed broadcast, "
    "another broadcaster."
)
_MODEL = (
    "The speech model mishears, above all names, accents, noise and speech under music: "
    "listen yourself."
)

_UNSEARCHED = "It may stand in a part of the original that was not searched."
# Kinds that say of something that it was not found.
_NOT_FOUND = (Kind.INSERT, Kind.UNCOVERED, Kind.TERM_ONLY_IN_CLIP)

_EXPLANATIONS: dict[Kind, tuple[str, ...]] = {
    Kind.REPLACED: (
        _TRACK,
        _PUBLISHER,
        "The clip's sound may be so noisy that the original's is lost in it.",
    ),
    Kind.MIXED: (
        "An interpreter, a commentator or a person near the microphone may speak over it.",
        _TRACK,
        "The original may have been cleaned of other voices after recording.",
    ),
    Kind.MUSIC_ADDED: (
        "Music or effects are often added for publication.",
        "The original's copy may have had music removed for rights.",
    ),
    Kind.DESYNC: (
        "Repeated copying and editing often shifts sound against picture by accident.",
        "The original's own sound may be out of step.",
    ),
    Kind.PITCH: (
        "Conversion between 24 and 25 frames a second shifts pitch by 0.7 semitones.",
        "Uploaders change pitch to escape copyright detection.",
    ),
    Kind.MUTED: (
        "Sound is often muted for copyright or to hide bad language.",
        "The recording or the copy may have failed.",
    ),
    Kind.NO_SOUND: (
        "The track may have been lost in copying, or the copy is a preview without sound.",
    ),
    Kind.CUT: (_EDITING, _PUBLISHER),
    Kind.INSERT: (
        "It may be a cutaway, a title or a broadcaster's insert.",
        _PUBLISHER,
        _CANDIDATE,
    ),
    Kind.UNCOVERED: (
        "It may be an intro, an end card, or footage from before or after this candidate.",
    ),
    Kind.REORDER: (_EDITING, _PUBLISHER),
    Kind.REPEAT: (
        "Teasers and replays show a part twice.",
        "Scenes that look nearly alike can be taken for each other.",
    ),
    Kind.FREEZE: (
        "A broken stream or a bad copy also stands still.",
        "A freeze frame is a usual effect.",
    ),
    Kind.SPEED: (
        "Conversion between frame rates changes speed by a few percent.",
        "Uploaders speed clips up or down to escape copyright detection.",
    ),
    Kind.REGION: (_NOISE, "A logo, a blurred face or a subtitle also differs.", _PUBLISHER),
    Kind.FACE: (_NOISE, "A face may have been blurred or retouched openly.", _PUBLISHER),
    Kind.MIRRORED: ("Front cameras and uploaders who dodge copyright detection mirror pictures.",),
    Kind.CROPPED: ("Cropping for a phone's screen is usual; look at what was left outside.",),
    Kind.BORDERED: ("Borders come from fitting one picture shape into another.",),
    Kind.OVERLAY: ("Logos, subtitles and platform marks are usual; read what the text claims.",),
    Kind.COLOUR: ("Conversion, filters and screens change colour.",),
    Kind.ROTATED: ("Stabilising or fitting a screen rotates pictures slightly.",),
    Kind.WORDS_DIFFER: (_MODEL, _TRACK, _PUBLISHER),
    Kind.TERM_ONLY_IN_CLIP: (
        _MODEL,
        "The original may say it in a form, language or spelling that was not searched.",
        "It may have been said in a part of the event that this candidate does not hold.",
    ),
    Kind.CAPTION_DIFFERS: (
        "Captions are shortened, translated or placed early and late.",
        "Reading text from a picture makes mistakes.",
    ),
    Kind.LANGUAGE_DIFFERS: (
        "An official interpretation or a dubbed broadcast has another language for honest reasons.",
        "Names of languages are told by a model, which confuses close languages and short speech.",
    ),
    Kind.VOICE_DIFFERS: (
        "Excitement, shouting, illness and programs that move the pitch make a voice higher or lower.",
        "Another person may speak at this place, as an interpreter does.",
    ),
    Kind.METADATA_TRACKS: (
        "Recorders and programs arrange channels and tracks as they like: it says nothing of what is heard.",
    ),
    Kind.SAME_FILE: ("One of the two may have been given by mistake.",),
}


def explanations(
    kind: Kind,
    searched: Span | None = None,
    *,
    delay_s: float | None = None,
    accounts: bool = False,
) -> tuple[str, ...]:
    """At least one for every kind, in the order to consider them. searched: the part of the original, if not all.

    delay_s: by how much later than its picture the clip's sound track starts, less the same of the original, by the
    files' own start times; accounts: it is what the sound was found to be late by.
    """
    first = (_UNSEARCHED,) if searched is not None and kind in _NOT_FOUND else ()
    if kind is Kind.DESYNC and delay_s is not None:
        first = (_started(delay_s, accounts),)
    return first + _EXPLANATIONS[kind]


def _started(delay_s: float, accounts: bool) -> str:
    way = "later" if delay_s > 0 else "earlier"
    told = f"By the files' own start times the clip's sound track starts {abs(delay_s):.2f} s {way} than the original's"
    if accounts:
        return (
            f"{told}, each against its picture: that accounts for the shift, and copying without "
            "encoding does it by accident. Nothing need have been edited."
        )
    if abs(delay_s) < 0.005:
        return (
            "The files' own start times put both sound tracks alike against their pictures: the shift was made in "
            "the sound or the picture itself."
        )
    return (
        f"{told}, each against its picture: that does not account for all of the shift; the rest was made in the "
        "sound or the picture itself."
    )
