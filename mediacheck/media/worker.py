"""Runs in a child process: decodes one file with PyAV and sends small frames and sound with their times.

Nothing here decides anything about the pair. Times sent are presentation times of the container in seconds,
less the file's first presentation time, or less the start of the part that was asked for.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import IO, Any

import av

from mediacheck.media import confine, wire
from mediacheck.media.clock import Clock, Stamps, decoded
from mediacheck.media.opening import (
    all_of,
    facts_of,
    first_time,
    opened,
    picture_of,
    prepared,
    sounds_of,
)
from mediacheck.media.part import SOUND_LEAD_S, Gate, place_to_seek, seek
from mediacheck.media.placing import Track
from mediacheck.media.upright import GreyFrames, Viewer, send_frame
from mediacheck.model import Span

ON_SCREEN_S = 1.0  # how long the last frame is taken to stay: slides and slow streams
CLOSEST_S = (
    1 / 250
)  # of colour frames in a row: no screen shows more, and a file may claim 90,000 a second
ONWARD_S = 4.0  # between two stills; key frames of most films are at least as far apart
LEAD_S = 12.0  # where nothing can be sought: longer than key frames are apart in nearly all files


def main(argument: str) -> None:
    descriptor = confine.inherited(argument)
    confine.limit_own_resources()
    out = sys.stdout.buffer

    def broken(*what: Any) -> None:
        wire.send_json(out, wire.BROKEN, {"traceback": "".join(traceback.format_exception(*what))})

    sys.excepthook = (
        broken  # what is not caught below is a defect of ours, and must not pass for the file's
    )
    wire.send_json(out, wire.READY, {})
    for line in sys.stdin.buffer:
        request = json.loads(line)
        try:
            answer = ANSWERS[request.pop("do")](descriptor, out, **request)
        except (av.FFmpegError, ValueError, MemoryError) as error:
            reason = str(getattr(error, "strerror", None) or error or type(error).__name__)
            wire.send_json(out, wire.REFUSED, {"reason": reason})
        else:
            wire.send_json(out, wire.DONE, answer)


def _probe(descriptor: int, out: IO[bytes]) -> dict[str, object]:
    with opened(descriptor) as container:
        return facts_of(container)


def _decode(
    descriptor: int,
    out: IO[bytes],
    long_side: int,
    fps: float,
    part: tuple[float, float] | None = None,
    thumb_side: int = 0,
    every: int = 1,
) -> dict[str, object]:
    """Everything once: grey frames at most `fps` a second, and every sound track at 16 kHz: mono, and where its
    channels differ what they differ in.

    part: from when to when, in seconds of the file; else the whole. thumb_side: the longest side to which all but
    every `every`-th frame are reduced.
    """
    thumbs = None
    if every > 1:
        from mediacheck.media.thumbs import Thumbs  # brings OpenCV along, which few children need

        thumbs = Thumbs(thumb_side)
    place = None if part is None else place_to_seek(descriptor, part[0])
    with opened(descriptor) as container:
        clock = Clock(container, first_time(container), None if part is None else Span(*part))
        picture, sounds = picture_of(container), sounds_of(container)
        wanted = [prepared(stream) for stream in all_of(container)]
        gate = None if part is None else Gate(clock, wanted)
        if place is not None:
            seek(container, place)
        frames = None
        if picture is not None:
            frames = GreyFrames(out, picture, clock, long_side, fps, thumbs, every)
        tracks = {
            stream.index: Track(out, number, stream, clock) for number, stream in enumerate(sounds)
        }
        faults, breaks_off = 0, False
        for stream, frame in decoded(container, wanted, clock, gate=gate) if wanted else ():
            if stream is None:
                breaks_off = True
            elif frame is None:
                faults += 1
            elif stream.index in tracks:
                tracks[stream.index].take(frame)
            elif frames is not None:
                frames.take(frame)
        takers: list[GreyFrames | Track] = [*tracks.values(), *filter(None, [frames])]
        for taker in takers:
            taker.finish()
        return {
            "faults": faults,
            "breaks_off": breaks_off,
            "goes_on": gate is not None and gate.goes_on,
            "beyond": any(taker.beyond for taker in takers),
            "joins": clock.joins,
            "sounds": [stream.index for stream in sounds],
            "cancelled_s": max((track.cancelled_s for track in tracks.values()), default=0.0),
            "picture": None if frames is None else _found(frames, picture),
        }


def _found(frames: GreyFrames, picture: Any) -> dict[str, object]:
    return {
        "index": picture.index,
        "corrupt": frames.corrupt,
        "untimed": frames.untimed,
        "ends": frames.ends,
        "rotation": frames.rotation,
        "sizes": len(frames.sizes),
    }


def _stills(
    descriptor: int, out: IO[bytes], times_s: list[float], long_side: int, early_s: float = 0.0
) -> dict[str, object]:
    """For each time the colour frame that is on screen then; sent in the order of the times.

    early_s: a frame so much earlier will do, which saves decoding from the key frame on.
    """
    for run in _runs(times_s):
        for at, frame, stream in _shown(descriptor, run, early_s):
            if frame is not None:
                send_frame(out, max(0.0, at), Viewer(stream, long_side, "rgb24").pixels(frame))
    return {}


def _runs(times_s: list[float]) -> Iterator[list[float]]:
    """Times that follow each other so closely that decoding on costs less than seeking again."""
    run: list[float] = []
    for time_s in times_s:
        if run and not 0.0 <= time_s - run[-1] <= ONWARD_S:
            yield run
            run = []
        run.append(time_s)
    if run:
        yield run


def _shown(
    descriptor: int, times_s: list[float], early_s: float
) -> Iterator[tuple[float, Any, Any]]:
    """For each of the rising times (the frame's own, the frame on screen then or None, its stream)."""
    for lead_s in (LEAD_S, None):
        waiting, shown, at = list(times_s), None, 0.0
        with opened(descriptor) as container:
            stream = picture_of(container)
            if stream is None:
                raise ValueError("it has no picture")
            clock = Clock(container, first_time(container))
            for now, frame in _from(container, prepared(stream), clock, times_s[0], lead_s):
                # The next one has come: `shown` was on screen until then, and before the first there is none.
                while (shown is not None or lead_s is None) and waiting and now > waiting[0] + 1e-3:
                    yield at, shown, stream
                    waiting.pop(0)
                if not waiting or now > waiting[0] + 1e-3:
                    break  # all seen, or begun too late to see the first: once more, from the start
                shown, at = frame, now
                if early_s and now >= waiting[0] - early_s:
                    yield at, shown, stream
                    waiting.pop(0)
            else:
                for time_s in waiting:
                    gone = shown is None or time_s - at > max(ON_SCREEN_S, _lasts(shown, stream))
                    yield at, None if gone else shown, stream
                return
            if not waiting:
                return


def _lasts(frame: Any, stream: Any) -> float:
    return float((frame.duration or 0) * stream.time_base)


def _excerpt(descriptor: int, out: IO[bytes], start_s: float, end_s: float) -> dict[str, object]:
    """A stretch of the sound track that plays, from a little before start_s to a little after end_s."""
    with opened(descriptor) as container:
        sounds = sounds_of(container)
        if not sounds:
            raise ValueError("it has no sound")
        stream = prepared(sounds[0])
        clock = Clock(container, first_time(container))
        track = Track(out, 0, stream, clock)
        for now, frame in _from(container, stream, clock, start_s, SOUND_LEAD_S):
            if now > end_s + 0.5:
                break
            track.take(frame)
        track.finish()
    return {}


def _footage(
    descriptor: int, out: IO[bytes], start_s: float, end_s: float, long_side: int
) -> dict[str, object]:
    """The colour frame on screen at start_s, then every one that is shown before end_s."""
    if not _runs_on(descriptor, out, Span(start_s, end_s), long_side, LEAD_S):
        _runs_on(descriptor, out, Span(start_s, end_s), long_side, None)
    return {}


def _runs_on(
    descriptor: int, out: IO[bytes], part: Span, long_side: int, lead_s: float | None
) -> bool:
    """False, with nothing sent, where decoding began too late to see what is on screen when the part starts."""
    with opened(descriptor) as container:
        stream = picture_of(container)
        if stream is None:
            raise ValueError("it has no picture")
        clock, viewer = Clock(container, first_time(container)), Viewer(stream, long_side, "rgb24")
        before: tuple[float, Any] | None = None
        last = -1.0
        for now, frame in _from(container, prepared(stream), clock, part.start, lead_s):
            if now >= part.end:
                break
            if now <= part.start + 1e-3:
                before = now, frame
                continue
            if before is not None:
                send_frame(out, max(0.0, before[0]), viewer.pixels(before[1]))
                last, before = before[0], None
            elif last < 0.0 and lead_s is not None:
                return False
            if now - last >= CLOSEST_S:
                send_frame(out, now, viewer.pixels(frame))
                last = now
        if before is not None:
            send_frame(out, max(0.0, before[0]), viewer.pixels(before[1]))
    return True


def _weigh(descriptor: int, out: IO[bytes]) -> dict[str, object]:
    """Bytes of the packets of the tracks that play."""
    with opened(descriptor) as container:
        picture, sounds = picture_of(container), sounds_of(container)
        wanted = [*filter(None, [picture]), *sounds[:1]]
        found = {stream.index: 0 for stream in wanted}
        with suppress(av.FFmpegError):  # cut short: what came before counts
            for packet in container.demux(*wanted) if wanted else ():
                found[packet.stream.index] += packet.size
        told = list(found.items())
        return {
            "picture": None if picture is None else told[0],
            "sound": told[-1] if sounds else None,
        }


def _from(
    container: Any, stream: Any, clock: Clock, start_s: float, lead_s: float | None
) -> Iterator[tuple[float, Any]]:
    """(time, frame) from some moment before start_s on; from the first where lead_s is None.

    Where stamps may start anew the file is read from its start, and decoded from lead_s before.
    """
    wanted, skip_to = [stream], None
    if clock.may_jump:
        wanted = all_of(container)
        skip_to = None if lead_s is None else start_s - lead_s
    elif lead_s is not None:
        lead_s = 0.0 if stream.type == "video" else lead_s
        target = round((clock.first + max(0.0, start_s - lead_s)) / float(stream.time_base))
        # A format or a file without an index: an open container stands at its start.
        with suppress(av.FFmpegError):
            container.seek(target, stream=stream)
    stamps = Stamps(stream, clock)
    for _, frame in decoded(container, wanted, clock, only=stream, skip_to=skip_to):
        at = None if frame is None else stamps.time_of(frame)
        if at is not None:
            yield at, frame


ANSWERS: dict[str, Callable[..., dict[str, object]]] = {
    "probe": _probe,
    "decode": _decode,
    "stills": _stills,
    "excerpt": _excerpt,
    "footage": _footage,
    "weigh": _weigh,
}
