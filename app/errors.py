"""What can go wrong, as exceptions: what is wrong, what to do about it, and an exit code.

Nothing below the command line prints or exits. It raises one of these, and the command line turns
it into a message and the exit code; a program that imports Aboard catches it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aboard.loader.finding import Finding

FAILED, USAGE, NOT_FOUND, STALE = 1, 2, 3, 4
"""The exit codes."""


class AboardError(Exception):
    """An error of Aboard: `message` says what is wrong, `hint` what to do about it.

    `code` is the exit code of a command that fails with it. `argument` names the parameter that the
    error is about, which the message then begins with.
    """

    code: int = FAILED

    def __init__(self, message: str, hint: str = "", *, argument: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.argument = argument

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(AboardError):
    """An argument is not valid: a time that cannot be read, a name that could mean several."""

    code = USAGE


class NotFound(AboardError):  # noqa: N818 - the word of the exit codes
    """Nothing has that name."""

    code = NOT_FOUND


class Stale(AboardError):  # noqa: N818
    """Answers are further behind the log than is allowed."""

    code = STALE


class RecordingRefused(AboardError):  # noqa: N818
    """What was to be recorded contradicts the log, or is not complete; nothing was recorded."""

    def __init__(self, findings: Sequence[Finding], message: str = "", hint: str = "") -> None:
        first = next((one for one in findings if not one.missing), findings[0])
        super().__init__(message or f"{first.rule}: {first.message}", hint or first.hint)
        self.findings = tuple(findings)
        """Every finding, also those that would not have stopped it alone."""


class LedgerRefused(RecordingRefused):
    """A ledger could not be loaded with what was to be written to it; nothing was recorded."""


class DatabaseError(AboardError):
    """A database cannot be read or written: it is damaged, locked, or not there."""


def database_error(error: BaseException) -> DatabaseError | None:
    """Return an error of SQLite or PostgreSQL as one of ours; None for an error that is neither.

    None of the modules that define those errors is imported here: most callers need only one.
    """
    classes = [
        getattr(sys.modules.get(module), name, ())
        for module, name in (
            ("sqlite3", "DatabaseError"),
            ("aboard.storage.connection", "StorageError"),
            ("eventsourcing.persistence", "PersistenceError"),
        )
    ]
    if not any(isinstance(error, one) for one in classes):
        return None
    return DatabaseError(
        f"the database cannot be read: {' '.join(str(error).split())}",
        "--database names another; `aboard rebuild` rebuilds the read model",
    )
