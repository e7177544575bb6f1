"""What is reported while an answer is prepared: the progress of long work, and notes."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial
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


class CallbackReporter(Reporter):
    """Hands progress and notes to functions, where they are given."""

    def __init__(
        self,
        progress: Callable[[str, int, int], None] | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self._progress = progress
        self._note = note

    def progress(self, task: str) -> AbstractContextManager[Callable[[int, int], None]]:
        """Call the function with the task, what is done and the total."""
        if self._progress is None:
            return super().progress(task)
        return nullcontext(partial(self._progress, task))

    def note(self, message: str) -> None:
        """Call the function with the note."""
        if self._note is not None:
            self._note(message)
