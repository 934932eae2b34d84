"""The command line's edge: arguments in, exit code out.

A command is parsed into a request and run outside the parser, which would turn some exceptions
into exit code 1. Here is the one place where an error becomes a message.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Protocol

import typer

from mediacheck import __version__
from mediacheck.cli import (
    bench,
    cache,
    checks,
    compare,
    completion,
    console,
    interrupt,
    judge,
    models,
    schema,
    selftest,
    tune,
)
from mediacheck.errors import MediacheckError, OutputLost, WrongUsage
from mediacheck.model import Answer

DONE = 0
REFUSED = 2
DEFECT = 70
INTERRUPTED = 130
ANSWERED = {
    Answer.NO_ALTERATION_FOUND: 0,
    Answer.ALTERED: 1,  # and nothing else ever
    Answer.INCONCLUSIVE: 3,
    Answer.NOT_IN_ORIGINAL: 3,
}


class Request(Protocol):
    """A command with its arguments, not yet run."""

    def run(self) -> Answer | None: ...


app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)
app.command("compare")(compare.command)
app.command("judge")(judge.command)
app.command("checks")(checks.command)
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.command("schema")(schema.command)
app.command("bench")(bench.command)
app.command("tune")(tune.command)
app.command("selftest")(selftest.command)
app.command("completion")(completion.command)


def _print_version(wanted: bool) -> None:
    if wanted:
        console.result(f"mediacheck {__version__}")
        raise typer.Exit


@app.callback()
def _mediacheck(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Compare a doubted clip with a trusted original and write down the evidence."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code, whatever happens."""
    try:
        with interrupt.ends_children():
            code = _run(arguments)
    except MediacheckError as error:
        console.complain(str(error))
        code = REFUSED
    except KeyboardInterrupt:
        console.complain("interrupted")
        code = INTERRUPTED
    except BaseException:  # also a library's SystemExit(1), which must not read as "altered"
        code = DEFECT
        with suppress(BaseException):  # out of memory
            console.show_traceback()
            console.complain("a defect of mediacheck; please report it with the lines above")
    console.flush()
    return code


def _run(arguments: Sequence[str] | None) -> int:
    request = _parse(arguments)
    if isinstance(request, int):
        return request
    answer = request.run()
    return DONE if answer is None else ANSWERED[answer]


def _parse(arguments: Sequence[str] | None) -> Request | int:
    """The request, or the exit code of a question that the parser itself has answered."""
    command = typer.main.get_command(app)
    if completion.is_asked():
        return DONE if completion.answered(command) else REFUSED
    try:
        parsed: Request | int = command.main(
            arguments, prog_name="mediacheck", standalone_mode=False
        )
    except typer.TyperException as error:
        message = error.format_message().rstrip(".")
        raise WrongUsage(f"{message}; see {_asked(error)} --help") from error
    except SystemExit:
        return DONE
    except OSError as error:
        if error.errno != errno.EPIPE:
            raise OutputLost(f"the help could not be written: {error.strerror}") from error
        return DONE  # nobody reads it to its end: mediacheck --help | head -1
    if parsed == INTERRUPTED:  # typer's word for it
        raise KeyboardInterrupt
    return parsed


def _asked(error: typer.TyperException) -> str:
    """The command that refused, as far as it was understood: its help has the right way."""
    context = getattr(error, "ctx", None)
    return "mediacheck" if context is None else context.command_path
