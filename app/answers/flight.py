"""A flight, as an answer."""

from __future__ import annotations

from aboard.app.answers.base import CheckedAnswer, Value
from aboard.app.answers.parts import AsOf, CitedSource, ClaimedStatement, Gap, NamedPerson
from aboard.events.time import Time


class PlannedMilestone(Value, frozen=True, kw_only=True):
    """A plan, as it was last known; `time` may be coarse, or a "no earlier than"."""

    time: Time
    precision: str
    events: tuple[str, ...]
    known: Time
    said_by: tuple[str, ...]
    lapsed: bool = False
    condition: str | None = None


class ActualMilestone(Value, frozen=True, kw_only=True):
    """What happened, by which events."""

    time: Time
    precision: str
    events: tuple[str, ...]
    known: Time
    said_by: tuple[str, ...]


class Milestone(Value, frozen=True, kw_only=True):
    """A launch, docking, landing or the like: the plan with what happened.

    What else a plan or an event says, such as a port, is in the answer's `to_dict`.
    """

    item: str
    planned: PlannedMilestone | None
    actual: tuple[ActualMilestone, ...]
    conditional: tuple[PlannedMilestone, ...] = ()


class AssignedSeat(Value, frozen=True, kw_only=True):
    """A seat of a planned crew."""

    seat: int
    id: str
    name: str
    agency: str | None
    nationality: str | None
    role: str | None
    known: Time
    said_by: tuple[str, ...]
    event: str


class SeatedPerson(NamedPerson, frozen=True, kw_only=True):
    """A person on a flight, and what they are on it."""

    agency: str | None
    nationality: str | None
    role: str | None


class ConditionalCrew(Value, frozen=True, kw_only=True):
    """An assignment that is to hold once a condition is met."""

    says: str
    condition: str
    events: tuple[str, ...]
    known: Time
    said_by: tuple[str, ...]


class FlightCrew(Value, frozen=True, kw_only=True):
    """The crew of a flight: as planned, on the way home as planned, at launch and at landing.

    None means not known; an empty tuple that nobody was on board.
    """

    planned: tuple[AssignedSeat, ...]
    conditional: tuple[ConditionalCrew, ...]
    homeward: tuple[NamedPerson, ...] | None
    launched: tuple[SeatedPerson, ...] | None
    landed: tuple[NamedPerson, ...] | None


class FlightEvent(Value, frozen=True, kw_only=True):
    """An event of a flight, with its sources."""

    id: str
    type: str
    happened: Time
    known: Time
    known_assumed: bool
    says: str
    sources: tuple[CitedSource, ...]
    note: str | None = None
    amended: str | None = None
    amended_by: tuple[str, ...] = ()


class FlightAnswer(CheckedAnswer, frozen=True, kw_only=True):
    """A flight: its plans, what happened, and who says so."""

    flight: str
    name: str
    spacecraft: str | None
    vehicle: str | None
    operator: str | None
    destination: str | None
    at: Time
    known: Time
    milestones: tuple[Milestone, ...]
    crew: FlightCrew
    story: tuple[FlightEvent, ...]
    claims: tuple[ClaimedStatement, ...]
    gaps: tuple[Gap, ...]
    as_of: AsOf
