"""Where does one channel alone hold another voice?

What both channels hold together is judged in mono. A voice in one of them is half as loud there, and the original
stands beside it instead of under it: its own channel tells it more clearly, and the other one is the control.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mediacheck.align.sound_music import over_loudest
from mediacheck.align.timeline import Limits, runs
from mediacheck.model import Alignment, Channel, SoundSegment, SoundState, Span

SIDES: tuple[Channel, Channel] = ("left", "right")
_OVERLAID = (SoundState.SAME, SoundState.MUSIC_ADDED)


@dataclass(frozen=True, slots=True)
class ChannelTrack:
    """One channel along one line; as in SoundTrack, on the channels' own grid."""

    channel: Channel
    line: Alignment
    level: np.ndarray
    residual: np.ndarray
    residual_speech: np.ndarray
    residual_follows: np.ndarray


@dataclass(frozen=True, slots=True)
class ChannelTracks:
    grid: np.ndarray
    tracks: tuple[ChannelTrack, ...]

    @property
    def step(self) -> float:
        return float(self.grid[1] - self.grid[0]) if len(self.grid) > 1 else 0.1


def with_channels(
    parts: Sequence[SoundSegment], channels: ChannelTracks, limits: Limits
) -> tuple[SoundSegment, ...]:
    """The segments, with what one channel alone holds told apart; what is mixed already gets its channel."""
    out: list[SoundSegment] = []
    for part in parts:
        held = _held(part, channels, limits)
        if part.state in _OVERLAID:
            out += _parted(part, held)
        elif part.state is SoundState.MIXED:
            out.append(_told(part, held, limits))
        elif part.state is SoundState.REPLACED and part.original is None:
            out.append(_beside_the_original(part, channels, limits))
        else:
            out.append(part)
    told = [_with_residual(part, channels, limits) for part in _without_pauses(out, limits)]
    return tuple(_joined(told, limits))


@dataclass(frozen=True, slots=True, order=True)
class _Held:
    """Something of a kind that one channel alone holds over a span."""

    span: Span
    channel: Channel
    state: SoundState


def _held(part: SoundSegment, channels: ChannelTracks, limits: Limits) -> list[_Held]:
    """Where in the part one channel holds what the original does not explain, and the other one does not."""
    pair = _along(part, channels, limits)
    inside = (channels.grid >= part.clip.start) & (channels.grid < part.clip.end)
    if pair is None or not inside.any():
        return []
    heard = max(float(np.percentile(track.level, 95)) for track in pair)
    floor = max(heard - limits["channel_depth_db"], limits["silence_db"])
    found = []
    for own, other in (pair, pair[::-1]):
        alone = (
            (own.residual_follows <= limits["residual_follows"])
            & (own.residual - other.residual >= limits["channel_apart_db"])
            & (own.level >= floor)
        )[inside]
        residual = own.residual[inside]
        loudness = over_loudest(own.level, own.residual, channels.step, inside)[inside]
        speech = own.residual_speech[inside] >= limits["speech_probability"]
        spoken = _spans(
            part,
            channels,
            alone & speech & (residual >= limits["mixed_residual_db"]),
            limits["least_mixed_s"],
            limits["mixed_gap_s"],
        )
        added = _spans(
            part,
            channels,
            alone & (loudness >= limits["added_loud_db"]),
            limits["least_music_s"],
            limits["least_music_s"],
        )
        found += [_Held(span, own.channel, SoundState.MIXED) for span in spoken]
        found += [
            _Held(span, own.channel, SoundState.MUSIC_ADDED)
            for span in added
            if not any(span.overlap(other) > 0 for other in spoken)
        ]
    return sorted(found)


def _spans(
    part: SoundSegment, channels: ChannelTracks, flags: np.ndarray, least_s: float, gap_s: float
) -> list[Span]:
    """Where flags of the part's windows hold for least_s in all, joined over gaps, and to the part's ends as well."""
    first = int(np.searchsorted(channels.grid, part.clip.start))
    step = channels.step
    gap = round(gap_s / step)
    found: list[tuple[int, int]] = []
    for run in runs(flags.astype(int)):
        if run.line != 1:
            continue
        if found and run.first - found[-1][1] <= gap:
            found[-1] = (found[-1][0], run.last)
        else:
            found.append((run.first, run.last))
    spans = []
    for begin, end in found:
        if int(flags[begin:end].sum()) * step < least_s:
            continue
        start, last = (float(channels.grid[first]) + step * (n - 0.5) for n in (begin, end))
        start = part.clip.start if begin <= gap else round(start, 3)
        last = part.clip.end if len(flags) - end <= gap else round(last, 3)
        spans.append(Span(start, last))
    return spans


def _along(
    part: SoundSegment, channels: ChannelTracks, limits: Limits
) -> tuple[ChannelTrack, ChannelTrack] | None:
    """Both channels along the line that the part was put on; None where none of theirs is it."""
    if part.original is None:
        return None
    middle, place = ((s.start + s.end) / 2 for s in (part.clip, part.original))
    most = limits["channel_place_s"]
    near = [t for t in channels.tracks if abs(t.line.original_at(middle) - place) <= most]
    if not near:
        return None
    line = min((t.line for t in near), key=lambda each: abs(each.original_at(middle) - place))
    left, right = (next(t for t in near if t.line == line and t.channel == c) for c in SIDES)
    return left, right


def _told(part: SoundSegment, held: Sequence[_Held], limits: Limits) -> SoundSegment:
    """Something mixed, with the channel that alone holds most of it."""
    for channel in SIDES:
        own = sum(each.span.length for each in held if each.channel == channel)
        if own >= limits["channel_share"] * part.clip.length:
            return replace(part, channel=channel)
    return part


