"""What does the editor know of the case? A TOML file with the claim, terms, event, place and statements.

Terms are listened for as those of --term are. All else is shown as the editor's own words and judges
nothing. What is not as it should be is refused with the path to it, entries of a list counted from 1:
`statements[2].by`.
"""

from __future__ import annotations

import datetime as calendar
import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mediacheck.errors import CaseFileRefused
from mediacheck.model import Context, Question, Statement, Term

BYTES_AT_MOST = 256 * 1024
ENTRIES_AT_MOST = 50  # of a list
# Letters of one text. Claims and statements are quoted, not reprinted.
WORD, NAME, LINK, CLAIM, QUOTE = 100, 300, 1000, 1000, 3000

_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_MOMENT = re.compile(
    r"[0-9]{4}(-[0-9]{2}){2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_A_DATE = (
    'expected a date such as "2025-10-23", or a time with its offset: 2025-10-23T14:00:00+03:00'
)
_FOUND = (
    (bool, "true or false"),
    (int | float, "a number"),
    (calendar.date | calendar.time, "a date or a time"),
    (list, "a list"),
    (dict, "a table"),
)


@dataclass(frozen=True, slots=True)
class CaseFile:
    """What a case file holds."""

    claim: str | None = None
    terms: tuple[Term, ...] = ()
    context: Context | None = None

    def added_to(self, question: Question) -> Question:
        """The question with what the file gives; the file's terms come first."""
        return replace(
            question,
            claim=self.claim,
            terms=merged((*self.terms, *question.terms)),
            context=self.context,
        )


def load(path: Path) -> CaseFile:
    """Raises CaseFileRefused, naming the file, the key and what is expected there.

    Line breaks and runs of blanks in a text become one blank; nothing else of it changes.
    """
    known = ("claim", "terms", "event", "date", "place", "sources", "statements")
    given = _Value(path.name, "", _read(path)).table(known)
    if not given:
        raise CaseFileRefused(f"{path.name}: it is empty: expected {_listed(known)}")
    context = Context(
        event=given["event"].text(NAME) if "event" in given else None,
        date=given["date"].date() if "date" in given else None,
        place=given["place"].text(NAME) if "place" in given else None,
        sources=tuple(each.link() for each in given["sources"].entries("of links"))
        if "sources" in given
        else (),
        statements=tuple(_statement(each) for each in given["statements"].entries("[[statements]]"))
        if "statements" in given
        else (),
    )
    return CaseFile(
        claim=given["claim"].text(CLAIM) if "claim" in given else None,
        terms=merged(_term(each) for each in given["terms"].entries("[[terms]]"))
        if "terms" in given
        else (),
        context=None if context == Context() else context,
    )


