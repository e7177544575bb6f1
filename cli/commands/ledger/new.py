"""`aboard new`: the skeleton of a ledger file, to fill in; a command for each kind of thing."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from aboard.app.errors import UsageError
from aboard.cli.command_class import AboardCommand

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {
    "flight": "A file of a flight: planned, launched, docked, landed, and so on.",
    "station": "A file of a station and its ports.",
    "agreement": "A file of an agreement.",
    "person": "An entry of people.toml.",
    "source": "An entry of sources.toml.",
}
"""What there is a template for."""


def command() -> None:
    """Create the template of a ledger file, to fill in.

    \b
    Examples:
      aboard new flight soyuz-ms-99 --name "Soyuz MS-99"
      aboard new flight soyuz-ms-99 --name "Soyuz MS-99" --spacecraft "Soyuz MS" \\
          --operator Roscosmos --destination iss --crew ann-lee:commander --ledger my-ledger/
      aboard new flight ax-5 --event planned --event launch_planned
      aboard new person ann-lee --name "Ann Lee" --family-name Lee --ledger my-ledger/
      aboard new source nasa-2026-11-01 --kind report --publisher NASA
      aboard new flight --help                  the fields that can be given as options

    The template goes to standard output, or with --ledger to its place in a ledger. Required fields
    are marked with a TODO comment, and optional ones are commented out. `aboard check` reports what
    is not filled in yet.
    """


Id = Annotated[str, typer.Argument(metavar="ID", help="Its id: lower-case words and hyphens.")]
Events = Annotated[
    list[str] | None,
    typer.Option(
        "--event", metavar="TYPE", help="An event type to include; may be repeated. [default: most]"
    ),
]
Source = Annotated[
    list[str] | None,
    typer.Option("--source", metavar="SOURCE", help="A source, or unsourced; may be repeated."),
]
Ledger = Annotated[
    Path | None,
    typer.Option(
        "--ledger",
        metavar="FOLDER",
        help="Write it into this ledger, which must not have that id yet.",
        exists=True,
        file_okay=False,
    ),
]


def one(
    subject: Id, events: Events = None, source: Source = None, ledger: Ledger = None, **_own: Any
) -> None:
    """Show with its signature what is asked for any kind of thing."""


class TemplateGroup(TyperGroup):
    """The kinds of thing, each a command of its own, made when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the base names it
        """Return the kinds."""
        return list(KINDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        """Make the command of a kind; nothing for a name that is none."""
        if cmd_name not in KINDS:
            return None
        made = typer.Typer(
            add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False
        )
        made.command(cmd_name, cls=AboardCommand, short_help=KINDS[cmd_name])(_taking(cmd_name))
        return typer.main.get_command(made)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Return what follows the name of the command."""
        return ["KIND", "ID", "[OPTIONS]..."]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        """List the kinds."""
        with formatter.section("Kinds"):
            formatter.write_dl(list(KINDS.items()))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find a kind by its name, or say which there are."""
        if args and args[0] not in KINDS and not args[0].startswith("-"):
            raise UsageError(
                f"there is no template for {args[0]!r}", f"choose one of: {', '.join(KINDS)}"
            )
        return super().resolve_command(ctx, args)


GROUP = TemplateGroup
"""The class of the command."""


def _taking(kind: str) -> Callable[..., None]:
    """Return a function that makes the skeleton of a kind of thing, with options for its fields."""
    from aboard.cli.recording.new_file import asked_for, begin  # noqa: PLC0415 - heavy
    from aboard.loader.ledger import REGISTRATIONS  # noqa: PLC0415

    asked = asked_for(kind)

    def take(**given: Any) -> None:
        begin(kind, asked, given)

    subject, *rest = [
        parameter.replace(kind=parameter.KEYWORD_ONLY)
        for parameter in inspect.signature(one, eval_str=True).parameters.values()
        if parameter.kind is not parameter.VAR_KEYWORD
        and not (parameter.name == "events" and kind in REGISTRATIONS)
    ]
    own = [
        parameter.replace(annotation=_optional(parameter.annotation))
        for field in asked
        for parameter in field.parameters()
    ]
    take.__signature__ = inspect.Signature([subject, *own, *rest])  # type: ignore[attr-defined]
    take.__doc__ = f"{KINDS[kind]}\n\nFields that are not given become comments to fill in."
    return take


def _optional(annotation: Any) -> Any:
    """Return the annotation of an option whose help does not call it required: none is here."""
    holds, option = annotation.__origin__, annotation.__metadata__[0]
    option.help = (option.help or "").replace("[required]", "").strip()
    return Annotated[holds, option]
