"""What an event says, as a sentence of the domain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.projections.reader import name_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

Said = dict[str, Any]


def sentence(db: sqlite3.Connection, stream: str, kind: str, said: Said) -> str:
    """Return what an event of a topic says, given what it carries beside its envelope."""
    subject = stream.partition("/")[2]
    build = SENTENCES.get(kind)
    return build(_Names(db, subject), said) if build else kind.partition(".")[2].replace("_", " ")


class _Names:
    """Turns ids into the names an answer shows."""

    def __init__(self, db: sqlite3.Connection, subject: str) -> None:
        self.db = db
        self.subject = subject

    def people(self, ids: Sequence[str]) -> str:
        """Return the names in a row; nobody for none."""
        return listed([name_of(self.db, "person", one) for one in ids]) or "nobody"

    def seats(self, seats: Sequence[Said]) -> str:
        """Return the names in a row, each with its role where it is known."""
        return listed(
            [
                name_of(self.db, "person", seat["person"])
                + (f" ({seat['role']})" if seat.get("role") else "")
                for seat in seats
            ]
        )

    def flight(self, key: str) -> str:
        """Return a flight's name."""
        return name_of(self.db, "flight", key)

    def port(self, station: str | None, port: str | None) -> str:
        """Return a port's name; without a station, that of whichever station has it."""
        if port is None:
            return "a port not named"
        row = self.db.execute(
            "SELECT name FROM entity WHERE kind='port' AND id LIKE ?",
            (f"{station or '%'}/{port}",),
        ).fetchone()
        return str(row[0]) if row else port

    def station(self, key: str | None) -> str:
        """Return a station's name."""
        return name_of(self.db, "station", key)


def listed(words: Sequence[str]) -> str:
    """Return words in a row: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _planned(names: _Names, said: Said) -> str:
    to = f", bound for {names.station(said['destination'])}" if said.get("destination") else ""
    return f"planned: {said['name']}, a {said['spacecraft']} of {said['operator']}{to}"


def _replaced(names: _Names, said: Said) -> str:
    on, off = said.get("on", ()), said.get("off", ())
    if not on:
        return f"{names.people(off)} taken off{_condition(said)}"
    for_whom = f" in place of {names.people(off)}" if off else ""
    return f"{names.seats(on)} assigned{for_whom}{_condition(said)}"


def _condition(said: Said) -> str:
    return f", on condition: {said['condition']}" if said.get("condition") else ""


def _with(said: Said, *fields: str) -> str:
    words = {"rocket": "on a", "site": "from", "place": "at"}
    return "".join(f" {words[field]} {said[field]}" for field in fields if said.get(field))


def _return_planned(names: _Names, said: Said) -> str:
    days = f", {said['duration_days']} days" if said.get("duration_days") else ""
    crew = f", with {names.people(said['crew'])} aboard" if "crew" in said else ""
    return f"return planned for {said['target']}{days}{crew}"


def _launched(names: _Names, said: Said) -> str:
    payload = ""
    if said.get("payload_kg"):
        about = "about " if said.get("payload_approximate") else ""
        payload = f", {about}{said['payload_kg']} kg of payload"
    return f"lifted off with {names.people(said['crew'])}{_with(said, 'rocket', 'site')}{payload}"


def _relocated(names: _Names, said: Said) -> str:
    riders = f" with {names.people(said['crew'])}" if "crew" in said else ", riders unknown"
    return (
        f"relocated from {names.port(None, said.get('from_port'))} to "
        f"{names.port(None, said.get('to_port'))}{riders}; undocked at {said['undocked_at']}"
    )


def _amended(_names: _Names, said: Said) -> str:
    number = said.get("supplement")
    which = f"supplement {number}" if number else "a change"
    how_far = "cleared for talks" if said["status"] == "talks approved" else said["status"]
    return f"{which} {how_far}: {said['what']}"


def _expedition_began(names: _Names, said: Said) -> str:
    under = f" under {names.people([said['commander']])}" if said.get("commander") else ""
    left = f", as {names.flight(said['flight'])} undocked" if said.get("flight") else ""
    return f"Expedition {said['number']} began{under}{left}"


def _corrected(_: _Names, said: Said) -> str:
    changes = [
        f"{name} is {json.dumps(value, ensure_ascii=False)}"
        for name, value in said.get("changes", {}).items()
    ]
    changes += [f"{name} is not known" for name in said.get("removes", ())]
    return f"correction of {said['target']}: {listed(changes)} ({said['reason']})"


SENTENCES: dict[str, Callable[[_Names, Said], str]] = {
    "fact.corrected": _corrected,
    "fact.retracted": lambda _, s: f"retraction of {s['target']} ({s['reason']})",
    "flight.planned": _planned,
    "flight.crew_assigned": lambda n, s: f"{n.seats(s['crew'])} assigned{_condition(s)}",
    "flight.crew_replaced": _replaced,
    "flight.homeward_vehicle_assigned": lambda n, s: f"{n.people(s['people'])} to return on it",
    "flight.launch_planned": lambda _, s: (
        f"launch planned for {s['target']}{_with(s, 'rocket', 'site')}"
    ),
    "flight.docking_planned": lambda n, s: (
        f"docking with {n.station(s['station'])} planned for {s['target']}"
    ),
    "flight.undocking_planned": lambda _, s: f"undocking planned for {s['target']}",
    "flight.return_planned": _return_planned,
    "flight.launch_scrubbed": lambda _, s: f"launch scrubbed: {s.get('reason', 'no reason given')}",
    "flight.rolled_out": lambda _, s: f"rolled out{_with(s, 'rocket', 'site')}",
    "flight.launched": _launched,
    "flight.docked": lambda n, s: (
        f"docked with {n.station(s['station'])} at {n.port(s['station'], s.get('port'))}"
    ),
    "flight.hatch_opened": lambda _n, _s: "hatch opened",
    "flight.anomaly": lambda _, s: f"anomaly: {s['what']}",
    "flight.seat_moved": lambda n, s: (
        f"seat of {n.people([s['person']])} moved "
        + (f"from {n.flight(s['from_flight'])} " if s.get("from_flight") else "")
        + f"to {n.flight(n.subject)}"
    ),
    "flight.relocated": _relocated,
    "flight.hatch_closed": lambda _n, _s: "hatch closed",
    "flight.undocked": lambda n, s: f"undocked with {n.people(s['crew'])}",
    "flight.landed": lambda n, s: f"landed with {n.people(s['crew'])}{_with(s, 'place')}",
    "agreement.announced": lambda _, s: f"announced: {s['what']}",
    "agreement.signed": lambda _, s: f"signed by {listed(s['parties'])}: {s['scope']}",
    "agreement.amended": _amended,
    "agreement.extended": lambda _, s: f"extended to the end of {s['until']}",
    "agreement.seat_exchanged": lambda n, s: (
        f"seat on {n.flight(s['flight'])} of {s['carrier']} given to {n.people([s['person']])} "
        f"of {s['traveller_of']}"
    ),
    "agreement.ended": lambda _, s: "ended" + (f": {s['reason']}" if s.get("reason") else ""),
    "station.port_moved": lambda n, s: f"{n.port(n.subject, s['port'])} moved: {s['place']}",
    "station.port_removed": lambda n, s: f"{n.port(n.subject, s['port'])} removed",
    "station.command_handed_over": lambda n, s: (
        "command handed over"
        + (f" by {n.people([s['from_person']])}" if s.get("from_person") else "")
        + (f" to {n.people([s['to_person']])}" if s.get("to_person") else ", to whom is not known")
    ),
    "station.expedition_began": _expedition_began,
}
