"""`mediacheck completion`: the script that lets a shell complete commands, options and names.

The script asks mediacheck itself, through an environment variable. typer answers, by modules that it
counts as its own (pyproject.toml pins its minor version); its --install-completion is left out,
because it edits the user's start-up files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from mediacheck.cli import console
from mediacheck.errors import WrongUsage

PROGRAM = "mediacheck"
VARIABLE = "_MEDIACHECK_COMPLETE"  # typer's own naming, of which the scripts of others may know
SHELLS = ("bash", "zsh", "fish", "powershell")


@dataclass(frozen=True, slots=True)
class Scripting:
    """One shell's script asked for on the command line."""

    shell: str

    def run(self) -> None:
        from typer._completion_shared import get_completion_script

        script = get_completion_script(prog_name=PROGRAM, complete_var=VARIABLE, shell=self.shell)
        for line in script.splitlines():
            console.result(line)


def command(
    shell: Annotated[
        str,
        typer.Argument(metavar="|".join(SHELLS), help="The shell.", autocompletion=lambda: SHELLS),
    ],
) -> Scripting:
    """Print the script for a shell's completion; nothing is installed.

    bash, zsh: add to the start-up file: source <(mediacheck completion bash)

    fish: mediacheck completion fish > ~/.config/fish/completions/mediacheck.fish

    PowerShell: add to $PROFILE: mediacheck completion powershell | Out-String | Invoke-Expression
    """
    if shell not in SHELLS:
        raise WrongUsage(f"no completion for {shell!r}; known shells: {', '.join(SHELLS)}")
    return Scripting(shell)


def is_asked(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a shell wants to know what could come next, and not a command to run."""
    return bool(environment.get(VARIABLE))


def answered(program: Any) -> bool:
    """Print what may follow the words in the environment; False where fish should offer files."""
    from typer._completion_classes import completion_init
    from typer.completion import shell_complete

    completion_init()
    try:
        return shell_complete(program, {}, PROGRAM, VARIABLE, os.environ[VARIABLE]) == 0
    except SystemExit as ended:
        return not ended.code


def model_names() -> list[str]:
    """What may stand after --model besides a path, to which the shell itself turns."""
    from mediacheck.weights.registry import OPENAI, REGISTRY

    known = {**REGISTRY, **OPENAI}
    return [name for name, weights in known.items() if weights.use == "recognition"]
