"""Opening a database for a command: progress and notes go to standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.app.database import find_database
from aboard.app.open import open_ready
from aboard.app.reporting import Reporter
from aboard.cli.errors import note

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager, closing

    from aboard.storage.connection import Connection


class TerminalReporter(Reporter):
    """Shows a bar while something long is done, and prints notes."""

    def progress(self, task: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Show a bar, where there is a terminal."""
        from aboard.cli.output.progress import progress  # noqa: PLC0415 - rarely needed

        return progress(task)

    def note(self, message: str) -> None:
        """Print a note."""
        note(message)


TERMINAL = TerminalReporter()


def open_database(database: str, recorded: str = "") -> closing[Connection]:
    """Open the read model of the database that an option names, as `open_ready` does."""
    return open_ready(find_database(database), recorded, TERMINAL)
