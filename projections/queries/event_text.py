"""What an event says, as a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aboard.events.english import where, with_article, with_the
from aboard.events.time import FOREVER
from aboard.projections.queries.port_station import station_of_ports
from aboard.projections.queries.reader import name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aboard.storage.connection import Connection

Said = dict[str, Any]


def sentence(
    db: Connection, stream: str, kind: str, said: Said, story_of: str | None = None
) -> str:
    """Return what an event of a topic says, given its fields other than the envelope.

    `story_of` is the flight in whose story it stands: an event of another one names its craft.
    """
    subject = stream.partition("/")[2]
    build = SENTENCES.get(kind)
    names = _Names(db, subject, None if story_of == subject else story_of)
    return build(names, said) if build else kind.partition(".")[2].replace("_", " ")


class _Names:
    """Turns ids into the names an answer shows."""

    def __init__(self, db: Connection, subject: str, other: str | None) -> None:
        self.db = db
        self.subject = subject
        self.other = other
        """The flight whose story shows the event, if the event is on another stream."""

    def people(self, ids: Sequence[str]) -> str:
        """Return a list of names, or nobody."""
        return listed([name_of(self.db, "person", one) for one in ids]) or "nobody"

    def seats(self, seats: Sequence[Said]) -> str:
        """Return a list of names, each with its role where that is known."""
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
        """Return the name of a port of a station, or its id.

        If the station is not known, the id is enough where only one has such a port.
        """
        if port is None:
            return "a port not named"
        found = self.db.execute(
            "SELECT name FROM entity WHERE kind='port' AND id LIKE ?",
            (f"{station or '%'}/{port}",),
        ).fetchall()
        return str(found[0][0]) if len(found) == 1 else port

    def own_port(self, said: Said, field: str) -> str:
        """Return the name of a port in an event of the flight that does not name its station."""
        return self.port(station_of_ports(self.db, self.subject, said), said.get(field))

    def station(self, key: str | None) -> str:
        """Return a station's name."""
        return with_the(name_of(self.db, "station", key))

    def craft(self, key: str) -> str:
        """Return a craft's name: that of a flight, or of a further craft of one."""
        name = name_of(self.db, "flight", key)
        return name_of(self.db, "craft", key) if name == key else name

    def event(self, key: str) -> tuple[str, str, Said] | None:
        """Return stream, type and content of an event, as amended at last."""
        row = self.db.execute(
            "SELECT stream, type, coalesce(amended.shown_body, event.body) FROM event "
            "LEFT JOIN amended ON amended.event = event.id AND known_to = ? WHERE event.id = ?",
            (FOREVER, key),
        ).fetchone()
        return (row[0], row[1], dict(json.loads(row[2]))) if row else None

    def spacewalk(self) -> Said | None:
        """Return what the beginning of the spacewalk says, as amended at last."""
        row = self.db.execute(
            "SELECT coalesce(amended.body, event.body) FROM event "
            "LEFT JOIN amended ON amended.event = event.id AND known_to = ? "
            "WHERE stream=? AND type='spacewalk.began' "
            "AND (amended.event IS NULL OR amended.body IS NOT NULL) ORDER BY position",
            (FOREVER, f"spacewalk/{self.subject}"),
        ).fetchone()
        return dict(json.loads(row[0])) if row else None

    def own(self, said: Said) -> str:
        """Return the name of the craft that the event is about, if that has to be said."""
        craft = said.get("craft") or (self.subject if self.other else None)
        return f"{self.craft(craft)} " if craft else ""

    def from_other(self) -> str:
        """Return what a craft of another flight undocks from."""
        return f" from {self.craft(self.other)}" if self.other else ""


