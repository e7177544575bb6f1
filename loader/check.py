"""Checking ledger files without a log: a whole ledger, or some files against the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.loader.baseline import Baseline
from aboard.loader.checks import CheckResult, examine
from aboard.loader.ledger import entries, read_files, shipped_ledger
from aboard.loader.parse_entries import Recording, fact_of
from aboard.loader.tiers import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aboard.loader.finding import Finding
    from aboard.loader.toml_file import TomlFile

SOURCES = "sources.toml"
"""A folder with this file is a whole ledger; any other is part of one."""


def check(paths: Sequence[Path], now: int, *, tier: Tier = Tier.physics) -> CheckResult:
    """Return what is wrong with files and folders, up to a tier of the checks.

    A folder with its own sources is a whole ledger and is checked by itself. Other files are
    checked as part of the ledger in whose folder they are, or else of the shipped one, where they
    replace the files of the same stream.
    """
    return check_files(read_files(paths), paths, now, tier=tier)


def check_files(
    files: Sequence[TomlFile], paths: Sequence[Path], now: int, *, tier: Tier = Tier.physics
) -> CheckResult:
    """Return what is wrong with the files at some paths, which may not yet be as they are here."""
    recording = Recording(now, "check")
    around = _ledger_around(paths)
    base = _base(around, files, recording) if around else Baseline()
    return examine(files, base, recording, tier=tier)


def is_whole(paths: Sequence[Path]) -> bool:
    """Whether one of the paths is a whole ledger, with its own sources."""
    return any(path.is_dir() and (path / SOURCES).is_file() for path in paths)


def _ledger_around(paths: Sequence[Path]) -> Path | None:
    """Return the ledger that the paths are part of; None when they are one themselves."""
    if is_whole(paths):
        return None
    for folder in paths[0].absolute().parents:
        if (folder / SOURCES).is_file():
            return folder
    return shipped_ledger()


def _base(ledger: Path, files: Sequence[TomlFile], recording: Recording) -> Baseline:
    """Return the events of a ledger without the files that are replaced."""
    replaced = {file.path.resolve() for file in files}
    streams = {file.content["stream"] for file in files if file.content.get("stream")}
    names = {file.path.name for file in files}
    findings: list[Finding] = []
    facts = {
        fact.event.id: fact
        for file in read_files([ledger])
        if file.path.resolve() not in replaced
        and file.content.get("stream") not in streams
        and (file.content.get("stream") or file.path.name not in names)
        for entry in entries(file, findings)
        if (fact := fact_of(entry, recording, findings))
    }

    def origin(event_id: str) -> tuple[str, int]:
        return facts[event_id].entry.place

    return Baseline([fact.event for fact in facts.values()], origin=origin)
