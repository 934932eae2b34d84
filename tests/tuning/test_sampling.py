"""What is worth knowing most is measured most, and a bench that is stopped has measured a bit of all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mediacheck.tuning.doctor import RECIPES, recipe_named
from mediacheck.tuning.material import Source, Voice
from mediacheck.tuning.sampling import PAIRS, SPOKEN, WANTED, plan


def taken(name: str, odd: bool = False, has_sound: bool = True, voices: int = 0) -> Source:
    digest = f"{name * 7}{int(odd)}{'0' * 56}"
    spoken = tuple(Voice(Path(f"{name}-{n}.mp4"), f"{n}" * 64) for n in range(voices))
    return Source(Path(f"{name}.mp4"), digest, 20.0, True, has_sound, spoken)


def few(names: str = "abcdef", odd: bool = False) -> list[Source]:
    return [taken(name, odd) for name in names]


def test_stopped_anywhere_recipes_and_sources_have_met_evenly() -> None:
    chosen = RECIPES[:8]
    jobs = plan(chosen, few()).jobs
    assert len(jobs) == len({job.folder for job in jobs}) == 8 * PAIRS
    for stop in (8, 16, 24, 40):
        met = [job.recipe for job in jobs[:stop]]
        seen = [job.source for job in jobs[:stop]]
        assert len({met.count(recipe.name) for recipe in chosen}) == 1
        assert max(map(seen.count, set(seen))) - min(map(seen.count, set(seen))) <= 2


def test_stopped_half_way_a_recipe_wanted_often_has_half_of_its_pairs() -> None:
    chosen = [recipe_named(name) for name in ("excerpt", "unrelated")]
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


def test_every_voice_of_a_take_is_heard() -> None:
    jobs = plan([recipe_named("machine-voice-whole")], [taken("a", voices=3)]).jobs
    assert {job.donor for job in jobs} == {Path(f"a-{n}.mp4") for n in range(3)}


def test_what_cannot_be_heard_is_no_donor_of_sound_but_may_be_other_footage() -> None:
    here = [taken("a"), taken("b", has_sound=False)]
    for name, donor in (("dub-whole", None), ("unrelated", Path("b.mp4"))):
        jobs = plan([recipe_named(name)], here).jobs
        assert {job.donor for job in jobs if job.source.stem == "a"} == {donor}


def test_what_is_not_wanted_now_may_stand_in() -> None:
    course = plan([recipe_named("excerpt")], few("abcdefgh"[:6]) + few("9"))
    spares = course.spares["excerpt", "reporting"]
    assert len(course.jobs) == PAIRS
    assert {job.source for job in spares} == {each.path for each in few("abcdef9")} - {
        job.source for job in course.jobs
    }


def test_words_are_read_of_a_few_pairs_that_have_any() -> None:
    here = [*few("abcde"), taken("f", has_sound=False)]
    spoken = [job for job in plan(RECIPES, here).jobs if job.spoken]
    assert Path("f.mp4") not in {job.source for job in spoken}
    counted = Counter(job.recipe for job in spoken)
    assert counted["excerpt"] == 5
    assert counted["dub-whole"] == SPOKEN["dub-whole"]
    assert set(counted) <= set(SPOKEN)


def test_what_is_wanted_more_often_or_read_is_a_recipe() -> None:
    assert {*WANTED, *SPOKEN} <= {recipe.name for recipe in RECIPES}
