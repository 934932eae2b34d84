"""What does one finding say? One sentence: what differs, where in which file, and by how much."""

from __future__ import annotations

from typing import assert_never

from mediacheck.model import Box, Finding, Kind, SoundState, Span, Timeline, Transcripts, Words
from mediacheck.wording.notation import at, between, listed, place_in_frame, size_in_frame
from mediacheck.wording.places import shown, sound_from, within
from mediacheck.wording.speech import (
    changed,
    confirmation,
    heard_within,
    languages,
    misheard,
    term_heard,
    terms_of,
)

COPIED_CHANNEL = "channel of the original"  # as checks/channels.py names it
ORIGINAL_TRACK = "track with the original's sound"  # as checks/channels.py names it
JOINT_S = 0.6  # as far as a joint of the picture may be off: sound that reaches no further in stands beside it


def summary(
    finding: Finding,
    words: Words,
    transcripts: Transcripts,
    timeline: Timeline,
    searched: Span | None = None,
) -> str:
    """`finding.original` is used for the place only where the timeline's picture tells none.

    searched: the part of the original beyond which nothing was looked at; None for the whole.
    """
    clip = finding.clip
    by_picture = shown(timeline, clip) if clip else ()
    places = by_picture or ((finding.original,) if finding.original else ())
    place = f" at {listed([between(span) for span in places])}" if places else ""
    there, theirs = f"the original{place}", f"the original's sound{place}"
    during = f" {_during(clip)}" if clip else ""
    sound, picture = f"Sound of the clip{during}", f"Picture of the clip{during}"
    value, frame = finding.value, _in_frame(finding.box)
    match finding.kind:
        case Kind.REPLACED:
            text = f"{sound} is not {theirs}{_as_shown(by_picture)}{_elsewhere(timeline, clip)}"
        case Kind.MIXED if value is None:
            text = f"{sound} holds speech that {theirs} does not hold{_alone(finding)}"
        case Kind.MIXED:
            text = (
                f"{sound} has other speech over {theirs}, which stands under it at {value:+.1f} dB"
                f"{_alone(finding)}"
            )
        case Kind.MUSIC_ADDED:
            text = f"{sound} has music or another sound over {theirs}{_alone(finding)}"
        case Kind.DESYNC:
            text = f"{sound} is out of step with its picture, measured against {there}"
            if value is not None:
                late = _signed(value, "s", 2, "late", "early")
                text = f"{sound} comes {late} for its picture, measured against {there}"
        case Kind.PITCH:
            text = f"{sound} is {theirs} in another pitch or speed"
            if value is not None:
                text = (
                    f"{sound} is {_signed(value, 'semitones', 1, 'higher', 'lower')} than {theirs}"
                )
        case Kind.MUTED:
            text = f"{sound} is silent, where {there} has sound"
        case Kind.NO_SOUND:
            text = "One of the two files has no sound track, so there was no sound to compare"
        case Kind.CUT:
            text = _cut(clip, finding.original)
            text += heard_within(transcripts.original, finding.original)
        case Kind.INSERT:
            text = f"{picture} is not in {within(searched)} and stands between parts that are"
            text += _under(timeline, clip, searched)
        case Kind.UNCOVERED:
            text = f"{picture} is not in {within(searched, 'this original')}"
        case Kind.REORDER:
            text = f"{picture} shows {there}, out of the original's order"
        case Kind.REPEAT:
            text = f"{picture} shows {there}, which the clip has shown before"
        case Kind.FREEZE:
            text = f"{picture} stands still, where {there} moves"
        case Kind.SPEED:
            text = f"{picture} plays {there} at another speed"
            if value is not None:
                pace = _signed((value - 1) * 100, "%", 1, "faster", "slower")
                text = f"{picture} plays {there} {pace} (factor {value:.4g})"
        case Kind.REGION:
            text = f"{picture} differs from {there} by more than compression explains{frame}"
        case Kind.FACE:
            text = f"{picture} shows a face that differs from that in {there}{frame}"
        case Kind.MIRRORED:
            text = f"{picture} is {there} mirrored, left for right"
        case Kind.CROPPED:
            size = f" ({size_in_frame(finding.box)})" if finding.box else ""
            text = f"{picture} shows only a part of the frame{size} of {there}"
        case Kind.BORDERED:
            text = f"{picture} shows {there} within a border{frame}"
        case Kind.OVERLAY:
            text = f"{picture} has text or a graphic laid over it{frame}"
        case Kind.COLOUR:
            text = f"{picture} differs in colour or brightness from {there}"
        case Kind.ROTATED:
            turn = f" by {value:.1f} degrees" if value is not None else ""
            text = f"{picture} is {there} rotated{turn}"
        case Kind.WORDS_DIFFER:
            text = f"What is said in the clip{during} is not what is said in {there}{changed(words, clip)}"
        case Kind.TERM_ONLY_IN_CLIP:
            told = [
                f"{term_heard(term, searched)}; {confirmation(term)}{misheard(term, timeline)}"
                for term in terms_of(finding, words)
            ]
            text = "; ".join(told) or (
                f"A term is heard in the clip{during} and not in {within(searched)}"
            )
        case Kind.CAPTION_DIFFERS:
            text = f"Text on the screen of the clip{during} says something else than the voice"
        case Kind.LANGUAGE_DIFFERS:
            text = (
                languages(transcripts, sure=True) or "Clip and original are in different languages"
            )
        case Kind.VOICE_DIFFERS:
            apart = "not as high as"
            if value is not None:
                apart = f"{_signed(value, 'semitones', 1, 'higher', 'lower')} than the nearest of"
            text = (
                f"The voice in the clip{during} is {apart} the voices in {within(searched)}, which alone is weak "
                "evidence of another speaker"
            )
        case Kind.SAME_FILE:
            text = "The two files are the same, byte for byte"
        case Kind.METADATA_TRACKS:
            text = _arranged(finding)
        case unknown:
            assert_never(unknown)
    return f"{text}."


