"""A generated flight: what comes of it, and the facts that are stated of it one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.generated import DAY, MINUTE, Fact, day, second

if TYPE_CHECKING:
    import random


@dataclass(frozen=True, slots=True)
class Course:
    """What comes of a flight, decided before anything is stated of it. Times are Unix seconds.

    `crew` goes up and `home` comes down; `moved` are those of `home` who came on the flight
    `before`. `first_choice` had the seat of the last of the crew before. `away` is when the
    vehicle moves to `port_after`, 0 when it stays where it is.
    """

    name: str
    station: str
    line: str
    launch: int
    docking: int
    undocking: int
    landing: int
    port: str
    crew: tuple[str, ...]
    home: tuple[str, ...]
    moved: tuple[str, ...] = ()
    before: str = ""
    first_choice: str = ""
    away: int = 0
    port_after: str = ""
    fate: str = ""
    """``aborted``, ``lost``, or nothing for a flight that lands as it should."""


@dataclass(slots=True)
class Life:
    """Facts of one flight as they are written down, in no order."""

    course: Course
    chance: random.Random
    facts: list[Fact] = field(default_factory=list)

    def often(self, share: float) -> bool:
        """Whether something happens that happens in this share of flights."""
        return self.chance.random() < share

    def times(self, mean: float) -> int:
        """Return how often something happens that happens this often on average."""
        return int(mean) + (self.chance.random() < mean % 1)

    def between(self, least: int, most: int) -> int:
        """Return a random instant or duration."""
        return int(self.chance.uniform(least, most))

    def state(self, topic: str, suffix: str, at: int, happened: str = "", **said: Any) -> Fact:
        """State something on the flight's stream; without `happened`, of the day of `at`.

        Three in a hundred facts are reported days later, and as many are recorded weeks later.
        """
        name, known, recorded = self.course.name, happened or day(at), at + 20 * MINUTE
        fate = self.chance.random()
        if fate < 0.03 and topic.startswith("flight."):
            recorded = at + self.between(2 * DAY, 6 * DAY)
            known = day(recorded)
        elif fate < 0.06:
            recorded = at + self.between(5 * DAY, 60 * DAY)
        fact = Fact(
            recorded,
            topic,
            f"flight/{name}",
            f"{name}/{suffix}",
            happened or day(at),
            known,
            self.sources(at),
            said,
        )
        self.facts.append(fact)
        return fact

    def stamp(self, topic: str, suffix: str, at: int, **said: Any) -> None:
        """State what happens, and is known, when it is recorded."""
        name = self.course.name
        self.facts.append(
            Fact(at, topic, f"flight/{name}", f"{name}/{suffix}", second(at), second(at),
                 self.sources(at), said)
        )  # fmt: skip

    def sources(self, at: int) -> tuple[str, ...]:
        """Return the keys of who says so: three in ten facts have two sources."""
        name = self.course.name
        own = f"{name}-news" if at >= self.course.launch else f"{name}-announcement"
        return (own, f"{self.course.station}-handbook") if self.often(0.3) else (own,)
