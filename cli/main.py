"""The `aboard` command: one module a command, each imported when it is used."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from aboard.app.errors import AboardError, UsageError, database_error
from aboard.cli.command_class import AboardCommand
from aboard.cli.errors import show

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType


class Command(NamedTuple):
    """A command: its group in the help, which is also its folder, and its first line of help."""

    group: str
    summary: str


GROUPS = {
    "ask": {
        "who": "Who was aboard, at any instant, as known on any date.",
        "station": "A station: who is aboard, its ports, arrivals and departures.",
        "flight": "A flight: its plans, what happened, and who says so.",
        "person": "A person: where they are, and their flights.",
        "agreement": "An agreement: its text, and the seats exchanged.",
        "population": "How many people were in space or aboard, over time.",
        "occupation": "How long a station has been occupied, and its longest stays.",
        "timeline": "People and vehicles at a station, as bars over time.",
        "top": "Records: longest in space, most flights, most spacewalks.",
        "replay": "Each event that changed something, and the count after it.",
        "ask": "Query a projection, built-in or your own.",
    },
    "ledger": {
        "new": "Create the template of a ledger file, to fill in.",
        "fmt": "Format ledger files in the canonical style.",
        "check": "Check ledger files; prints nothing if there are no findings.",
        "load": "Record ledger files in the log, all or nothing.",
        "schema": "The JSON Schema of an event type, as it is stored.",
    },
    "log": {
        "log": "The events of the log, in the order in which they were recorded.",
        "show": "One event in full: its times, what it says, and its sources.",
        "record": "Record a fact in the log, with the same checks as a ledger file.",
        "correct": "Correct an event that is recorded.",
        "retract": "Retract an event that is recorded.",
    },
    "operate": {
        "status": "Where the log is, what it holds, and what is up to date.",
        "run": "Follow the log, and keep the read model up to date.",
        "wait": "Wait until what is recorded is included in the answers.",
        "parked": "List, retry or skip the events that could not be read.",
        "rebuild": "Rebuild the read model from the log.",
        "copy": "Copy a log to another database.",
    },
}
"""The groups of commands as the help shows them: the commands of each with a line of help."""

COMMANDS = {
    name: Command(group, summary)
    for group, commands in GROUPS.items()
    for name, summary in commands.items()
}
"""The commands by name."""


def load_command(name: str) -> ModuleType:
    """Import and return the module of a command."""
    return importlib.import_module(f"aboard.cli.commands.{COMMANDS[name].group}.{name}")


class LazyGroup(TyperGroup):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base names it
        """Return the names of the commands, in the order of the groups."""
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """List the commands by group."""
        width = max(map(len, COMMANDS))
        for group, commands in GROUPS.items():
            with formatter.section(group.capitalize()):
                formatter.write_dl(
                    [(name.ljust(width), summary) for name, summary in commands.items()]
                )

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Import and return a command; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        loaded = load_command(cmd_name)
        one = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        if group := getattr(loaded, "GROUP", None):
            one.callback(cls=group, no_args_is_help=True)(loaded.command)
        else:
            one.command(cmd_name, cls=AboardCommand, short_help=COMMANDS[cmd_name].summary)(
                loaded.command
            )
        return typer.main.get_command(one)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a command by its name, or say which names are near."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            import difflib  # noqa: PLC0415 - only a miss needs it

            near = difflib.get_close_matches(args[0], COMMANDS)
            hint = f"did you mean {', '.join(near)}?" if near else "`aboard --help` lists them"
            raise UsageError(f"no command is called {args[0]!r}", hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run a command; print the error that it ends with, and exit with the code of that."""
        try:
            return super().invoke(ctx)
        except Exception as raised:
            error = raised if isinstance(raised, AboardError) else database_error(raised)
            if error is None:
                raise
            show(error)
            raise typer.Exit(error.code) from None


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

    Exit codes: 0 ok, 1 a check failed, 2 usage error, 3 not found, 4 stale.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    try:
        app(arguments, prog_name="aboard")
    except SystemExit:
        # Typer ends like this when the reader of its output has gone, which is not a failure.
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":
            sys.exit(0)
        raise
