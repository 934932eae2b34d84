"""What is the answer, in a few sentences that can be printed?

First sentence: the answer and what it stands on. Second: what was not checked, when anything was
not. Then what is heard: languages and the terms asked for. No sentence calls a file authentic, or a
forgery: a match shows a shared source and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence

from mediacheck.model import (
    Answer,
    Finding,
    Kind,
    Media,
    PictureState,
    Severity,
    SoundState,
    Span,
    Timeline,
    Transcripts,
    Unanswered,
    Words,
)
from mediacheck.wording.inconclusive import inconclusive, nothing_found
from mediacheck.wording.labels import CHECKS, KINDS, answer_name, kind_names
from mediacheck.wording.notation import at, between, counted, listed, visible
from mediacheck.wording.places import NAMED_AT_MOST, seconds, source, where, within
from mediacheck.wording.speech import (
    changes_read_again,
    confirmation,
    languages,
    misheard,
    term_heard,
)

REASON_AT_MOST = 160  # characters of one reason in the headline; the report has all of it

# What is said of each kind of alteration; {where} is "from 0:04.0 to 0:08.0" or "at 0:04.0", {original} what of the
# original was searched.
CLAUSES = {
    Kind.REPLACED: "the sound of the clip {where} is not the original's sound",
    Kind.MIXED: "other speech lies over the original's sound in the clip {where}",
    Kind.DESYNC: "the sound of the clip {where} is out of step with its picture",
    Kind.PITCH: "the sound of the clip {where} was changed in pitch or speed",
    Kind.MUTED: "the clip is silent {where}, where the original has sound",
    Kind.CUT: "part of the original is missing in the clip {where}",
    Kind.INSERT: "footage that is not in {original} stands in the clip {where}",
    Kind.REORDER: "the clip {where} is out of the original's order",
    Kind.REPEAT: "the clip {where} repeats what it has shown before",
    Kind.FREEZE: "the picture of the clip stands still {where}, where the original moves",
    Kind.SPEED: "the clip {where} plays at another speed than the original",
    Kind.REGION: "part of the picture of the clip {where} differs from the original",
    Kind.FACE: "a face in the clip {where} differs from the original",
    Kind.WORDS_DIFFER: "other words are spoken in the clip {where}",
    Kind.TERM_ONLY_IN_CLIP: "a term is heard in the clip {where} and not in {original}",
}
# Kinds that follow from replaced or mixed sound: their own sentences tell them better.
_FOLLOWS_SOUND = (Kind.WORDS_DIFFER, Kind.TERM_ONLY_IN_CLIP)


def headline(
    answer: Answer,
    findings: Sequence[Finding],
    timeline: Timeline,
    clip: Media,
    original: Media,
    transcripts: Transcripts,
    words: Words,
    unanswered: Sequence[Unanswered],
    searched: Span | None = None,
    too_short: bool = False,
    scene_features: int = 0,
) -> str:
    """One paragraph. `searched`: the part of the original beyond which nothing was looked at; None for the whole.

    too_short: what was searched of the original is too short for not being found in it to mean anything.
    scene_features: on which frames of both agree, where that shows one scene and no moment of it was found; else 0.
    """
    match answer:
        case Answer.ALTERED:
            sentences = [_altered(findings, timeline, searched)]
        case Answer.NOT_IN_ORIGINAL:
            sentences = [_not_in_original(clip, original, searched)]
        case Answer.INCONCLUSIVE:
            sentences = inconclusive(timeline, clip, original, searched, too_short)
        case Answer.NO_ALTERATION_FOUND:
            sentences = [_no_alteration(findings, timeline, searched)]
    # Why a term was not searched is said with the term.
    told = {term.reason for term in words.terms[:NAMED_AT_MOST]}
    sentences[1:1] = _not_checked(
        [row for row in unanswered if row.check != "terms" or row.reason not in told]
    )
    if answer in (Answer.ALTERED, Answer.NO_ALTERATION_FOUND):
        sentences += _undecided(timeline)
    if answer is Answer.NOT_IN_ORIGINAL:
        sentences.append("This does not say that it was altered: it may come from other footage.")
    if scene_features:
        sentences.append(
            f"Clip and original show the same scene ({scene_features} features agree), but no moment was"
            " established: the same people in the same place at another time look like this."
        )
    sentences += _presentation(findings)
    sentences += _heard(findings, timeline, transcripts, words, searched)
    return " ".join(sentence[0].upper() + sentence[1:] for sentence in sentences)


def _altered(findings: Sequence[Finding], timeline: Timeline, searched: Span | None) -> str:
    found: dict[Kind, list[Span]] = {}
    for finding in findings:
        if finding.severity is Severity.ALTERATION:
            found.setdefault(finding.kind, []).extend([finding.clip] if finding.clip else [])
    told = [kind for kind in found if kind not in _FOLLOWS_SOUND] or list(found)
    names = kind_names(searched)
    clauses = [
        " ".join(
            CLAUSES.get(kind, f"{names[kind].lower()} {{where}}")
            .format(where=where(found[kind]), original=within(searched))
            .split()
        )
        + _alone([finding for finding in findings if finding.kind is kind])
        for kind in told[:NAMED_AT_MOST]
    ]
    if rest := [names[kind].lower() for kind in told[NAMED_AT_MOST:]]:
        clauses.append(f"also: {listed(rest)}")
    if place := source(timeline):
        clauses.append(place)
    clauses += _from_elsewhere(findings, timeline, searched)
    return f"Altered: {'; '.join(clauses)}."


def _alone(findings: Sequence[Finding]) -> str:
    """In which channel, where all of them are in one and the same."""
    channels = {finding.channel for finding in findings}
    (channel,) = channels if len(channels) == 1 else (None,)
    return f", in the {channel} channel only" if channel else ""


def _not_in_original(clip: Media, original: Media, searched: Span | None) -> str:
    place = f"the {at(original.duration_s)} of the original"
    if searched is not None:
        place = f"{between(searched)} of it"
    name = answer_name(Answer.NOT_IN_ORIGINAL, searched)
    return f"{name}: {nothing_found(clip, original)} in {place}."


def _no_alteration(findings: Sequence[Finding], timeline: Timeline, searched: Span | None) -> str:
    if any(finding.kind is Kind.SAME_FILE for finding in findings):
        return "No alteration found: the two files are the same, byte for byte."
    told = [*filter(None, [source(timeline)]), *_from_elsewhere(findings, timeline, searched)]
    places = f": {'; '.join(told)}" if told else ""
    return f"No alteration found in what was checked{places}."


def _from_elsewhere(
    findings: Sequence[Finding], timeline: Timeline, searched: Span | None
) -> list[str]:
    """A clause on what stands nowhere in the original and in no other clause, so that nobody takes it for its own."""
    told = [f.clip for f in findings if f.kind in (Kind.INSERT, Kind.REPLACED) and f.clip]
    picture = [p.clip for p in timeline.picture if p.state is PictureState.FOREIGN]
    sound = [s.clip for s in timeline.sound if s.state is SoundState.FOREIGN]
    what, spans = ("what the clip shows", picture) if picture else ("the sound of the clip", sound)
    left = [span for span in spans if not any(span.overlap(each) > 0 for each in told)]
    return [f"{what} {where(left)} is not in {within(searched, 'this original')}"] if left else []


def _not_checked(unanswered: Sequence[Unanswered]) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for row in unanswered:
        reason = " ".join(visible(row.reason).split()).rstrip(".")
        short = reason if len(reason) <= REASON_AT_MOST else f"{reason[: REASON_AT_MOST - 1]}…"
        reasons.setdefault(short, []).append(CHECKS.get(row.check, visible(row.check)))
    groups = [
        f"{listed(asked)} ({reason})" if reason else listed(asked)
        for reason, asked in reasons.items()
    ]
    return [f"Not checked: {'; '.join(groups)}."] if groups else []


def _undecided(timeline: Timeline) -> list[str]:
    picture = seconds(((p.clip, p.state) for p in timeline.picture), PictureState.UNDETERMINED)
    sound = seconds(((s.clip, s.state) for s in timeline.sound), SoundState.UNDETERMINED)
    parts = [
        f"{length:.1f} s of the {name}"
        for name, length in (("picture", picture), ("sound", sound))
        if length
    ]
    return [f"Could not be decided: {listed(parts)} of the clip."] if parts else []


def _presentation(findings: Sequence[Finding]) -> list[str]:
    kinds = [finding.kind for finding in findings if finding.severity is Severity.PRESENTATION]
    names = list(dict.fromkeys(KINDS[kind].lower() for kind in kinds))
    return [f"Changed in presentation only: {listed(names)}."] if names else []


def _heard(
    findings: Sequence[Finding],
    timeline: Timeline,
    transcripts: Transcripts,
    words: Words,
    searched: Span | None,
) -> list[str]:
    kinds = {finding.kind for finding in findings}
    sentences = []
    if Kind.LANGUAGE_DIFFERS in kinds and (heard := languages(transcripts)):
        sentences.append(f"The languages differ: {heard}.")
    if Kind.WORDS_DIFFER in kinds and words.changes and Kind.LANGUAGE_DIFFERS not in kinds:
        disputed = any(change.disputed_by for change in words.changes)
        again = changes_read_again(words.changes) if disputed else ""
        places = counted(len(words.changes), "place")
        sentences.append(f"What is said differs in {places}{again}.")
    if captions := [f.clip for f in findings if f.kind is Kind.CAPTION_DIFFERS and f.clip]:
        sentences.append(
            f"Text on the screen {where(captions)} says something else than the voice."
        )
    sentences += [
        f"{term_heard(term, searched)}{f'; {confirmation(term)}' if term.disputed_by else ''}"
        f"{misheard(term, timeline)}."
        for term in words.terms[:NAMED_AT_MOST]
    ]
    if len(words.terms) > NAMED_AT_MOST:
        sentences.append(f"{counted(len(words.terms) - NAMED_AT_MOST, 'more term')} in the report.")
    return sentences
