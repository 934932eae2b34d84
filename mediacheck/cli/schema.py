"""`mediacheck schema`: the JSON Schema of report.json."""

from __future__ import annotations

import json
from dataclasses import dataclass

from mediacheck.cli import console


@dataclass(frozen=True, slots=True)
class Publishing:
    """The schema asked for on the command line."""

    def run(self) -> None:
        from mediacheck.report.json import schema

        for line in json.dumps(schema(), indent=2).splitlines():
            console.result(line)


def command() -> Publishing:
    """Print the JSON Schema of report.json."""
    return Publishing()
