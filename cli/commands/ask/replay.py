"""`aboard replay`: each event that changed something, what it changed, and the count after it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from aboard.app.clock import now
from aboard.app.database import find_database
from aboard.app.errors import UsageError
from aboard.app.instants import known_instant
from aboard.app.lookup import find
from aboard.app.replay import end_of, replay_span
from aboard.cli.opening import open_database
from aboard.cli.options.clock import Clock
from aboard.cli.options.database import DatabaseOption
from aboard.cli.options.instants import Known, Recorded
from aboard.cli.output.coverage_notes import MaxAge, coverage_notes, with_age
from aboard.cli.output.render import Format, OptionalFormat, render
from aboard.cli.output.replay_output import steps_answer
from aboard.cli.output.statements import with_gaps
from aboard.events.time import FIRST_YEAR, Time
from aboard.projections.queries.who import checked, who
from aboard.projections.replay.replay import Replay
from aboard.projections.replay.steps import ReplayQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.app.database import Database
    from aboard.projections.replay.steps import Steps
    from aboard.storage.connection import Connection


def command(
    station: Annotated[
        str,
        typer.Argument(
            metavar="[STATION]",
            help="A station, or a flight: id, name or alias. Without one: everyone in space.",
            show_default=False,
        ),
    ] = "",
    since: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From the start of this time.")
    ] = "",
    until: Annotated[
        str,
        typer.Option("--to", metavar="TIME", help="Up to the end of this time. [default: --known]"),
    ] = "",
    by: Annotated[
        Clock, typer.Option("--by", help="The clock that orders the steps.")
    ] = Clock.happened,
    known: Known = "",
    recorded: Recorded = "",
    speed: Annotated[
        float,
        typer.Option(
            "--speed",
            metavar="DAYS",
            min=0,
            show_default=False,
            help="Play it on the terminal, at this many days (or log positions) a second.",
        ),
    ] = 0,
    step: Annotated[
        bool, typer.Option("--step", help="Play it on the terminal, one step for each key.")
    ] = False,
    pager: Annotated[
        bool, typer.Option("--pager/--no-pager", help="Use a pager for long output on a terminal.")
    ] = True,
    max_age: MaxAge = "",
    form: OptionalFormat = None,
    database: DatabaseOption = "",
) -> None:
    """Each event that changed something, what it changed, and the count after it.

    \b
    Examples:
      aboard replay iss --from 2022-09-01 --to 2023-10-01
                                                that year, event by event
      aboard replay iss --from 2022-09-01 --to 2023-10-01 --by known
                                                the same as news: each event when it became known
      aboard replay --from 2024-09-11 --to 2024-09-12
                                                everyone in space
      aboard replay iss --by recorded --format jsonl | head
                                                the log, position by position
      aboard replay iss --from 2022-09 --to 2023-10 --speed 10
                                                the station's table, at ten days a second
      aboard replay iss --from 2022-09 --to 2023-10 --step
                                                the same by hand: space, b (back), q (quit)
      aboard replay iss --by recorded --from 4000 --speed 5
                                                the log as it grew, at five positions a second

    With --by recorded, --from and --to are log positions, or times of recording.
    """  # fmt: skip
    present = now()
    as_known = known_instant(known, present)
    if speed or step:
        _refuse_to_play(form, both=bool(speed and step))
    with ExitStack() as open_files:
        db = open_files.enter_context(open_database(database, recorded))
        place = find(db, ("station", "flight"), station) if station else None
        span = replay_span(
            db, by.value, since, until,
            known=as_known, present=present, names=("--from", "--to"),
        )  # fmt: skip
        asked = ReplayQuery(place, by.value, as_known, *span)
        if by is Clock.recorded:
            steps: Steps = _recorded(open_files, find_database(database), db, asked)
        else:
            steps = Replay(db, asked)
        if speed or step:
            from aboard.cli.output.replay_player import play_by_hand, play_by_time  # noqa: PLC0415 - needs rich

            code = play_by_hand(db, asked, steps) if step else play_by_time(db, asked, steps, speed)
            raise typer.Exit(code)
        answer = steps_answer(db, asked, steps)._replace(paged=pager)
        if by is not Clock.recorded:
            answer = answer._replace(notes=lambda: _coverage_notes(db, asked))
        age = checked(db, asked.place, end_of(asked), as_known)
        render(with_age(with_gaps(answer, age), age, max_age), form or Format.table)


def _coverage_notes(db: Connection, asked: ReplayQuery) -> Iterator[str]:
    """Return what the log claims to hold, if the time replayed lies outside it."""
    ends = (max(asked.since, Time((FIRST_YEAR,)).earliest), asked.until)
    answers = [who(db, asked.place, at, asked.known) for at in ends]
    gaps = {
        gap["station"]: gap
        for answer in answers
        for gap in answer.get("uncertain", {}).get("coverage", ())
    }
    return coverage_notes(db, gaps.values(), ends, everywhere=asked.place is None)


def _refuse_to_play(form: Format | None, *, both: bool) -> None:
    """Refuse what cannot be played on a screen."""
    if both:
        raise UsageError("--speed and --step cannot be combined", "leave out one of them")
    if form is not None and not form.is_text:
        raise UsageError(
            f"--format {form} cannot be played on a screen",
            "leave out --format, or --speed and --step",
        )
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("playing a replay needs a terminal", "leave out --speed and --step")


def _recorded(open_files: ExitStack, files: Database, db: Connection, asked: ReplayQuery) -> Steps:
    """Return the steps of the log, which is read as they are asked for."""
    from aboard.domain.eventlog.log import open_log  # noqa: PLC0415 - only the log's order needs it
    from aboard.projections.replay.by_record import ReplayByRecord  # noqa: PLC0415

    log = open_files.enter_context(open_log(files.log))
    return ReplayByRecord(db, asked, log.read())
