"""Replacing a file atomically: a reader sees the old text or the new one."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def replace(path: Path, text: str | bytes) -> None:
    """Write a text to a new or existing file, completely or not at all; raise `OSError`.

    The text is on the disk before the file is replaced, so that even if the computer stops, the
    file has the old text or the new one.
    """
    path = path.resolve()  # a symbolic link is kept
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as file:
            file.write(text.encode("utf-8") if isinstance(text, str) else text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, new)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
