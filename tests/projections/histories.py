"""Made-up histories for properties: consistent worlds, told late, coarsely and out of order.

A world is played from beginning to end: flights go up with people from the ground, dock, move
between ports and leave with people of the station. Some meet another craft, are aborted or lost;
people go outside, and die. Plans are made, wait for a condition, slip and are withdrawn. Then each
fact gets a known time of its own and a precision of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from aboard.events.envelope import Plan
from aboard.events.time import Time
from tests.build import fact, instant, seats

if TYPE_CHECKING:
    from aboard.events.envelope import Event

START = instant("2020-01-01T00:00:00Z")
HOUR, DAY = 3_600, 86_400
PEOPLE = ("ann", "bob", "cat", "dan", "eve")
STATIONS = ("pear", "plum")
MOVES = ("fly", "fly", "land", "relocate", "seat", "exchange", "command", "meet", "outside", "die")


@dataclass
class World:
    """Where everybody is while a history is played."""

    draw: Any
    now: int = START
    facts: list[Event] = field(default_factory=list)
    ground: list[str] = field(default_factory=lambda: list(PEOPLE))
    aboard: dict[str, list[str]] = field(default_factory=lambda: {s: [] for s in STATIONS})
    docked: list[tuple[str, str]] = field(default_factory=list)

    def some(self, people: list[str]) -> list[str]:
        """Return some of the people."""
        return [one for one in people if self.draw(st.booleans())]

    def say(
        self, kind: str, flight: str, /, happened: int | None = None, *, exact: bool = False,
        **said: Any,
    ) -> str:  # fmt: skip
        """State a fact that happened, at some precision, and known some time later.

        `flight` is one, or another stream's whole id. Return the fact's id.
        """
        moment = self.now if happened is None else happened
        stated = Time.at(moment) if exact else self.coarse(moment)
        late = self.draw(st.sampled_from([0, 0, 0, HOUR, DAY, 40 * DAY, 400 * DAY]))
        known = max(Time.at(moment + late), stated)
        if self.draw(st.booleans()):
            known = max(Time(known.fields[:3]), stated)
        assumed = known == stated and self.draw(st.booleans())
        identity = self.identity(kind, flight)
        self.facts.append(
            fact(kind, str(stated), str(known), known_assumed=assumed, **identity,
                 supersedes=self.superseded(identity["stream"]), **said)
        )  # fmt: skip
        return self.facts[-1].id

    def superseded(self, stream: str) -> list[str]:
        """Return what the next fact of a stream supersedes: mostly nothing, or one before it."""
        before = [fact.id for fact in self.facts if fact.originator_id == stream]
        if not before or self.draw(st.integers(0, 3)):
            return []
        return [self.draw(st.sampled_from(before))]

    def identity(self, kind: str, flight: str) -> dict[str, Any]:
        """Return stream and id of the next fact; ids order facts, so they do not vary."""
        stream = flight if "/" in flight else f"flight/{flight}"
        name = f"{stream.partition('/')[2]}/{kind.replace('_', '-')}"
        return {"stream": stream, "id": f"{name}-{len(self.facts)}"}

    def coarse(self, moment: int) -> Time:
        """Return a time that may mean an instant, mostly the exact one."""
        digits = self.draw(st.sampled_from([6, 6, 6, 6, 5, 3, 2]))
        return Time(Time.at(moment).fields[:digits])

    def plan(self, kind: str, flight: str, target: int, **said: Any) -> None:
        """State an aim, somewhere near what will happen, some time before it."""
        aim = self.coarse(target + self.draw(st.sampled_from([0, -2 * DAY, HOUR, 3 * DAY])))
        made = self.now - self.draw(st.integers(0, 100)) * DAY
        if self.draw(st.sampled_from([False, False, False, True])):
            plan = self.say(kind, flight, made, target=str(aim), condition="a deal", **said)
            if self.draw(st.booleans()):
                self.say("condition_met", flight, made + DAY, plan=plan)
        else:
            self.say(kind, flight, made, target=str(aim), **said)

    def withdraw(self, flight: str) -> None:
        """Withdraw a plan of a flight, be there one or not."""
        items = ["launch", "docking", "relocation", "return", "crew", "homeward vehicle"]
        item = self.draw(st.sampled_from(items))
        self.say("plan_withdrawn", flight, self.now - DAY, item=item)

    def fly(self, flight: str) -> None:
        """Send a flight up to a station, with some people or none."""
        crew, station = self.some(self.ground)[:3], self.draw(st.sampled_from(STATIONS))
        self.say("planned", flight, self.now - 200 * DAY, name=flight, spacecraft="Fruit",
                 operator="Orchard", destination=station)  # fmt: skip
        if crew and self.draw(st.booleans()):
            self.say("crew_assigned", flight, self.now - 150 * DAY, crew=seats(*crew))
        for kind, after, said in (
            ("launch_planned", 0, {}),
            ("docking_planned", 4 * HOUR, {"station": station}),
            ("relocation_planned", 20 * DAY, {"to_port": "port-1"}),
            ("return_planned", 100 * DAY, {}),
        ):
            for _ in range(self.draw(st.integers(0, 2))):
                self.plan(kind, flight, self.now + after, **said)
        if self.draw(st.sampled_from([False, False, False, True])):
            self.withdraw(flight)
        self.say("launched", flight, crew=crew)
        if self.draw(st.sampled_from([False, False, False, False, True])):
            height = self.draw(st.sampled_from(["above 80 km", "below 80 km"]))
            self.say("launch_aborted", flight, self.now + HOUR, exact=True, height=height)
            self.say("landed", flight, self.now + 2 * HOUR, exact=True, crew=crew)
            return
        self.ground = [one for one in self.ground if one not in crew]
        self.now += 4 * HOUR
        first = self.draw(st.sampled_from(["", "", "docking_failed", "docked"]))
        if first:
            said = {"mate": "soft"} if first == "docked" else {}
            self.say(first, flight, self.now - HOUR, exact=True, station=station, **said)
        self.say("docked", flight, station=station)
        self.aboard[station] += crew
        self.docked.append((flight, station))

    def meet(self, number: int) -> None:
        """Have two craft meet, of two flights or of one, and people cross over."""
        flight, crew = f"flight-{number}", self.some(self.ground)[:3]
        self.say("launched", flight, exact=True, crew=crew)
        crossed = self.some(crew)
        stayed = [one for one in crew if one not in crossed]
        two = self.draw(st.booleans())
        other = f"flight-{number}-b" if two else f"craft-{number}"
        if two:
            self.say("launched", other, exact=True, crew=[])
        else:
            self.say("craft_added", flight, craft=other, name=other, spacecraft="Pip")
        self.say("docked", flight, self.now + HOUR, exact=True, to_craft=other)
        if crossed:
            stream, said = (other, {}) if two else (flight, {"craft": other})
            self.say("transferred", stream, self.now + 2 * HOUR, exact=True, people=crossed,
                     from_craft=flight, **said)  # fmt: skip
        self.say("undocked", flight, self.now + 3 * HOUR, exact=True, crew=stayed)
        if two:
            self.say("landed", other, self.now + 6 * HOUR, exact=True, crew=crossed)
        elif crossed:
            self.say("docked", flight, self.now + 4 * HOUR, exact=True, to_craft=other)
            self.say("transferred", flight, self.now + 5 * HOUR, exact=True, people=crossed,
                     from_craft=other)  # fmt: skip
        self.now += 6 * HOUR
        self.say("landed", flight, exact=True, crew=stayed if two else crew)

    def go_outside(self, number: int) -> None:
        """Send people of a station outside, and have them come in again."""
        station = self.draw(st.sampled_from(STATIONS))
        if people := self.some(self.aboard[station]):
            stream = f"spacewalk/walk-{number}"
            self.say("began", stream, people=people, station=station)
            self.now += 6 * HOUR
            self.say("ended", stream)

    def die(self) -> None:
        """Have somebody die, wherever they are; they go up no more."""
        person = self.draw(st.sampled_from(PEOPLE))
        if f"person/{person}" not in {one.originator_id for one in self.facts}:
            self.say("died", f"person/{person}")
            self.ground = [one for one in self.ground if one != person]

    def relocate(self) -> None:
        """Move a docked flight to another port, with some of those aboard or nobody knows who."""
        flight, station = self.draw(st.sampled_from(self.docked))
        riders = self.draw(st.sampled_from([None, self.some(self.aboard[station])]))
        said = {} if riders is None else {"crew": riders}
        away = Time.at(self.now)
        self.now += HOUR
        self.facts.append(
            fact("relocated", str(Time.at(self.now)), **self.identity("relocated", flight),
                 undocked_at=str(away), to_port=f"port-{self.draw(st.integers(1, 3))}", **said)
        )  # fmt: skip

    def move_seat(self) -> None:
        """Move a person's seat to a vehicle of their station, or assign one as the way home."""
        flight, station = self.draw(st.sampled_from(self.docked))
        if people := self.aboard[station]:
            person = self.draw(st.sampled_from(people))
            if self.draw(st.booleans()):
                self.say("seat_moved", flight, person=person)
            else:
                self.say("homeward_vehicle_assigned", flight, people=[person])

    def exchange(self, number: int) -> None:
        """Give a seat under the agreement, on a flight that has flown or may fly yet."""
        flight = f"flight-{self.draw(st.integers(0, number + 2))}"
        self.say("seat_exchanged", "agreement/swap", person=self.draw(st.sampled_from(PEOPLE)),
                 flight=flight, traveller_of="Orchard", carrier="Garden")  # fmt: skip
        if self.draw(st.booleans()):
            self.say("crew_replaced", flight, off=[self.draw(st.sampled_from(PEOPLE))])

    def command(self, number: int) -> None:
        """Hand a station's command over, and maybe begin an expedition with it."""
        stream = f"station/{self.draw(st.sampled_from(STATIONS))}"
        person = self.draw(st.sampled_from(PEOPLE))
        self.say("command_handed_over", stream, to_person=person)
        if self.draw(st.booleans()):
            self.say("expedition_began", stream, number=number + 1, commander=person)

    def land(self) -> None:
        """Bring a flight down, with some of the people aboard or with none."""
        flight, station = self.draw(st.sampled_from(self.docked))
        crew = self.some(self.aboard[station])
        self.plan("return_planned", flight, self.now + 4 * HOUR)
        self.say("undocked", flight, crew=crew)
        self.now += 4 * HOUR
        lost = self.draw(st.sampled_from([False, False, False, True]))
        self.say("lost" if lost else "landed", flight, crew=crew)
        self.docked.remove((flight, station))
        self.aboard[station] = [one for one in self.aboard[station] if one not in crew]
        gone = {one.subject for one in self.facts if one.TOPIC == "person.died"}
        self.ground += [one for one in crew if not lost and one not in gone]

    def amend(self) -> None:
        """Correct or retract something that was stated, be it a correction or a retraction."""
        target = self.draw(st.sampled_from(self.facts))
        number = len(self.facts)
        made = self.draw(
            st.sampled_from([self.now, target.happened.earliest, target.happened.end - 1])
        )
        days = self.draw(st.integers(-9, 9) | st.integers(-300, 300))
        made = Time.at(made + days * DAY + number)  # no two at the same instant
        envelope = {
            "stream": target.originator_id,
            "id": f"{target.subject}/amendment-{number}",
            "target": target.id,
            "reason": "it was wrong",
            "transcription": self.draw(st.sampled_from([False, False, True])),
            "known_assumed": self.draw(st.booleans()),
        }
        changes = self.changes(target)
        if changes and self.draw(st.booleans()):
            self.facts.append(fact("fact.corrected", str(made), **envelope, changes=changes))
        else:
            self.facts.append(fact("fact.retracted", str(made), **envelope))

    def changes(self, target: Event) -> dict[str, Any]:
        """Return new values for some of what a fact says."""
        by = self.draw(st.sampled_from([-DAY, HOUR, 9 * DAY]))
        moved = Time.at(target.happened.earliest + by)
        possible: dict[str, Any] = {"note": "mended"}
        if target.TOPIC in ("flight.launched", "flight.undocked", "flight.landed", "flight.lost"):
            possible["crew"] = self.some(list(PEOPLE))
            possible["happened"] = str(Time(moved.fields[: self.draw(st.sampled_from([3, 6]))]))
        if target.TOPIC.startswith("flight.") and target.known_assumed:
            within = st.integers(target.happened.earliest, target.happened.end - 1)
            digits = self.draw(st.sampled_from([3, 6]))
            possible["happened"] = str(Time(Time.at(self.draw(within)).fields[:digits]))
        if target.TOPIC == "flight.docked":
            possible["station"] = self.draw(st.sampled_from(STATIONS))
            possible["mate"] = "soft"
        if target.TOPIC in ("flight.transferred", "spacewalk.began"):
            possible["people"] = self.some(list(PEOPLE)) or ["ann"]
        if target.TOPIC == "person.died":
            possible["happened"] = str(moved)
        if target.TOPIC in ("flight.launch_planned", "flight.return_planned"):
            possible["target"] = str(moved)
        if target.TOPIC == "fact.corrected":
            possible["changes"] = {"note": "mended again"}
        return {name: possible[name] for name in self.some(list(possible))}


