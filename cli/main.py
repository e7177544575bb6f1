"""The `aboard` command: one module a command, each imported when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "who": ("aboard.cli.commands.ask.who", "Who was aboard, at any instant, as known on any date."),
    "replay": (
        "aboard.cli.commands.ask.replay",
        "Each event that changed something, and the count after it.",
    ),
    "flight": (
        "aboard.cli.commands.ask.flight",
        "A flight's story: plan beside actual, and who says so.",
    ),
    "person": (
        "aboard.cli.commands.ask.person",
        "Who somebody is, where they are, and their flights.",
    ),
    "station": (
        "aboard.cli.commands.ask.station",
        "A station: who is aboard, its ports, who comes and goes.",
    ),
    "agreement": (
        "aboard.cli.commands.ask.agreement",
        "An agreement: its text, and the seats exchanged.",
    ),
    "population": ("aboard.cli.commands.ask.population", "How many people there were, over time."),
    "occupation": (
        "aboard.cli.commands.ask.occupation",
        "Since when a station is occupied, its longest stays.",
    ),
    "timeline": (
        "aboard.cli.commands.ask.timeline",
        "People and vehicles at a station, as bars over time.",
    ),
    "top": (
        "aboard.cli.commands.ask.top",
        "Who was longest in space, flew or went outside most often.",
    ),
    "show": (
        "aboard.cli.commands.log.show",
        "One event, whole: its clocks, what it says, and every source.",
    ),
    "log": (
        "aboard.cli.commands.log.log",
        "The events of the log, in the order in which they were recorded.",
    ),
    "schema": (
        "aboard.cli.commands.ledger.schema",
        "The JSON Schema of a type of event, as it is stored.",
    ),
    "new": ("aboard.cli.commands.ledger.new", "The skeleton of a ledger file, to fill in."),
    "fmt": ("aboard.cli.commands.ledger.fmt", "Lay ledger files out in the canonical form."),
    "check": (
        "aboard.cli.commands.ledger.check",
        "Check ledger files; silent when there is nothing to say.",
    ),
    "load": (
        "aboard.cli.commands.ledger.load",
        "Record ledger files in the log, all of them or nothing.",
    ),
    "record": (
        "aboard.cli.commands.log.record",
        "Record a fact in the log, checked as a ledger's is.",
    ),
    "correct": ("aboard.cli.commands.log.correct", "Say what an event should have said."),
    "retract": ("aboard.cli.commands.log.retract", "Take an event back."),
    "copy": ("aboard.cli.commands.operate.copy", "Copy a log from one home to another."),
    "rebuild": ("aboard.cli.commands.operate.rebuild", "Build the read model anew from the log."),
    "run": (
        "aboard.cli.commands.operate.run",
        "Follow the log, and keep the read model level with it.",
    ),
    "wait": (
        "aboard.cli.commands.operate.wait",
        "Wait until what is recorded is among the answers.",
    ),
    "parked": (
        "aboard.cli.commands.operate.parked",
        "The events that could not be taken in, and what to do.",
    ),
    "ask": ("aboard.cli.commands.ask.ask", "What a projection holds, one of your own too."),
    "status": (
        "aboard.cli.commands.operate.status",
        "Where the log is, what it holds, and what is level with it.",
    ),
}
"""The commands by name: their module, and their first line of help."""


class LazyGroup(TyperGroup):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base names it
        """Return the names of the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import and return a command; nothing for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, summary = COMMANDS[cmd_name]
        loaded = importlib.import_module(module)
        one = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        if group := getattr(loaded, "Group", None):
            one.callback(cls=group, no_args_is_help=True)(loaded.command)
        else:
            one.command(cmd_name, short_help=summary)(loaded.command)
        return typer.main.get_command(one)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command by its name, or say which names are near."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415 - only a miss needs it

            near = difflib.get_close_matches(args[0], COMMANDS)
            hint = f"did you mean {', '.join(near)}?" if near else "`aboard --help` lists them"
            typer.echo(f"aboard: no command is called {args[0]!r}\nhint: {hint}", err=True)
            raise typer.Exit(2)
        return super().resolve_command(ctx, args)


def _version(asked: bool) -> None:
    if asked:
        from aboard import __version__  # noqa: PLC0415

        typer.echo(f"aboard {__version__}")
        raise typer.Exit


app = typer.Typer(
    cls=LazyGroup, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


@app.callback()
def aboard(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """The flight recorder of human spaceflight.

    Who was aboard which station at any instant, as known on any date, and how we know.

    Exit codes: 0 ok, 1 a check failed, 2 wrong use, 3 not found, 4 stale.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    try:
        app(arguments, prog_name="aboard")
    except SystemExit:
        # So typer ends when whoever reads its output has gone, and that is no failure.
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            sys.exit(0)
        raise
    except Exception as error:
        if not _is_of_a_database(error):
            raise
        typer.echo(
            f"aboard: the database cannot be read: {' '.join(str(error).split())}\n"
            "hint: --database names another; `aboard rebuild` mends a read model",
            err=True,
        )
        sys.exit(1)


def _is_of_a_database(error: Exception) -> bool:
    """Whether an error is one of reading or writing a database; `--help` imports none of them."""
    classes = [
        getattr(sys.modules.get(module), name, ())
        for module, name in (
            ("sqlite3", "DatabaseError"),
            ("aboard.storage.databases", "StoreError"),
            ("eventsourcing.persistence", "PersistenceError"),
        )
    ]
    return any(isinstance(error, one) for one in classes)