def merged(terms: Iterable[Term]) -> tuple[Term, ...]:
    """Each term once, in the order of its first mention, with the aliases of all mentions.

    Case and composed letters do not count.
    """
    kept: dict[str, dict[str, str]] = {}
    for term in terms:
        spellings = kept.setdefault(_folded(term.term), {})
        for text in term.spellings:
            spellings.setdefault(_folded(text), text)
    each = (spellings.values() for spellings in kept.values())
    return tuple(Term(term, tuple(aliases)) for term, *aliases in each)


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of the file, with the path to it for the refusal."""

    file: str
    path: str
    raw: Any

    def table(self, known: tuple[str, ...], needed: tuple[str, ...] = ()) -> Mapping[str, _Value]:
        """The keys that are there."""
        if not isinstance(self.raw, dict):
            raise self._refused(
                f"is {self._found()}: expected a table with {_listed(known, 'and')}"
            )
        given = {
            key: replace(self, path=self._below(key), raw=raw) for key, raw in self.raw.items()
        }
        for key, value in given.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                meant = f"did you mean {near[0]}?" if near else f"expected {_listed(known)}"
                raise value._refused(f"is no key of a case file: {meant}")
        for key in needed:
            if key not in given:
                raise replace(self, path=self._below(key))._refused("is missing: expected text")
        return given

    def entries(self, kind: str) -> list[_Value]:
        """kind: how the list is written, for the refusal."""
        if not isinstance(self.raw, list):
            raise self._refused(f"is {self._found()}: expected a list {kind}")
        if len(self.raw) > ENTRIES_AT_MOST:
            raise self._refused(
                f"has {len(self.raw):,} entries: expected {ENTRIES_AT_MOST} at most"
            )
        return [
            replace(self, path=f"{self.path}[{number}]", raw=raw)
            for number, raw in enumerate(self.raw, 1)
        ]

    def text(self, letters: int) -> str:
        text = re.sub(r"[ \t\r\n]+", " ", self.raw).strip() if isinstance(self.raw, str) else ""
        if not text:
            raise self._refused(f"is {self._found()}: expected text")
        if len(text) > letters:
            raise self._refused(f"has {len(text):,} letters: expected {letters:,} at most")
        return text

    def word(self) -> str:
        """As --term can take it too, so that a report can name the command that repeats it."""
        text = self.text(WORD)
        if "=" in text or "," in text:
            raise self._refused("has a comma or an equals sign: expected one word or name")
        return text

    def link(self) -> str:
        text = self.text(LINK)
        try:
            parts = urlsplit(text)
            whole = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
        except ValueError:
            whole = False
        if not whole or not text.isprintable() or " " in text:
            raise self._refused("is no link: expected one that begins with https:// or http://")
        return text

    def date(self) -> str:
        """As ISO 8601, as exact as it was given."""
        match self.raw:
            case calendar.datetime(tzinfo=calendar.tzinfo()):
                return str(self.raw.isoformat())
            case calendar.date() if not _is_moment(self.raw):
                return str(self.raw.isoformat())
            case str():
                return self._written_date(self.raw.strip())
        found = "a time without its offset" if _is_moment(self.raw) else self._found()
        raise self._refused(f"is {found}: {_A_DATE}")

    def _written_date(self, text: str) -> str:
        try:
            if _DAY.fullmatch(text):
                calendar.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
                return text
            if _MOMENT.fullmatch(text):
                return calendar.datetime.fromisoformat(text).isoformat()
        except ValueError as error:
            raise self._refused(f"is no date ({error}): {_A_DATE}") from error
        raise self._refused(f"is no date: {_A_DATE}")

    def _below(self, key: str) -> str:
        shown = key if len(key) <= NAME else f"{key[:NAME]}…"
        return f"{self.path}.{shown}" if self.path else shown

    def _found(self) -> str:
        """The kind of thing that stands there; TOML has no other."""
        if isinstance(self.raw, str):
            return "text" if self.raw.strip() else "empty"
        return next(name for kind, name in _FOUND if isinstance(self.raw, kind))

    def _refused(self, why: str) -> CaseFileRefused:
        return CaseFileRefused(f"{self.file}: {self.path} {why}")


def _read(path: Path) -> dict[str, Any]:
    try:
        if not path.is_file():  # a pipe could keep us waiting for ever
            missing = "it is no file" if path.exists() else "there is no such file"
            raise CaseFileRefused(f"{path}: {missing}; name a case file with --case")
        with path.open("rb") as file:
            content = file.read(BYTES_AT_MOST + 1)
        if len(content) > BYTES_AT_MOST:
            raise CaseFileRefused(f"{path.name}: it is longer than {BYTES_AT_MOST // 1024} KiB")
        return tomllib.loads(content.decode("utf-8-sig"))
    except OSError as error:
        raise CaseFileRefused(f"{path}: it cannot be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise CaseFileRefused(f"{path.name}: it is no text in UTF-8; save it as UTF-8") from error
    except ValueError as error:
        raise CaseFileRefused(f"{path.name}: it is no TOML ({error})") from error
    except RecursionError as error:
        raise CaseFileRefused(f"{path.name}: it is no TOML of ours (too many brackets)") from error


def _term(entry: _Value) -> Term:
    given = entry.table(("term", "aliases"), needed=("term",))
    aliases = given["aliases"].entries("of texts") if "aliases" in given else ()
    return Term(given["term"].word(), tuple(alias.word() for alias in aliases))


def _statement(entry: _Value) -> Statement:
    given = entry.table(("text", "by", "source", "date"), needed=("text", "by"))
    return Statement(
        text=given["text"].text(QUOTE),
        by=given["by"].text(NAME),
        source=given["source"].link() if "source" in given else None,
        date=given["date"].date() if "date" in given else None,
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _is_moment(value: object) -> bool:
    return isinstance(value, calendar.datetime)


def _listed(keys: Iterable[str], joint: str = "or") -> str:
    *others, last = keys
    return f"{', '.join(others)} {joint} {last}"
