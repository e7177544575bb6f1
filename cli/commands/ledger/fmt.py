"""`aboard fmt`: lay ledger files out in the canonical form."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.app.errors import FAILED
from aboard.cli.options.database import Files
from aboard.cli.output.render import say

if TYPE_CHECKING:
    from aboard.loader.toml_file import TomlFile


def command(
    files: Files = None,
    check: Annotated[
        bool, typer.Option("--check", help="List the files that would change; change nothing.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change; change nothing.")
    ] = False,
) -> None:
    """Format ledger files in the canonical style.

    \b
    Examples:
      aboard fmt my-ledger/                     every file of a ledger
      aboard fmt soyuz-ms-99.toml               one file
      aboard fmt --check ledger/                for a hook or CI: exit code 1 if a file would change
      aboard fmt --diff soyuz-ms-99.toml        what would change

    The fields of an entry are put in a fixed order, each on its own line, with a blank line between
    entries. Comments are kept, and the meaning of a file never changes. The names of changed files
    are printed. A file that cannot be read is not changed, and makes the exit code 1.
    """
    from aboard.loader.ledger import read_files, shipped_ledger  # noqa: PLC0415 - heavy

    failed = False
    for file in read_files(files or [shipped_ledger()]):
        text = _laid_out(file)
        if text is None:
            failed = True
            continue
        if text.encode("utf-8") == file.raw:
            continue
        if diff:
            failed = True
            _print_diff(file, text)
        elif check:
            failed = True
            say(file.label)
        else:
            failed = not _replaced(file, text) or failed
    if failed:
        raise typer.Exit(FAILED)


def _laid_out(file: TomlFile) -> str | None:
    """Return a file in the canonical form, or nothing with a word of why it has none."""
    from aboard.loader.formatter import FormatError, canonical  # noqa: PLC0415 - heavy

    for finding in file.findings:
        typer.echo(str(finding), err=True)
    if file.findings:
        return None
    try:
        return canonical(file.raw.decode("utf-8-sig"))
    except FormatError as miss:
        typer.echo(f"aboard: {file.label}: {miss}\nhint: the file is unchanged", err=True)
        return None


def _replaced(file: TomlFile, text: str) -> bool:
    """Replace a file and name it; return whether that could be done."""
    from aboard.loader.atomic_write import replace  # noqa: PLC0415 - heavy

    try:
        replace(file.path, text)
    except OSError as error:
        typer.echo(f"aboard: {file.label}: {error.strerror}\nhint: check the permissions", err=True)
        return False
    say(file.label)
    return True


def _print_diff(file: TomlFile, text: str) -> None:
    before = file.raw.decode("utf-8-sig").splitlines(keepends=True)
    lines = difflib.unified_diff(
        before, text.splitlines(keepends=True), file.label, f"{file.label} (canonical)"
    )
    say("".join(lines).removesuffix("\n"))
