"""Why could nothing be decided, and what would help? Nothing is said of a stretch that its own state does not say."""

from __future__ import annotations

from collections.abc import Sequence

from mediacheck.model import FileRole, Media, PictureState, SoundState, Span, Timeline
from mediacheck.wording.notation import at, between, listed
from mediacheck.wording.places import joined, seconds, where, within

STILL_FRAMES = 3  # with fewer nothing moves, however long they are shown
USUAL_FPS = 25.0
SHORT_S = 1.0  # what is shorter has hardly a moment to compare
ALL = " at any moment"
UNCOMPARED = "was not compared"
LONGER = "a longer copy of the original"

States = Sequence[tuple[Span, PictureState]] | Sequence[tuple[Span, SoundState]]


def inconclusive(
    timeline: Timeline, clip: Media, original: Media, searched: Span | None, too_short: bool
) -> list[str]:
    """Two sentences: the answer with its reason, and what would help.

    too_short: what was searched of the original is too short for not being found in it to mean anything.
    """
    reason, wanted = (
        _no_moments(timeline, clip, original)
        or (_nothing(timeline, clip, original, searched) if too_short else None)
        or _open(timeline, clip, original, searched, too_short)
    )
    return [f"Inconclusive: {reason}.", f"What would help: {listed(wanted, 'or')}."]


def shared(clip: Media, original: Media) -> list[str]:
    """The kinds of track that both files have."""
    return [kind for kind in ("picture", "sound") if clip.has(kind) and original.has(kind)]


def nothing_found(clip: Media, original: Media) -> str:
    streams = listed(shared(clip, original), "or")
    return f"nothing of the clip's {streams} ({at(clip.duration_s)} long) was found"


def _no_moments(timeline: Timeline, clip: Media, original: Media) -> tuple[str, list[str]] | None:
    """Where a file is a still picture, or hardly longer than one, whatever the states say."""
    if not shared(clip, original):
        return (
            "the files have no kind of track in common, so nothing could be compared",
            ["a copy of the original with the track that the clip has"],
        )
    files: tuple[tuple[FileRole, Media], ...] = (("clip", clip), ("original", original))
    stills = [file for file, media in files if _is_still(media)]
    if stills:
        which = " and the ".join(stills)
        pictures = "are still pictures" if len(stills) > 1 else "is a still picture"
        if len(stills) > 1:
            source = "the videos that the still pictures were taken from"
        elif stills == ["clip"]:
            source = "the video that the still picture was taken from, as the clip"
        else:
            source = "the video that the original was taken from"
        return f"the {which} {pictures}, with no moments to compare", [source]
    if clip.duration_s < SHORT_S and not _found(timeline):
        return (
            f"the clip is {clip.duration_s:.1f} s long, too short to be recognised for certain",
            ["a longer copy of the clip"],
        )
    return None


def _is_still(media: Media) -> bool:
    if media.has("sound"):
        return False
    fps = next((s.fps for s in media.streams if s.kind == "picture" and s.fps), USUAL_FPS)
    return round(media.duration_s * fps) < STILL_FRAMES


def _found(timeline: Timeline) -> bool:
    """Whether any stretch of either stream stands somewhere in the original."""
    return any(
        part.state is PictureState.MATCHED and part.original is not None
        for part in timeline.picture
    ) or any(
        part.state not in (SoundState.SILENT, SoundState.REPLACED) and part.original is not None
        for part in timeline.sound
    )


def _nothing(
    timeline: Timeline, clip: Media, original: Media, searched: Span | None
) -> tuple[str, list[str]] | None:
    states = [part.state for part in timeline.sound]
    if _found(timeline) or (states and set(states) == {SoundState.SILENT}):
        return None
    length = original.duration_s if searched is None else searched.length
    place = "the original" if searched is None else f"{between(searched)} of the original"
    longer = LONGER if searched is None else "a search in a longer part of the original"
    return (
        f"{nothing_found(clip, original)} in {place}, and {length:.1f} s are too short to be "
        "recognised for certain",
        [longer],
    )


