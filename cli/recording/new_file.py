"""Beginning a ledger file: what was given for it, checked as far as it goes, and its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer

from aboard.app.errors import AboardError, UsageError
from aboard.cli.options.field_options import FieldOption, options_of, stated
from aboard.cli.output.render import say
from aboard.events.english import with_article
from aboard.events.vocabulary import type_names
from aboard.loader.atomic_write import replace
from aboard.loader.ledger import REGISTRATIONS, label, read_files
from aboard.loader.template import HOMES, LIVES, problems, template

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ALSO_ASKED = {"flight": ("crew", "rocket", "site")}
"""Fields of later events that there are options for, next to those of the first event."""

AN_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def asked_for(kind: str) -> list[FieldOption]:
    """Return what is asked for a thing of a kind."""
    types = type_names(kind)
    first, *others = (options_of(types[name]) for name in LIVES[kind])
    more = ALSO_ASKED.get(kind, ())
    found = {one.field.name: one for one in first}
    for options in others:
        for one in options:
            if one.field.name in more:
                found.setdefault(one.field.name, one)
    return list(found.values())


def begin(kind: str, options: Iterable[FieldOption], given: dict[str, Any]) -> None:
    """Print a template, or write it into its place in a ledger."""
    subject, source = given["subject"], given["source"] or []
    for flag, name in (("ID", subject), *(("--source", key) for key in source)):
        _an_id(flag, name)
    types = _types(kind, given.get("events") or LIVES[kind])
    said = stated(options, given, lambda flag, _kind, text: _an_id(flag, text))
    if "destination" in said:
        said["station"] = said["destination"]
    text = template(kind, subject, types, said, source)
    for problem in problems(text):
        raise UsageError(f"{problem.rule}: {problem.message}", problem.hint)
    ledger = given["ledger"]
    if ledger is None:
        typer.echo(text, nl=False)
        return
    path = ledger / HOMES[kind].format(subject)
    _write(path, text, _there(ledger, kind, subject))
    say(f"wrote {label(path)}")


def _an_id(flag: str, text: str) -> str:
    if not AN_ID.fullmatch(text):
        raise UsageError(f"{flag}: {text!r} is not an id", "lower-case letters, digits and hyphens")
    return text


def _types(kind: str, names: Iterable[str]) -> list[str]:
    """Return the names of types as they are written, or end the command for one that is none."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a miss needs it

    types, found = type_names(kind), []
    for given in names:
        name = given.replace("-", "_").removeprefix(f"{kind}.")
        if name not in types or types[name].TOPIC.partition(".")[0] != kind:
            near = get_close_matches(name, [one for one in types if one in _own(kind)])
            hint = f"did you mean {', '.join(near)}?" if near else f"one of {', '.join(_own(kind))}"
            raise UsageError(f"--event: no event of {with_article(kind)} is called {given!r}", hint)
        found.append(name)
    return list(dict.fromkeys(found))


def _own(kind: str) -> list[str]:
    """Return the names of the types that stand on such a stream alone."""
    return [name for name, cls in type_names(kind).items() if cls.TOPIC.partition(".")[0] == kind]


def _there(ledger: Path, kind: str, subject: str) -> Path | None:
    """Return the file of a ledger that has a thing already."""
    key = REGISTRATIONS.get(kind)
    for file in read_files([ledger]):
        named = (
            [one.get(key) for one in file.content.get(kind, ())]
            if key
            else [file.content.get("stream")]
        )
        if (subject if key else f"{kind}/{subject}") in named:
            return file.path
    return None


def _write(path: Path, text: str, there: Path | None) -> None:
    """Write a new file, or at the end of one that has many; it has all of the text or none."""
    several = path.name in ("people.toml", "sources.toml")
    if there is None and path.exists() and not several:
        there = path
    if there is not None:
        raise AboardError(f"{label(there)} has it already", "change it there, or take another id")
    try:
        if several and path.exists():
            text = path.read_text("utf-8").rstrip("\n") + "\n\n" + text
        path.parent.mkdir(exist_ok=True)
        replace(path, text)
    except OSError as error:
        raise AboardError(
            f"{label(path)}: {error.strerror}", "check the path and its permissions"
        ) from error
