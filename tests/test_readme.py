"""The README can be believed: its commands parse, its options exist, its names can be imported."""

from __future__ import annotations

import ast
import dataclasses
import re
import shlex
from pathlib import Path

import pytest

import mediacheck
from mediacheck import casefile, report
from mediacheck.cli import bench, cache, checks, completion, judge, models, schema, selftest, tune
from mediacheck.cli import main as cli
from mediacheck.cli.compare import Comparing
from mediacheck.cli.options import FORMATS
from mediacheck.model import Answer, Context, Term

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
OTHERS = [
    ["judge"],
    ["checks"],
    ["models", "list"],
    ["models", "verify"],
    ["models", "fetch"],
    ["schema"],
    ["cache", "info"],
    ["cache", "clear"],
    ["selftest"],
    ["completion"],
    ["bench"],
    ["tune"],
]
FIXTURES = "fixtures/media/press-qa"


@pytest.fixture
def readme(repository: Path) -> str:
    return (repository / "README.md").read_text(encoding="utf-8")


def section(readme: str, title: str) -> str:
    return readme.split(f"\n## {title}\n")[1].split("\n## ")[0]


def code(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Each call of mediacheck in the shell examples, without its first word."""
    lines = "".join(code(text, "sh")).splitlines()
    parts = [part.strip() for line in lines for part in line.split("&&")]
    asked = [part.split(" > ")[0] for part in parts if part.startswith("mediacheck ")]
    return [shlex.split(part)[1:] for part in asked]


def help_of(capfd: pytest.CaptureFixture[str], *command: str) -> str:
    assert cli.main([*command, "--help"]) == 0
    return capfd.readouterr().out


def test_commands_are_those_of_the_help(readme, capfd) -> None:
    def offered(*group: str) -> set[str]:
        listed = help_of(capfd, *group).split("Commands:\n")[1]
        return set(re.findall(r"^  ([a-z]+)", listed, re.MULTILINE))

    assert {command[0] for command in commands(readme)} == offered()
    assert offered() == {"compare", *(command[0] for command in OTHERS)}
    for group in ("cache", "models"):
        assert offered(group) == {command[1] for command in OTHERS if command[0] == group}


@pytest.mark.parametrize("command", OTHERS, ids=" ".join)
def test_options_of_the_other_commands_are_those_of_their_help(command, readme, capfd) -> None:
    told = section(readme, "Other commands")
    (row,) = re.findall(rf"^\| `{' '.join(command)}` \|.*\|(.*)\|$", told, re.MULTILINE)
    shown = help_of(capfd, *command)
    assert set(OPTION.findall(row)) == set(OPTION.findall(shown.split("Options:\n")[1])) - {
        "--help"
    }
    for option in re.findall(r"`(--[^`]+)`", row):
        assert re.search(rf"{re.escape(option)}(\s|$)", shown, re.MULTILINE)


def test_options_of_compare_are_those_of_its_help(readme, capfd) -> None:
    told = re.findall(r"^\| `(--[a-z-]+)", section(readme, "Compare"), re.MULTILINE)
    offered = OPTION.findall(help_of(capfd, "compare").split("Options:\n")[1])
    assert len(told) == len(set(told))
    assert set(told) == set(offered)
    assert "mediacheck --version" in readme
    assert "--version" in help_of(capfd)


def test_every_option_named_anywhere_exists(readme, capfd) -> None:
    helps = [help_of(capfd, *command) for command in ([], ["compare"], *OTHERS)]
    offered = set(OPTION.findall("".join(helps)))
    assert set(OPTION.findall(readme)) - {"--index-url"} <= offered  # that one is pip's


def test_option_is_told_with_its_value_as_in_the_help(readme, capfd) -> None:
    shown = help_of(capfd, "compare")
    for told in re.findall(r"^\| `(--[^`]+)`", section(readme, "Compare"), re.MULTILINE):
        assert re.search(rf"{re.escape(told.replace(chr(92), ''))}(\s|$)", shown, re.MULTILINE)


def test_examples_are_understood(readme) -> None:
    asked = [cli._parse(command) for command in commands(readme)]
    requests = {
        *(Comparing, judge.Judging, checks.Listing, schema.Publishing),
        *(models.Listing, models.Verifying, models.Fetching),
        *(selftest.Testing, completion.Scripting),
        *(cache.Showing, cache.Clearing),
        *(bench.Benching, tune.Tuning),
    }
    assert {type(request) for request in asked} == requests
    assert isinstance(asked[0], Comparing)
    assert asked[0].clip == Path(FIXTURES, "clip.mp4")
    assert asked[0].question.terms == (Term("Pakistan", ("Пакистан",)),)


def test_exit_codes_and_answers_are_those_of_the_command_line(readme) -> None:
    codes = re.findall(r"^\| (\d+) \|", section(readme, "Compare"), re.MULTILINE)
    others = {cli.REFUSED, cli.DEFECT, cli.INTERRUPTED}
    assert {int(number) for number in codes} == set(cli.ANSWERED.values()) | others

    answers = re.findall(r"^\| `([a-z-]+)` .*\| (\d) \|$", readme, re.MULTILINE)
    assert {Answer(answer): int(number) for answer, number in answers} == cli.ANSWERED
    assert set(cli.ANSWERED) == set(Answer)


def test_formats_are_those_of_the_command_line(readme) -> None:
    assert "what to write: `html`, `pdf`, `json` or several of them" in readme
    assert set(FORMATS) == {"html", "pdf", "json"} == {"json", *report.FORMATS}
    assert all(f"`report.{name}`" in section(readme, "The report") for name in FORMATS)


def test_python_example_uses_public_names(readme) -> None:
    (example,) = code(readme, "python")
    tree = ast.parse(example)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert [node.module for node in imports] == ["mediacheck"]
    assert {alias.name for alias in imports[0].names} <= set(mediacheck.__all__)


def test_case_file_example_is_a_case_file(readme, tmp_path) -> None:
    (example,) = code(section(readme, "Case file"), "toml")
    path = tmp_path / "case.toml"
    path.write_text(example, encoding="utf-8")
    case = casefile.load(path)
    assert case.claim
    assert case.terms == (Term("Pakistan", ("Пакистан", "پاکستان")),)
    assert case.context
    assert all(getattr(case.context, field.name) for field in dataclasses.fields(Context))
    assert len(case.context.statements) == 2
    assert f"{casefile.ENTRIES_AT_MOST} entries" in readme
    assert f"a claim {casefile.CLAIM:,} letters, a statement {casefile.QUOTE:,}" in readme
    assert f"the file {casefile.BYTES_AT_MOST // 1024} KiB" in readme


def test_links_lead_to_files(readme, repository) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", readme):
        assert target.startswith("http") or (repository / target).is_file()
