"""The check against a release: released facts never change.

A released fact is one that was in the ledger at some revision of its git repository. If it turns
out to be wrong, another event corrects it; the fact itself stays as it is, in whichever file.
"""

from __future__ import annotations

import subprocess
import tomllib
from typing import TYPE_CHECKING, Any

from aboard.loader.finding import Finding
from aboard.loader.ledger import REGISTRATIONS, TABLES, entries, label, read_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aboard.loader.ledger import LedgerEntry

HINT = "a released fact never changes: restore it, and add a correction"


class NoSuchRelease(Exception):  # noqa: N818 - it says what there is not
    """The ledger is not in a git repository, or there is no such revision."""


def against(ledger: Path, revision: str) -> list[Finding]:
    """Return a finding for each fact of a revision that is changed or gone.

    Raises `NoSuchRelease`.
    """
    findings: list[Finding] = []
    now = {
        _key(entry.table, entry.data): entry
        for file in read_files([ledger])
        for entry in entries(file, [])
    }
    for name, key, stream, data in _released(ledger, revision):
        entry = now.get(key)
        if entry is None:
            place = label(ledger / name)
            message = f"{key[1]} was released in {revision} and is now missing"
            findings.append(Finding(place, 1, "deleted-fact", message, HINT))
        elif changed := _changed(data, stream, entry):
            message = f"{key[1]} was released in {revision}, and differs in {', '.join(changed)}"
            findings.append(entry.finding(changed[0], "edited-fact", message, HINT))
    return sorted(findings)


def _released(
    ledger: Path, revision: str
) -> Iterator[tuple[str, tuple[str, object], object, dict[str, Any]]]:
    """Yield file, key, stream and content of each entry of a ledger at a revision."""
    names = _git(ledger, "ls-tree", "-r", "--name-only", "-z", revision, "--", ".").decode("utf-8")
    for name in filter(lambda name: name.endswith(".toml"), names.split("\0")):
        content = tomllib.loads(_git(ledger, "show", f"{revision}:./{name}").decode("utf-8"))
        for table in TABLES:
            for data in content.get(table, ()):
                stream = data.get("stream", content.get("stream"))
                yield name, _key(table, data), stream, data


def _key(table: str, data: dict[str, Any]) -> tuple[str, object]:
    return table, data.get(REGISTRATIONS.get(table, "id"))


def _changed(data: dict[str, Any], stream: object, entry: LedgerEntry) -> list[str]:
    """Return the names of the fields of an entry that have changed."""
    before, after = {**data, "stream": stream}, dict(entry.data)
    after.setdefault("stream", entry.file.content.get("stream"))
    names = dict.fromkeys((*after, *before))
    return [name for name in names if before.get(name) != after.get(name)]


def _git(ledger: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(ledger), *arguments],  # noqa: S607 - the user's own git
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        raise NoSuchRelease("git is not installed") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode("utf-8", "replace").strip().splitlines()
        raise NoSuchRelease(lines[0] if lines else "git failed") from None
    return done.stdout
