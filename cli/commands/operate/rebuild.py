"""`aboard rebuild`: build the read model again from the log."""

from __future__ import annotations

from aboard.app.database import find_database
from aboard.cli.opening import TERMINAL
from aboard.cli.options.database import DatabaseOption, Plugins
from aboard.cli.output.render import say


def command(plugins: Plugins = None, database: DatabaseOption = "") -> None:
    """Rebuild the read model from the log.

    \b
    Examples:
      aboard rebuild
      aboard rebuild --database ./trial.sqlite
      aboard rebuild --plugin ports.py

    The log is not changed. Until the new read model is complete, queries are answered from the old
    one. If the log is empty, the shipped ledger is loaded first.
    """
    from aboard.app.build import loaded_log, update  # noqa: PLC0415 - heavy

    where = find_database(database)
    with loaded_log(where, TERMINAL) as log:
        position = update(where, log, from_scratch=True, plugins=plugins, reporter=TERMINAL)
    say(f"the read model is at position {position}")
