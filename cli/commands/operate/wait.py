"""`aboard wait`: wait until what is recorded is among the answers."""

from __future__ import annotations

from typing import Annotated

import typer

from aboard.app.database import find_database
from aboard.app.errors import Stale
from aboard.cli.options.database import DatabaseOption
from aboard.cli.output.render import say
from aboard.projections.queries.wait import wait
from aboard.storage import log_header


def command(
    position: Annotated[
        int | None,
        typer.Argument(
            metavar="[POSITION]", min=0, help="A position in the log. [default: its end]",
            show_default=False,
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0, help="Maximum number of seconds to wait.")
    ] = 10.0,
    database: DatabaseOption = "",
) -> None:  # fmt: skip
    """Wait until what is recorded is included in the answers.

    \b
    Examples:
      aboard wait
      aboard wait 4933 --timeout 2
      aboard wait && aboard who iss

    It waits until a process that follows the log, such as `aboard run`, has included the position;
    it does not update the read model itself.
    """
    where = find_database(database)
    wanted = log_header.read_header(where.log)[1] if position is None else position
    reached = wait(where.read_model, wanted, timeout)
    if reached < wanted:
        raise Stale(
            f"the read model is at position {reached}, not at {wanted}",
            "`aboard run` updates it; --timeout waits longer",
        )
    say(f"the read model is at position {reached}")
