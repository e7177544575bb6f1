"""`aboard record`: facts into the log, one by one or as JSON lines; a command for each type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from aboard.app.errors import UsageError
from aboard.cli.command_class import AboardCommand
from aboard.events.english import with_article

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = "-"
"""What stands for events that come from standard input."""


def command() -> None:
    """Record a fact in the log, with the same checks as a ledger file.

    \b
    Examples:
      aboard record docked ms-29 --station iss --port rassvet-nadir \\
          --happened 2026-07-14T18:00Z --source gcat --dry-run
      aboard record launch_planned crew-13 --target "NET 2026-10-02" --source gcat --by ann
      aboard record registered source/nasa-2026-11-01 --kind report --publisher NASA
      aboard record docked --help               the options for a docking
      aboard record - < events.jsonl            events as JSON, one per line, all or nothing

    TYPE is a short name or a full one: docked, flight.docked. STREAM is flight/soyuz-ms-29, or any
    name of what the event is about. An event that contradicts the log is refused. With --dry-run
    nothing is recorded: it shows who would arrive, leave and move. A recorded event is never
    deleted; `aboard retract` retracts it.
    """


class EventTypeGroup(TyperGroup):
    """The types of event, each a command of its own, made when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base names it
        """Return what may stand first: short names, and whole ones where those are not enough."""
        from aboard.app.event_types import short_names  # noqa: PLC0415 - heavy

        names = [
            short if len(classes) == 1 else cls.TOPIC
            for short, classes in short_names().items()
            for cls in classes
        ]
        return [LINES, *names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Make the command of a type; nothing for a name that is none, or that of several."""
        from aboard.app.event_types import types_called  # noqa: PLC0415
        from aboard.cli.recording import event_options  # noqa: PLC0415 - heavy

        if cmd_name == LINES:
            return _made(event_options.lines, LINES)
        classes = types_called(cmd_name)
        return _made(event_options.taking(classes[0]), cmd_name) if len(classes) == 1 else None

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return what follows the name of the command."""
        return ["TYPE", "STREAM", "[OPTIONS]..."]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Let options stand before the type too."""
        from aboard.app.event_types import types_called  # noqa: PLC0415 - heavy

        first = next((n for n, one in enumerate(args) if one == LINES or types_called(one)), 0)
        if first and "--help" not in args[:first]:
            args = [args[first], *args[:first], *args[first + 1 :]]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the type by its name, and by the stream where the name is that of several."""
        from aboard.app.event_types import types_called, unknown_type  # noqa: PLC0415
        from aboard.cli.recording import event_options  # noqa: PLC0415 - heavy

        name, *rest = args
        if name == LINES or ctx.resilient_parsing:
            return name, self.get_command(ctx, name), rest
        classes = types_called(name)
        kinds = {one.partition("/")[0] for one in rest}
        meant = [cls for cls in classes if cls.TOPIC.partition(".")[0] in kinds] or classes
        if not classes:
            raise unknown_type(name)
        if len(meant) > 1:
            topics = " or ".join(cls.TOPIC for cls in meant)
            raise UsageError(f"{name} could be any of: {', '.join(cls.TOPIC for cls in meant)}",
                 f"give it whole, {topics}, or the stream, such as person/ID")  # fmt: skip
        return name, _made(event_options.taking(meant[0]), name), rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """List the types by the kind of stream they stand on."""
        from aboard.events.vocabulary import KINDS, every_type  # noqa: PLC0415

        titles = {kind: f"On the stream of {with_article(kind)}" for kind in KINDS}
        for kind in (*KINDS, None):
            rows = [
                (topic.partition(".")[2], (cls.__doc__ or "").partition("\n")[0])
                for topic, cls in every_type().items()
                if (topic.partition(".")[0] if topic.partition(".")[0] in KINDS else None) == kind
            ]
            with formatter.section(titles.get(kind or "", "On any stream")):
                formatter.write_dl(rows)


GROUP = EventTypeGroup
"""The class of the command."""


def _made(function: Callable[..., None], name: str) -> Any:
    """Make a command of a function."""
    one = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    one.command(name, cls=AboardCommand)(function)
    return typer.main.get_command(one)
