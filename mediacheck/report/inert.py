"""Nothing from outside acts in a report: every text of a record, keys included, made visible."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from mediacheck.wording import visible

Record = TypeVar("Record")


def inert(record: Record) -> Record:
    """The same record with `visible` applied to each string in it, at any depth.

    Views are built from the result only, so that no field can be forgotten. Escaping for HTML or a
    PDF comes on top, where the format is written.
    """
    shown: Record = _shown(record)
    return shown


def _shown(value: Any) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return visible(value)
        case tuple():
            return tuple(_shown(item) for item in value)
        case Mapping():
            return {visible(str(key)): _shown(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changed = {
            field.name: _shown(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
        return type(value)(**changed)
    return value
