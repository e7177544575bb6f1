"""Adding facts to the files of a ledger, so that a log loaded from it has them too.

Every file is written in memory first, and the whole ledger is checked as it would then stand.
Only if it can still be loaded is anything on disk replaced, each file atomically.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import tomli

from aboard.loader.amend import as_toml
from aboard.loader.atomic_write import replace
from aboard.loader.check import check_files
from aboard.loader.field_order import class_of_entry, field_order, in_order
from aboard.loader.ledger import REGISTRATIONS, STATEMENTS, entries, label, read_files
from aboard.loader.record_input import class_stated
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from aboard.loader.finding import Finding

FOLDERS = {
    "flight": "flights",
    "station": "stations",
    "agreement": "agreements",
    "spacewalk": "spacewalks",
}
"""The folder for the file of a new stream, by its kind."""

FILES = {"source": "sources.toml", "person": "people.toml"}
"""The files of registrations, in the order in which they are written: others refer to them."""


class LedgerFact(NamedTuple):
    """A fact as a ledger states it: the stream, the table, and the fields of the entry."""

    stream: str
    table: str
    fields: dict[str, Any]

    @property
    def kind(self) -> str:
        """The kind of the stream."""
        return self.stream.partition("/")[0]

    def block(self, *, own_file: bool) -> str:
        """Return the entry as TOML; it names its stream unless the file is that of the stream."""
        names_itself = own_file or self.table in REGISTRATIONS
        fields = self.fields if names_itself else {"stream": self.stream, **self.fields}
        cls = class_of_entry(self.table, self.stream, self.fields.get("type"))
        order = in_order(fields, field_order(self.table, cls))
        return as_toml(self.table, {name: fields[name] for name in order})


@dataclass(frozen=True, slots=True)
class LedgerEdit:
    """New facts for a ledger: the new texts of its files, in the order of writing."""

    ledger: Path
    texts: dict[Path, str] = field(default_factory=dict)

    @classmethod
    def of(cls, ledger: Path, facts: Iterable[LedgerFact]) -> LedgerEdit:
        """Work out where in a ledger each fact belongs, and write the texts of those files."""
        files = read_files([ledger])
        added: dict[Path, list[str]] = {}
        for fact in sorted(facts, key=_turn):
            path, own = _place(ledger, files, fact, added)
            if path not in added and not path.exists() and fact.kind in FOLDERS:
                added[path] = [f'stream = "{fact.stream}"\n'] if own else []
            added.setdefault(path, []).append(fact.block(own_file=own))
        old = {file.path: file.raw.decode("utf-8").rstrip("\n") for file in files}
        return cls(
            ledger,
            {
                path: "\n".join([*([f"{old[path]}\n"] if path in old else []), *blocks])
                for path, blocks in added.items()
            },
        )

    def problems(self, now: int) -> list[Finding]:
        """Return what would keep the ledger from being loaded, if it were written."""
        changed = {path.resolve(): text for path, text in self.texts.items()}
        files = [_with_text(file, changed) for file in read_files([self.ledger])]
        there = {file.path.resolve() for file in files}
        files += [
            _file(path, text) for path, text in self.texts.items() if path.resolve() not in there
        ]
        return check_files(files, [self.ledger], now).blocking

    def write(self) -> None:
        """Replace the files, sources and people first, so that the ledger can always be loaded."""
        for path, text in self.texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path, text)


def missing_from(ledger: Path, ids: Iterable[str]) -> list[str]:
    """Return the ids that no entry of a ledger has."""
    there = {
        f"{entry.table}/{entry.data.get(key)}"
        if (key := REGISTRATIONS.get(entry.table))
        else entry.data.get("id")
        for file in read_files([ledger])
        for entry in entries(file, [])
    }
    return [one for one in ids if one not in there]


def ledger_facts(file: TomlFile, ids: set[str]) -> Iterator[LedgerFact]:
    """Yield the facts of a file that have one of the ids, in the form in which a ledger has them.

    The file may have registrations and statements as plain events, as `aboard record` takes them.
    """
    for entry in entries(file, []):
        stated = dict(entry.data)
        if stated.get("id") not in ids:
            continue
        table, stream = entry.table, str(stated.pop("stream", file.content.get("stream", "")))
        if table == "event" and (event := class_stated(entry.data)) is not None:
            kind, _, subject = stream.partition("/")
            short = event.TOPIC.partition(".")[2]
            if f"{kind}.registered" == event.TOPIC and kind in REGISTRATIONS:
                table = kind
                for name in ("id", "type"):
                    stated.pop(name)
                stated = {REGISTRATIONS[kind]: subject, **stated}
                if kind == "source" and stated.get("source") == [subject]:
                    del stated["source"]
            elif short in STATEMENTS.values():
                table = next(name for name, one in STATEMENTS.items() if one == short)
                del stated["type"]
        yield LedgerFact(stream, table, stated)


def _turn(fact: LedgerFact) -> int:
    """Return when it is written: sources and people before what names them."""
    return list(FILES).index(fact.table) if fact.table in FILES else len(FILES)


def _place(
    ledger: Path, files: list[TomlFile], fact: LedgerFact, added: dict[Path, list[str]]
) -> tuple[Path, bool]:
    """Return the file that a fact belongs to, and whether it is a file of that stream alone."""
    if fact.table in REGISTRATIONS:
        return ledger / FILES[fact.table], False
    mentioned: Path | None = None
    kind, _, subject = fact.stream.partition("/")
    for file in files:
        if file.content.get("stream") == fact.stream:
            return file.path, True
        if mentioned is None and _mentions(file, kind, subject, fact.stream):
            mentioned = file.path
    if mentioned is not None:
        return mentioned, False
    if kind in REGISTRATIONS:
        return ledger / FILES[kind], False
    new = ledger / FOLDERS[kind] / f"{subject}.toml"
    return new, new in added or not new.exists()


def _mentions(file: TomlFile, kind: str, subject: str, stream: str) -> bool:
    """Whether an entry of a file registers a subject, or is on its stream."""
    tables = [one for one in file.content.values() if isinstance(one, list)]
    if any(one.get("stream") == stream for table in tables for one in table):
        return True
    key = REGISTRATIONS.get(kind, "")
    return any(one.get(key) == subject for one in file.content.get(kind, ()))


def _with_text(file: TomlFile, changed: dict[Path, str]) -> TomlFile:
    """Return a file as it would be read with its new text, if it has one."""
    text = changed.get(file.path.resolve())
    return file if text is None else _file(file.path, text)


def _file(path: Path, text: str) -> TomlFile:
    return TomlFile(path, label(path), tomli.loads(text), raw=text.encode())
