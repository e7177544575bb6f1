"""Adding facts to the files of a ledger, so that a log loaded from it has them too.

Every file is written in memory first, and the whole ledger is checked as it would then stand.
Only if it can still be loaded is anything on disk replaced, each file atomically. What a ledger
states already is not added again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.loader.amend import as_toml
from aboard.loader.atomic_write import replace
from aboard.loader.check import check_files
from aboard.loader.field_order import class_of_entry, field_order, in_order
from aboard.loader.ledger import REGISTRATIONS, STATEMENTS, entries, label, read_files
from aboard.loader.parse_entries import Recording, fact_of
from aboard.loader.record_input import class_stated
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from aboard.loader.finding import Finding
    from aboard.loader.ledger import LedgerEntry

AMENDMENTS = ("correction", "retraction")
"""The tables of what is about an entry that the ledger must have."""

FOLDERS = {
    "flight": "flights",
    "station": "stations",
    "agreement": "agreements",
    "spacewalk": "spacewalks",
}
"""The folder for the file of a new stream, by its kind."""

BOM = b"\xef\xbb\xbf"
"""What some editors put before the text of a file."""

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

    @property
    def id(self) -> str:
        """The id of the event."""
        return _id_in(self.table, self.fields)

    def is_stated_by(self, entry: LedgerEntry) -> bool:
        """Whether an entry of a ledger states the same; it may also say what it supersedes."""
        alone = TomlFile(entry.file.path, entry.file.label, {self.table: [self._entry]})
        recording = Recording(0, "ledger")
        stated = [fact_of(one, recording, []) for one in (entry, *entries(alone, []))]
        there, here = (fact and fact.event.content() for fact in stated)
        if there is None or here is None:
            return False
        return here in (there, {**there, "supersedes": []})

    @property
    def _entry(self) -> dict[str, Any]:
        """The entry as any file can have it: it names its stream."""
        return (
            self.fields if self.table in REGISTRATIONS else {"stream": self.stream, **self.fields}
        )

    def block(self, *, own_file: bool) -> str:
        """Return the entry as TOML; it names its stream unless the file is that of the stream."""
        fields = self.fields if own_file else self._entry
        cls = class_of_entry(self.table, self.stream, self.fields.get("type"))
        order = in_order(fields, field_order(self.table, cls))
        return as_toml(self.table, {name: fields[name] for name in order})


class LedgerChanged(Exception):  # noqa: N818 - it is the reason why nothing was written
    """A file of the ledger is not as it was when it was read."""


@dataclass(frozen=True, slots=True)
class LedgerEdit:
    """New facts for a ledger: the new contents of its files, in the order of writing.

    `old` has the contents that they were made from, with None for a new file; `unreadable` what is
    wrong with files that cannot be read, in which case there are no new contents.
    """

    ledger: Path
    facts: tuple[LedgerFact, ...] = ()
    new: dict[Path, bytes] = field(default_factory=dict)
    old: dict[Path, bytes | None] = field(default_factory=dict)
    unreadable: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, ledger: Path, facts: Iterable[LedgerFact]) -> LedgerEdit:
        """Work out where in a ledger each fact belongs, and the new contents of those files."""
        files = read_files([ledger])
        if unreadable := [finding for file in files for finding in file.findings]:
            return cls(ledger, unreadable=tuple(unreadable))
        stated = stated_in(files)
        news = [
            fact
            for fact in facts
            if not ((entry := stated.get(fact.id)) and fact.is_stated_by(entry))
        ]
        added: dict[Path, list[str]] = {}
        for fact in sorted(news, key=_turn):
            path, own = _place(ledger, files, fact, added)
            if path not in added and not path.exists() and fact.kind in FOLDERS:
                added[path] = [f'stream = "{fact.stream}"\n'] if own else []
            added.setdefault(path, []).append(fact.block(own_file=own))
        raw = {file.path: file.raw for file in files}
        old = {path: raw.get(path) for path in added}
        new = {path: _appended(old[path] or b"", blocks) for path, blocks in added.items()}
        return cls(ledger, tuple(news), new, old)

    def missing_targets(self) -> list[str]:
        """Return the ids of what is to be corrected or retracted that the ledger does not state."""
        stated = stated_in(read_files([self.ledger])).keys() | {fact.id for fact in self.facts}
        targets = [str(one.fields.get("target")) for one in self.facts if one.table in AMENDMENTS]
        return [one for one in targets if one not in stated]

    def findings(self, now: int) -> list[Finding]:
        """Return what is wrong with the ledger, if it were written, that concerns the new facts.

        If anything would keep it from being loaded, it is that alone, wherever it is.
        """
        if self.unreadable:
            return list(self.unreadable)
        real = {path.resolve(): path for path in self.new}
        files = [
            self._as_written(real.pop(file.path.resolve())) if file.path.resolve() in real else file
            for file in read_files([self.ledger])
        ]
        files += map(self._as_written, real.values())
        result = check_files(files, [self.ledger], now)
        first_new = {label(path): (self.old[path] or b"").count(b"\n") + 1 for path in self.new}
        return result.blocking or [
            one for one in result.findings if one.line >= first_new.get(one.file, one.line + 1)
        ]

    def write(self) -> None:
        """Replace the files, sources and people first, so that the ledger can always be loaded.

        Raises `OSError`, and `LedgerChanged` if somebody else has changed a file in the meantime;
        the files are then as they were.
        """
        written: list[Path] = []
        try:
            for path, content in self.new.items():
                self._refuse_if_changed(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                replace(path, content)
                written.append(path)
        except (OSError, LedgerChanged):
            self._restore(written)
            raise

    def _refuse_if_changed(self, path: Path) -> None:
        if (path.read_bytes() if path.exists() else None) != self.old[path]:
            raise LedgerChanged(label(path))

    def undo(self) -> None:
        """Put the files back as they were before `write`."""
        self._restore(list(self.new))

    def _restore(self, paths: list[Path]) -> None:
        for path in reversed(paths):
            if (content := self.old[path]) is None:
                path.unlink()
            else:
                replace(path, content)

    def _as_written(self, path: Path) -> TomlFile:
        return TomlFile.of(path, label(path), self.new[path])


def stated_in(files: Iterable[TomlFile]) -> dict[str, LedgerEntry]:
    """Return the entries of ledger files, by the ids of their events."""
    every = (entry for file in files for entry in entries(file, []))
    return {_id_in(entry.table, entry.data): entry for entry in every}


def _id_in(table: str, fields: dict[str, Any]) -> str:
    """Return the id of the event that an entry of a table states."""
    key = REGISTRATIONS.get(table)
    return f"{table}/{fields.get(key)}" if key else str(fields.get("id"))


def _appended(old: bytes, blocks: list[str]) -> bytes:
    """Return the content of a file with blocks after what it has, with its kind of line ends."""
    line_end = b"\r\n" if b"\r\n" in old else b"\n"
    new = "\n".join(blocks).encode("utf-8").replace(b"\n", line_end)
    kept = old.rstrip(b"\r\n")
    return kept + line_end * 2 + new if kept.removeprefix(BOM) else old + new


def ledger_facts(file: TomlFile) -> Iterator[LedgerFact]:
    """Yield the facts of a file in the form in which a ledger has them.

    The file may have registrations and statements as plain events, as `aboard record` takes them.
    """
    for entry in entries(file, []):
        stated = dict(entry.data)
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
    key = REGISTRATIONS.get(kind)
    return any(
        entry.data.get("stream") == stream
        or (key is not None and entry.table == kind and entry.data.get(key) == subject)
        for entry in entries(file, [])
    )
