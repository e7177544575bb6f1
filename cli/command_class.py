"""The class of every command: it refuses empty values, and adds `--create` to `--database`."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperOption

from aboard.app.errors import UsageError
from aboard.cli.options.database import CREATES_NOTHING, allow_missing


class AboardCommand(TyperCommand):
    """A command that refuses empty values."""

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        at = next((n for n, one in enumerate(self.params) if one.name == "database"), None)
        if at is not None and name not in CREATES_NOTHING:
            create = TyperOption(
                param_decls=["--create"],
                is_flag=True,
                is_eager=True,  # it is read before `--database` is checked
                expose_value=False,
                callback=allow_missing,
                default=False,
                help="Create the database if it does not exist.",
            )
            self.params.insert(at + 1, create)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments; raise `UsageError` for an option or argument with an empty value."""
        # Most commands have nothing that could be empty, so they are not read twice.
        if any(not one.rpartition("=")[2].strip() for one in args):
            given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
            for one in self.params:
                refuse_empty(ctx, one, given.get(str(one.name)))
        return super().parse_args(ctx, args)


def refuse_empty(ctx: Any, parameter: Any, given: Any) -> None:
    """Raise `UsageError` if any of the values given for a parameter is empty."""
    values = given if isinstance(given, list | tuple) else (given,)
    if any(isinstance(one, str) and not one.strip() for one in values):
        is_option = parameter.param_type_name == "option"
        name = parameter.opts[0] if is_option else parameter.make_metavar(ctx).strip("[].")
        raise UsageError(
            f"{name} is empty: an empty value is not the same as none",
            "give a value" if parameter.required else "leave it out, or give a value",
        )
