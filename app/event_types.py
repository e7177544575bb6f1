"""Finding the types of event by their names."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from aboard.app.errors import UsageError
from aboard.events.vocabulary import every_type

if TYPE_CHECKING:
    from aboard.events.envelope import Event


def short_names() -> dict[str, list[type[Event]]]:
    """Return the types by their short names; one name may be that of several kinds of stream."""
    found: dict[str, list[type[Event]]] = {}
    for topic, cls in every_type().items():
        found.setdefault(topic.partition(".")[2], []).append(cls)
    return found


def types_called(name: str) -> list[type[Event]]:
    """Return the types of a name, short or whole; hyphens will do for underscores."""
    name = name.replace("-", "_")
    whole = every_type().get(name)
    return [whole] if whole else short_names().get(name, [])


def unknown_type(name: str) -> UsageError:
    """Return the error for a name that no type has; it offers near ones."""
    types = short_names()
    topics = [cls.TOPIC for classes in types.values() for cls in classes]
    near = get_close_matches(name.replace("-", "_"), topics if "." in name else types)
    hint = f"did you mean {', '.join(near)}?" if near else "`aboard record --help` lists them"
    return UsageError(f"no type of event is called {name!r}", hint)
