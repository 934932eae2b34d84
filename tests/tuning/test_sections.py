"""A stranger reads what was placed, heard and found, by length and condition; the same stands there as data."""

from __future__ import annotations

from dataclasses import replace

from mediacheck.model import Answer, Kind
from mediacheck.tuning import picture_tables, sound_tables, word_tables
from mediacheck.tuning.figures import Rate, Share, Spread, Table
from mediacheck.tuning.glance import glance
from mediacheck.tuning.hearing import Heard
from mediacheck.tuning.placement import Framing, Placement
from mediacheck.tuning.scores import Score, Told
from mediacheck.tuning.sections import sections
from mediacheck.tuning.terms import Terms
from mediacheck.tuning.treatments import DEGRADED

from .test_error_rates import scored

HEARD = Heard(sound_s=60.0, accused=0, accused_s=0.0, not_same=0.0, has_pause=False)
PLACED = Placement(10.0, (0.0,) * 25, 0.04, 0.0, 0.0, False, (Framing(True, 1.0, 1.0, True, 0.1),))


def row(table: Table, *start: str) -> tuple[object, ...]:
    (found,) = (cells for cells in table.rows if cells[: len(start)] == start)
    return found[len(start) :]


def counts(cell: object) -> tuple[int, int]:
    assert isinstance(cell, Rate)
    return cell.errors, cell.pairs


def made(recipe: str, *told: Told, source: str = "a", condition: str = "clean") -> Score:
    altered = scored(source, innocent=False, told=told, condition=condition)
    return replace(altered, recipe=recipe, placement=PLACED, heard=HEARD)


def dubbed(length_s: float, covered: float, most: Kind | None = Kind.REPLACED) -> Told:
    return Told(
        "sound", Kind.REPLACED, covered > 0, (), length_s=length_s, most=most, covered=covered,
        joints_s=(0.05, 0.15) if covered else (),
    )  # fmt: skip


def test_clips_are_placed_by_where_and_by_time() -> None:
    astray = replace(PLACED, off_s=(0.1,) * 5 + (None,) * 20)
    pairs = [replace(scored("a"), placement=PLACED), replace(scored("b"), placement=astray)]
    clips, near, framed, off = row(picture_tables.placed(pairs), "all")
    assert counts(clips) == (1, 2)
    assert isinstance(near, Share)
    assert isinstance(framed, Share)
    assert isinstance(off, Spread)
    assert (near.part, near.whole) == (12.0, 20.0)
    assert (framed.part, framed.whole) == (10.0, 20.0)
    assert off.count == 30  # what was not placed has no error


def test_other_footage_that_was_placed_is_told_by_recipe() -> None:
    other = replace(scored("a"), recipe="unrelated", wanted=Answer.NOT_IN_ORIGINAL)
    right = replace(PLACED, true_s=0.0, off_s=(), foreign_s=10.0)
    wrong = replace(right, wrong_s=4.0, sound_placed=True)
    pairs = [replace(other, placement=right), replace(other, source="b", placement=wrong)]
    picture, time, sound = row(picture_tables.misplaced(pairs), "clips: unrelated")
    assert counts(picture) == counts(sound) == (1, 2)
    assert isinstance(time, Share)
    assert (time.part, time.whole) == (4.0, 20.0)


def test_frames_are_counted_of_parts_that_were_found() -> None:
    half = Framing(True, 0.5, 1.0, False, 2.0)
    known = replace(PLACED, framing=(*PLACED.framing, half, Framing(False)))
    found, crop, place, mirror, turn = row(
        picture_tables.framing([replace(scored(), placement=known)]), "all"
    )
    assert found == "2 of 3"
    assert (counts(crop), counts(place), counts(mirror)) == ((1, 2), (2, 2), (1, 2))
    assert isinstance(turn, Spread)


def test_a_stretch_is_found_when_half_of_it_was_reported() -> None:
    pairs = [
        made("dub-part-1s", dubbed(1.0, 0.9)),
        made("dub-part-1s", dubbed(1.0, 0.4), source="b"),
        made("dub-part-1s-degraded", dubbed(1.0, 0.9), condition=DEGRADED),
        made("own-voice-2s", dubbed(2.0, 0.0, None)),
    ]
    table = sound_tables.stretches(pairs)
    clean, degraded, named, borders = row(table, "another voice", "1 s")
    assert (counts(clean), counts(degraded), counts(named)) == ((1, 2), (1, 1), (3, 3))
    assert isinstance(borders, Spread)
    assert borders.count == 6
    assert counts(row(table, "the same voice, other words", "2 s")[0]) == (0, 1)


