"""Is the record the same bytes for everyone? Records to canonical JSON (RFC 8785) and back.

The shapes are the contract's: spans as [start, end], boxes as [x, y, width, height], nothing left
out. Numbers are rounded before they are written, because the last digits of a floating sum are no
evidence and differ between machines: times to the millisecond, all else to six significant digits.
A line (Alignment) keeps the decimals that checks.base.rounded gives it: series are found again by it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import rfc8785
from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import SchemaValidator, core_schema, from_json

from mediacheck.errors import WrongUsage
from mediacheck.model import SCHEMA, Alignment, Box, Comparison, Run, Span
from mediacheck.wording import visible, without_half_characters

# Not step_s: rounded to 0.023 s, steps of 0.0232199 s would drift by a minute over two hours.
TIME_NAMES = frozenset({"start", "end", "duration_s", "start_s", "offset_s", "original_searched_s"})
TIME_NAMES_OF_A_RUN = frozenset({"cpu_s", "wall_s"})
DECIMALS_OF_A_TIME = 3
DIGITS = 6
DECIMALS_OF_A_LINE = {"offset_s": 4, "speed": 6}

Stored = TypeVar("Stored")


def dumps(comparison: Comparison) -> bytes:
    """report.json. Raises ValueError, naming the place, for a number that is not finite."""
    return rfc8785.dumps(_plain(comparison, "report"))


def loads(content: bytes) -> Comparison:
    """Back to the record; every rule of the record is checked again. Raises WrongUsage."""
    raw = _raw(content, "report.json")
    found = raw.get("schema")
    if found != SCHEMA:
        raise WrongUsage(
            f"report.json: written as {visible(repr(found))[:60]}, and this version reads {SCHEMA}: "
            "use the version of mediacheck that wrote it"
        )
    comparison: Comparison = _read(Comparison, content, "report.json")
    return comparison


def as_stored(record: Stored) -> Stored:
    """The record as it will be read back from a report: what is judged must be what is stored.

    Raises ValueError for a number that is not finite.
    """
    name = type(record).__name__
    stored: Stored = _read(type(record), rfc8785.dumps(_plain(record, name)), name)
    return stored


def dumps_run(run: Run) -> bytes:
    """run.json. Names that are not UTF-8 have their odd bytes written out visibly."""
    return rfc8785.dumps(_plain(run, "run"))


def loads_run(content: bytes) -> Run:
    """Back to the record. Raises WrongUsage."""
    _raw(content, "run.json")
    run: Run = _read(Run, content, "run.json")
    return run


def schema() -> dict[str, Any]:
    """JSON Schema of report.json, as `mediacheck schema` publishes it."""
    published = GenerateJsonSchema().generate(_core(Comparison), mode="serialization")
    for record in (published, *published["$defs"].values()):
        if "properties" in record:
            record["required"] = list(record["properties"])  # dumps leaves nothing out
    published["properties"]["schema"] = {"const": SCHEMA, "title": "Schema", "type": "string"}
    return {"$schema": GenerateJsonSchema.schema_dialect, "$id": SCHEMA, **published}


def _raw(content: bytes, name: str) -> dict[str, Any]:
    try:
        raw = from_json(content, allow_inf_nan=False)
    except ValueError as error:
        raise WrongUsage(f"{name}: no JSON ({error}); is the file whole?") from error
    if not isinstance(raw, dict):
        raise WrongUsage(f"{name}: holds no record; is it the right file?")
    return raw


def _read(record: type, content: bytes, name: str) -> Any:
    try:
        return SchemaValidator(_core(record)).validate_json(content, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise WrongUsage(
            f"{name}: {visible(place)[:200]}: {visible(first['msg'])}; "
            "was it changed by hand, or written by another version?"
        ) from error


def _plain(value: Any, place: str, time: bool = False) -> Any:
    """Records to what JSON can hold. `time`: the number is seconds of a file."""
    match value:
        case Enum():
            return value.value
        case str():
            return without_half_characters(value)
        case bool() | None:
            return value
        case int():
            return value
        case float():
            return _rounded(value, place, DECIMALS_OF_A_TIME if time else None)
        case Span():
            return [_rounded(seconds, place, DECIMALS_OF_A_TIME) for seconds in value]
        case Box():
            return [_rounded(part, place, None) for part in value]
        case tuple():
            return [_plain(item, f"{place}.{index}", time) for index, item in enumerate(value)]
        case Mapping():
            return {
                without_half_characters(str(key)): _plain(item, f"{place}.{key}", time)
                for key, item in value.items()
            }
    if isinstance(value, Alignment):
        return {
            name: _rounded(getattr(value, name), f"{place}.{name}", decimals)
            for name, decimals in DECIMALS_OF_A_LINE.items()
        }
    if dataclasses.is_dataclass(value):
        seconds = getattr(value, "unit", None) == "s"
        named = TIME_NAMES | (TIME_NAMES_OF_A_RUN if isinstance(value, Run) else frozenset())
        return {
            field.name: _plain(
                getattr(value, field.name),
                f"{place}.{field.name}",
                field.name in named or (seconds and field.name in ("value", "values")),
            )
            for field in dataclasses.fields(value)
        }
    raise ValueError(f"{place}: a {type(value).__name__} has no place in a report")


def _rounded(value: float, place: str, decimals: int | None) -> float:
    """To so many decimals, or to DIGITS significant ones where None."""
    if not math.isfinite(value):
        raise ValueError(f"{place} is {value}: write None where a number could not be taken")
    if decimals is not None:
        return round(float(value), decimals)
    return float(f"{value:.{DIGITS}g}")


@cache
def _core(record: type) -> core_schema.CoreSchema:
    core: core_schema.CoreSchema = _with_lists(TypeAdapter(record).core_schema)
    return core


def _with_lists(node: Any) -> Any:
    """pydantic's own schema of the records, changed in two ways.

    Span and Box are lists, and a field that this version does not know is refused, not dropped.
    """
    if isinstance(node, list):
        return [_with_lists(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "dataclass":
        if node["cls"] in (Span, Box):
            record = node["cls"]
            numbers: list[core_schema.CoreSchema] = [
                core_schema.float_schema(allow_inf_nan=False) for _ in node["fields"]
            ]
            return core_schema.no_info_after_validator_function(
                lambda parts: record(*parts),
                core_schema.tuple_positional_schema(numbers),
                ref=node.get("ref"),
            )
        node = {**node, "config": {**node.get("config", {}), "extra_fields_behavior": "forbid"}}
    return {key: _with_lists(item) for key, item in node.items()}