def _open(
    timeline: Timeline, clip: Media, original: Media, searched: Span | None, too_short: bool
) -> tuple[str, list[str]]:
    here = within(searched, "this original")
    picture = [(part.clip, part.state) for part in timeline.picture]
    sound = [(part.clip, part.state) for part in timeline.sound]
    compared = shared(clip, original)
    why: list[str] = []
    wanted: list[str] = []
    is_shown = False
    if "picture" in compared:
        told = _told_of_picture(timeline, picture, here)
        is_shown = any(state is PictureState.MATCHED for _, state in picture)
        foreign = any(state is PictureState.FOREIGN for _, state in picture)
        undecided = any(state is PictureState.UNDETERMINED for _, state in picture)
        why += [f"the picture of the clip {listed(told)}"] if told else []
        wanted += ["a search in the rest of the original"] if searched and picture else []
        wanted += ["the footage that the picture comes from"] if foreign else []
        wanted += ["a longer or sharper copy of the clip"] if undecided and not too_short else []
    if "sound" in compared:
        told = _told_of_sound(timeline, sound, here if searched or not why else "it")
        undecided = any(state is SoundState.UNDETERMINED for _, state in sound)
        but = ", but " if told and told[0].startswith("is the") and not is_shown else "; "
        said = f"the sound {listed(told)}"
        why = [f"{why[0]}{but}{said}"] if why and told else why + ([said] if told else [])
        wanted += ["a copy of the clip with clearer sound"] if undecided and not too_short else []
        wanted += ["a copy of the clip with its sound"] if "is silent" in told else []
    missing = [kind for kind in compared if not (picture if kind == "picture" else sound)]
    wanted += [f"a comparison of the {listed(missing)} as well"] if missing else []
    if not why:
        return "too little of the clip could be compared", ["a longer copy of the clip"]
    length = original.duration_s if searched is None else searched.length
    if too_short or (searched is None and 0 < length < clip.duration_s):
        what = "the original is" if searched is None else "what was searched of it is"
        why.append(f"{what} {length:.1f} s long, and the clip {clip.duration_s:.1f} s")
        wanted = [LONGER, *wanted] if searched is None else wanted
    return "; ".join(why), wanted or ["a longer copy of the clip"]


def _told_of_picture(timeline: Timeline, picture: States, here: str) -> list[str]:
    if not picture:
        return [UNCOMPARED]
    matched = joined(
        part.original
        for part in timeline.picture
        if part.state is PictureState.MATCHED and part.original is not None
    )
    foreign = _share(picture, PictureState.FOREIGN)
    undecided = _share(picture, PictureState.UNDETERMINED)
    told = [f"is the original's {where(matched)}"] if matched else []
    told += [f"is nowhere in {here}{foreign}"] if foreign else []
    it = "it" if foreign and here == "this original" else here
    return told + ([f"could not be placed in {it}{undecided}"] if undecided else [])


def _told_of_sound(timeline: Timeline, sound: States, here: str) -> list[str]:
    if not sound:
        return [UNCOMPARED]
    same = joined(
        part.original
        for part in timeline.sound
        if part.state is SoundState.SAME and part.original is not None
    )
    foreign = _share(sound, SoundState.FOREIGN)
    undecided = _share(sound, SoundState.UNDETERMINED)
    told = [f"is the original's {where(same)}"] if same else []
    if foreign == ALL:
        told.append(f"was found nowhere in {here}")
    elif foreign:
        told.append(f"is nowhere in {here}{foreign}")
    told += [f"could not be compared{undecided}"] if undecided else []
    return told + (["is silent"] if _share(sound, SoundState.SILENT) == ALL else [])


def _share(parts: States, state: object) -> str:
    """ " for 4.0 of its 20.0 s"; " at any moment" for all of it; nothing for none."""
    found, whole = seconds(parts, state), sum(span.length for span, _ in parts)
    if not found:
        return ""
    return ALL if found == whole else f" for {found:.1f} of its {whole:.1f} s"
