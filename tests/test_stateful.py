"""One log and its read model, driven through anything in any order, beside a plain list of facts.

A world is played, and told to the log in pieces: late, in any order, wrongly, amended, twice. What
the log took is kept in a list beside it. Whatever was done, the log holds that list, and the read
model says what a direct fold of the list says.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from aboard.domain.aggregates.registry import AGGREGATES
from aboard.domain.eventlog.log import open_log
from aboard.domain.rules.decisions import Decisions
from aboard.domain.rules.stream import Stream
from aboard.loader.checks import as_news
from aboard.loader.ledger import STATEMENTS
from aboard.loader.parse_entries import WRITTEN_BY_THE_LOG, Recording
from aboard.loader.record import record
from aboard.loader.toml_file import TomlFile
from aboard.projections.fold import Interval, links
from aboard.projections.folds.registry import FOLDS
from aboard.projections.ingest.rectangle_rows import encoded
from aboard.projections.lift.lift import fold_directly
from aboard.projections.queries import reader
from aboard.projections.queries.who import sift
from aboard.projections.read_model.read_model import catch_up, rebuild
from aboard.storage.sqlite import SqliteConnection, open_file
from tests.build import fact, instant
from tests.loader.content import comparable, tables
from tests.projections.histories import PEOPLE, STATIONS, World, moments
from tests.projections.model import ListLog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aboard.events.envelope import Event
    from aboard.loader.record import RecordResult
    from aboard.projections.fold import Fold

LATER = instant("2045-01-01")
"""When recording begins: behind everything that a world can come to."""

REGISTERS: list[dict[str, Any]] = [
    *(
        {"stream": f"station/{name}", "id": f"{name}/registered", "type": "registered",
         "happened": "2019-01-01", "source": ["gcat"], "name": name, "operators": ["Orchard"]}
        for name in STATIONS
    ),
    *(
        {"stream": f"station/{name}", "id": f"{name}/{port}", "type": "port_added",
         "happened": "2019-01-01", "source": ["gcat"], "port": port, "name": port}
        for name in STATIONS for port in ("port-1", "port-2", "port-3")
    ),
    {"stream": "agreement/swap", "id": "swap/signed", "type": "signed", "happened": "2019-01-01",
     "source": ["gcat"], "name": "Swap", "parties": ["Orchard", "Garden"], "scope": "Seats."},
]  # fmt: skip
REGISTER: dict[str, list[dict[str, Any]]] = {
    "source": [{"key": "gcat", "kind": "catalogue", "publisher": "GCAT"}],
    "person": [
        {"id": name, "name": name.title(), "family_name": name, "agency": "Orchard",
         "source": ["gcat"]}
        for name in PEOPLE
    ],
    "event": REGISTERS,
}  # fmt: skip
"""What is recorded before anything is played: whom and what the facts name."""

TABLES = {f"fact.{kind}": table for table, kind in STATEMENTS.items()}

WRONG: list[dict[str, Any]] = [
    {"source": ["nobody"]},
    {"colour": "red"},
    {"known": "1999"},
    {"happened": "2999-01-01", "known": "2999-01-01"},
    {"id": "No Id"},
]
"""What makes any fact one that is refused."""


def entry_of(event: Event) -> dict[str, Any]:
    """Return what a ledger says to state an event."""
    said: dict[str, Any] = json.loads(event.model_dump_json(exclude_defaults=True))
    entry = {name: value for name, value in said.items() if name not in WRITTEN_BY_THE_LOG}
    if event.known_assumed:
        del entry["known"]
    if event.TOPIC not in TABLES:
        entry["type"] = event.TOPIC.partition(".")[2]
    return {"stream": event.originator_id, **entry}


def file_of(events: list[Event], **more: Any) -> TomlFile:
    """Return a ledger file that states events; `more` is said by the first of them."""
    content: dict[str, list[dict[str, Any]]] = {}
    for number, event in enumerate(events):
        entry = entry_of(event) | (more if number == 0 else {})
        content.setdefault(TABLES.get(event.TOPIC, "event"), []).append(entry)
    return TomlFile(Path("file.toml"), "file.toml", content)


def unnumbered(state: Any) -> Any:
    """Return a state with its facts as of no version: in one batch they follow as news do."""
    facts = getattr(state, "facts", None)
    return state if facts is None else replace(state, facts=tuple(f.at_version(1) for f in facts))


class Telling(RuleBasedStateMachine):
    """A log, its read model, and the list of what is recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        self.folder = Path(tempfile.mkdtemp())
        self.open.callback(shutil.rmtree, self.folder)
        self.path = self.folder / "log.sqlite"
        self.log = self.open.enter_context(open_log(self.path))
        self.db = self.open.enter_context(quick(self.folder / "read-model"))
        self.now = LATER
        self.told: list[Event] = []
        self.files: list[tuple[TomlFile, int]] = []
        self.accepted: list[Event] = []
        self.world = World(None)
        self.remarks: list[Event] = []

    @initialize(data=st.data())
    def register(self, data: st.DataObject) -> None:
        """Record whom and what the facts will name, and let two things happen."""
        outcome = self.state(TomlFile(Path("register.toml"), "register.toml", REGISTER))
        assert len(outcome.events) == len(PEOPLE) + 1 + len(REGISTERS)
        self.play(data, 2)

    def state(self, file: TomlFile) -> RecordResult:
        """Record a file; the list grows by what was taken, and the log by nothing else."""
        self.now += 3_600
        with self.log.snapshot() as snapshot:
            before = {name: snapshot.stream(name) for name in self.log_streams()}
        held = tables(self.path)
        outcome = record(self.log, [file], Recording(self.now, "test"))
        self.accepted += outcome.events
        assert outcome.position == self.log.position
        assert [event.id for _, event in self.log.read()] == [event.id for event in self.accepted]
        if outcome.events:
            self.files.append((file, len(outcome.events) + outcome.already))
            self.decided_as_rebuilt(before, list(outcome.events))
        else:
            assert tables(self.path) == held
        return outcome

    def log_streams(self) -> set[str]:
        """Return the streams on which something is recorded."""
        return {event.originator_id for event in self.accepted}

    def decided_as_rebuilt(self, before: dict[str, Stream], events: list[Event]) -> None:
        """The states that were decided on are those that the log leads to."""
        deciding = Decisions(lambda name: before.get(name) or Stream(name), self.now)
        assert list(deciding.accept_all(events)) == []
        assert as_news(deciding.accepted) == events
        for name, (_, stream) in deciding.changed().items():
            kind, _, subject = name.partition("/")
            rebuilt = AGGREGATES[kind].state(subject, self.log.stream(name))
            assert unnumbered(stream.state) == unnumbered(rebuilt)

    def told_at_once(self) -> Path:
        """Record in one file, in an empty log, what the log has come to hold; return its model."""
        known = {event.id for event in self.accepted}
        file = file_of([event for event in (*self.world.facts, *self.remarks) if event.id in known])
        for table, entries in REGISTER.items():
            file.content[table] = [*entries, *file.content.get(table, [])]
        path = self.folder / "at-once"
        with open_log(self.folder / "at-once.sqlite") as log, quick(path) as db:
            outcome = record(log, [file], Recording(self.now, "test"))
            assert {event.id for event in outcome.events} == known
            catch_up(db, log)
        return path

    # what is told

    @rule(data=st.data(), moves=st.integers(1, 4))
    def play(self, data: st.DataObject, moves: int) -> None:
        """Let something happen in the world."""
        world, already = self.world, len(self.world.facts)
        world.draw = data.draw
        for _ in range(moves):
            world.now += data.draw(st.integers(1, 90)) * 86_400
            number = len(world.facts)
            docked = ("fly", "land", "land", "relocate", "seat", "swap", "command")
            match data.draw(st.sampled_from(docked)) if world.docked else "fly":
                case "fly":
                    world.fly(f"flight-{number}")
                case "land":
                    world.land()
                case "relocate":
                    world.relocate()
                case "seat":
                    world.move_seat()
                case "swap":
                    world.exchange(number)
                case "command":
                    world.command(number)
        self.told += world.facts[already:]

    @rule(data=st.data(), many=st.integers(1, 3))
    def amend(self, data: st.DataObject, many: int) -> None:
        """Find that something was wrong: a fact, a correction or a retraction."""
        self.world.draw = data.draw
        for _ in range(many):
            self.world.amend()
        self.told += self.world.facts[-many:]

    @rule(data=st.data(), kind=st.sampled_from(["claimed", "gap_stated", "ruled"]))
    def remark(self, data: st.DataObject, kind: str) -> None:
        """Say something beside a fact that is recorded."""
        about = data.draw(st.sampled_from(self.accepted))
        claims = [event.id for event in self.accepted if event.TOPIC == "fact.claimed"]
        if kind == "ruled" and claims[:1] in ([], [about.id]):
            kind = "claimed"
        said: dict[str, dict[str, Any]] = {
            "claimed": {"says": "It was otherwise.", "about": about.id},
            "gap_stated": {"what": "Who it was.", "about": about.id, "people": ["ann"]},
            "ruled": {"holds": about.id, "against": claims[:1], "reason": "It was there."},
        }
        name = f"{about.subject}/{kind.replace('_', '-')}-{len(self.remarks)}"
        self.remarks.append(
            fact(f"fact.{kind}", "2030-01-01", stream=about.originator_id, id=name, **said[kind])
        )
        self.told.append(self.remarks[-1])

    # what is done with it

    @precondition(lambda self: self.told)
    @rule(data=st.data(), pieces=st.integers(1, 5), level=st.booleans())
    def tell(self, data: st.DataObject, pieces: int, level: bool) -> None:
        """Record some of what happened, in any order and in pieces; what does not fit is refused.

        The read model is brought up to date after each piece, or is left behind.
        """
        told = self.some(data)
        for number in range(pieces):
            if piece := told[number::pieces]:
                taken = not self.state(file_of(piece)).refusal
                if taken or len(piece) == 1:
                    self.told = [event for event in self.told if event not in piece]
                if level:
                    self.level()

    def some(self, data: st.DataObject) -> list[Event]:
        """Return some of what is to be told, in any order."""
        told = data.draw(st.permutations(self.told) | st.just(self.told))
        return list(told[: data.draw(st.sampled_from([None, None, 1, 2, 5, 10]))])

    @precondition(lambda self: self.told)
    @rule(data=st.data(), wrong=st.sampled_from(WRONG))
    def tell_wrongly(self, data: st.DataObject, wrong: dict[str, Any]) -> None:
        """Find a file refused, all of it, for one fact that is wrong."""
        outcome = self.state(file_of(self.some(data), **wrong))
        assert outcome.refusal
        assert outcome.events == ()

    @rule(data=st.data(), otherwise=st.booleans())
    def tell_again(self, data: st.DataObject, otherwise: bool) -> None:
        """Load what is loaded: twice, and it is no news; with another note, and it is refused."""
        file, facts = data.draw(st.sampled_from(self.files))
        for _ in range(2):
            outcome = self.state(file)
            assert (outcome.events, outcome.already) == ((), facts)
        known = {event.id for event in self.accepted if event.note is None}
        if otherwise and (mine := [event for event in self.world.facts if event.id in known]):
            event = data.draw(st.sampled_from(mine))
            [finding] = self.state(file_of([event], note="otherwise")).refusal
            assert finding.rule == "changed-fact"

    @rule(anew=st.booleans())
    def level(self, anew: bool = False) -> None:
        """Bring the read model level, or build it from nothing."""
        assert (rebuild if anew else catch_up)(self.db, self.log) == self.log.position

    # what holds

    @invariant()
    def the_log_holds_what_was_accepted(self) -> None:
        read = list(self.log.read())
        assert [event for _, event in read] == self.accepted
        assert len({event.id for event in self.accepted}) == len(self.accepted)
        versions: dict[str, list[int]] = {}
        # The log's own events have versions too, between those of the facts.
        for stored in self.log.recorder.select_notifications(None, limit=10_000):
            versions.setdefault(str(stored.originator_id), []).append(stored.originator_version)
        assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
        for event in self.accepted:
            assert event.originator_version in versions[event.originator_id]

    @rule(data=st.data())
    def answers_are_those_of_a_direct_fold(self, data: st.DataObject) -> None:
        self.level()
        points = st.tuples(moments(self.accepted), moments(self.accepted))
        for fold, subjects in self.subjects():
            subject = data.draw(st.sampled_from(sorted(subjects)))
            for at, known in data.draw(st.lists(points, min_size=3, max_size=8)):
                self.folded_directly(fold, subject, subjects[subject], at, known)

    def subjects(self) -> Iterator[tuple[Fold[Any], dict[str, list[Event]]]]:
        """Yield each fold with its subjects, and the facts of the streams that these read."""
        for fold in FOLDS:
            streams: dict[str, set[str]] = {}
            for event in self.accepted:
                for subject, stream in links(fold, event):
                    streams.setdefault(subject, set()).add(stream)
            if streams:
                yield (
                    fold,
                    {
                        subject: [event for event in self.accepted if event.originator_id in linked]
                        for subject, linked in streams.items()
                    },
                )

    def folded_directly(
        self, fold: Fold[Any], subject: str, facts: list[Event], at: int, known: int
    ) -> None:
        """What the read model holds at a point is what the facts fold to."""
        held = rectangles(self.db, fold.name, subject, at, known)
        direct = fold_directly(fold, subject, facts, at, known)
        assert held == sorted({as_stored(interval) for interval in direct})

    @rule(data=st.data())
    def nobody_is_in_two_places(self, data: st.DataObject) -> None:
        self.level()
        places = reader.places(self.db, "presence")
        for _ in range(8):
            at, known = (data.draw(moments(self.accepted)) for _ in range(2))
            rows = [
                row for one in places for row in reader.rows_at(self.db, "presence", one, at, known)
            ]
            counted = [row.subject for row in sift(rows, at, known).counted]
            assert len(counted) == len(set(counted))

    def teardown(self) -> None:
        """Hold the read model that grew against one that is built now, and one told backwards."""
        with self.open:
            self.level()
            for fold, subjects in self.subjects():
                for subject, facts in subjects.items():
                    for one in facts:
                        at, known = one.happened.earliest, one.known_from
                        self.folded_directly(fold, subject, facts, at, known)
            grown = self.folder / "read-model"
            anew, backwards = self.folder / "anew", self.folder / "backwards"
            with quick(anew) as db:
                rebuild(db, self.log)
            with quick(backwards) as db:
                catch_up(db, ListLog(reversed(self.accepted)))
            assert comparable(grown) == comparable(anew) == comparable(backwards)
            assert comparable(self.told_at_once()) == comparable(grown)
            rows, fresh = tables(grown), tables(anew)
            assert rows == fresh


@contextmanager
def quick(path: Path) -> Iterator[SqliteConnection]:
    """Open a read model that need not outlive the machine: without waiting for the disk."""
    with closing(open_file(path, "rwc")) as db:
        db.execute("PRAGMA synchronous=OFF")
        yield db


Stored = tuple[int, int, str, str, str]


def as_stored(interval: Interval) -> Stored:
    """Return an interval as a read model holds it."""
    value, why = encoded(dict(interval.value)), encoded(interval.why)
    return interval.start, interval.end, interval.place, value.decode(), why.decode()


def rectangles(db: SqliteConnection, fold: str, subject: str, at: int, known: int) -> list[Stored]:
    """Return what a read model holds of a subject at a point."""
    return db.execute(
        f"SELECT valid_from, valid_to, place, value, why FROM {fold} WHERE subject=? "  # noqa: S608
        "AND valid_from<=? AND valid_to>? AND known_from<=? AND known_to>? ORDER BY 1, 2, 3, 4, 5",
        (subject, at, at, known, known),
    ).fetchall()


TestTelling = Telling.TestCase
TestTelling.settings = settings(
    max_examples=20,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
