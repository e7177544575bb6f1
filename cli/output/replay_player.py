"""Playing a replay on the screen, at a speed or step by step."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from aboard.cli.output.keys import Key, keys, undisturbed
from aboard.cli.output.phrases import BERTH_HEADER, NOT_RECORDED, berth_cells, place_name
from aboard.cli.output.replay_text import Names, StepWording
from aboard.events.time import Time
from aboard.projections.queries import reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from aboard.projections.replay.steps import ReplayQuery, ReplayStep, Steps
    from aboard.storage.connection import Connection

Scene = dict[str, Any]
"""Who was where at an instant, as `aboard who` answers."""

DAY = 86_400
FRAMES = 12
"""How many pictures are shown in a second."""

STOPPED = 130
"""The exit code of a program that was interrupted, as shells have it."""


class Screen:
    """What is shown of an instant: who is there, what is docked, and what happened last."""

    def __init__(self, db: Connection, asked: ReplayQuery) -> None:
        self._db = db
        self._asked = asked
        self._names = Names(db)
        self._place = asked.place[1] if asked.place else None
        self._wording = StepWording(db, self._names, self._place, asked.clock)

    def picture(self, there: Scene, step: ReplayStep | None, below: str) -> RenderableType:
        """Return the picture of who is there, and of the step that was the last."""
        title = self._names.thing(self._place) or "In space"
        people = Table(box=None, pad_edge=False, title_justify="left", header_style="bold")
        for column in ("Person", *(() if self._place else ("Place",)), "State", "Since", "Seat on"):
            people.add_column(column, no_wrap=True)
        for person in there["people"]:
            people.add_row(*self._person(person))
        parts: list[RenderableType] = [
            Text(f"{title}: {_people(there)} at {there['at']}{self._position(step)}",
                 style="bold"), *self._last(step),
            "", people, "", self._docked(there), "", Text(below, style="dim"),
        ]  # fmt: skip
        return Group(*parts)

    def _person(self, person: dict[str, Any]) -> Iterator[str]:
        yield person["name"]
        if self._place is None:
            yield self._names.thing(person["place"])
        yield person["state"].replace("_", " ")
        yield person["since"]
        yield self._names.thing(person["seat_on"]) or NOT_RECORDED

    def _docked(self, answer: dict[str, Any]) -> RenderableType:
        docked = Table(box=None, pad_edge=False, header_style="bold")
        for column in ("Docked", "Port", *BERTH_HEADER):
            docked.add_column(column, no_wrap=True)
        for berth in answer["docked"]:
            station = berth.get("station") or self._place
            port = reader.name_of(self._db, "port", f"{station}/{berth['port']}")
            named = port if berth["port"] else NOT_RECORDED
            docked.add_row(self._names.thing(berth["flight"]), named, *berth_cells(berth))
        for pair in answer.get("pairs", ()):
            one, other = (place_name(self._db, craft) for craft in pair["craft"])
            docked.add_row(one, f"with {other}", *berth_cells(pair))
        return docked

    def _position(self, step: ReplayStep | None) -> str:
        if self._asked.clock != "recorded" or step is None or step.event is None:
            return ""
        return f", position {step.event.position}"

    def _last(self, step: ReplayStep | None) -> Iterator[RenderableType]:
        if step is None:
            yield Text("nothing has happened yet", style="dim")
            return
        yield Text(f"{Time.at(step.instant)}  {self._wording.sentence(step)}")
        for phrase in self._wording.changed(step):
            yield Text(f"  {phrase}")


def _people(answer: dict[str, Any]) -> str:
    return f"{answer['count']} people" if answer["count"] != 1 else "1 person"


def play_by_time(db: Connection, asked: ReplayQuery, steps: Steps, speed: float) -> int:
    """Play from the first step to the last instant, so many days a second; return an exit code.

    The log is played from position to position, so many a second.
    """
    screen, console = Screen(db, asked), Console()
    shots = _shots(asked, steps)
    last, coming = None, next(shots, None)
    begin = asked.since if coming is None else max(asked.since, coming.mark)
    by_record = asked.clock == "recorded"
    rate, unit = (speed, "positions") if by_record else (speed * DAY, "days")
    below, reached = f"{speed:g} {unit} a second; Ctrl-C ends it", begin
    start = time.monotonic()

    def picture(below: str) -> RenderableType:
        there = last.there if last else None
        there = there or steps.scene(asked.known if by_record else reached)
        return screen.picture(there, last.step if last else None, below)

    try:
        with _live(console) as live:
            while True:
                reached = min(begin + int((time.monotonic() - start) * rate), asked.until)
                while coming and coming.mark <= reached:
                    last, coming = coming, next(shots, None)
                shown = picture(below)
                with undisturbed():
                    live.update(shown, refresh=True)
                if reached >= asked.until:
                    break
                time.sleep(1 / FRAMES)
    except KeyboardInterrupt:
        return STOPPED
    console.print(picture(""))
    return 0


def play_by_hand(db: Connection, asked: ReplayQuery, steps: Steps) -> int:
    """Play a step at each key, forwards and back; return an exit code."""
    screen, console = Screen(db, asked), Console()
    seen = Visited(_shots(asked, steps))
    below = "space: next, b: back, home, end, q: quit"
    end = asked.known if asked.clock == "recorded" else asked.until
    try:
        with keys() as pressed, _live(console) as live:
            while True:
                shot = seen.here
                step, there = (shot.step, shot.there) if shot else (None, None)
                there = there or steps.scene(step.instant if step else end)
                shown = screen.picture(there, step, below)
                with undisturbed():
                    live.update(shown, refresh=True)
                if (key := next(pressed)) is Key.quit:
                    return 0
                seen.move(key)
    except KeyboardInterrupt:
        return STOPPED


class Shot(NamedTuple):
    """A step, and its place on the way: an instant, or of the log a position.

    `there` is who was there as the log then stood; by the other clocks that can be asked for at any
    time.
    """

    mark: int
    step: ReplayStep
    there: Scene | None


def _shots(asked: ReplayQuery, steps: Steps) -> Iterator[Shot]:
    for step in steps:
        if asked.clock == "recorded" and step.event:
            yield Shot(step.event.position, step, steps.scene(step.instant))
        else:
            yield Shot(step.instant, step, None)


class Visited:
    """The steps that have been seen, and those to come, which are asked for as they are needed."""

    def __init__(self, steps: Iterable[Shot]) -> None:
        self._coming = iter(steps)
        self._seen: list[Shot] = []
        self._at = 0
        self._reach(0)

    @property
    def here(self) -> Shot | None:
        """The step that is looked at; nothing where there is none at all."""
        return self._seen[self._at] if self._seen else None

    def move(self, key: Key) -> None:
        """Go where a key leads, and no further than there are steps."""
        wanted = {Key.next: self._at + 1, Key.back: self._at - 1, Key.home: 0}.get(key)
        self._at = max(0, min(self._reach(wanted), len(self._seen) - 1))

    def _reach(self, wanted: int | None) -> int:
        """Ask for steps up to a place, or for all of them; return the place."""
        while wanted is None or len(self._seen) <= wanted:
            shot = next(self._coming, None)
            if shot is None:
                return len(self._seen) - 1
            self._seen.append(shot)
        return wanted


def _live(console: Console) -> Live:
    """Return what shows pictures on a screen of their own, which it gives back at the end."""
    return Live(
        console=console, screen=True, auto_refresh=False, vertical_overflow="crop",
        redirect_stdout=False, redirect_stderr=False,
    )  # fmt: skip
