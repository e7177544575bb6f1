"""A ledger: a folder of TOML files, and the entries in them."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from aboard.loader.finding import Finding
from aboard.loader.toml_file import TomlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REGISTRATIONS = {"person": "id", "source": "key"}
"""The tables that register something, each one event, and the key of its id."""

STATEMENTS = {
    "correction": "corrected",
    "retraction": "retracted",
    "claim": "claimed",
    "ruling": "ruled",
    "gap": "gap_stated",
}
"""The tables of statements about facts, each with the type of event that it states."""

SCHEMA = "ledger.schema.json"
"""The file in the shipped ledger that has the JSON Schema of a ledger file."""

TABLES = ("event", *STATEMENTS, *REGISTRATIONS)

TOP_LEVEL = frozenset(("stream", *TABLES))


class LedgerEntry(NamedTuple):
    """One table of a file: `[[event]]`, `[[correction]]`, `[[person]]` and so on."""

    file: TomlFile
    table: str
    number: int
    data: dict[str, Any]

    @property
    def place(self) -> tuple[str, int]:
        """The file and the line at which it begins."""
        return self.file.label, self.file.line(self.table, self.number)

    def finding(
        self, key: str | None, rule: str, message: str, hint: str, *, missing: bool = False
    ) -> Finding:
        """Return a finding at the line of a key, or of the entry."""
        if key == "stream" and key not in self.data and key in self.file.content:
            line = self.file.line(None, key=key)
        else:
            line = self.file.line(self.table, self.number, key)
        return Finding(self.file.label, line, rule, message, hint, missing)


def shipped_ledger() -> Path:
    """Return the folder of the ledger that comes with the program."""
    return Path(str(files("aboard"))).joinpath("ledger").resolve()


def read_files(paths: Iterable[Path]) -> list[TomlFile]:
    """Read every TOML file of the given files and folders, once each, in order of path."""
    found: dict[str, TomlFile] = {}
    real = cache(os.path.realpath)  # of a folder, for all that are in it
    for path in paths:
        inside = sorted(path.rglob("*.toml")) if path.is_dir() else [path]
        for file in inside:
            itself = os.path.join(real(file.parent), file.name)
            if os.path.islink(itself):
                itself = os.path.realpath(itself)
            if itself not in found:
                found[itself] = TomlFile.read(file, label(file))
    return list(found.values())


def label(path: Path) -> str:
    """Return a path as a finding prints it: relative to the working folder where it is inside."""
    text = str(path)
    return text.removeprefix(f"{os.getcwd()}{os.sep}") if path.is_absolute() else text


def entries(file: TomlFile, findings: list[Finding]) -> Iterator[LedgerEntry]:
    """Yield the entries of a file; malformed parts are added to `findings`."""
    findings.extend(file.findings)
    for key, value in file.content.items():
        if key not in TOP_LEVEL:
            findings.append(
                Finding(
                    file.label,
                    file.line(key) if isinstance(value, list) else file.line(None, key=key),
                    "unknown-key",
                    f"a ledger file cannot contain {key!r}",
                    f"it can contain {', '.join(sorted(TOP_LEVEL))}",
                )
            )
    if not isinstance(file.content.get("stream", ""), str):
        findings.append(
            Finding(
                file.label,
                file.line(None, key="stream"),
                "wrong-type",
                "`stream` is not a string",
                'write stream = "flight/soyuz-ms-22"',
            )
        )
        return
    for table in TABLES:
        tables = file.content.get(table, [])
        if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
            findings.append(
                Finding(
                    file.label,
                    file.line(None, key=table),
                    "wrong-type",
                    f"`{table}` is not a list of tables",
                    f"start each one with [[{table}]]",
                )
            )
            continue
        for number, data in enumerate(tables):
            yield LedgerEntry(file, table, number, data)
