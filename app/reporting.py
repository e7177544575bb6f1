"""What is reported while an answer is prepared: the progress of long work, and notes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Reporter:
    """Receives progress and notes. This one ignores both; a way in overrides what it shows."""

    def progress(self, task: str) -> AbstractContextManager[Callable[[int, int], None]]:  # noqa: ARG002
        """Return a context for a long task.

        It yields a function that is called with what is done and the total.
        """
        return nullcontext(lambda _done, _total: None)

    def note(self, message: str) -> None:
        """Take a note about the answer that follows, such as that it is not up to date."""


SILENT = Reporter()
"""Reports nothing."""
