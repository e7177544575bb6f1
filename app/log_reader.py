"""The questions of the Python interface.

Each call opens the database, asks, and closes it again. So a client always answers from the log as
it now stands, holds no connection between calls, and can be used from any number of threads.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Self

from aboard.app import questions
from aboard.app.answers.agreement import AgreementAnswer
from aboard.app.answers.base import answer_of
from aboard.app.answers.event_log import (
    EventAnswer,
    EventsAnswer,
    ProjectionAnswer,
    StatusAnswer,
)
from aboard.app.answers.flight import FlightAnswer
from aboard.app.answers.over_time import (
    OccupationAnswer,
    PopulationAnswer,
    ReplayAnswer,
    TimelineAnswer,
    TopAnswer,
)
from aboard.app.answers.person import PersonAnswer
from aboard.app.answers.station import StationAnswer
from aboard.app.answers.who import WhoAnswer
from aboard.app.arguments import (
    both_instants,
    find_given,
    known_or_now,
    name_or_empty,
    not_empty,
    position_text,
    recorded_text,
    require_one_of,
    start_not_before_end,
)
from aboard.app.clock import now
from aboard.app.database import find_database, require_existing, without_password
from aboard.app.errors import NotFound, UsageError, database_error
from aboard.app.instants import at_instant, last_instant
from aboard.app.lookup import find_seats
from aboard.app.open import open_ready
from aboard.app.reporting import CallbackReporter
from aboard.projections.queries import reader
from aboard.projections.queries.agreement import agreed
from aboard.projections.queries.event import event_id, one_event
from aboard.projections.queries.event_log import CLOCKS, entries
from aboard.projections.queries.flight import story
from aboard.projections.queries.occupation import occupation
from aboard.projections.queries.person import person as person_query
from aboard.projections.queries.population import CountScope, population
from aboard.projections.queries.station import station as station_query
from aboard.projections.queries.timeline import timeline, timeline_answer
from aboard.projections.queries.top import MEASURES, top
from aboard.projections.queries.who import BOUNDARIES, heights, who

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from aboard.app.instants import Moment
    from aboard.projections.queries.seats import SeatFilter
    from aboard.projections.replay.steps import ReplayStep
    from aboard.storage.connection import Connection

YEAR = 365 * 86_400


class LogReader:
    """A log to ask.

    The parameters that many methods share:

    - ``at``: the instant asked about. A date is the start of that day. The default is now.
    - ``known``: answer as known then. A date is the end of that day, and a time after now is
      refused. The default is now.
    - ``recorded``: ask the log as it stood at a position (a number) or a time. This replays the log
      for the one answer, which takes as long as building a read model.

    A time is a text such as ``"2022-12-25"`` or ``"2022-12-25T13:00Z"``, an :class:`aboard.Time`,
    or a datetime with a time zone. Every error is an :class:`aboard.AboardError`.
    """

    def __init__(
        self,
        database: str | os.PathLike[str] | None = None,
        *,
        create: bool = False,
        plugins: Sequence[Path] = (),
        progress: Callable[[str, int, int], None] | None = None,
        note: Callable[[str], None] | None = None,
    ) -> None:
        named = "" if database is None else str(not_empty("database", database))
        self._database = find_database(named)
        if not create:
            require_existing(self._database, "check the path, or give create=True to create it")
        self._plugins = list(plugins)
        self._reporter = CallbackReporter(progress, note)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<aboard log {without_password(self._database.log)}>"

    def close(self) -> None:
        """Refuse every further call. There is no connection left to close: a call keeps none."""
        self._closed = True

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Refuse a call after closing, and turn what a database raises into our own errors."""
        if self._closed:
            raise UsageError("the log is closed", "open it again with aboard.open()")
        try:
            yield
        except Exception as raised:
            if (error := database_error(raised)) is None:
                raise
            raise error from raised

    @contextmanager
    def _opened(
        self, recorded: Moment | int | None = None, projection: str = ""
    ) -> Iterator[Connection]:
        with (
            self._errors(),
            open_ready(self._database, recorded_text(recorded), self._reporter, projection) as db,
        ):
            yield db

    # Asking

    def who(
        self,
        place: str | None = None,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        boundary: str = "orbit",
        strict: bool = False,
    ) -> WhoAnswer:
        """Return who was at a station, flight or craft, or everywhere in space.

        `boundary` is how high a flight has to have gone to count: ``orbit``, ``100km`` or ``80km``.
        With `strict`, crew who are relocating between ports are not counted as aboard.
        """
        require_one_of("boundary", boundary, BOUNDARIES)
        instant, as_known = both_instants(at, known)
        with self._opened(recorded) as db:
            found = None if place is None else find_given(db, ("station", "flight", "craft"), place)
            return answer_of(
                WhoAnswer, who(db, found, instant, as_known, boundary=boundary, strict=strict)
            )

    def flight(
        self,
        flight: str,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> FlightAnswer:
        """Return a flight: its plans, what happened, and who says so."""
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            _, key = find_given(db, ("flight",), flight)
            return answer_of(FlightAnswer, story(db, key, *instants))

    def person(
        self,
        person: str,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        boundary: str = "orbit",
    ) -> PersonAnswer:
        """Return a person: where they are, and their flights."""
        instants = both_instants(at, known)
        require_one_of("boundary", boundary, BOUNDARIES)
        with self._opened(recorded) as db:
            _, key = find_given(db, ("person",), person)
            return answer_of(PersonAnswer, person_query(db, key, *instants, boundary=boundary))

    def station(
        self,
        station: str,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> StationAnswer:
        """Return a station: who is aboard, its ports, arrivals and departures."""
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            _, key = find_given(db, ("station",), station)
            return answer_of(StationAnswer, station_query(db, key, *instants))

    def agreement(
        self,
        agreement: str | None = None,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> AgreementAnswer:
        """Return an agreement; without a name, the only one in the log."""
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            key = questions.find_agreement(db, name_or_empty("agreement", agreement))
            return answer_of(AgreementAnswer, agreed(db, key, *instants))

    def population(
        self,
        place: str | None = None,
        *,
        start: Moment | None = None,
        end: Moment | None = None,
        agency: str | None = None,
        nationality: str | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        boundary: str = "orbit",
        strict: bool = False,
    ) -> PopulationAnswer:
        """Return how many people were at a place, or in space, over time.

        Without `start` it begins with the first person, and without `end` it goes up to now.
        """
        require_one_of("boundary", boundary, BOUNDARIES)
        present = now()
        as_known = known_or_now(known, present)
        since = None if start is None else at_instant(not_empty("start", start), present, "start")
        until = present if end is None else at_instant(not_empty("end", end), present, "end")
        if since is not None and since >= until:
            raise start_not_before_end()
        with self._opened(recorded) as db:
            found = (
                None if place is None else find_given(db, ("station", "flight", "craft"), place)[1]
            )
            seats = _seats(db, agency, nationality)
            scope = CountScope(found, seats, boundary, strict=strict)
            return answer_of(PopulationAnswer, population(db, scope, as_known, since, until))

    def occupation(
        self,
        station: str,
        *,
        number: int = 5,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        strict: bool = False,
    ) -> OccupationAnswer:
        """Return how long a station has been occupied, with `number` of its longest stays."""
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            _, key = find_given(db, ("station",), station)
            return answer_of(
                OccupationAnswer, occupation(db, key, *instants, strict=strict, n=number)
            )

    def timeline(
        self,
        station: str,
        *,
        start: Moment | None = None,
        end: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> TimelineAnswer:
        """Return people and vehicles at a station over time; by default over the year up to now."""
        present = now()
        as_known = known_or_now(known, present)
        until = present if end is None else last_instant(not_empty("end", end), present, "end")
        since = until - YEAR
        if start is not None:
            since = at_instant(not_empty("start", start), present, "start")
        if since >= until:
            raise start_not_before_end()
        with self._opened(recorded) as db:
            _, key = find_given(db, ("station",), station)
            drawn = timeline(db, key, since, until, as_known)
            return answer_of(TimelineAnswer, timeline_answer(db, drawn))

    def top(
        self,
        measure: str = "time",
        *,
        number: int = 10,
        agency: str | None = None,
        nationality: str | None = None,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        boundary: str = "orbit",
    ) -> TopAnswer:
        """Return who ranks highest.

        `measure` is ``time`` in space, time ``aboard`` stations, the longest ``flight``, or the
        number of ``flights`` or ``spacewalks``.
        """
        require_one_of("measure", measure, MEASURES)
        require_one_of("boundary", boundary, BOUNDARIES)
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            seats = _seats(db, agency, nationality)
            found = top(db, measure, *instants, n=number, seats=seats, height=heights(boundary))
            return answer_of(TopAnswer, found)

    def replay(
        self,
        place: str | None = None,
        *,
        start: Moment | int | None = None,
        end: Moment | int | None = None,
        by: str = "happened",
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> ReplayAnswer:
        """Return each event that changed something at a station, on a flight, or everywhere.

        `by` is the clock that orders them: ``happened``, ``known`` or ``recorded``. By the last,
        `start` and `end` may be positions.
        """
        from aboard.app.replay import replay_answer, replay_span  # noqa: PLC0415 - rarely needed
        from aboard.projections.replay.replay import Replay  # noqa: PLC0415
        from aboard.projections.replay.steps import ReplayQuery  # noqa: PLC0415

        require_one_of("by", by, CLOCKS)
        present = now()
        as_known = known_or_now(known, present)
        with ExitStack() as stack:
            db = stack.enter_context(self._opened(recorded))
            found = None if place is None else find_given(db, ("station", "flight"), place)
            span = replay_span(
                db, by, position_text("start", start), position_text("end", end),
                known=as_known, present=present,
            )  # fmt: skip
            query = ReplayQuery(found, by, as_known, *span)
            if by != "recorded":
                steps: Iterable[ReplayStep] = Replay(db, query)
            else:
                from aboard.domain.eventlog.log import open_log  # noqa: PLC0415 - heavy
                from aboard.projections.replay.by_record import ReplayByRecord  # noqa: PLC0415

                log = stack.enter_context(open_log(self._database.log))
                steps = ReplayByRecord(db, query, log.read())
            return answer_of(ReplayAnswer, replay_answer(db, query, steps))

    def events(
        self,
        *,
        stream: str | None = None,
        flight: str | None = None,
        person: str | None = None,
        station: str | None = None,
        types: Iterable[str] = (),
        source: str | None = None,
        by: str | None = None,
        clock: str = "happened",
        since: Moment | None = None,
        until: Moment | None = None,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
        limit: int | None = None,
        reverse: bool = False,
    ) -> EventsAnswer:
        """Return the events of the log that every given parameter picks, in the order of recording.

        `since` and `until` are read on the clock that `clock` names: ``happened``, ``known``
        or ``recorded``. With `at` or `known`, events are as they were known then.
        """
        require_one_of("clock", clock, CLOCKS)
        present = now()
        asked = at is not None or known is not None
        instant, as_known = both_instants(at, known)
        begin = None if since is None else at_instant(not_empty("since", since), present, "since")
        end = None if until is None else last_instant(not_empty("until", until), present, "until")
        with self._opened(recorded) as db:
            picked = questions.pick_events(
                db,
                stream=name_or_empty("stream", stream),
                flight=name_or_empty("flight", flight),
                person=name_or_empty("person", person),
                station=name_or_empty("station", station),
                types=(types,) if isinstance(types, str) else types,
                source=name_or_empty("source", source),
                by=name_or_empty("by", by),
                clock=clock,
                since=begin,
                until=end,
                at=instant if asked else None,
                known=as_known if asked else None,
            )
            found = list(islice(entries(db, picked, reverse=reverse), limit))
            return answer_of(EventsAnswer, questions.picked_events(db, picked, found))

    def event(
        self,
        event: str,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
        recorded: Moment | int | None = None,
    ) -> EventAnswer:
        """Return one event in full, by its id or a beginning of it that no other has."""
        instants = both_instants(at, known)
        with self._opened(recorded) as db:
            try:
                key = event_id(db, not_empty("event", event))
            except reader.UnknownName as miss:
                raise NotFound(str(miss), miss.hint) from miss
            except reader.AmbiguousName as miss:
                raise UsageError(str(miss), miss.hint) from miss
            return answer_of(EventAnswer, one_event(db, key, *instants))

    def ask(
        self,
        projection: str,
        place: str | None = None,
        *,
        at: Moment | None = None,
        known: Moment | None = None,
    ) -> ProjectionAnswer:
        """Return what a projection holds at a place, or everywhere.

        It is one of the program's, or one from the files that `plugins` of :func:`aboard.open`
        names.
        """
        instants = both_instants(at, known)
        if self._plugins:
            from aboard.app.build import build  # noqa: PLC0415 - heavy

            with self._errors():
                build(self._database, self._plugins, self._reporter)
        name = not_empty("projection", projection)
        with self._opened(projection=name) as db:
            found = questions.ask_projection(db, name, name_or_empty("place", place), *instants)
            return answer_of(ProjectionAnswer, found)

    def status(self) -> StatusAnswer:
        """Return where the log is, what it holds, and what is up to date. This changes nothing."""
        from aboard.app.status import status_of  # noqa: PLC0415 - rarely needed

        with self._errors():
            return answer_of(StatusAnswer, status_of(self._database))


def _seats(db: Connection, agency: str | None, nationality: str | None) -> SeatFilter:
    return find_seats(
        db, name_or_empty("agency", agency), name_or_empty("nationality", nationality)
    )
