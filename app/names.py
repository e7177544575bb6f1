"""Resolving the names in what is to be recorded: to ids, and to streams of a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aboard.app.errors import NotFound, UsageError
from aboard.events.english import with_article
from aboard.events.vocabulary import KINDS
from aboard.loader.references import begins
from aboard.projections.queries import reader
from aboard.projections.queries.citations import UNSOURCED
from aboard.projections.queries.event_log import is_stream
from aboard.projections.queries.port_station import station_of_ports

if TYPE_CHECKING:
    from aboard.events.envelope import Event
    from aboard.storage.connection import Connection


class NameResolver:
    """Turns names into ids, by the names that are registered in a log."""

    def __init__(self, db: Connection) -> None:
        self._db = db

    def id(self, argument: str, kind: str, text: str) -> str:
        """Return the id of a thing of a kind by its name; raise `NotFound` or `UsageError`.

        `argument` is what the error calls the argument or option that has the name.
        """
        if not kind or not text or (kind, text) == ("source", UNSOURCED):
            return text
        if kind not in KINDS:
            return text  # it has no other name than its id
        try:
            return reader.resolve(self._db, (kind,), text)[1]
        except reader.UnknownName as miss:
            raise NotFound(f"{argument}: {miss}", miss.hint) from miss
        except reader.AmbiguousName as miss:
            raise UsageError(f"{argument}: {miss}", miss.hint) from miss

    def port(self, stream: str, said: dict[str, Any], text: str) -> str:
        """Return the id of a port within its station; whether that has it is checked later.

        `said` is what the event says, on `stream`: it names the station, is on that of the station,
        or is of a flight that is there.
        """
        kind, _, about = stream.partition("/")
        station = said.get("station") or (about if kind == "station" else None)
        if station is None and kind == "flight":
            station = self._station(about, said)
        ports = reader.names_of(self._db, "port")
        if f"{station}/{text}" in ports:
            return text
        named = reader.called(self._db, "port", text)
        here = [key for key in named if key.startswith(f"{station}/")]
        if len(here) == 1:
            return here[0].rpartition("/")[2]
        if any(key.endswith(f"/{text}") for key in ports) or len(named) != 1:
            return text
        return named[0].rpartition("/")[2]

    def _station(self, flight: str, said: dict[str, Any]) -> str | None:
        """Return where a flight relocates; nothing where what is said has no time for it."""
        try:
            return station_of_ports(self._db, flight, said)
        except (KeyError, TypeError, ValueError):
            return None

    def stream(self, cls: type[Event], name: str) -> str:
        """Return the stream that is meant; one that is not there yet, where the type begins it."""
        kinds = _kinds(cls)
        kind, slash, about = name.partition("/")
        if slash:
            if kind not in KINDS or not about:
                raise UsageError(f"{name!r} is not a stream", f"a kind and an id: {kinds[0]}/ID")
            if kind not in kinds:
                hint = f"give the id of {with_article(kinds[0])}"
                mine, other = with_article(kinds[0]), with_article(kind)
                raise UsageError(
                    f"{cls.TOPIC} belongs on the stream of {mine}, not of {other}", hint
                )
            kinds = (kind,)
        else:
            about = name
        found = [f"{one}/{about}" for one in kinds if is_stream(self._db, f"{one}/{about}")]
        if found:
            return found[0]
        if len(kinds) == 1 and begins(cls, kinds[0]):
            return f"{kinds[0]}/{about}"
        try:
            return "/".join(reader.resolve(self._db, kinds, about))
        except reader.UnknownName as miss:
            raise NotFound(str(miss), miss.hint) from miss
        except reader.AmbiguousName as miss:
            raise UsageError(str(miss), miss.hint) from miss


def _kinds(cls: type[Event]) -> tuple[str, ...]:
    kind = cls.TOPIC.partition(".")[0]
    return (kind,) if kind in KINDS else KINDS
