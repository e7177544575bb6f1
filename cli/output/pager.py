"""A pager for long output on a terminal, which gets each line as soon as it is there.

``$PAGER`` names it; the default is ``less``. As in git, `less` exits if one screen is enough.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def paged(say: Callable[[str], None], *, wanted: bool) -> Iterator[Callable[[str], None]]:
    """Yield what prints a line: the pager if wanted and on a terminal, and `say` otherwise."""
    command = _pager() if wanted and sys.stdout.isatty() else []
    if not command:
        yield say
        return
    process = subprocess.Popen(  # noqa: S603 - the user's own pager
        command,
        stdin=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={"LESS": "FRX", **os.environ},
    )

    def write(line: str) -> None:
        assert process.stdin is not None  # noqa: S101 - it is a pipe
        process.stdin.write(f"{line}\n")
        process.stdin.flush()

    try:
        with suppress(BrokenPipeError, KeyboardInterrupt):  # the reader has seen enough
            yield write
    finally:
        _close(process)


def _close(process: subprocess.Popen[str]) -> None:
    """Wait until the pager exits; an interrupt may be meant for a search in it."""
    while process.poll() is None:
        with suppress(BrokenPipeError, KeyboardInterrupt):
            process.communicate()


def _pager() -> list[str]:
    """Return the command of the pager; an empty list if there is none or none is wanted."""
    named = os.environ.get("PAGER")
    try:
        command = shlex.split("less" if named is None else named)
    except ValueError:
        return []
    if not command or command == ["cat"] or shutil.which(command[0]) is None:
        return []
    return command
