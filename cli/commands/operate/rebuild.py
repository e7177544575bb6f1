"""`aboard rebuild`: build the read model anew from the log."""

from __future__ import annotations

from aboard.app.plugins import Plugins
from aboard.cli.options.database import Database, paths
from aboard.cli.output.render import say


def command(plugins: Plugins = None, database: Database = "") -> None:
    """Rebuild the read model from the log.

    \b
    Examples:
      aboard rebuild
      aboard rebuild --database ./trial.sqlite
      aboard rebuild --plugin ports.py

    The log is the truth and stays as it is. Whoever asks meanwhile is answered from the old read
    model until the new one is complete. An empty log gets the shipped ledger first.
    """
    from aboard.app.build import level, loaded_log  # noqa: PLC0415 - heavy

    where = paths(database)
    with loaded_log(where) as log:
        position = level(where, log, anew=True, plugins=plugins)
    say(f"the read model is at position {position}")