def test_other_speech_stands_by_level_and_by_the_length_of_the_pause() -> None:
    over = replace(dubbed(8.0, 0.7, Kind.MIXED), kind=Kind.MIXED, value=-15.0)
    put_in = replace(over, value=None, covered=0.3)
    pairs = [
        made("voice-over", over),
        made("words-in-pause", replace(put_in, length_s=0.6)),
        made("words-in-pause", replace(put_in, length_s=1.7, covered=1.0)),
        made("channel-replaced", replace(put_in, found=False)),
    ]
    table = sound_tables.laid_over(pairs)
    assert counts(row(table, "original 15 dB lower")[0]) == (1, 1)
    assert counts(row(table, "in a pause, 0.6 to 1.7 s: words-in-pause")[0]) == (1, 2)
    assert counts(row(table, "channel-replaced")[0]) == (0, 1)


def test_music_in_place_of_a_voice_is_no_stretch_found() -> None:
    table = sound_tables.stretches([made("dub-part-1s", dubbed(1.0, 1.0, Kind.MUSIC_ADDED))])
    assert counts(row(table, "another voice", "1 s")[0]) == (0, 1)


def test_false_stretches_are_counted_by_the_half_hour() -> None:
    accused = replace(HEARD, accused=2, accused_s=3.0)
    pairs = [
        replace(scored("a"), heard=HEARD),
        replace(scored("b"), heard=accused, condition="noise", recipe="noise"),
    ]
    table = sound_tables.false_stretches(pairs)
    wrong, minutes, rate, time = row(table, "all")
    assert (counts(wrong), minutes, rate) == ((1, 2), 2.0, 30.0)
    assert isinstance(time, Share)
    assert (time.part, time.whole) == (3.0, 120.0)
    assert row(table, "clean")[2] == 0.0
    assert row(table, "noise 10 to 18 dB below the speech")[2] == 60.0


def test_each_kind_of_sound_stands_by_what_it_was_reported_as() -> None:
    mixed = replace(dubbed(4.0, 0.8), kind=Kind.MIXED)
    pairs = [
        made("voice-over", mixed),
        made("voice-over", replace(mixed, most=None, covered=0.0)),
        replace(scored("a"), heard=HEARD, presented=(Kind.MUSIC_ADDED,)),
        replace(scored("b"), heard=HEARD),
    ]
    table = sound_tables.kinds(pairs)
    assert row(table, "`mixed`") == (2, 1, 1, "", "", "", 1)
    assert row(table, "none of them: innocent copies") == (2, 2, "", "", 1, "", 1)


def test_a_shift_that_was_not_found_is_not_near_enough() -> None:
    late = Told("sync", Kind.DESYNC, True, (), value=0.12, value_off=0.02)
    pairs = [
        replace(scored("a"), told=(late,)),
        replace(scored("b"), told=(replace(late, found=False, value_off=None),)),
        replace(scored("c"), told=(replace(late, value=0.04, value_off=0.01),)),  # too small to ask
    ]
    table = sound_tables.values(pairs)
    found, _, near, _ = row(table, "`desync` of 80 ms and more, in s", "all")
    assert (counts(found), counts(near)) == ((1, 2), (1, 2))


def test_whole_replacements_part_from_copies_where_the_number_does() -> None:
    pairs = [
        *(replace(scored(source), statistics={"not_same": 0.0}) for source in "abc"),
        *(replace(made("dub-whole", source=s), statistics={"not_same": 0.9}) for s in "abc"),
    ]
    (known,) = (
        cells for cells in sound_tables.parted(pairs).rows if cells[1] == "all"
    )  # presence was not measured
    assert known[2:] == ("3 pairs, 3 sources", "3 pairs, 3 sources", "1.0000 (1.0000 to 1.0000)")


