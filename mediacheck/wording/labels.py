"""What is each thing called? One name for one thing: answers, kinds, states, checks and series."""

from __future__ import annotations

from collections.abc import Mapping

from mediacheck.model import Answer, Kind, PictureState, Severity, SoundState, Span

ANSWERS = {
    Answer.ALTERED: "Altered",
    Answer.NOT_IN_ORIGINAL: "Not in this original",
    Answer.INCONCLUSIVE: "Inconclusive",
    Answer.NO_ALTERATION_FOUND: "No alteration found",
}

ANSWER_MEANINGS = {
    Answer.ALTERED: "At least one change alters what the footage shows or says.",
    Answer.NOT_IN_ORIGINAL: "What could be compared was found nowhere in this candidate.",
    Answer.INCONCLUSIVE: "The files do not allow a decision either way.",
    Answer.NO_ALTERATION_FOUND: "No alteration that was looked for was found. This proves no origin.",
}

SEVERITIES = {
    Severity.ALTERATION: "alteration",
    Severity.PRESENTATION: "presentation only",
    Severity.NOTE: "note",
}

CHECKS = {
    "range": "the rest of the original",
    "picture": "where the picture comes from",
    "edits": "cuts, inserts and order",
    "frame": "how the frame was changed",
    "region": "faces and regions within the frame",
    "caption": "text on the screen",
    "sound": "whether the sound is the original's",
    "sync": "sound in step with the picture",
    "pitch": "pitch and speed of the sound",
    "channels": "the channels and tracks of the sound",
    "voice": "whether another voice is as high",
    "words": "what is said",
    "terms": "the terms asked for",
    "container": "what the files say about themselves",
}
"""What each check asks, as a noun phrase; an unknown check goes by its name."""

PICTURE_STATES = {
    PictureState.MATCHED: "in the original",
    PictureState.FOREIGN: "not in the original",
    PictureState.UNDETERMINED: "could not be decided",
}

SOUND_STATES = {
    SoundState.SAME: "the original's sound",
    SoundState.REPLACED: "replaced: not the original's sound",
    SoundState.MIXED: "other speech over the original's sound",
    SoundState.MUSIC_ADDED: "music or noise over the original's sound",
    SoundState.SILENT: "silent",
    SoundState.FOREIGN: "not in the original",
    SoundState.UNDETERMINED: "could not be decided",
}

_NOT_IN_PART = "not in the part searched"

KINDS = {
    Kind.REPLACED: "Sound replaced",
    Kind.MIXED: "Speech laid over",
    Kind.MUSIC_ADDED: "Music or noise added",
    Kind.DESYNC: "Sound out of step",
    Kind.PITCH: "Pitch or speed of the sound changed",
    Kind.MUTED: "Sound muted",
    Kind.NO_SOUND: "No sound track",
    Kind.CUT: "Time removed",
    Kind.INSERT: "Footage inserted",
    Kind.UNCOVERED: "Not in this original",
    Kind.REORDER: "Out of order",
    Kind.REPEAT: "Shown twice",
    Kind.FREEZE: "Still picture",
    Kind.SPEED: "Speed changed",
    Kind.REGION: "Part of the picture changed",
    Kind.FACE: "Face changed",
    Kind.MIRRORED: "Mirrored",
    Kind.CROPPED: "Cropped",
    Kind.BORDERED: "Border added",
    Kind.OVERLAY: "Text or graphic laid over",
    Kind.COLOUR: "Colour changed",
    Kind.ROTATED: "Rotated",
    Kind.WORDS_DIFFER: "Words differ",
    Kind.TERM_ONLY_IN_CLIP: "Term heard in the clip only",
    Kind.CAPTION_DIFFERS: "Caption differs from the voice",
    Kind.LANGUAGE_DIFFERS: "Language differs",
    Kind.VOICE_DIFFERS: "Voice differs",
    Kind.SAME_FILE: "The same file twice",
    Kind.METADATA_TRACKS: "Sound channels or tracks arranged otherwise",
}


def answer_name(answer: Answer, searched: Span | None) -> str:
    """searched, here and below: the part of the original beyond which nothing was looked at; None for the whole."""
    if answer is Answer.NOT_IN_ORIGINAL and searched is not None:
        return "Not in the searched part of this original"
    return ANSWERS[answer]


def answer_meaning(answer: Answer, searched: Span | None) -> str:
    if answer is Answer.NOT_IN_ORIGINAL and searched is not None:
        return "What could be compared was found nowhere in the searched part of this candidate."
    return ANSWER_MEANINGS[answer]


def picture_states(searched: Span | None) -> Mapping[PictureState, str]:
    part = {} if searched is None else {PictureState.FOREIGN: _NOT_IN_PART}
    return PICTURE_STATES | part


def sound_states(searched: Span | None) -> Mapping[SoundState, str]:
    part = {} if searched is None else {SoundState.FOREIGN: _NOT_IN_PART}
    return SOUND_STATES | part


def kind_names(searched: Span | None) -> Mapping[Kind, str]:
    part = {} if searched is None else {Kind.UNCOVERED: _NOT_IN_PART.capitalize()}
    return KINDS | part


SERIES = {
    "level": "Loudness of the clip",
    "presence": "Presence: how strongly the original's sound stands in the clip",
    "cleanliness": "Cleanliness: how much of the clip's sound the original explains",
    "motion": "Motion: how closely the picture moves like the original",
}
"""What a drawn series shows; others go by their name."""
