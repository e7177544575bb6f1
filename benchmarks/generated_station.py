"""The course of one generated station: who flies to it and when, in the order of recording."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from typing import TYPE_CHECKING, Any

from benchmarks.generated import DAY, HOUR, Fact, day, minute, second
from benchmarks.generated_flight import LEAD, life
from benchmarks.generated_life import Course

if TYPE_CHECKING:
    from collections.abc import Iterator

BEGINNING = 365 * DAY
"""When the first stations are built: in 1971."""

STAGGERED = 2 * 365 * DAY
"""Within how long after that all of them are."""

PORTS = ("forward", "aft", "zenith", "nadir", "port", "starboard", "far-aft")

CREWS = {"ferry": 3, "liner": 4, "visitor": 4}
"""The lines that fly to a station, and how many they take: the first two twice a year in turns that
overlap, the third twice a year for some days."""

RESTED = 400 * DAY
"""How long after a landing people fly again."""

SPARE = 4
"""Ports that must be free where a vehicle that docks is to move to another.

Its own are two, and of each of the other lines one flight may come before it has moved.
"""

VETERANS = 40
"""The most people of a station who wait for another flight: the others retire."""


class Station:
    """One station and its people; `number` tells it from others, and `seed` a log from others."""

    def __init__(self, number: int, seed: int) -> None:
        self.id = f"station-{number:04}"
        self.chance = random.Random(f"{seed}/{number}")  # noqa: S311 - nothing secret
        self.built = BEGINNING + int(self.chance.random() * STAGGERED)
        self._flights = itertools.count(1)
        self._people = itertools.count(1)
        self._spacewalks = itertools.count(1)
        self._expeditions = itertools.count(1)
        self._resting: deque[tuple[int, str]] = deque()
        self._free = dict.fromkeys(PORTS, self.built)
        self._last: dict[str, tuple[Course, tuple[str, ...]]] = {}
        self._commander = ""
        self._coming: list[tuple[int, int, Fact]] = []
        self._stated = itertools.count()
        self._versions = itertools.count(1)

    def facts(self) -> Iterator[Fact]:
        """Yield what is stated of the station, for ever, in the order in which it is recorded."""
        self._build()
        docking = [(self.built + 100 * DAY, "ferry"), (self.built + 160 * DAY, "liner"),
                   (self.built + 220 * DAY, "visitor")]  # fmt: skip
        while True:
            at, line = docking[0]
            following = at + int(self.chance.uniform(172, 192) * DAY)
            heapq.heapreplace(docking, (following, line))
            # Nothing of this flight, nor of a later one, is stated before it is heard of.
            heard_of = at - LEAD - 3 * DAY
            while self._coming and self._coming[0][0] < heard_of:
                fact = heapq.heappop(self._coming)[2]
                fact.version = fact.version or next(self._versions)
                yield fact
            self._fly(line, at, following)

    def _state(self, fact: Fact) -> None:
        heapq.heappush(self._coming, (fact.recorded, next(self._stated), fact))

    def _say(self, at: int, topic: str, key: str, happened: str = "", **said: Any) -> None:
        """State something of the station; without `happened`, as it is recorded."""
        self._say_of((f"station/{self.id}", 0), at, topic, f"{self.id}/{key}", happened, **said)

    def _say_of(
        self, of: tuple[str, int], at: int, topic: str, key: str, happened: str = "", **said: Any
    ) -> None:
        """State something as a version of a stream; 0 is that which is next on the station's."""
        known, source = happened or second(at), (f"{self.id}-handbook",)
        self._state(Fact(at, topic, of[0], key, known, known, source, said, of[1]))

    def _build(self) -> None:
        at = self.built
        self._register_source(f"{self.id}-handbook", at)
        self._say(at, "station.registered", "registered", day(at), name=self.id.title(),
                  operators=["Station office"])  # fmt: skip
        for port in PORTS:
            self._say(at + HOUR, "station.port_added", f"port-{port}", day(at), port=port,
                      name=port.title())  # fmt: skip
        self._say(at + 2 * HOUR, "station.coverage_stated", "coverage", since=day(at), until="2400")
        if self.chance.random() < 0.5:
            self._berth_a_module(at + 95 * DAY)

    def _berth_a_module(self, docking: int) -> None:
        """State a vehicle without people that stays for years, or for ever."""
        port = self._port(docking)
        for_ever = self.chance.random() < 0.5
        gone = docking + int(self.chance.uniform(3, 20) * 365 * DAY)
        self._free[port] = 2**40 if for_ever else gone + DAY
        module = Course(
            name=f"{self.id}-module",
            station=self.id,
            line="module",
            launch=docking - 6 * HOUR,
            docking=docking,
            undocking=gone,
            landing=gone + 5 * HOUR,
            port=port,
            crew=(),
            home=(),
        )
        self._announce(module)
        for fact in life(module, self.chance):
            if not for_ever or fact.recorded < gone - 30 * DAY:
                self._state(fact)

    def _announce(self, course: Course) -> None:
        self._register_source(f"{course.name}-announcement", course.launch - LEAD)
        self._register_source(f"{course.name}-news", course.launch)

    def _register_source(self, key: str, at: int) -> None:
        said = {"kind": "report", "publisher": "Daily News", "published": day(at)}
        now, name = second(at), f"source/{key}"
        self._state(Fact(at, "source.registered", name, name, now, now, (key,), said, 1))

    def _port(self, at: int, until: int = 0) -> str:
        """Return a port that is free from an instant on, the one that has been so for longest."""
        port = min(self._free, key=lambda one: self._free[one])
        if self._free[port] >= at:
            raise AssertionError(f"no port of {self.id} is free")
        self._free[port] = until
        return port

    def _free_at(self, at: int) -> int:
        """Return how many ports are free from an instant on."""
        return sum(free < at for free in self._free.values())

    def _fly(self, line: str, docking: int, following: int) -> None:
        """Decide on a flight, and state everything of it."""
        chance = self.chance
        launch = docking - int(chance.uniform(3, 26) * HOUR)
        stays = (following + chance.uniform(2, 8) * DAY) if line != "visitor" else 0
        undocking = int(stays or docking + chance.uniform(8, 20) * DAY)
        before, waiting = self._last.pop(line, (None, ()))
        crew = self._crew(CREWS[line] - len(waiting), launch)
        first_choice = self._new_person(launch - LEAD) if chance.random() < 0.5 else ""
        fate = chance.random()
        aborted = fate < 0.01 and not waiting
        # Once in seven flights one of the crew stays, and comes home on the next of the line.
        stays_on = crew[-1:] if line != "visitor" and not aborted and chance.random() < 0.15 else ()
        home = tuple(one for one in (*crew, *waiting) if one not in stays_on)
        moves = chance.random() < 0.25 and self._free_at(docking) >= SPARE
        away = docking + (undocking - docking) // 3 if moves else 0
        port = self._port(docking, (away or undocking) + DAY)
        course = Course(
            name=f"{self.id}-{line}-{next(self._flights)}",
            station=self.id,
            line=line,
            launch=launch,
            docking=docking,
            undocking=undocking,
            landing=undocking + int(chance.uniform(3, 20) * HOUR),
            port=port,
            crew=crew,
            home=home,
            moved=waiting,
            before=before.name if before and waiting else "",
            first_choice=first_choice,
            away=away,
            port_after=self._port(away, undocking + DAY) if away else "",
            fate="aborted" if aborted else "lost" if fate > 0.997 else "",
        )
        self._announce(course)
        for fact in life(course, chance):
            self._state(fact)
        if first_choice:
            self._rest((first_choice,), launch)
        if aborted:
            self._rest(crew, launch + DAY)
            return
        self._last[line] = (course, stays_on)
        if line == "ferry":
            self._hand_over(before, course)
        self._walk(course)
        if course.fate == "lost":
            for person in home:
                self._say_of((f"person/{person}", 2), course.landing, "person.died",
                             f"{person}/died", second(course.landing),
                             flight=course.name)  # fmt: skip
        else:
            self._rest(home, course.landing)

    def _rest(self, people: tuple[str, ...], since: int) -> None:
        self._resting.extend((since, person) for person in people)
        while len(self._resting) > VETERANS:
            self._resting.popleft()

    def _crew(self, size: int, launch: int) -> tuple[str, ...]:
        """Return who flies: eight in ten have flown before, if enough have rested."""
        crew = []
        for _ in range(size):
            rested = self._resting and self._resting[0][0] + RESTED < launch
            if rested and self.chance.random() < 0.8:
                crew.append(self._resting.popleft()[1])
            else:
                crew.append(self._new_person(launch - LEAD))
        return tuple(crew)

    def _new_person(self, at: int) -> str:
        person = f"{self.id}-person-{next(self._people)}"
        family, name = f"Person {person.rpartition('-')[2]}", f"person/{person}"
        self._say_of((name, 1), at, "person.registered", name, name=f"Some {family}",
                     family_name=family, agency="Station office")  # fmt: skip
        return person

    def _hand_over(self, before: Course | None, course: Course) -> None:
        """State that command passes to the first of a crew as the one before leaves."""
        number = next(self._expeditions)
        # Where nobody was relieved, because a launch was aborted, command passes at the docking.
        began = before.undocking if before else course.docking
        if self._commander:
            at = began - DAY if before else began
            self._say(at, "station.command_handed_over", f"command-{number}", minute(at),
                      from_person=self._commander, to_person=course.crew[0])  # fmt: skip
        self._commander = course.crew[0]
        flight = {"flight": before.name} if before else {}
        self._say(began, "station.expedition_began", f"expedition-{number}", minute(began),
                  number=number, **flight, commander=self._commander)  # fmt: skip

    def _walk(self, course: Course) -> None:
        """State the spacewalks of a crew that stays for long: two or three, in its second half."""
        if course.line == "visitor" or len(course.crew) < 2:
            return
        stay = course.undocking - course.docking
        for number in range(2 + (self.chance.random() < 0.3)):
            began = course.docking + stay // 2 + number * stay // 10
            name = f"{self.id}-eva-{next(self._spacewalks)}"
            stream = f"spacewalk/{name}"
            self._say_of((stream, 1), began, "spacewalk.began", f"{name}/began", minute(began),
                         people=list(course.crew[:2]), station=self.id)  # fmt: skip
            ended = began + int(self.chance.uniform(5, 8) * HOUR)
            self._say_of((stream, 2), ended, "spacewalk.ended", f"{name}/ended", minute(ended))