def test_edits_stand_by_kind_and_length_with_their_joints() -> None:
    cut = Told("edits", Kind.CUT, True, (), length_s=1.0, joints_s=(0.03,))
    wide = replace(cut, joints_s=(0.3,))
    pairs = [made("cut-1s", cut), made("cut-1s", wide), made("cut-1s", replace(cut, found=False))]
    length, clean, degraded, _, near, framed = row(picture_tables.edits(pairs), "`cut`", "cut-1s")
    assert length == "1.0 to 1.0"
    assert (counts(clean), degraded) == ((2, 3), None)
    assert (counts(near), counts(framed)) == ((1, 2), (1, 2))


def test_an_edit_reported_of_a_copy_is_told_by_kind() -> None:
    pairs = [scored("a", false=(Kind.CUT, Kind.REPLACED)), scored("b", false=(Kind.MIXED,))]
    wrong, kinds = row(picture_tables.false_edits(pairs), "all")
    assert counts(wrong) == (1, 2)
    assert kinds == "`cut` 1"


def worded(recipe: str, differ: bool, comparable: bool = True) -> Score:
    heard = scored("a", innocent=recipe == "excerpt", measured=frozenset({"words"}))
    return replace(heard, recipe=recipe, comparable=comparable, words_differ=differ)


def test_words_are_counted_by_whether_they_truly_differ() -> None:
    pairs = [
        *(worded("excerpt", False), worded("excerpt", True), worded("excerpt", False, False)),
        *(worded("machine-voice-whole", False), worded("dub-whole", True)),
    ]
    table = word_tables.words(pairs)
    comparable, differ = row(table, "the same, the same voice", "all")
    assert (counts(comparable), counts(differ)) == ((2, 3), (1, 2))
    assert counts(row(table, "the same, a machine's voice", "all")[1]) == (0, 1)
    assert counts(row(table, "others, by another voice", "all")[1]) == (1, 1)


def test_terms_that_both_say_stand_apart_from_those_of_the_new_voice() -> None:
    pairs = [
        replace(scored("a"), terms=Terms(False, 5, 1)),
        replace(scored("b"), terms=Terms(True, 4, 3)),
        replace(scored("c"), terms=Terms(True, 0, 0)),
        replace(scored("d", innocent=False), terms=Terms(False, 5, 2)),
    ]
    table = word_tables.terms(pairs)
    assert row(table, "said in both, the same voice: must not be claimed", "all")[:2] == (
        "",
        "1 of 5",
    )
    assert row(table, "said in both, a machine's voice: must not be claimed", "all")[1] == "2 of 5"
    assert row(table, "said by the new voice only: must be found", "all")[:2] == (1, "3 of 4")


def test_words_that_nobody_read_are_in_no_table() -> None:
    assert word_tables.words([scored("a")]).rows == ()
    assert word_tables.terms([scored("a")]).rows == ()


def test_every_section_has_its_note_and_no_table_without_rows() -> None:
    told = sections([replace(scored("a"), placement=PLACED, heard=HEARD)])
    assert len({each.title for each in told}) == len(told)
    for each in told:
        assert each.note
        assert all(table.rows for table in each.tables)


def test_the_record_begins_with_what_matters_most() -> None:
    pairs = [
        replace(scored("a"), placement=PLACED, heard=HEARD),
        replace(scored("b", answer=Answer.ALTERED, false=(Kind.CUT,)), heard=HEARD),
        made("dub-part-1s", dubbed(1.0, 0.9)),
        made("dub-part-0.5s-degraded", dubbed(0.5, 0.0), condition=DEGRADED),
        made("words-in-pause", replace(dubbed(0.6, 1.0, Kind.MIXED), kind=Kind.MIXED)),
    ]
    table = glance(pairs)
    assert counts(row(table, "innocent copies called altered")[0]) == (1, 2)
    assert counts(row(table, "stretches of another voice of 1 s and more found")[0]) == (1, 1)
    assert row(table, "shorter ones found")[1] is None  # none of them is clean
    assert counts(row(table, "shorter ones found")[2]) == (0, 1)
    assert counts(row(table, "words put into pauses found")[0]) == (1, 1)
    assert row(table, "false stretches in 30 minutes of innocent sound")[0] == 0.0
    assert counts(row(table, "innocent copies with an edit reported")[0]) == (1, 2)