def _during(span: Span) -> str:
    return f"from {at(span.start)} to {at(span.end)}" if span.length else f"at {at(span.start)}"


def _signed(value: float, unit: str, digits: int, above: str, below: str) -> str:
    return f"{abs(value):.{digits}f} {unit} {above if value >= 0 else below}"


def _cut(clip: Span | None, missing: Span | None) -> str:
    joint = f" at {at(clip.start)}" if clip else ""
    if missing is None:
        return f"Part of the original is missing in the clip{joint}"
    gone = f"{missing.length:.1f} s of the original ({between(missing)})"
    return f"{gone} are missing in the clip{joint}"


def _as_shown(places: tuple[Span, ...]) -> str:
    return ", the place that the picture shows" if places else ""


def _elsewhere(timeline: Timeline, clip: Span | None) -> str:
    places = sound_from(timeline, clip, frozenset({SoundState.REPLACED})) if clip else ()
    told = listed([between(span) for span in places])
    return f"; it is the original's sound from another place, {told}" if told else ""


def _under(timeline: Timeline, clip: Span | None, searched: Span | None) -> str:
    """Where other sound stands under foreign footage it is not a cutaway, whatever stands at its borders."""
    parts = [p for p in timeline.sound if clip is not None and p.clip.overlap(clip) >= JOINT_S]
    states = {part.state for part in parts}
    if states == {SoundState.SAME}:
        return "; the original's sound runs on under it, as in a cutaway"
    if states == {SoundState.FOREIGN}:
        return f"; the sound under it is not in {within(searched)} either"
    return ""


def _alone(finding: Finding) -> str:
    return f"; only the {finding.channel} channel holds it" if finding.channel else ""


def _arranged(finding: Finding) -> str:
    """What is told of channels and tracks; the unit says what the number counts."""
    if finding.unit == COPIED_CHANNEL:
        return f"The clip's sound was made from the {finding.channel} channel of the original alone"
    if finding.channel:
        other = "left" if finding.channel == "right" else "right"
        below = "" if finding.value is None else f" (it lies {-finding.value:.0f} dB below)"
        return f"The clip's {finding.channel} channel is silent: its sound is in the {other} one only{below}"
    if finding.unit == "correlation":
        return "The clip has the original's left and right channels exchanged"
    number = (
        ""
        if finding.value is None
        else f" (stream {finding.value:.0f} of the file, counted from 0)"
    )
    track = f"A further sound track of the clip{number}, which players do not choose by themselves,"
    if finding.unit == ORIGINAL_TRACK:
        return f"{track} holds the original's sound"
    return f"{track} was not compared throughout: the original's sound was not found at the same places in it"


def _in_frame(box: Box | None) -> str:
    return f", at the {place_in_frame(box)}" if box else ""
