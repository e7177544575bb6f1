"""`--boundary` and `--strict`: who counts as being in space, and as being aboard."""

from __future__ import annotations

import enum
from typing import Annotated

import typer


class Boundary(enum.StrEnum):
    """Where space begins, for flights that did not reach orbit."""

    orbit = "orbit"
    km100 = "100km"
    km80 = "80km"


BoundaryOption = Annotated[
    Boundary,
    typer.Option("--boundary", help="How high a flight must have gone to count."),
]

Strict = Annotated[
    bool,
    typer.Option("--strict", help="Exclude crew who are relocating between ports."),
]
