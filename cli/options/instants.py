"""The options for the instants of a question: `--at`, `--known` and `--recorded`."""

from __future__ import annotations

from typing import Annotated

import typer

At = Annotated[
    str,
    typer.Option(
        "--at",
        metavar="TIME",
        help="The instant asked about: 2022-12-25, 2022-12-25T13:00Z, ... [default: now]",
    ),
]
Known = Annotated[
    str,
    typer.Option(
        "--known",
        metavar="TIME",
        help="Answer as known then; a date means the end of that day. [default: now]",
    ),
]
Recorded = Annotated[
    str,
    typer.Option(
        "--recorded",
        metavar="POSITION|TIME",
        help="Ask the log as it stood at a position, or at a time. [default: all of it]",
    ),
]
