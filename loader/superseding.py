"""What supersedes what, filled in for facts that are recorded one at a time.

What is recorded later, and happened at the same time as what held until then, is the later one. It
says so itself, so that the answer is the same in whatever order a log receives the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aboard.domain.rules.stream import Stream
from aboard.domain.rules.succession import in_series, related
from aboard.events.order import in_order
from aboard.events.series import are_rivals, can_supersede, is_after, may_follow
from aboard.loader.ledger import entries
from aboard.loader.parse_entries import fact_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aboard.events.envelope import Event
    from aboard.loader.baseline import LogBaseline
    from aboard.loader.parse_entries import Recording
    from aboard.loader.toml_file import TomlFile


def fill_in(file: TomlFile, base: LogBaseline, recording: Recording) -> None:
    """Add to each entry of a file what it supersedes, where it does not say so itself.

    An entry that has `supersedes`, even an empty one, stays as it is, and so does one that is
    recorded already.
    """
    before: dict[str, list[Event]] = {}
    for entry in entries(file, []):
        fact = fact_of(entry, recording, [])
        if fact is None:
            continue  # a finding will say why
        event, name = fact.event, fact.event.originator_id
        is_open = can_supersede(type(event)) and "supersedes" not in entry.data
        if is_open and base.event(event.id) is None and (found := _superseded(event, before, base)):
            entry.data["supersedes"] = found
            event = event.model_copy(update={"supersedes": tuple(found)})
        before.setdefault(name, []).append(event)


def _superseded(fact: Event, before: Mapping[str, list[Event]], base: LogBaseline) -> list[str]:
    """Return the ids of what a fact supersedes: what holds, if only that it says so decides."""
    name = fact.originator_id
    others = [*related(fact, {name}, base)]
    missing = before.keys() - {name, *(stream.name for stream in others)}
    streams = [base.stream(name), *others, *map(Stream, sorted(missing))]
    stated = {
        one.id: one
        for stream in streams
        for one in in_series(stream.followed_by(before.get(stream.name, ())))
    }
    stated[fact.id] = fact
    rivals = [
        one
        for key, one in stated.items()
        if key != fact.id and are_rivals(fact, one, stated) and may_follow(fact, one)
        if not is_after(fact, one.supersedes, stated)
    ]
    # All of them and not the last alone, so that the order stands when that is retracted.
    return [one.id for one in in_order(rivals) if _needs_saying(fact, one)]


def _needs_saying(fact: Event, other: Event) -> bool:
    """Whether a fact would not come after another without saying so."""
    return bool(other.supersedes) or fact.order[:3] <= other.order[:3]
