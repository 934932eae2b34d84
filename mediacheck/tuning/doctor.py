"""Makes pairs of a clip and its original with exact truth, from footage one may use.

    python -m mediacheck.tuning.doctor SOURCE --donor DONOR --out DIR [--recipe NAME ...] [--seed N]
    python -m mediacheck.tuning.doctor --list

writes DIR/<recipe>/{clip.mp4, original.<as the source>, truth.json}. The same source, donor, recipe
and seed give the same bytes with the same ffmpeg and libraries.
"""

import argparse
import sys
from pathlib import Path
from random import Random

from mediacheck.errors import MediacheckError
from mediacheck.tuning.alterations import ALTERATIONS
from mediacheck.tuning.copies import COPIES
from mediacheck.tuning.dubs import DUBS
from mediacheck.tuning.footage import open_footage
from mediacheck.tuning.forgeries import CAPTIONS, FORGERIES
from mediacheck.tuning.negatives import NEGATIVES
from mediacheck.tuning.recipes import Recipe
from mediacheck.tuning.stereo import STEREO_ALTERED, STEREO_INNOCENT
from mediacheck.tuning.treatments import TREATMENTS, degraded
from mediacheck.tuning.truth import Truth

INNOCENT = (*TREATMENTS, *COPIES, *STEREO_INNOCENT)
ALTERED = (*DUBS, *ALTERATIONS, *FORGERIES, *STEREO_ALTERED)
# What false alarms are measured on in the condition in which degraded alterations are missed.
STILL_INNOCENT = (
    *("excerpt", "music-bed", "offset-120ms", "cutaway-0.8s"),
    *("banner-part", "zoom-part"),
)
# A degraded clip is cropped first, and what a lens shows of the frame is its own to say.
THROUGH_A_LENS = ("punch-in-speed",)
DEGRADED = tuple(
    degraded(recipe)
    for recipe in (
        *(each for each in INNOCENT if each.name in STILL_INNOCENT),
        *CAPTIONS,
        *(each for each in ALTERED if each.name not in THROUGH_A_LENS),
        *NEGATIVES,
    )
)
RECIPES: tuple[Recipe, ...] = (*INNOCENT, *CAPTIONS, *ALTERED, *NEGATIVES, *DEGRADED)


def recipe_named(name: str) -> Recipe:
    """The recipe of that name. Raises KeyError with all names when there is none."""
    for recipe in RECIPES:
        if recipe.name == name:
            return recipe
    raise KeyError(f"no recipe {name!r}; there are {', '.join(each.name for each in RECIPES)}")


def listing() -> str:
    """All recipes, one a line: name, whether it is innocent, its condition, what was done, donor, twin."""
    rows = [("recipe", "kind", "condition", "done", "donor", "twin of")]
    for recipe in RECIPES:
        kind = "innocent" if recipe.innocent else "altered"
        row = (recipe.name, kind, recipe.condition, recipe.family, recipe.donor, recipe.twin or "-")
        rows.append(row)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    padded = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in padded)


def doctor(recipe: Recipe, source: Path, donor: Path | None, folder: Path, seed: int) -> Truth:
    """Write folder/clip.mp4, what it is compared with as folder/original.*, and folder/truth.json; folder is made.

    The original is a copy of the source, or a part of it where the recipe says that the rest is not to be found.
    Every recipe draws its own numbers from the seed, so two recipes do not take the same excerpt.
    Raises Unsuitable when the footage lacks what the recipe needs, MediaUnreadable when it does
    not decode, RuntimeError when ffmpeg fails; then nothing but perhaps an empty folder is left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = Random(f"{recipe.name} {seed}")
    opened = None if donor is None else open_footage(donor)
    truth = recipe.write(open_footage(source), opened, rng, folder)
    made = {
        "recipe": recipe.name,
        "innocent": recipe.innocent,
        "condition": recipe.condition,
        "family": recipe.family,
        "seed": seed,
    }
    truth.write(folder / "truth.json", made)
    return truth


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 when all named recipes were made, 2 when one could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m mediacheck.tuning.doctor",
        description="Make pairs of a clip and its original with exact truth.",
    )
    parser.add_argument("source", type=Path, nargs="?", help="the original to make clips from")
    parser.add_argument("--donor", type=Path, help="other footage with other speech")
    parser.add_argument("--out", type=Path, help="a folder per recipe goes here")
    parser.add_argument(
        "--recipe", action="append", metavar="NAME", help="may be repeated; all when left out"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="print the recipes and make nothing")
    given = parser.parse_args(arguments)
    if given.list:
        print(listing())
        return 0
    if given.source is None or given.out is None:
        parser.error("name a SOURCE and a folder with --out, or ask for --list")
    try:
        chosen = [recipe_named(name) for name in given.recipe] if given.recipe else list(RECIPES)
    except KeyError as error:
        parser.error(error.args[0])
    left_out = 0
    for recipe in chosen:
        try:
            truth = doctor(recipe, given.source, given.donor, given.out / recipe.name, given.seed)
        except MediacheckError as error:
            left_out += 1
            print(f"{recipe.name}: not made: {error}", file=sys.stderr)
        else:
            print(f"{recipe.name}: {truth.answer}, {truth.duration_s:.2f} s")
    return 2 if left_out and given.recipe else 0


if __name__ == "__main__":
    sys.exit(main())