def _beside_the_original(
    part: SoundSegment, channels: ChannelTracks, limits: Limits
) -> SoundSegment:
    """What drowned the original in mono lies over it, where one channel is the original's: in the other one."""
    inside = (channels.grid >= part.clip.start) & (channels.grid < part.clip.end)
    if not inside.any():
        return part
    for line in dict.fromkeys(track.line for track in channels.tracks):
        pair = [track for track in channels.tracks if track.line == line]
        left_over = {track.channel: float(np.median(track.residual[inside])) for track in pair}
        clean, own = sorted(left_over, key=lambda channel: left_over[channel])
        apart = left_over[own] - left_over[clean]
        if left_over[clean] < limits["mixed_residual_db"] and apart >= limits["channel_apart_db"]:
            place = line.original_span(part.clip)
            original = Span(round(place.start, 3), round(place.end, 3))
            return replace(part, state=SoundState.MIXED, channel=own, original=original)
    return part


def _parted(part: SoundSegment, held: Sequence[_Held]) -> list[SoundSegment]:
    """The part cut where something is held; where two overlap, the earlier one has it."""
    out: list[SoundSegment] = []
    at = part.clip.start
    for each in held:
        start = max(at, each.span.start)
        if each.span.end <= start:
            continue
        if start > at:
            out.append(_piece(part, Span(at, start)))
        piece = _piece(part, Span(start, each.span.end))
        out.append(replace(piece, state=each.state, channel=each.channel))
        at = each.span.end
    if at < part.clip.end:
        out.append(_piece(part, Span(at, part.clip.end)))
    return out


def _piece(part: SoundSegment, clip: Span) -> SoundSegment:
    assert part.original is not None
    pace = part.original.length / part.clip.length if part.clip.length else 1.0
    start, end = (
        round(part.original.start + pace * (at - part.clip.start), 3)
        for at in (clip.start, clip.end)
    )
    return replace(part, clip=clip, original=Span(start, max(start, end)))


def _without_pauses(parts: Sequence[SoundSegment], limits: Limits) -> list[SoundSegment]:
    """A voice in one channel goes on over its own pauses, whatever mono heard in them."""
    out = list(parts)
    for number in range(1, len(parts) - 1):
        before, part, after = out[number - 1], out[number], out[number + 1]
        if (
            part.state in _OVERLAID
            and part.clip.length <= limits["mixed_gap_s"]
            and before.channel is not None
            and before.channel == after.channel
            and before.state is after.state is SoundState.MIXED
        ):
            out[number] = replace(part, state=SoundState.MIXED, channel=before.channel)
    return out


def _with_residual(part: SoundSegment, channels: ChannelTracks, limits: Limits) -> SoundSegment:
    """What one channel holds, with how loud it is in that channel: in mono it is half as loud."""
    pair = None if part.channel is None else _along(part, channels, limits)
    if pair is None:
        return part
    own = next(track for track in pair if track.channel == part.channel)
    inside = (channels.grid >= part.clip.start) & (channels.grid < part.clip.end)
    left = own.residual[inside & np.isfinite(own.residual)]
    return replace(part, residual_db=round(float(left.mean()), 1) if len(left) else None)


def _joined(parts: Sequence[SoundSegment], limits: Limits) -> list[SoundSegment]:
    """Neighbours that are one voice, or one other sound of one channel, with the mean of their numbers.

    A voice in one channel begins and ends in moments that only mono tells. The channel is told where most is known
    to be that one's alone.
    """
    groups: list[list[SoundSegment]] = []
    for part in parts:
        if groups and _runs_on(groups[-1], part, limits):
            groups[-1].append(part)
        else:
            groups.append([part])
    return [_one(group, limits) if len(group) > 1 else group[0] for group in groups]


def _runs_on(group: Sequence[SoundSegment], part: SoundSegment, limits: Limits) -> bool:
    """Whether the part goes on in the clip and in the original where the group ends, as the same."""
    last = group[-1]
    if last.original is None or part.original is None or last.state is not part.state:
        return False
    channels = {each.channel for each in (*group, part)}
    if part.state is SoundState.MIXED:
        channels.discard(None)
    away = abs(part.original.start - last.original.end)
    one = len(channels) == 1 and None not in channels
    return one and part.clip.start == last.clip.end and away <= limits["channel_place_s"]


def _one(group: Sequence[SoundSegment], limits: Limits) -> SoundSegment:
    first, last = group[0], group[-1]
    assert first.original is not None
    clip = Span(first.clip.start, last.clip.end)
    end = max(part.original.end for part in group if part.original is not None)
    told = [part for part in group if part.channel is not None]
    most = sum(part.clip.length for part in told) >= limits["channel_share"] * clip.length
    return replace(
        first,
        clip=clip,
        original=Span(first.original.start, end),
        presence=_mean(group, lambda each: each.presence, 2),
        cleanliness=_mean(group, lambda each: each.cleanliness, 3),
        residual_db=_mean(group, lambda each: each.residual_db, 1),
        channel=told[0].channel if most else None,
    )


def _mean(
    group: Sequence[SoundSegment], number: Callable[[SoundSegment], float | None], digits: int
) -> float | None:
    """Weighed by length, of the parts that have the number."""
    known = [(value, part.clip.length) for part in group if (value := number(part)) is not None]
    total = sum(length for _, length in known)
    if not total:
        return None
    return round(sum(value * length for value, length in known) / total, digits)