def listed(words: Sequence[str]) -> str:
    """Return a list of words: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _planned(names: _Names, said: Said) -> str:
    to = f", bound for {names.station(said['destination'])}" if said.get("destination") else ""
    craft = with_article(said["spacecraft"])
    return f"planned: {said['name']}, {craft} of {said['operator']}{to}"


def _replaced(names: _Names, said: Said) -> str:
    on, off = said.get("on", ()), said.get("off", ())
    if not on:
        return f"{names.people(off)} taken off{_condition(said)}"
    for_whom = f" in place of {names.people(off)}" if off else ""
    return f"{names.seats(on)} assigned{for_whom}{_condition(said)}"


def _condition(said: Said) -> str:
    return f", on condition: {said['condition']}" if said.get("condition") else ""


def _condition_met(names: _Names, said: Said) -> str:
    plan = names.event(said["plan"])
    if plan is None or plan[1] == "flight.condition_met":  # not a plan, but it can be stated
        return f"the condition of {said['plan']} is met"
    stream, kind, body = plan
    met = f"condition met, {body['condition']}" if body.get("condition") else "condition met"
    return f"{met}: {sentence(names.db, stream, kind, {**body, 'condition': None})}"


_WORDS: dict[str, Callable[[str], str]] = {
    "rocket": lambda rocket: f"on {with_article(rocket)}",
    "site": lambda site: f"from {site}",
    "place": where,
}


def _with(said: Said, *fields: str) -> str:
    return "".join(f" {_WORDS[field](said[field])}" for field in fields if said.get(field))


def _return_planned(names: _Names, said: Said) -> str:
    days = f", {said['duration_days']} days" if said.get("duration_days") else ""
    crew = f", with {names.people(said['crew'])} aboard" if "crew" in said else ""
    return f"return planned for {said['target']}{days}{crew}{_condition(said)}"


def _launched(names: _Names, said: Said) -> str:
    payload = ""
    if said.get("payload_kg"):
        about = "about " if said.get("payload_approximate") else ""
        payload = f", {about}{said['payload_kg']} kg of payload"
    return f"lifted off with {names.people(said['crew'])}{_with(said, 'rocket', 'site')}{payload}"


def _relocated(names: _Names, said: Said) -> str:
    riders = f" with {names.people(said['crew'])}" if "crew" in said else ", riders unknown"
    return (
        f"relocated from {names.own_port(said, 'from_port')} to "
        f"{names.own_port(said, 'to_port')}{riders}; undocked at {said['undocked_at']}"
    )


def _target(names: _Names, said: Said) -> str:
    """Return what a docking is with."""
    if said.get("to_craft"):
        return f"with {names.craft(said['to_craft'])}"
    port = f" at {names.port(said['station'], said.get('port'))}"
    return f"with {names.station(said['station'])}{port}"


def _docked(names: _Names, said: Said) -> str:
    soft = "soft-" if said.get("mate") == "soft" else ""
    return f"{names.own(said)}{soft}docked {_target(names, said)}"


def _docking_failed(names: _Names, said: Said) -> str:
    return f"{names.own(said)}failed to dock {_target(names, said)}{_because(said)}"


def _transferred(names: _Names, said: Said) -> str:
    start = f" from {names.craft(said['from_craft'])}" if said.get("from_craft") else ""
    into = names.craft(said.get("craft") or names.subject)
    way = {"hatch": " through the hatch", "spacewalk": " by spacewalk"}.get(said.get("by", ""), "")
    return f"{names.people(said['people'])} transferred{start} to {into}{way}"


def _seat(names: _Names, said: Said) -> str:
    start = f"from {names.flight(said['from_flight'])} " if said.get("from_flight") else ""
    return f"{start}to {names.flight(names.subject)}"


def _relocation_planned(names: _Names, said: Said) -> str:
    start = f" from {names.own_port(said, 'from_port')}" if said.get("from_port") else ""
    end = f" to {names.own_port(said, 'to_port')}" if said.get("to_port") else ""
    return f"relocation{start}{end} planned for {said['target']}{_condition(said)}"


def _withdrawn(names: _Names, said: Said) -> str:
    whose = f" of {names.people([said['person']])}" if said.get("person") else ""
    return f"plan withdrawn: {said['item']}{whose}{_because(said)}"


def _because(said: Said) -> str:
    return f": {said['reason']}" if said.get("reason") else ""


def _began_outside(names: _Names, said: Said) -> str:
    place = said.get("station") or said.get("craft")
    name = f" ({said['name']})" if said.get("name") else ""
    from_where = names.station(place) if said.get("station") else names.craft(str(place))
    return f"spacewalk began{name}: {names.people(said['people'])}, from {from_where}"


def _ended_outside(names: _Names, _said: Said) -> str:
    began = names.spacewalk()
    if began is None:
        return "spacewalk ended"
    name = f" ({began['name']})" if began.get("name") else ""
    verb = "is" if len(began["people"]) == 1 else "are"
    return f"spacewalk ended{name}: {names.people(began['people'])} {verb} back inside"


def _handover_planned(names: _Names, said: Said) -> str:
    start = f" by {names.people([said['from_person']])}" if said.get("from_person") else ""
    to = f" to {names.people([said['to_person']])}"
    return f"hand-over of command{start}{to} planned for {said['target']}{_condition(said)}"


def _gap(_: _Names, said: Said) -> str:
    about = f" ({said['about']})" if said.get("about") else ""
    return f"not known: {said['what']}{about}"


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
    "fact.claimed": lambda _, s: f"claim: {s['says']}",
    "fact.ruled": lambda _, s: (
        f"ruling: {s['holds']} holds, not {listed(s['against'])} ({s['reason']})"
    ),
    "fact.gap_stated": _gap,
    "fact.retracted": lambda _, s: f"retraction of {s['target']} ({s['reason']})",
    "flight.planned": _planned,
    "flight.crew_assigned": lambda n, s: f"{n.seats(s['crew'])} assigned{_condition(s)}",
    "flight.crew_replaced": _replaced,
    "flight.homeward_vehicle_assigned": lambda n, s: f"{n.people(s['people'])} to return on it",
    "flight.launch_planned": lambda _, s: (
        f"launch planned for {s['target']}{_with(s, 'rocket', 'site')}{_condition(s)}"
    ),
    "flight.docking_planned": lambda n, s: (
        f"docking with {n.station(s['station'])} planned for {s['target']}{_condition(s)}"
    ),
    "flight.relocation_planned": _relocation_planned,
    "flight.seat_move_planned": lambda n, s: (
        f"seat of {n.people([s['person']])} to move {_seat(n, s)}, planned for {s['target']}"
        f"{_condition(s)}"
    ),
    "flight.undocking_planned": lambda _, s: f"undocking planned for {s['target']}{_condition(s)}",
    "flight.plan_withdrawn": _withdrawn,
    "flight.condition_met": _condition_met,
    "flight.craft_added": lambda _, s: (
        f"{s['name']}, {with_article(s['spacecraft'])}, flies with it"
    ),
    "flight.return_planned": _return_planned,
    "flight.launch_scrubbed": lambda _, s: f"launch scrubbed: {s.get('reason', 'no reason given')}",
    "flight.rolled_out": lambda _, s: f"rolled out{_with(s, 'rocket', 'site')}",
    "flight.rolled_back": lambda _, s: f"rolled back{_because(s)}",
    "flight.launched": _launched,
    "flight.launch_aborted": lambda _, s: f"launch aborted{_because(s)}",
    "flight.docking_failed": _docking_failed,
    "flight.docked": _docked,
    "flight.hatch_opened": lambda _n, _s: "hatch opened",
    "flight.anomaly": lambda _, s: f"anomaly: {s['what']}",
    "flight.seat_moved": lambda n, s: f"seat of {n.people([s['person']])} moved {_seat(n, s)}",
    "flight.transferred": _transferred,
    "flight.relocated": _relocated,
    "flight.hatch_closed": lambda _n, _s: "hatch closed",
    "flight.undocked": lambda n, s: (
        f"{n.own(s)}undocked{n.from_other()} with {n.people(s['crew'])}"
    ),
    "flight.landed": lambda n, s: f"landed with {n.people(s['crew'])}{_with(s, 'place')}",
    "flight.lost": lambda n, s: f"lost with {n.people(s['crew'])}{_because(s)}",
    "person.died": lambda n, s: (
        f"{n.people([n.subject])} died"
        + (f" on {n.flight(s['flight'])}" if s.get("flight") else "")
    ),
    "spacewalk.began": _began_outside,
    "spacewalk.ended": _ended_outside,
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
    "station.command_handover_planned": _handover_planned,
    "station.command_handed_over": lambda n, s: (
        "command handed over"
        + (f" by {n.people([s['from_person']])}" if s.get("from_person") else "")
        + (f" to {n.people([s['to_person']])}" if s.get("to_person") else ", to whom is not known")
    ),
    "station.expedition_began": _expedition_began,
}