@st.composite
def histories(draw: st.DrawFn, *, amended: bool = True) -> list[Event]:
    """Draw the facts of a world, in the order in which it was played, and amendments of them."""
    world = World(draw)
    for number in range(draw(st.integers(1, 9))):
        world.now += draw(st.integers(1, 90)) * DAY
        move = draw(st.sampled_from(MOVES)) if world.facts else "fly"
        if move == "exchange":
            world.exchange(number)
        elif move == "command":
            world.command(number)
        elif move == "meet":
            world.meet(number)
        elif move == "outside":
            world.go_outside(number)
        elif move == "die":
            world.die()
        elif move == "fly" or not world.docked:
            world.fly(f"flight-{number}")
        elif move == "land":
            world.land()
        elif move == "relocate":
            world.relocate()
        else:
            world.move_seat()
    for _ in range(draw(st.integers(0, 4)) if amended else 0):
        world.amend()
    return world.facts


def moments(facts: list[Event]) -> st.SearchStrategy[int]:
    """Draw instants, mostly where something begins, ends or becomes known."""
    edges = {START}
    for one in facts:
        edges |= {one.happened.earliest, one.happened.end, one.known_from}
        if isinstance(one, Plan):
            edges |= {one.target.earliest, one.target.end}
    near = st.builds(int.__add__, st.sampled_from(sorted(edges)), st.integers(-1, 1))
    return near | st.integers(START - 300 * DAY, START + 1_500 * DAY)
