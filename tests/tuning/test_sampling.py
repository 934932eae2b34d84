"""What is worth knowing most is measured most, and a bench that is stopped has measured a bit of all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mediacheck.tuning.doctor import RECIPES, recipe_named
from mediacheck.tuning.material import Source, Voice
from mediacheck.tuning.sampling import PAIRS, SPOKEN, TUNING_SHARE, UNSEEN, WANTED, plan


def taken(name: str, odd: bool = False, has_sound: bool = True, voices: int = 0) -> Source:
    digest = f"{name * 7}{int(odd)}{'0' * 56}"
    spoken = tuple(Voice(Path(f"{name}-{n}.mp4"), f"{n}" * 64) for n in range(voices))
    return Source(Path(f"{name}.mp4"), digest, 20.0, True, has_sound, spoken)


def few(names: str = "abcdef", odd: bool = False) -> list[Source]:
    return [taken(name, odd) for name in names]


def test_stopped_anywhere_recipes_and_sources_have_met_evenly() -> None:
    usual = [recipe for recipe in RECIPES if not recipe.name.startswith(UNSEEN)]
    chosen = [recipe for recipe in usual if recipe.name not in WANTED][:80]
    jobs = plan(chosen, few()).jobs
    assert len(jobs) == len({job.folder for job in jobs})
    for stop in (160, 320):
        met = Counter(job.recipe for job in jobs[:stop])
        assert {met[recipe.name] for recipe in chosen} == {stop / 80}
        seen = Counter(job.source for job in jobs[:stop])
        assert len(seen) == 6
        assert max(seen.values()) < 4 * min(seen.values())
    seen = Counter(job.source for job in jobs)
    assert max(seen.values()) < 1.3 * min(seen.values())


def test_a_recipe_more_changes_no_pair_of_another() -> None:
    chosen = [recipe for recipe in RECIPES if recipe.name not in WANTED][:20]
    fewer = {job.folder for job in plan(chosen[5:], few()).jobs}
    assert fewer < {job.folder for job in plan(chosen, few()).jobs}


def test_stopped_half_way_a_recipe_wanted_often_has_half_of_its_pairs() -> None:
    chosen = [recipe_named(name) for name in ("own-voice-whole", "unrelated")]
    jobs = plan(chosen, few()).jobs
    counted = Counter(job.recipe for job in jobs)
    assert counted["unrelated"] == 6 * 5  # each with each
    half = Counter(job.recipe for job in jobs[: len(jobs) // 2])
    assert {name: 2 * half[name] for name in half} == dict(counted)


def test_every_recipe_is_tried_before_any_is_tried_again() -> None:
    jobs = plan(RECIPES, few()).jobs
    names = {job.recipe for job in jobs}
    assert {job.recipe for job in jobs[: len(names)]} == names


def test_the_halves_share_no_donor() -> None:
    for job in plan(RECIPES, [*few("abc"), *few("def", odd=True)]).jobs:
        assert job.donor is None or (job.donor.stem in "abc") is (job.facts.half == "reporting")
        assert job.donor != job.source


def test_no_pair_of_source_and_donor_is_met_twice() -> None:
    for name in ("unrelated", "dub-whole"):
        jobs = plan([recipe_named(name)], few()).jobs
        assert len({job.footage for job in jobs}) == len(jobs) == 30


def test_the_half_that_rates_are_reported_of_has_more_pairs() -> None:
    chosen = [recipe_named(name) for name in ("crop", "dub-whole")]
    jobs = plan(chosen, [*few(), *few("012345", odd=True)]).jobs
    counted = Counter((job.recipe, job.facts.half) for job in jobs)
    assert counted["crop", "reporting"] == PAIRS
    assert counted["crop", "tuning"] == round(TUNING_SHARE * PAIRS)
    assert counted["dub-whole", "reporting"] == WANTED["dub-whole"]
    assert counted["dub-whole", "tuning"] == round(TUNING_SHARE * WANTED["dub-whole"])


def test_of_what_is_put_into_pauses_and_of_edits_there_are_enough_to_speak_of() -> None:
    here = [taken(name) for name in "abcdef012345"]
    counted = Counter(job.recipe.removesuffix("-degraded") for job in plan(RECIPES, here).jobs)
    often = ("words-in-pause", "words-in-pause-0.5s", "voice-over", "insert-4s", "reorder")
    for name in (*often, "repeat-3s", "freeze-3s", "cut-1s"):
        assert counted[name] >= 9, name
    others = {"unrelated", "same-set-other-time"}
    copies = {recipe.name for recipe in RECIPES if recipe.innocent} - others
    assert sum(counted[name] for name in copies) >= 300
    assert sum(counted[name] for name in others) >= 200


def test_every_voice_of_a_take_is_heard() -> None:
    jobs = plan([recipe_named("machine-voice-whole")], [taken("a", voices=3)]).jobs
    assert {job.donor for job in jobs} == {Path(f"a-{n}.mp4") for n in range(3)}


def test_what_cannot_be_heard_is_no_donor_of_sound_but_may_be_other_footage() -> None:
    here = [taken("a"), taken("b", has_sound=False)]
    for name, donor in (("dub-whole", None), ("unrelated", Path("b.mp4"))):
        jobs = plan([recipe_named(name)], here).jobs
        assert {job.donor for job in jobs if job.source.stem == "a"} == {donor}


def test_what_is_not_wanted_now_may_stand_in() -> None:
    course = plan([recipe_named("crop")], few("abcdefgh"[:6]) + few("9"))
    spares = course.spares["crop", "reporting"]
    assert len(course.jobs) == PAIRS
    assert {job.source for job in spares} == {each.path for each in few("abcdef9")} - {
        job.source for job in course.jobs
    }


def test_words_are_read_of_a_few_pairs_that_have_any() -> None:
    here = [*few("abcde"), taken("f", has_sound=False)]
    spoken = [job for job in plan(RECIPES, here).jobs if job.spoken]
    assert Path("f.mp4") not in {job.source for job in spoken}
    counted = Counter(job.recipe for job in spoken)
    assert counted["crop"] == 0
    assert counted["aac-32k"] >= PAIRS - 1  # one source cannot be heard
    assert counted["noise"] == SPOKEN["noise"]
    assert counted["dub-whole"] == SPOKEN["dub-whole"]
    assert set(counted) <= set(SPOKEN)


def test_what_is_wanted_more_often_or_read_is_a_recipe() -> None:
    assert {*WANTED, *SPOKEN} <= {recipe.name for recipe in RECIPES}
