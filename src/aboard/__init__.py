"""Aboard: the flight recorder of human spaceflight.

    import aboard

    with aboard.open() as log:
        crew = log.who("iss", at="2022-12-25", known="2023-01-01")

`docs/python.md` describes the interface, and says what of it is stable.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aboard.app.client import Client
    from aboard.app.client import open_client as open  # noqa: A004 - as aboard.open
    from aboard.app.errors import (
        AboardError,
        DatabaseError,
        NotFound,
        RecordingRefused,
        UsageError,
    )
    from aboard.events.time import Time

__version__ = "0.1.0"

RELEASED = 1_795_392_000
"""When this version was released, in Unix seconds: 2026-11-23T00:00:00Z."""

__all__ = [
    "RELEASED",
    "AboardError",
    "Client",
    "DatabaseError",
    "NotFound",
    "RecordingRefused",
    "Time",
    "UsageError",
    "__version__",
    "open",
]

_MODULES = {
    "Client": "aboard.app.client",
    "Time": "aboard.events.time",
    "open": "aboard.app.client",
} | dict.fromkeys(
    ("AboardError", "DatabaseError", "NotFound", "RecordingRefused", "UsageError"),
    "aboard.app.errors",
)
"""Where each name is defined. It is imported when it is first used, so `import aboard` is light."""


if not TYPE_CHECKING:  # a type checker knows the names from above, and no others

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module 'aboard' has no attribute {name!r}")
        value = getattr(import_module(_MODULES[name]), "open_client" if name == "open" else name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
